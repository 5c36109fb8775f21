"""Until when the payment of an order that is not paid is expected: for people to read. Pure.

Payments typed by hand come after their order and are dated at midnight. What is said here decides
nothing: a payment is read whenever it comes, and posted with its own day.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from qbwc_service.planning.order import PaymentKind, ReceivedPayment, SalesOrder
from qbwc_service.planning.order_status import PaidState, paid_state


def payment_expected_by(
    order: SalesOrder,
    payments: Iterable[ReceivedPayment],
    *,
    made_at: datetime | None,
    hours: int,
    now: datetime,
) -> datetime | None:
    """`hours` after the order was made; None once that is over, and where none is expected."""
    received = list(payments)
    if made_at is None or order.is_draft or order.came_from_quickbooks:
        return None
    if paid_state(order, received) is not PaidState.NOT:
        return None
    if any(payment.kind is PaymentKind.CASH for payment in received):
        return None
    until = made_at + timedelta(hours=hours)
    return until if now < until else None
