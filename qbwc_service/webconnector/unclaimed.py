"""Records that bear our GUID and that the ledger does not know: our database is an older copy.

QuickBooks cannot be asked for a GUID, and the number that a look-up asks for may have been changed
by a person since. So each session reads, with the lists, what was made or changed in QuickBooks
since the session before: thin rows, of the kinds that this connection makes. What bears a GUID and
is the record of no posting is kept among the rows of the comparison (`QuickbooksTxn`), and from
then on look-ups ask for it by TxnID; the look-up decides whose it is.

In a database that was never put back nothing is found, and look-ups ask for nothing more; but for
an update that only read while an answer was missing: it keeps the record of that answer, and the
look-up that recovers it finds the same record twice.

And what an earlier generation had made is asked for by its TxnID before a new one is added: it was
told as gone, and a company file that was put back has it again.

Settings are older in an older copy too. What became a sales receipt by settings that it does not
know would be planned as an invoice: so a posting is looked for under the GUIDs of all forms that
its order could have become, and after a restore every kind is read, once (EVERY_KIND).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from qbwc_service.ledger.kind_words import called, thing
from qbwc_service.ledger.models import REFUNDS, SALES, Kind, Posting, QuickbooksTxn
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.postings import external_guid
from qbwc_service.ledger.reconcile import txns
from qbwc_service.ledger.reconcile.txns import ReadTxn
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.planning.plan import Hold
from qbwc_service.webconnector import look_up, thin_rows
from qbwc_service.webconnector.look_up import Found
from qbwc_service.webconnector.turn import Turn
from qbwc_service.webconnector.txn_kinds import TXN_KINDS, TxnMade
from qbxml_builders.answers import Response
from qbxml_builders.elements import Request
from qbxml_builders.lists import Page

PREFIX = "unclaimed:"
#: facts of the connection: up to when it was read, by QuickBooks' clock; whether anything was found
READ_UNTIL, FOUND = "unclaimed_read_until", "unclaimed"
#: whether records of all kinds are to be read, whatever the settings say (backup.check_first)
EVERY_KIND = "unclaimed_every_kind"
PAGE = 500
#: QuickBooks' clock may be set back by so much
OVERLAP = timedelta(minutes=15)
#: our clock, less any offset and a day, for what is older than the first session
BEFORE_THE_FIRST = timedelta(hours=36)
#: a record made anew after a deletion bears the GUID of a later generation
GENERATIONS_AHEAD = 5
#: of another form fewer: each is one more key of that question
OTHER_AHEAD = 1
_ALWAYS = frozenset({Kind.INVOICE, Kind.SALES_RECEIPT, Kind.PAYMENT, Kind.CREDIT_MEMO})
#: of these a source becomes one, by settings
_ONE_OF = (frozenset(SALES), REFUNDS)
_REFUNDS = {"card-refund": Kind.CARD_REFUND, "cheque": Kind.CHECK_REFUND}


def begin(turn: Turn, made: Iterable[str]) -> dict[str, Any]:
    """What is to be read, for the notes of the session. `made`: the types of transactions that this
    connection made before."""
    settings = effective_settings(turn.connection)
    wanted = set(_ALWAYS) | {kind for kind, known in TXN_KINDS.items() if known.txn_type in made}
    if settings.transaction == "sales-order":
        wanted.add(Kind.SALES_ORDER)
    if settings.refunds in _REFUNDS:
        wanted.add(_REFUNDS[settings.refunds])
    if turn.connection.quickbooks.get(EVERY_KIND):
        wanted |= set(TXN_KINDS)
    kinds = [kind.value for kind in TXN_KINDS if kind in wanted]
    return {"since": _since(turn), "open": dict.fromkeys(kinds, ""), "is_whole": True}


def questions(reading: Mapping[str, Any]) -> Iterator[Request]:
    """The first page of each kind, then what is left."""
    for kind, iterator in reading["open"].items():
        yield thin_rows.ask(
            Kind(kind),
            f"{PREFIX}{kind}",
            modified_since=reading["since"],
            page=Page(PAGE, iterator),
        )


def take(turn: Turn, reading: dict[str, Any], responses: Iterable[Response]) -> None:
    """Keep what bears a GUID and is of no posting."""
    answers = {response.request_id.removeprefix(PREFIX): response for response in responses}
    read: list[ReadTxn] = []
    for kind in list(reading["open"]):
        response = answers.get(kind)
        if response is not None and (response.ok or response.empty):
            read += thin_rows.read_txns(response.records)
            if response.iterator_remaining and response.records:
                reading["open"][kind] = response.iterator_id
                continue
        else:
            # An edition may not know the kind; what was only left out is read in the next session.
            reading["is_whole"] &= response is not None
        del reading["open"][kind]
    strangers = _of_no_posting(turn, [each for each in read if each.external_guid])
    if strangers:
        txns.store(turn.db, turn.connection.id, strangers, seen_in=turn.session.id)
        note_found(turn)


def note_found(turn: Turn) -> None:
    """From now on look-ups ask for what bears a GUID."""
    _note(turn, FOUND, value=True)


def follow(turn: Turn, reading: Mapping[str, Any]) -> None:
    """What QuickBooks shows from now on in this session is known here."""
    if reading and not reading["open"] and reading["is_whole"]:
        _note(turn, READ_UNTIL, value=turn.connection.quickbooks_clock)
        if turn.connection.quickbooks.get(EVERY_KIND):
            _note(turn, EVERY_KIND, value=False)


def look_ups(turn: Turn, postings: Iterable[Posting], prefix: str) -> Iterator[Request]:
    """Questions by TxnID for what was found under the GUIDs of these postings."""
    if not turn.connection.quickbooks.get(FOUND):
        return
    guids = {
        guid: posting.kind
        for posting in postings
        if posting.kind in TXN_KINDS
        for kind in (None, *_other_kinds(posting))
        for guid in guids_of(turn.connection.uid, posting, kind)
    }
    rows = turn.db.execute(
        select(QuickbooksTxn.kind, QuickbooksTxn.txn_id, QuickbooksTxn.external_guid).where(
            QuickbooksTxn.connection_id == turn.connection.id,
            QuickbooksTxn.external_guid.in_(sorted(guids)),
        )
    )
    by_kind: dict[tuple[Kind, Kind], list[str]] = {}
    for row in rows:
        by_kind.setdefault((row.kind, guids[row.external_guid]), []).append(row.txn_id)
    for (kind, asked_for), txn_ids in by_kind.items():
        yield from look_up.by_txn_id(kind, txn_ids, prefix, asked_for)


def former_look_ups(turn: Turn, postings: Iterable[Posting], prefix: str) -> Iterator[Request]:
    """Questions by TxnID for what earlier generations of these postings had made: told as gone, it
    may be there again, in a company file that was put back."""
    made_anew = {
        (each.kind, each.source_key)
        for each in postings
        if each.generation > 1 and each.kind in TXN_KINDS
    }
    if not made_anew:
        return
    rows = turn.db.execute(
        select(Posting.kind, Posting.source_key, Posting.record_id).where(
            Posting.connection_id == turn.connection.id,
            Posting.kind.in_(sorted({kind for kind, _ in made_anew})),
            Posting.source_key.in_(sorted({key for _, key in made_anew})),
            Posting.state.in_(sorted(ENDED)),
            Posting.record_id != "",
        )
    )
    by_kind: dict[Kind, list[str]] = {}
    for row in rows:
        if (row.kind, row.source_key) in made_anew:
            by_kind.setdefault(row.kind, []).append(row.record_id)
    for kind, txn_ids in by_kind.items():
        yield from look_up.by_txn_id(kind, txn_ids, f"{prefix}former:")


def former_record(turn: Turn, posting: Posting, found: Found) -> TxnMade | None:
    """What an earlier generation of the posting had made, where QuickBooks has it again."""
    for generation in range(1, posting.generation):
        guid = external_guid(turn.connection.uid, posting.kind, posting.source_key, generation)
        if (record := found.by_guid.get(guid.lower())) is not None:
            return record
    return None


def other_form(turn: Turn, posting: Posting, found: Found) -> Hold | None:
    """Where QuickBooks has the source of the posting as another form, which we made by settings
    that an older copy does not know."""
    for kind in _other_kinds(posting):
        for guid in guids_of(turn.connection.uid, posting, kind):
            if (record := found.by_guid.get(guid)) is not None:
                details = {
                    "thing": thing(posting),
                    "order": str(posting.order_id),
                    "other": f"{called(kind).lower()} {record.ref_number}".strip(),
                    "other_date": record.txn_date.isoformat() if record.txn_date else "",
                    "other_txn_id": record.txn_id,
                }
                return Hold("made-as-another-form", details)
    return None


def take_generation(turn: Turn, posting: Posting, found: Found) -> None:
    """The record that was found is of a later generation, which the older copy never knew."""
    if posting.kind not in TXN_KINDS or not turn.connection.quickbooks.get(FOUND):
        return
    for ahead, guid in enumerate(guids_of(turn.connection.uid, posting)):
        if guid in found.by_guid:
            posting.generation += ahead
            posting.external_guid = guid
            return


def guids_of(uid: str, posting: Posting, kind: Kind | None = None) -> Iterator[str]:
    """The posting's own, and those of the generations that may have followed it; or those that it
    would have as a record of that kind."""
    for ahead in range((OTHER_AHEAD if kind else GENERATIONS_AHEAD) + 1):
        generation = posting.generation + ahead
        yield external_guid(uid, kind or posting.kind, posting.source_key, generation).lower()


def _other_kinds(posting: Posting) -> Iterator[Kind]:
    for kinds in _ONE_OF:
        if posting.kind in kinds:
            yield from (kind for kind in TXN_KINDS if kind in kinds and kind is not posting.kind)


def _since(turn: Turn) -> str:
    facts, connection = turn.connection.quickbooks, turn.connection
    known = str(facts.get(READ_UNTIL) or connection.quickbooks_clock)
    if not known:
        return (connection.created_at - BEFORE_THE_FIRST).isoformat(timespec="seconds")[:19]
    return (datetime.fromisoformat(known) - OVERLAP).isoformat(timespec="seconds")


def _of_no_posting(turn: Turn, read: list[ReadTxn]) -> list[ReadTxn]:
    if not read:
        return []
    known = set(
        turn.db.scalars(
            select(Posting.record_id).where(
                Posting.connection_id == turn.connection.id,
                Posting.record_id.in_(sorted({each.txn_id for each in read})),
                Posting.state == State.POSTED,
            )
        )
    )
    return [each for each in read if each.txn_id not in known]


def _note(turn: Turn, fact: str, *, value: object) -> None:
    if turn.connection.quickbooks.get(fact) != value:
        turn.connection.quickbooks = {**turn.connection.quickbooks, fact: value}
