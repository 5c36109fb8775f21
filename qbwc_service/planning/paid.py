"""How much of an order is paid, and whether its payments come to what the source says was paid.

The source keeps credits and refunds beside payments, and does not say whether it counts them, so
each reading counts; a payment that is missing or too much fits none of them.
"""

from collections.abc import Iterable, Mapping

from qbwc_service.planning.order import PaymentKind, ReceivedPayment, SalesOrder

#: what the source may or may not count as paid, and with which sign
_MAY_COUNT = (
    (PaymentKind.TEST, 1),
    (PaymentKind.CREDIT, 1),
    (PaymentKind.UNCLEAR, 1),
    (PaymentKind.REFUND, -1),
)


def possible_sums(by_kind: Mapping[PaymentKind, int]) -> frozenset[int]:
    """What the source may give as paid, from the sum of each kind; all in minor units."""
    sums = {by_kind.get(PaymentKind.CASH, 0)}
    for kind, sign in _MAY_COUNT:
        amount = sign * abs(by_kind.get(kind, 0))
        sums |= {known + amount for known in sums}
    return frozenset(sums)


def sums_by_kind(payments: Iterable[ReceivedPayment]) -> dict[PaymentKind, int]:
    """The amounts of each kind added up; refunds by their size, whatever their sign."""
    sums: dict[PaymentKind, int] = {}
    for payment in payments:
        amount = abs(payment.amount) if payment.kind is PaymentKind.REFUND else payment.amount
        sums[payment.kind] = sums.get(payment.kind, 0) + amount
    return sums


def payments_add_up(order: SalesOrder, payments: Iterable[ReceivedPayment]) -> bool:
    """Whether the payments may be all there are; True where the source does not tell."""
    return order.total_paid is None or order.total_paid in possible_sums(sums_by_kind(payments))


def is_test_order(payments: Iterable[ReceivedPayment]) -> bool:
    """Somebody tried the shop: every payment that came through was a test."""
    kinds = {payment.kind for payment in payments} - {PaymentKind.NOT_COMPLETED}
    return kinds == {PaymentKind.TEST}
