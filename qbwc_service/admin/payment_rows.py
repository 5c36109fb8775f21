"""The rows of the payments page: Keap's payment beside its record in QuickBooks. A constant number
of statements a page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from qbwc_service.admin.words import explained
from qbwc_service.ledger.entry_names import Entry, entry_names
from qbwc_service.ledger.models import (
    SALES,
    KeapOrder,
    KeapPayment,
    Kind,
    PaymentStatus,
    Posting,
)
from qbwc_service.ledger.payment_search import RECEIVED, PaymentFilter, Place, listed
from qbwc_service.ledger.row_postings import row_key
from qbwc_service.ledger.sendable import sale_of
from qbwc_service.ledger.sources import payment_from as received_from
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import State
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import PaymentKind
from qbwc_service.planning.plan import payment_from, planned_sale_from

ROWS_OF_A_PAGE = 50
_RECORDS = (*SALES, Kind.PAYMENT, Kind.CREDIT_MEMO)


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment row of Keap; amounts in minor units. `quickbooks_reference`, `deposit_to` and
    `sent_at` are of its record, or of the sales receipt that it is part of."""

    payment_id: int
    order_id: int
    has_page: bool
    paid_on: date | None
    kind: PaymentKind
    customer: str
    amount: int
    currency: str
    method: str
    gateway: str
    reference: str
    quickbooks_reference: str
    keap_status: str
    status: PaymentStatus
    #: why it has that status, in a few words; "" for most
    note: str
    deposit_to: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """One page, the newest day first; `older` is where the next one begins."""

    rows: Sequence[PaymentRow]
    older: Place | None


def payment_page(
    db: Session, connection_id: int, wanted: PaymentFilter, after: Place | None
) -> PaymentPage:
    found = listed(db, connection_id, wanted, RECEIVED, limit=ROWS_OF_A_PAGE + 1, after=after)
    rows = found[:ROWS_OF_A_PAGE]
    last = rows[-1] if len(found) > ROWS_OF_A_PAGE else None
    older = Place(last.paid_on, last.id) if last is not None and last.paid_on else None
    return PaymentPage(_rows(db, connection_id, rows), older)


def _rows(db: Session, connection_id: int, rows: Sequence[KeapPayment]) -> list[PaymentRow]:
    order_ids = sorted({row.order_id for row in rows})
    orders = {
        order.keap_id: order
        for order in db.execute(
            select(KeapOrder.keap_id, KeapOrder.customer_name, KeapOrder.currency).where(
                KeapOrder.connection_id == connection_id, KeapOrder.keap_id.in_(order_ids)
            )
        )
    }
    postings: dict[int, list[Posting]] = defaultdict(list)
    found = db.scalars(
        select(Posting)
        .where(
            Posting.connection_id == connection_id,
            Posting.order_id.in_(order_ids),
            Posting.kind.in_(_RECORDS),
        )
        .order_by(Posting.id)
    )
    for posting in current(found).values():
        postings[posting.order_id or 0].append(posting)
    records = {row.id: _record(row, postings[row.order_id]) for row in rows}
    names = entry_names(
        db, connection_id, (("Account", each) for each in _accounts(records)), {}
    ).there
    return [_row(row, orders.get(row.order_id), records[row.id], names) for row in rows]


def _record(row: KeapPayment, postings: Sequence[Posting]) -> Posting | None:
    """What the row became or is to become; a sales receipt is the record of its payments."""
    key = row_key(row)
    own = next((each for each in postings if each.source_key == key), None)
    if own is not None:
        return own
    sale = sale_of(postings)
    is_receipt = sale is not None and sale.kind is Kind.SALES_RECEIPT
    return sale if is_receipt and row.kind is PaymentKind.CASH else None


def _accounts(records: Mapping[int, Posting | None]) -> Iterable[str]:
    return (_deposit_account(record) for record in records.values() if record is not None)


def _deposit_account(record: Posting) -> str:
    """The ListID of the account that the money is deposited to; "" where none is chosen."""
    if not record.payload:
        return ""
    if record.kind is Kind.PAYMENT:
        return payment_from(record.payload).deposit_account_list_id
    if record.kind is Kind.SALES_RECEIPT:
        return planned_sale_from(record.payload).deposit_account_list_id
    return ""


def _row(
    row: KeapPayment,
    order: Row[int, str, str] | None,
    record: Posting | None,
    names: Mapping[Entry, str],
) -> PaymentRow:
    received = received_from(row.received)
    is_there = record is not None and record.state is State.POSTED
    account = _deposit_account(record) if record is not None else ""
    return PaymentRow(
        payment_id=row.payment_id,
        order_id=row.order_id,
        has_page=order is not None,
        paid_on=row.paid_on,
        kind=row.kind,
        customer=order.customer_name if order is not None else "",
        amount=row.amount,
        currency=order.currency if order is not None else "",
        method=received.method or received.source_kind,
        gateway=row.gateway,
        reference=received.transaction_id,
        quickbooks_reference=record.number if record is not None and is_there else "",
        keap_status=received.source_status,
        status=row.status,
        note=_note(row, record, received.source_status),
        deposit_to=names.get(("Account", account), ""),
        sent_at=record.posted_at if record is not None and is_there else None,
    )


def _note(row: KeapPayment, record: Posting | None, keap_status: str) -> str:
    if not row.cause:
        return ""
    details: dict[str, object] = {
        "order": row.order_id,
        "amount": shown(abs(row.amount)),
        "keap_status": keap_status,
    }
    if record is not None and record.cause == row.cause:
        details |= record.details
    return explained(row.cause, details).title
