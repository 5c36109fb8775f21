"""The standing setting "order status": which orders are sent, by what is paid of them or by Keap's
own word for them. Pure.

What is paid is told by amounts; Keap's word (DRAFT, SENT, VIEWED, PAID) is that of the invoice
document and no proof of payment (REST v2 OpenAPI, Order.status).
"""

from collections.abc import Sequence
from enum import StrEnum

from qbwc_service.planning.order import PaymentKind, ReceivedPayment, SalesOrder
from qbwc_service.settings import words


class PaidState(StrEnum):
    """How much of an order is paid; the values are the words of the setting."""

    IN_FULL = "paid in full"
    IN_PART = "part paid"
    NOT = "unpaid"


#: also how people write "paid in full", and one of Keap's own words
_PAID = "paid"


def paid_state(order: SalesOrder, payments: Sequence[ReceivedPayment]) -> PaidState:
    """By the source's sum of what was paid, or by the payments where it tells none."""
    paid = order.total_paid
    if paid is None:
        paid = sum(each.amount for each in payments if each.kind is PaymentKind.CASH)
    if paid >= order.total:
        return PaidState.IN_FULL
    return PaidState.IN_PART if paid > 0 else PaidState.NOT


def has_wanted_status(
    order: SalesOrder, payments: Sequence[ReceivedPayment], order_status: str
) -> bool:
    """Whether the order has one of the statuses of the setting; "" wants all."""
    wanted = {status.casefold() for status in words(order_status)}
    if not wanted:
        return True
    state = paid_state(order, payments)
    is_paid = state is PaidState.IN_FULL and _PAID in wanted
    return state in wanted or order.source_status.strip().casefold() in wanted or is_paid
