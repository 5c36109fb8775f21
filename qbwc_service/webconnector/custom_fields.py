"""Custom fields of a form, filled once it is in QuickBooks.

They keep nothing waiting: a field that is refused is told in the error log. What a person wrote
into a field after us is not overwritten. Filling one touches the form, so it is read behind it: its
EditSequence is then again that of our own last write. Source: qbXML OSR, DataExtMod.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from qbwc_service.ledger import error_log, history, states
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.planning.plan import PlannedCustomFields, custom_fields_from, to_payload
from qbwc_service.webconnector import outcome
from qbwc_service.webconnector.recovery_evidence import Evidence
from qbwc_service.webconnector.render import request_id
from qbwc_service.webconnector.turn import Turn
from qbwc_service.webconnector.txn_kinds import TXN_KINDS, TxnMade
from qbxml_builders.answers import Response
from qbxml_builders.custom_fields import CUSTOM, TxnDataExtType, data_ext_mod
from qbxml_builders.elements import Request
from qbxml_builders.records import InvoiceRecord, SaleRecord
from qbxml_builders.statuses import Reaction, classify

REFUSED = "custom-field-refused"
#: the reading of the form, behind the requests that fill its fields and in recovery
READ = "fields:"
RECOVERED = "check:fields-"


def look_at(turn: Turn, posting: Posting, sale: Posting, record: TxnMade) -> bool:
    """Whether anything is to be filled, as the form is now; notes what it has."""
    planned, there = custom_fields_from(posting.payload), _values(record)
    before = planned.before
    if before is None:
        before = {name: there.get(name.casefold(), "") for name in planned.fields}
    left = {
        name: value
        for name, value in planned.fields.items()
        if there.get(name.casefold(), "") == before[name] != value
    }
    if not left:
        _done(turn, posting, sale, list(planned.fields), by_us=False)
        return False
    is_untouched = record.edit_sequence == sale.edit_sequence
    posting.payload = to_payload(
        replace(planned, fields=left, before=before, is_untouched=is_untouched)
    )
    return True


def requests(posting: Posting, sale: Posting) -> tuple[Request, ...]:
    """One for each field."""
    txn_type = cast("TxnDataExtType", TXN_KINDS[sale.kind].txn_type)
    planned = custom_fields_from(posting.payload)
    return tuple(
        data_ext_mod(name, txn_type, sale.record_id, field, value)
        for name, (field, value) in zip(_ids(posting, planned), planned.fields.items(), strict=True)
    )


def readings(turn: Turn, sending: Iterable[Posting]) -> list[Request]:
    """The forms whose fields the message fills, to be read behind it."""
    return _forms(turn, [each for each in sending if each.kind is Kind.CUSTOM_FIELDS], READ)


def take(turn: Turn, posting: Posting, response: Response, answers: Mapping[str, Response]) -> None:
    """Field by field: filled, refused and told, or tried again."""
    sale = outcome.sale_posting(turn, posting)
    planned = custom_fields_from(posting.payload)
    found = [answers.get(each) for each in _ids(posting, planned)]
    given = [each for each in found if each is not None]
    statuses = [classify(each.status_code, each.message) for each in given]
    unclear = any(
        not each.ok and status.reaction is Reaction.UNKNOWN_OUTCOME
        for each, status in zip(given, statuses, strict=True)
    )
    if sale is None or unclear or len(given) < len(planned.fields):
        return
    _take_edit_sequence(sale, planned, answers.get(f"{READ}{sale.kind.value}"))
    busy: dict[str, str] = {}
    refused_ones: dict[str, str] = {}
    for name, each, status in zip(planned.fields, given, statuses, strict=True):
        if each.ok:
            continue
        if status.reaction is Reaction.RETRY:
            busy[name] = planned.fields[name]
        else:
            refused_ones[name] = planned.fields[name]
            _tell(turn, posting, sale, name, each.message.strip() or status.meaning)
    if busy:
        posting.payload = to_payload(replace(planned, fields=busy))
        details = {"thing": thing(sale), "reason": next(s.message for s in given if not s.ok)}
        pause = outcome.pause_after(posting.attempts)
        states.retry(posting, "record-in-use", details, turn.now + pause)
    elif refused_ones:
        posting.payload = to_payload(replace(planned, fields=refused_ones))
        # Left out, so that nothing waits for it; a person who requeues the order sends it again.
        states.hold(posting, REFUSED, {})
        states.skip(posting)
    else:
        _done(turn, posting, sale, list(planned.fields))


def refused(turn: Turn, posting: Posting, response: Response) -> None:
    """One of its fields; what became of all of them, the form tells."""


def not_applied(turn: Turn, posting: Posting, reason: str) -> None:
    """Nothing was filled: looked up and sent again."""
    states.release(posting)


def read_again(turn: Turn, postings: Sequence[Posting]) -> list[Request]:
    """The forms with the fields that they have now."""
    return _forms(turn, postings, RECOVERED)


def settle(
    turn: Turn, postings: Sequence[Posting], evidence: Evidence, kept: Mapping[str, str]
) -> None:
    """After a lost answer: what the form has counts; what it lacks is looked up and sent again."""
    for posting in postings:
        sale = outcome.sale_posting(turn, posting)
        if sale is None or f"{RECOVERED}{sale.kind.value}" not in evidence.answered:
            continue
        planned, record = custom_fields_from(posting.payload), evidence.txns.get(sale.record_id)
        there = _values(record) if record is not None else {}
        if all(there.get(name.casefold()) == value for name, value in planned.fields.items()):
            if record is not None and planned.is_untouched:
                sale.edit_sequence = record.edit_sequence
            _done(turn, posting, sale, list(planned.fields))
        else:
            outcome.send_again(turn, posting)


def _values(record: TxnMade) -> dict[str, str]:
    """What people's fields hold, by folded name."""
    ext = record.ext if isinstance(record, InvoiceRecord | SaleRecord) else ()
    return {each.name.casefold(): each.value for each in ext if each.is_custom}


def _ids(posting: Posting, planned: PlannedCustomFields) -> Iterator[str]:
    """Request ids in the order of the fields: the last bears the posting's own."""
    last = len(planned.fields) - 1
    for place in range(len(planned.fields)):
        yield request_id(posting) if place == last else f"{request_id(posting)}:{place}"


def _forms(turn: Turn, postings: Sequence[Posting], prefix: str) -> list[Request]:
    by_kind: dict[Kind, dict[str, None]] = {}
    for posting in postings:
        sale = outcome.sale_posting(turn, posting)
        if sale is not None and sale.record_id:
            by_kind.setdefault(sale.kind, {})[sale.record_id] = None
    return [
        TXN_KINDS[kind].ask(
            f"{prefix}{kind.value}", whole=True, txn_ids=list(ids), owner_ids=CUSTOM[:1]
        )
        for kind, ids in by_kind.items()
    ]


def _take_edit_sequence(
    sale: Posting, planned: PlannedCustomFields, reading: Response | None
) -> None:
    """Nobody had touched the form before: that the fields touched it is no edit."""
    for record in reading.records if reading is not None and planned.is_untouched else ():
        if isinstance(record, InvoiceRecord | SaleRecord) and record.txn_id == sale.record_id:
            sale.edit_sequence = record.edit_sequence


def _tell(turn: Turn, posting: Posting, sale: Posting, field: str, reason: str) -> None:
    details = {
        "thing": thing(sale),
        "order": str(sale.order_id),
        "field": field,
        "reason": reason,
    }
    turn.tell(REFUSED, details, posting)


def _done(
    turn: Turn, posting: Posting, sale: Posting, fields: Sequence[str], *, by_us: bool = True
) -> None:
    states.post(posting, sale.record_id, edit_sequence=sale.edit_sequence)
    posting.posted_at = turn.now
    error_log.solve(turn.db, turn.connection.id, now=turn.now, posting_id=posting.id)
    if by_us:
        text = f"{thing(sale)}: {', '.join(fields)} filled"
        history.note(turn.db, turn.connection.id, text, now=turn.now, order_id=sale.order_id)
