"""Where an order and its payments stand: derived from their postings, written here alone.

`status_of` is the table of the ten statuses; `refresh` writes it to the rows of many orders with
a constant number of queries.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import (
    KeapOrder,
    KeapPayment,
    Kind,
    OrderStatus,
    PaymentStatus,
    Posting,
)
from qbwc_service.ledger.states import State
from qbwc_service.messages import subject
from qbwc_service.planning.order import Override

_LONGEST_SUBJECT = 200
#: "as soon as possible" in columns that are compared with now
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)

_PAYMENT_STATUS = {
    State.READY: PaymentStatus.WAITING,
    State.SENT: PaymentStatus.SENT,
    State.POSTED: PaymentStatus.POSTED,
    State.HELD: PaymentStatus.HELD,
    State.SKIPPED: PaymentStatus.SKIPPED_BY_YOU,
    State.GONE: PaymentStatus.HELD,
    State.UNDONE: PaymentStatus.UNDONE,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """An order's status, the cause when it is held or skipped with what it is about, and whether
    there is work."""

    status: OrderStatus
    cause: str = ""
    has_work: bool = False
    next_try_at: datetime = AT_ONCE
    subject: str = ""


def current(postings: Iterable[Posting]) -> dict[tuple[Kind, str], Posting]:
    """The newest generation of each posting."""
    newest: dict[tuple[Kind, str], Posting] = {}
    for posting in postings:
        key = (posting.kind, posting.source_key)
        if key not in newest or newest[key].generation < posting.generation:
            newest[key] = posting
    return newest


def status_of(order: KeapOrder, postings: Sequence[Posting]) -> Standing:
    """`postings`: the newest generation of the order's invoice and payments."""
    invoice = next((p for p in postings if p.kind is Kind.INVOICE), None)
    payments = [p for p in postings if p.kind is Kind.PAYMENT]
    if invoice is None:
        return _without_invoice(order)
    match invoice.state:
        case State.POSTED:
            return _in_quickbooks(order, invoice, payments)
        case State.READY:
            return _ready(order, invoice)
        case State.SENT:
            return Standing(OrderStatus.SENT)
        case State.SKIPPED:
            return Standing(OrderStatus.SKIPPED_BY_YOU, has_work=order.needs_plan)
        case State.UNDONE:
            return Standing(OrderStatus.UNDONE, has_work=order.needs_plan)
        case State.HELD | State.GONE:
            cause = invoice.cause or "gone-from-quickbooks"
            about = _about(cause, invoice)
            return Standing(OrderStatus.HELD, cause, order.needs_plan, subject=about)


def _without_invoice(order: KeapOrder) -> Standing:
    if order.skip and not order.needs_plan:
        return Standing(OrderStatus.SKIPPED_BY_SETTINGS, order.skip)
    return Standing(OrderStatus.NEW, has_work=order.needs_plan)


def _ready(order: KeapOrder, invoice: Posting) -> Standing:
    status = OrderStatus.WILL_RETRY if invoice.cause else OrderStatus.READY
    return Standing(status, invoice.cause, True, invoice.not_before or AT_ONCE)


def _in_quickbooks(order: KeapOrder, invoice: Posting, payments: list[Posting]) -> Standing:
    trouble = _invoice_trouble(order, invoice)
    waiting = [] if trouble else [p for p in payments if p.state is State.READY]
    next_try = min((p.not_before or AT_ONCE for p in waiting), default=AT_ONCE)
    has_work = bool(waiting) or order.needs_plan
    cause = trouble or _payment_trouble(payments)
    if cause:
        about = _about(cause, invoice, *payments)
        return Standing(OrderStatus.HELD, cause, has_work, next_try, about)
    if any(p.state is State.SENT for p in payments):
        return Standing(OrderStatus.SENT, "", order.needs_plan)
    paid = sum(p.amount for p in payments if p.state is State.POSTED)
    retrying = next((p.cause for p in waiting if p.cause), "")
    if retrying:
        return Standing(OrderStatus.WILL_RETRY, retrying, has_work, next_try)
    status = OrderStatus.POSTED if paid >= order.total else OrderStatus.POSTED_PAYMENT_OPEN
    return Standing(status, "", has_work, next_try)


def _about(cause: str, *postings: Posting) -> str:
    """What the cause is about, by the first posting that has it."""
    details = next((posting.details for posting in postings if posting.cause == cause), {})
    return subject(cause, details)[:_LONGEST_SUBJECT]


def _invoice_trouble(order: KeapOrder, invoice: Posting) -> str:
    """Why no payment goes to this invoice until a person has looked, or ""."""
    if invoice.cause:
        return invoice.cause
    if order.deleted_at and Override.DELETED not in order.overrides:
        return "deleted-in-keap"
    edited = invoice.planned_hash and invoice.planned_hash != order.content_hash
    return "edited-after-sending" if edited else ""


def _payment_trouble(payments: list[Posting]) -> str:
    """A payment that is gone before one that differs, whatever the order of the rows."""
    if any(payment.state is State.GONE for payment in payments):
        return "gone-from-quickbooks"
    held = (payment for payment in payments if payment.state in {State.HELD, State.POSTED})
    return next((payment.cause for payment in held if payment.cause), "")


def _stand_payment(row: KeapPayment, posting: Posting | None) -> None:
    if posting is None:
        row.status = PaymentStatus.SKIPPED_BY_SETTINGS if row.skip else PaymentStatus.NEW
        row.cause = row.skip
        return
    row.cause = posting.cause
    row.status = _PAYMENT_STATUS[posting.state]
    if posting.state is State.READY and posting.cause:
        row.status = PaymentStatus.WILL_RETRY
    if posting.state is State.POSTED and posting.cause:
        row.status = PaymentStatus.HELD


def refresh(db: Session, connection_id: int, order_ids: Iterable[int]) -> None:
    """Write status, cause and work of these orders and of their payment rows."""
    wanted = sorted(set(order_ids))
    if not wanted:
        return
    db.flush()
    orders = db.scalars(
        select(KeapOrder).where(
            KeapOrder.connection_id == connection_id, KeapOrder.keap_id.in_(wanted)
        )
    ).all()
    postings = _postings_by_order(db, connection_id, wanted)
    rows = db.scalars(
        select(KeapPayment).where(
            KeapPayment.connection_id == connection_id, KeapPayment.order_id.in_(wanted)
        )
    ).all()
    for order in orders:
        standing = status_of(order, list(postings[order.keap_id].values()))
        order.status = standing.status
        order.cause = standing.cause
        order.subject = standing.subject
        order.has_work = standing.has_work
        order.next_try_at = max(standing.next_try_at, order.settles_at or AT_ONCE)
    for row in rows:
        key = (Kind.PAYMENT, f"{row.payment_id}/{row.order_id}")
        _stand_payment(row, postings[row.order_id].get(key))


def _postings_by_order(
    db: Session, connection_id: int, order_ids: Sequence[int]
) -> dict[int, dict[tuple[Kind, str], Posting]]:
    found = db.scalars(
        select(Posting).where(
            Posting.connection_id == connection_id, Posting.order_id.in_(order_ids)
        )
    )
    grouped: dict[int, list[Posting]] = defaultdict(list)
    for posting in found:
        if posting.order_id is not None:
            grouped[posting.order_id].append(posting)
    result: dict[int, dict[tuple[Kind, str], Posting]] = defaultdict(dict)
    for order_id, postings in grouped.items():
        result[order_id] = current(postings)
    return result
