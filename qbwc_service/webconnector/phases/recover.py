"""recover: what became of the set that was sent to write and got no answer?

Nothing is written before that is settled. First QuickBooks' kept answer is asked for (an empty set
with old and new id the same: no side effect). It tells ids, no totals, so every id is read and
verified. What it does not mention, and everything where nothing was kept, is looked up: under our
number or name, by our GUID among all records modified since, and among the deletions since. Only
what is proved absent is rendered again, in a new set. Never the same bytes, never a blind resend.
Source: qbXML SDK samples ErrRecovery1-3.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from qbwc_service.ledger import message_sets, queue, standing
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import Kind, MessageSet, Posting
from qbwc_service.planning.plan import Hold
from qbwc_service.webconnector import customer_updates, look_up, outcome, pipeline
from qbwc_service.webconnector.changes import CHANGES
from qbwc_service.webconnector.changes import by_kind as changes_by_kind
from qbwc_service.webconnector.landing import Landing
from qbwc_service.webconnector.recovery_evidence import Evidence, evidence_of
from qbwc_service.webconnector.running import is_settled_place
from qbwc_service.webconnector.suspects import suspect
from qbwc_service.webconnector.turn import Outgoing, Turn
from qbwc_service.webconnector.txn_kinds import TXN_KINDS
from qbwc_service.webconnector.watermarks import less_overlap
from qbxml_builders.answers import Answer
from qbxml_builders.elements import Request
from qbxml_builders.lists import (
    Page,
    customer_query,
    item_query,
    list_deleted_query,
    txn_deleted_query,
)

PAGE = 200
EPOCH = "1970-01-01T00:00:00"

_LIST_QUERIES = {Kind.CUSTOMER: customer_query, Kind.ITEM: item_query}
_DELETED_LISTS = {
    Kind.CUSTOMER: ("Customer",),
    Kind.ITEM: ("ItemService", "ItemNonInventory", "ItemOtherCharge"),
}


class Recover:
    """Steps, kept in the session's notes: kept answer -> check -> settled."""

    name = "recover"

    def next_message(self, turn: Turn) -> Outgoing | None:
        while unresolved := queue.unresolved_sets(turn.db, turn.connection.id):
            message_set = unresolved[0]
            if message_sets.resolve_if_settled(turn.db, message_set, turn.now):
                continue
            if turn.session.read_only:
                return None
            notes = turn.notes(self.name)
            if notes.get("set") != message_set.id:
                turn.note(self.name, {"set": message_set.id, "step": "kept"})
                return Outgoing(asks_about=message_set)
            return self._check(turn, message_set)
        return None

    def take_answer(self, turn: Turn, message_set: MessageSet, answer: Answer) -> None:
        notes = turn.notes(self.name)
        about = turn.db.get(MessageSet, notes.get("set", 0))
        if about is None or about.resolved_at is not None:
            return
        if notes.get("step") == "kept":
            self._take_kept(turn, about, answer)
        else:
            self._take_check(turn, about, answer)

    # -- the kept answer --------------------------------------------------------------------------

    def _take_kept(self, turn: Turn, about: MessageSet, answer: Answer) -> None:
        """Ids of what was made; refusals count as fresh ones; the rest is looked up."""
        waiting = {posting.id: posting for posting in message_sets.postings_of(turn.db, about)}
        kept: dict[str, str] = {}
        if answer.message_set_status_code in {"0", ""}:
            for response in answer.responses:
                posting = waiting.get(_posting_id(response.request_id))
                if posting is None:
                    continue
                if not response.ok and posting.kind in CHANGES:
                    CHANGES[posting.kind].refused(turn, posting, response)
                elif not response.ok:
                    outcome.refused(turn, posting, response)
                elif response.recovery is not None:
                    made = response.recovery
                    kept[str(posting.id)] = made.txn_id or made.list_id
        notes = {"set": about.id, "step": "check", "kept": kept, "pages": {}, "seen": {}}
        turn.note(self.name, notes)
        _refresh(turn, waiting.values())

    # -- the check --------------------------------------------------------------------------------

    def _check(self, turn: Turn, about: MessageSet) -> Outgoing:
        notes = turn.notes(self.name)
        requests = self._check_requests(turn, about, notes)
        turn.note(self.name, notes | {"asked": [request.request_id for request in requests]})
        return Outgoing(tuple(requests))

    def _check_requests(
        self, turn: Turn, about: MessageSet, notes: dict[str, Any]
    ) -> list[Request]:
        postings, changes = _apart(message_sets.postings_of(turn.db, about))
        if notes["pages"]:
            return self._further_pages(turn, about)
        kept: dict[str, str] = notes["kept"]
        since = less_overlap(about.clock_before) or EPOCH
        unmentioned = [posting for posting in postings if str(posting.id) not in kept]
        return [
            *self._by_id(postings, kept),
            *look_up.questions(unmentioned, prefix="check:"),
            *self._since(unmentioned, since),
            *(
                request
                for kind, some in changes_by_kind(changes).items()
                for request in CHANGES[kind].read_again(turn, some)
            ),
        ]

    def _by_id(self, postings: Iterable[Posting], kept: dict[str, str]) -> list[Request]:
        requests = []
        by_kind: dict[Kind, list[str]] = {}
        for posting in postings:
            if str(posting.id) in kept:
                by_kind.setdefault(posting.kind, []).append(kept[str(posting.id)])
        for kind, ids in by_kind.items():
            if kind in TXN_KINDS:
                requests.append(TXN_KINDS[kind].ask(f"check:id-{kind.value}", txn_ids=ids))
            else:
                requests.append(_LIST_QUERIES[kind](f"check:id-{kind.value}", list_ids=ids))
        return requests

    def _since(self, postings: Sequence[Posting], since: str) -> list[Request]:
        """Everything of those kinds that changed, or was deleted, since the set was sent."""
        kinds = {posting.kind for posting in postings}
        requests = [self._page(kind, since, "") for kind in Kind if kind in kinds]
        txns = [known.txn_type for kind, known in TXN_KINDS.items() if kind in kinds]
        lists = [name for kind, names in _DELETED_LISTS.items() if kind in kinds for name in names]
        if txns:
            requests.append(txn_deleted_query("check:deleted-txns", txns, since=since))
        if lists:
            requests.append(list_deleted_query("check:deleted-lists", lists, since=since))
        return requests

    def _page(self, kind: Kind, since: str, iterator: str) -> Request:
        page = Page(PAGE, iterator)
        if kind in TXN_KINDS:
            return TXN_KINDS[kind].ask(f"check:since-{kind.value}", modified_since=since, page=page)
        return _LIST_QUERIES[kind](f"check:since-{kind.value}", modified_since=since, page=page)

    def _further_pages(self, turn: Turn, about: MessageSet) -> list[Request]:
        since = less_overlap(about.clock_before) or EPOCH
        pages: dict[str, str] = turn.notes(self.name)["pages"]
        return [self._page(Kind(kind), since, iterator) for kind, iterator in pages.items()]

    def _take_check(self, turn: Turn, about: MessageSet, answer: Answer) -> None:
        postings, changes = _apart(message_sets.postings_of(turn.db, about))
        evidence = _evidence(turn, answer)
        self._adopt_found(turn, postings, evidence)
        notes = turn.notes(self.name)
        for kind, some in changes_by_kind(changes).items():
            CHANGES[kind].settle(turn, some, evidence, notes["kept"])
        notes["pages"] = {
            response.request_id.removeprefix("check:since-"): response.iterator_id
            for response in answer.responses
            if response.iterator_remaining
            and response.records
            and response.request_id.startswith("check:since-")
        }
        since = less_overlap(about.clock_before) or EPOCH
        notes["deleted"] = notes.get("deleted", []) + [
            [record.type, record.name_or_number]
            for record in evidence.deleted
            if not record.time_created or record.time_created[:19] >= since
        ]
        notes["doubt"] = notes.get("doubt") or _doubt(answer, evidence, notes["asked"])
        turn.note(self.name, notes)
        if not notes["pages"]:
            self._conclude(turn, about, notes)
        _refresh(turn, [*postings, *changes])

    def _adopt_found(self, turn: Turn, postings: Sequence[Posting], evidence: Evidence) -> None:
        """Invoices before payments, so that a payment is compared with its invoice's TxnID."""
        kept: dict[str, str] = turn.notes(self.name)["kept"]
        found = [
            (posting, record)
            for posting in sorted(postings, key=lambda p: list(Kind).index(p.kind))
            if (
                record := evidence.by_guid.get(posting.external_guid.lower())
                or evidence.by_id.get(kept.get(str(posting.id), ""))
            )
        ]
        with Landing(turn, postings, [record for _, record in found]) as landing:
            for posting, record in found:
                if landing.may_be(record, posting):
                    landing.made(posting, record)

    def _conclude(self, turn: Turn, about: MessageSet, notes: dict[str, Any]) -> None:
        """What is still open is absent, was deleted meanwhile, or cannot be told."""
        remaining = message_sets.postings_of(turn.db, about)
        if not remaining:
            message_sets.resolve_if_settled(turn.db, about, turn.now)
            turn.note(self.name, {})
            return
        if notes["doubt"]:
            turn.session.read_only = True
            turn.tell("check-refused", {"reason": notes["doubt"]})
            turn.note(self.name, {})
            return
        absent = [p for p in remaining if not self._deleted_or_lost(turn, p, notes)]
        if absent and not is_settled_place(turn, about):
            turn.session.read_only = True
            turn.tell("waiting-for-other-computer", {"address": about.remote_address})
            return
        again = {posting.order_id for posting in absent if posting.attempts and posting.order_id}
        if again:
            suspect(turn, again)
        for posting in absent:
            outcome.send_again(turn, posting)
        pipeline.clear(turn)
        message_sets.resolve_if_settled(turn.db, about, turn.now)
        turn.note(self.name, {})

    def _deleted_or_lost(self, turn: Turn, posting: Posting, notes: dict[str, Any]) -> bool:
        """Hold what QuickBooks made by its own word, or may have had deleted since."""
        what = {"thing": thing(posting), "order": str(posting.order_id or "")}
        if str(posting.id) in notes["kept"]:
            evidence = "QuickBooks kept its number, but no longer has the record"
            outcome.hold(turn, posting, Hold("outcome-unknown", what | {"evidence": evidence}))
            return True
        deleted = [name for kind, name in notes["deleted"] if kind in _deleted_types(posting.kind)]
        if deleted:
            evidence = f"a record of that kind was made and deleted since ({deleted[0]})"
            outcome.hold(turn, posting, Hold("outcome-unknown", what | {"evidence": evidence}))
            return True
        return False


def _apart(postings: Sequence[Posting]) -> tuple[list[Posting], list[Posting]]:
    """Those that make a record, and the changes of records that are there, which make none."""
    changes = [posting for posting in postings if posting.kind in CHANGES]
    return [posting for posting in postings if posting not in changes], changes


def _deleted_types(kind: Kind) -> tuple[str, ...]:
    """What QuickBooks calls such a record among the deletions."""
    return (TXN_KINDS[kind].txn_type,) if kind in TXN_KINDS else _DELETED_LISTS.get(kind, ())


def _evidence(turn: Turn, answer: Answer) -> Evidence:
    for response in answer.responses:
        turn.observe(response.records)
        outcome.learn(turn, response.records)
    return evidence_of(answer, beside=frozenset({customer_updates.RECOVERED}))


def _doubt(answer: Answer, evidence: Evidence, asked: Sequence[str]) -> str:
    """A question that was refused, left out or answered in part proves nothing: why nothing is
    concluded from this check. Customers that were to be updated keep nothing else waiting."""
    if evidence.refused:
        return evidence.refused[0].message.strip() or f"status {evidence.refused[0].status_code}"
    if not set(asked) - {customer_updates.RECOVERED} <= {
        response.request_id for response in answer.responses
    }:
        return "it did not answer everything"
    broken_off = any(each.iterator_remaining and not each.records for each in answer.responses)
    return "it broke off in the middle of a list" if broken_off else ""


def _posting_id(request_id: str) -> int:
    _, _, number = request_id.partition(":")
    return int(number) if number.isdecimal() else 0


def _refresh(turn: Turn, postings: Iterable[Posting]) -> None:
    order_ids = [posting.order_id for posting in postings if posting.order_id is not None]
    standing.refresh(turn.db, turn.connection.id, order_ids)
