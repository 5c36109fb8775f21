"""What a record of QuickBooks has that we did not write: a person's edits, in words. Pure.

An EditSequence tells only that something touched the record, be it our own payment. What it says
now tells whether something of a person's would be lost.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.planning.money import decimal_amount
from qbwc_service.planning.plan import (
    ListRef,
    PlannedLine,
    credit_memo_from,
    payment_from,
    planned_sale_from,
    refund_from,
)
from qbwc_service.webconnector.txn_kinds import TxnMade
from qbwc_service.webconnector.verify import total_of
from qbxml_builders.records import InvoiceRecord, LineRecord, SaleRecord

#: by kind and source key, of what our postings made
ListIds = Mapping[tuple[Kind, str], str]


def edits(posting: Posting, record: TxnMade, list_ids: ListIds) -> tuple[str, ...]:
    """How the record differs from what the posting wrote; nothing where it is the same, or void."""
    if not posting.payload or record.edit_sequence == posting.edit_sequence or is_void(record):
        return ()
    return tuple(_differences(posting, record, list_ids))


def is_void(record: TxnMade) -> bool:
    """A void record comes to 0.00, and nothing is linked to it (qbXML OSR, TxnVoid)."""
    return total_of(record) == 0


def resolved(ref: ListRef, kind: Kind, list_ids: ListIds) -> str:
    """The ListID; "" where what makes it is not there."""
    return ref.list_id or list_ids.get((kind, ref.made_by), "")


def same_lines(
    lines: Sequence[PlannedLine], there: Sequence[LineRecord], list_ids: ListIds
) -> bool:
    """Item and amount of each, in their order; what has no amount is a line of text."""
    wanted = [(resolved(line.item, Kind.ITEM, list_ids), line.amount) for line in lines]
    return wanted == [(line.item_list_id, line.amount or Decimal(0)) for line in there]


def _differences(posting: Posting, record: TxnMade, list_ids: ListIds) -> Iterator[str]:
    total = total_of(record)
    if total != decimal_amount(posting.amount):
        yield f"its total is {total:,.2f} instead of {decimal_amount(posting.amount):,.2f}"
    day = _day(posting)
    if record.txn_date is not None and day is not None and record.txn_date != day:
        yield f"its date is {record.txn_date} instead of {day}"
    if posting.number and record.ref_number and record.ref_number != posting.number:
        yield f"its number is {record.ref_number} instead of {posting.number}"
    if posting.kind.is_sale:
        customer = planned_sale_from(posting.payload).customer
        meant = resolved(customer, Kind.CUSTOMER, list_ids)
        if meant and record.customer_list_id != meant:
            yield f"its customer is {record.customer_full_name}"
    lines = _lines(posting)
    there = record.lines if isinstance(record, InvoiceRecord | SaleRecord) else ()
    if lines and not same_lines(lines, there, list_ids):
        yield "its lines are others"


def _lines(posting: Posting) -> tuple[PlannedLine, ...]:
    if posting.kind.is_sale:
        return planned_sale_from(posting.payload).lines
    if posting.kind is Kind.CREDIT_MEMO:
        return credit_memo_from(posting.payload).lines
    return ()


def _day(posting: Posting) -> date | None:
    match posting.kind:
        case Kind.PAYMENT:
            return payment_from(posting.payload).paid_on
        case Kind.CARD_REFUND | Kind.CHECK_REFUND:
            return refund_from(posting.payload).paid_on
        case Kind.CREDIT_MEMO:
            return credit_memo_from(posting.payload).placed_on
        case kind if kind.is_sale:
            return planned_sale_from(posting.payload).placed_on
        case _:
            return None
