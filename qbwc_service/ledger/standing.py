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
    OF_MEMOS,
    KeapOrder,
    KeapPayment,
    Kind,
    OrderStatus,
    PaymentStatus,
    Posting,
)
from qbwc_service.ledger.sendable import is_being_changed, is_undo, open_removals, sale_of, sendable
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.messages import subject
from qbwc_service.planning.order import Override, PaymentKind

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

#: of several records of one payment row, the first of these tells where it stands
_WORST_FIRST = (
    PaymentStatus.HELD,
    PaymentStatus.SENT,
    PaymentStatus.WILL_RETRY,
    PaymentStatus.WAITING,
    PaymentStatus.UNDONE,
    PaymentStatus.SKIPPED_BY_YOU,
    PaymentStatus.POSTED,
)

#: what is wrong with a sales receipt because of how it was paid
OF_THE_MONEY = frozenset({"payment-edited-after-sending", "payment-voided-in-keap"})


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
    """`postings`: the newest generation of each of the order's postings."""
    sale = sale_of(postings)
    if sale is None:
        return _without_sale(order)
    parts = [part for part in _that_count(postings) if not part.kind.is_sale]
    if removals := open_removals(sale, parts):
        return _being_removed(order, removals, sendable(sale, parts))
    match sale.state:
        case State.POSTED:
            return _in_quickbooks(order, sale, parts)
        case State.READY:
            return _ready(order, sale)
        case State.SENT:
            return Standing(OrderStatus.SENT)
        case State.SKIPPED:
            return Standing(OrderStatus.SKIPPED_BY_YOU, has_work=order.needs_plan)
        case State.UNDONE:
            return Standing(OrderStatus.UNDONE, has_work=order.needs_plan)
        case State.HELD | State.GONE:
            cause = sale.cause or "gone-from-quickbooks"
            about = _about(cause, sale)
            return Standing(OrderStatus.HELD, cause, order.needs_plan, subject=about)


def _without_sale(order: KeapOrder) -> Standing:
    if order.skip and not order.needs_plan:
        return Standing(OrderStatus.SKIPPED_BY_SETTINGS, order.skip)
    return Standing(OrderStatus.NEW, has_work=order.needs_plan)


def _ready(order: KeapOrder, sale: Posting) -> Standing:
    status = OrderStatus.WILL_RETRY if sale.cause else OrderStatus.READY
    return Standing(status, sale.cause, True, sale.not_before or AT_ONCE)


def _being_removed(
    order: KeapOrder, removals: Sequence[Posting], waiting: Sequence[Posting]
) -> Standing:
    """`waiting`: those of the removals that may go now."""
    next_try = min((each.not_before or AT_ONCE for each in waiting), default=AT_ONCE)
    has_work = bool(waiting) or order.needs_plan
    held = next((each for each in removals if each.state is State.HELD), None)
    if held is not None:
        about = _about(held.cause, held)
        return Standing(OrderStatus.HELD, held.cause, has_work, next_try, about)
    if any(each.state is State.SENT for each in removals):
        return Standing(OrderStatus.SENT, "", order.needs_plan)
    retrying = next((each.cause for each in waiting if each.cause), "")
    if retrying:
        return Standing(OrderStatus.WILL_RETRY, retrying, has_work, next_try)
    cause = "being-undone" if any(map(is_undo, removals)) else ""
    return Standing(OrderStatus.READY, cause, has_work, next_try)


def _in_quickbooks(order: KeapOrder, sale: Posting, parts: list[Posting]) -> Standing:
    trouble = "" if is_being_changed(parts) else _sale_trouble(order, sale)
    waiting = [] if trouble else sendable(sale, parts)
    next_try = min((part.not_before or AT_ONCE for part in waiting), default=AT_ONCE)
    has_work = bool(waiting) or order.needs_plan
    cause = trouble or _part_trouble(parts)
    if cause:
        about = _about(cause, sale, *parts)
        return Standing(OrderStatus.HELD, cause, has_work, next_try, about)
    if any(part.state is State.SENT for part in parts):
        return Standing(OrderStatus.SENT, "", order.needs_plan)
    retrying = next((part.cause for part in waiting if part.cause), "")
    if retrying:
        return Standing(OrderStatus.WILL_RETRY, retrying, has_work, next_try)
    is_open = sale.kind is Kind.INVOICE and _settled(parts) < order.total
    status = OrderStatus.POSTED_PAYMENT_OPEN if is_open else OrderStatus.POSTED
    return Standing(status, "", has_work, next_try)


def _settled(parts: Iterable[Posting]) -> int:
    """What payments and applied credits take off the invoice, in minor units."""
    return sum(
        posting.amount
        for posting in parts
        if posting.kind in {Kind.PAYMENT, Kind.CREDIT_USE} and posting.state is State.POSTED
    )


def _about(cause: str, *postings: Posting) -> str:
    """What the cause is about, by the first posting that has it."""
    details = next((posting.details for posting in postings if posting.cause == cause), {})
    return subject(cause, details)[:_LONGEST_SUBJECT]


def _that_count(postings: Sequence[Posting]) -> list[Posting]:
    """Without what ended and was made anew as something else."""
    living = [posting for posting in postings if posting.state not in ENDED]
    return [
        posting
        for posting in postings
        if posting.state not in ENDED or not any(_replaces(other, posting) for other in living)
    ]


def _replaces(other: Posting, ended: Posting) -> bool:
    if other.kind is Kind.SALES_RECEIPT:
        # One that lives is the payment of all its rows.
        return ended.kind is Kind.PAYMENT
    if other.source_key != ended.source_key or (other.id or 0) <= (ended.id or 0):
        return False
    # What uses up a credit memo is no other credit memo.
    return not (ended.kind is Kind.CREDIT_MEMO and other.kind in OF_MEMOS)


def _sale_trouble(order: KeapOrder, sale: Posting) -> str:
    """Why nothing more goes to this form until a person has looked, or ""."""
    if sale.cause:
        return sale.cause
    if order.deleted_at and Override.DELETED not in order.overrides:
        return "deleted-in-keap"
    edited = sale.planned_hash and sale.planned_hash != order.content_hash
    return "edited-after-sending" if edited else ""


def _part_trouble(parts: list[Posting]) -> str:
    """A record that is gone before one that differs, whatever the order of the rows."""
    if any(part.state is State.GONE for part in parts):
        return "gone-from-quickbooks"
    held = (part for part in parts if part.state in {State.HELD, State.POSTED})
    return next((part.cause for part in held if part.cause), "")


def _is_stopped(order: KeapOrder, sale: Posting | None, parts: Sequence[Posting]) -> bool:
    """Whether nothing of the order goes on until a person has decided about its form."""
    if sale is None or sale.state is not State.POSTED:
        return sale is not None and sale.state in {State.HELD, State.GONE}
    return not is_being_changed(parts) and bool(_sale_trouble(order, sale))


def _stand_payment(
    row: KeapPayment, postings: Sequence[Posting], sale: Posting | None, *, is_stopped: bool
) -> None:
    """The worst of its records tells where the row stands."""
    if not postings:
        _stand_alone(row, sale)
        return
    ranked = [(_row_status(posting, is_stopped=is_stopped), posting) for posting in postings]
    row.status, worst = min(ranked, key=lambda each: _WORST_FIRST.index(each[0]))
    row.cause = "" if row.status is PaymentStatus.WAITING else worst.cause


def _stand_alone(row: KeapPayment, sale: Posting | None) -> None:
    """Left out, part of the sales receipt of its order, or not looked at yet."""
    row.cause = row.skip
    if row.skip:
        row.status = PaymentStatus.SKIPPED_BY_SETTINGS
    elif sale is not None and sale.kind is Kind.SALES_RECEIPT and row.kind is PaymentKind.CASH:
        # Whatever else is to be seen about the receipt, the money is in QuickBooks with it.
        is_about_money = sale.cause in OF_THE_MONEY
        row.status = PaymentStatus.HELD if is_about_money else _PAYMENT_STATUS[sale.state]
        row.cause = sale.cause if is_about_money else ""
    else:
        row.status = PaymentStatus.NEW


def _row_status(posting: Posting, *, is_stopped: bool) -> PaymentStatus:
    if posting.cause and posting.state is State.READY:
        return PaymentStatus.WAITING if is_stopped else PaymentStatus.WILL_RETRY
    if posting.cause and posting.state is State.POSTED:
        return PaymentStatus.HELD
    return _PAYMENT_STATUS[posting.state]


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
    stopped = set()
    for order in orders:
        of_order = list(postings[order.keap_id].values())
        if _is_stopped(order, sale_of(of_order), of_order):
            stopped.add(order.keap_id)
        standing = status_of(order, of_order)
        order.status = standing.status
        order.cause = standing.cause
        order.subject = standing.subject
        order.has_work = standing.has_work
        order.next_try_at = max(standing.next_try_at, order.settles_at or AT_ONCE)
    for row in rows:
        of_order = list(postings[row.order_id].values())
        sale = sale_of(of_order)
        key = f"{row.payment_id}/{row.order_id}"
        counting = _that_count(of_order)
        of_row = [each for each in counting if each.source_key == key and not each.kind.is_sale]
        _stand_payment(row, of_row, sale, is_stopped=row.order_id in stopped)


def _postings_by_order(
    db: Session, connection_id: int, order_ids: Sequence[int]
) -> dict[int, dict[tuple[Kind, str], Posting]]:
    found = db.scalars(
        select(Posting)
        .where(Posting.connection_id == connection_id, Posting.order_id.in_(order_ids))
        # Of several causes the oldest one is told.
        .order_by(Posting.id)
    )
    grouped: dict[int, list[Posting]] = defaultdict(list)
    for posting in found:
        if posting.order_id is not None:
            grouped[posting.order_id].append(posting)
    result: dict[int, dict[tuple[Kind, str], Posting]] = defaultdict(dict)
    for order_id, postings in grouped.items():
        result[order_id] = current(postings)
    return result
