"""The rows of the refunds page: each refund of Keap, and what it becomes in QuickBooks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from qbwc_service.admin.loaded_order import LoadedOrder, load_payments
from qbwc_service.admin.order_payments import PaymentLine, RowRecord, RowVerb, payment_line
from qbwc_service.admin.words import explained
from qbwc_service.ledger.models import Connection, KeapPayment, PaymentStatus
from qbwc_service.ledger.payment_search import GIVEN_BACK, PaymentFilter, Place, listed
from qbwc_service.planning.money import shown

ROWS_OF_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One refund row of Keap; `amount` in minor units, above 0. What it becomes: its `records`, or
    `instead` in words."""

    payment_id: int
    order_id: int
    has_page: bool
    refunded_on: date | None
    customer: str
    amount: int
    currency: str
    records: tuple[RowRecord, ...]
    instead: str
    status: PaymentStatus
    note: str
    can_be_approved: bool


@dataclass(frozen=True, slots=True)
class RefundPage:
    """One page, the newest day first; `older` is where the next one begins."""

    rows: Sequence[RefundRow]
    older: Place | None


def refund_page(
    db: Session, connection: Connection, wanted: PaymentFilter, after: Place | None
) -> RefundPage:
    found = listed(db, connection.id, wanted, GIVEN_BACK, limit=ROWS_OF_A_PAGE + 1, after=after)
    rows = found[:ROWS_OF_A_PAGE]
    orders = load_payments(db, connection, sorted({row.order_id for row in rows}))
    last = rows[-1] if len(found) > ROWS_OF_A_PAGE else None
    older = Place(last.paid_on, last.id) if last is not None and last.paid_on else None
    return RefundPage([_row(row, orders) for row in rows], older)


def _row(row: KeapPayment, orders: Mapping[int, LoadedOrder]) -> RefundRow:
    loaded = orders.get(row.order_id)
    line = payment_line(loaded, row) if loaded is not None else None
    return RefundRow(
        payment_id=row.payment_id,
        order_id=row.order_id,
        has_page=loaded is not None,
        refunded_on=row.paid_on,
        customer=loaded.order.customer_name if loaded is not None else "",
        amount=abs(row.amount),
        currency=loaded.order.currency if loaded is not None else "",
        records=line.records if line is not None else (),
        instead=line.instead if line is not None else "Nothing: its order was not read",
        status=row.status,
        note=_note(row, line),
        can_be_approved=line is not None and RowVerb.APPROVE in line.verbs,
    )


def _note(row: KeapPayment, line: PaymentLine | None) -> str:
    if line is not None:
        return line.trouble.title if line.trouble else ""
    details = {"order": row.order_id or "none", "amount": shown(abs(row.amount))}
    return explained(row.cause, details).title if row.cause else ""
