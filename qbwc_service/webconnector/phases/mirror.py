"""mirror: read what changed in QuickBooks' lists since last time; the first time, everything.

A list that is read from its start is held against what we have: who was not seen is gone. So a
reading that was cut, in this session (the iterator is lost) or the one before, just begins anew.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from qbwc_service.ledger import chosen_entries, company_file, error_log, mirror, queue, send_again
from qbwc_service.ledger.causes import MIRROR_CAUSES
from qbwc_service.ledger.customer_slice import CUSTOMER_LIST
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import MessageSet, MirrorList, Posting
from qbwc_service.webconnector import (
    list_limits,
    merged_customers,
    numbers_in_use,
    unclaimed,
)
from qbwc_service.webconnector.mirrored_lists import (
    BY_NAME,
    NEEDED,
    OF_DELETED_TYPE,
    MirroredList,
    lists_of,
)
from qbwc_service.webconnector.turn import Outgoing, Turn
from qbwc_service.webconnector.txn_kinds import TXN_KINDS
from qbwc_service.webconnector.watermarks import followed_since, less_overlap
from qbxml_builders.answers import Answer, Response
from qbxml_builders.elements import Request
from qbxml_builders.lists import Page, list_deleted_query, txn_deleted_query
from qbxml_builders.records import DeletedRecord, HostRecord
from qbxml_builders.statuses import Reaction, classify

PAGE = 500
#: where the watermarks of the deletions are kept, beside those of the lists
DELETED_TRANSACTIONS = "deleted transactions"
DELETED_MEMBERS = "deleted list members"
DELETED_TXNS_REQUEST = "deleted:transactions"
DELETED_LISTS_REQUEST = "deleted:lists"
#: a list that QuickBooks refused, and that we can do without, is asked for again after this time
REFUSED_FOR = timedelta(hours=12)
REFUSED = "list-not-readable"
#: how often a list is begun anew in one session before it is left for the next one
BEGINNINGS = 3


class Mirror:
    """Asks for all lists in one message, and for further pages until every list is complete."""

    name = "mirror"

    def next_message(self, turn: Turn) -> Outgoing | None:
        notes = turn.notes(self.name)
        if "open" not in notes:
            notes = self._begin(turn)
        requests = [_request(name, how) for name, how in notes["open"].items()]
        if not notes.get("asked"):
            requests.extend([*_deletions(notes), list_limits.request()])
            requests.extend(numbers_in_use.questions(turn))
            notes["asked"] = True
            turn.note(self.name, notes)
        requests.extend(unclaimed.questions(notes["unclaimed"]))
        requests.extend(merged_customers.questions(notes.get("merged", {})))
        return Outgoing(tuple(requests)) if requests else None

    def take_answer(self, turn: Turn, message_set: MessageSet, answer: Answer) -> None:
        if turn.session.ended_at is not None:
            return  # another session reads the lists by now, and knows them better
        notes = turn.notes(self.name)
        for response in answer.responses:
            turn.observe(response.records)
        reading = notes["unclaimed"]
        unclaimed.take(turn, reading, answer.responses)
        unanswered = set(notes["open"])
        # Asked once: without an answer these contacts are matched as if they were new.
        asked = notes.pop("merged", {})
        changed = False
        for response in answer.responses:
            subject, _, list_name = response.request_id.partition(":")
            if subject == "list" and list_name in notes["open"]:
                unanswered.discard(list_name)
                changed |= self._take_page(turn, notes, list_name, response)
            elif subject == "merged":
                changed |= merged_customers.follow(turn, asked, response.records)
            else:
                changed |= self._take_other(turn, notes, response)
        for list_name in unanswered:
            _begin_again(turn, notes, list_name, "It gave no answer.")
        if not notes["open"]:
            self._finish(turn, notes)
            unclaimed.follow(turn, reading)
        turn.note(self.name, notes)
        if changed:
            queue.plan_again(turn.db, turn.connection, turn.now, MIRROR_CAUSES)
            chosen_entries.check(turn.db, turn.connection, turn.now)

    def _begin(self, turn: Turn) -> dict[str, Any]:
        known = mirror.states_of_lists(turn.db, turn.connection.id)
        opened: dict[str, dict[str, Any]] = {}
        for each in lists_of(turn.connection.quickbooks):
            state = known.get(each.name)
            if not _is_put_off(each, state, turn.now):
                since = followed_since(each, state, turn.now)
                opened[each.name] = {"since": since, "iterator": "", "newest": "", "begun": 1}
        followed = {name: how["since"] for name, how in opened.items() if how["since"]}
        members, transactions = known.get(DELETED_MEMBERS), known.get(DELETED_TRANSACTIONS)
        told = less_overlap(members.watermark) if members else ""
        ours = _our_transactions(turn)
        notes = {
            "open": opened,
            "followed": list(followed),
            "members_since": told or min(followed.values(), default=""),
            "transactions_since": less_overlap(transactions.watermark) if transactions else "",
            "transactions": ours,
            "unclaimed": unclaimed.begin(turn, ours),
            "clock": turn.connection.quickbooks_clock,
            "refused": {},
            "put_off": len(opened) < len(lists_of(turn.connection.quickbooks)),
        }
        turn.note(self.name, notes)
        return notes

    def _take_other(self, turn: Turn, notes: dict[str, Any], response: Response) -> bool:
        """Deletions and limits. A refused one is asked again from the same time on."""
        if not (response.ok or response.empty):
            return False
        match response.request_id:
            case list_limits.LIMITS_REQUEST:
                for record in response.records:
                    if isinstance(record, HostRecord):
                        list_limits.learn(turn, record)
            case request_id if request_id.startswith(numbers_in_use.PREFIX):
                numbers_in_use.take(turn, response)
            case request_id if request_id == DELETED_TXNS_REQUEST:
                self._notice_deleted(turn, response)
                _read_up_to_now(turn, DELETED_TRANSACTIONS)
            case request_id if request_id == DELETED_LISTS_REQUEST:
                changed = self._forget(turn, notes, response)
                _read_up_to_now(turn, DELETED_MEMBERS)
                return changed
        return False

    def _take_page(self, turn: Turn, notes: dict[str, Any], name: str, response: Response) -> bool:
        """Store a page; True when orders are to be planned again because of it.

        A list that is read from its start tells that once, at its end: the held orders are many,
        and so are the pages. It tells it in any case, for a reading that was cut has told nothing.
        """
        if not (response.ok or response.empty):
            _page_refused(turn, notes, name, response)
            return False
        turn.count_read(BY_NAME[name].words, len(response.records))
        how, is_whole = notes["open"][name], not notes["open"][name]["since"]
        changed = mirror.store(
            turn.db,
            turn.connection.id,
            response.records,
            seen_in=turn.session.id if is_whole else 0,
        )
        newest = max((getattr(r, "time_modified", "")[:19] for r in response.records), default="")
        how["newest"] = max(how["newest"], newest)
        if response.iterator_remaining and response.records:
            how["iterator"] = response.iterator_id
            return changed and not is_whole
        del notes["open"][name]
        if is_whole:
            changed |= mirror.forget_unseen(turn.db, turn.connection.id, name, turn.session.id)
            company_file.lose_unmirrored(turn.db, turn.connection, name)
        _complete(turn, name, max(how["newest"], notes["clock"]))
        return changed or (is_whole and BY_NAME[name].paged)

    def _finish(self, turn: Turn, notes: dict[str, Any]) -> None:
        """Every list is read, or left for another session."""
        known = mirror.states_of_lists(turn.db, turn.connection.id)
        for what in {DELETED_MEMBERS, DELETED_TRANSACTIONS} - set(known):
            _read_up_to_now(turn, what)
        list_limits.judge(turn)
        if not notes["refused"] and not notes["put_off"]:
            error_log.solve(turn.db, turn.connection.id, now=turn.now, messages=[REFUSED])

    def _notice_deleted(self, turn: Turn, response: Response) -> None:
        """Somebody deleted records that we made: each is gone, and its order needs a person."""
        ids = [record.id for record in response.records if isinstance(record, DeletedRecord)]
        lost = company_file.lose_records(turn.db, turn.connection, ids)
        for posting in lost:
            what = {"thing": thing(posting), "order": str(posting.order_id)}
            turn.tell("gone-from-quickbooks", what, posting)
        send_again.after_deletion(turn.db, turn.connection, lost, turn.now)

    def _forget(self, turn: Turn, notes: dict[str, Any], response: Response) -> bool:
        """Deleted or merged away: no longer mirrored, and no longer what our posting made."""
        gone: dict[str, list[str]] = {}
        for record in response.records:
            if isinstance(record, DeletedRecord) and record.type in OF_DELETED_TYPE:
                gone.setdefault(OF_DELETED_TYPE[record.type], []).append(record.id)
        changed = False
        if customers := gone.get(CUSTOMER_LIST):
            notes["merged"] = merged_customers.newest_sales(turn, customers)
        for name, list_ids in gone.items():
            changed |= mirror.forget(turn.db, turn.connection.id, name, list_ids)
            company_file.lose_records(turn.db, turn.connection, list_ids, name)
        return changed


def _request(name: str, how: dict[str, Any]) -> Request:
    page = Page(PAGE, how["iterator"])
    return BY_NAME[name].request(f"list:{name}", since=how["since"], page=page)


def _deletions(notes: dict[str, Any]) -> list[Request]:
    """One request for all lists that are followed, and one for the transactions, each from the
    time up to which it was told before."""
    types = [kind for name in notes["followed"] for kind in BY_NAME[name].deleted_types]
    requests = []
    if types:
        since = notes["members_since"]
        requests.append(list_deleted_query(DELETED_LISTS_REQUEST, types, since=since))
    since = notes["transactions_since"]
    if since and notes["transactions"]:
        requests.append(txn_deleted_query(DELETED_TXNS_REQUEST, notes["transactions"], since=since))
    return requests


def _our_transactions(turn: Turn) -> list[str]:
    """The types of which we made any: an edition may not know the others (Pro: sales orders)."""
    made = turn.db.execute(
        select(
            *(
                exists().where(Posting.connection_id == turn.connection.id, Posting.kind == kind)
                for kind in TXN_KINDS
            )
        )
    ).one()
    types = (each.txn_type for each in TXN_KINDS.values())
    return [txn_type for txn_type, is_made in zip(types, made, strict=True) if is_made]


def _is_put_off(each: MirroredList, state: MirrorList | None, now: datetime) -> bool:
    """Refused before it was ever read, and not long ago."""
    if each.name in NEEDED or state is None or state.loaded_at or not state.read_at:
        return False
    return now - state.read_at < REFUSED_FOR


def _page_refused(turn: Turn, notes: dict[str, Any], name: str, response: Response) -> None:
    """A lost iterator begins anew; a list that QuickBooks refuses is left for another session."""
    reaction = classify(response.status_code, response.message).reaction
    if reaction is Reaction.ITERATOR_LOST and notes["open"][name]["iterator"]:
        _begin_again(turn, notes, name, response.message)
    elif reaction is Reaction.RETRY:
        del notes["open"][name]  # it passes by itself, and the next session asks again
    else:
        _leave(turn, notes, name, response.message)


def _begin_again(turn: Turn, notes: dict[str, Any], name: str, reason: str) -> None:
    how = notes["open"][name]
    how["begun"] += 1
    how["iterator"] = ""
    if how["begun"] > BEGINNINGS:
        _leave(turn, notes, name, reason)


def _leave(turn: Turn, notes: dict[str, Any], name: str, reason: str) -> None:
    """Not in this session any more; one entry tells of all lists that are left."""
    del notes["open"][name]
    mirror.state_of(turn.db, turn.connection.id, name).read_at = turn.now
    notes["refused"][BY_NAME[name].words] = reason
    lists = ", ".join(notes["refused"])
    turn.tell(REFUSED, {"lists": lists, "reason": reason})


def _complete(turn: Turn, name: str, newest: str) -> None:
    state = mirror.state_of(turn.db, turn.connection.id, name)
    # A list without a row yet is followed from the newest time seen anywhere in the file.
    state.watermark = max(state.watermark, newest) or turn.connection.quickbooks_clock
    state.loaded_at = turn.now
    state.read_at = turn.now


def _read_up_to_now(turn: Turn, what: str) -> None:
    """By QuickBooks' own clock, as far as it has shown it."""
    mirror.state_of(turn.db, turn.connection.id, what).watermark = turn.connection.quickbooks_clock
