"""What a payment gave to each order: Keap's rows of /orders/*/payments, and what they change.

The feed of payments tells kind and amount of a payment, but not how it is divided over several
orders, nor always that it was taken back. The rows of an order tell that. Pure.

The unit of a row's amount is not documented (examples show both 305.0 and 10000): it is judged by
what the order says was paid, and a row whose unit is open divides nothing.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from keap import Payment
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.planning.paid import possible_sums

#: as the feed's words for a payment that is no money (v2 OpenAPI, InvoiceOrderPayment.pay_status)
_NOT_COMPLETED = frozenset({"FAILED", "ERROR", "PENDING", "VOIDED"})


class Unit(StrEnum):
    """What the numbers of an order's rows count."""

    MAJOR = "major"
    MINOR = "minor"
    OPEN = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One row: what one payment gave to one order. `amount` is exactly as sent."""

    row_id: int
    order_id: int
    payment_id: int
    amount: Decimal
    pay_status: str


def judge_unit(parts: Iterable[Part], total_paid: int | None) -> Unit:
    """By one order: in which unit its rows come to what it says was paid (minor units)."""
    if not total_paid:
        return Unit.OPEN
    fitting = [unit for unit in (Unit.MAJOR, Unit.MINOR) if _fits(parts, total_paid, unit)]
    return fitting[0] if len(fitting) == 1 else Unit.OPEN


def agreed_unit(votes: Sequence[Unit], needed: int) -> Unit:
    """What so many orders say without one that says otherwise."""
    said = set(votes) - {Unit.OPEN}
    enough = sum(vote is not Unit.OPEN for vote in votes) >= needed
    return said.pop() if enough and len(said) == 1 else Unit.OPEN


def refined(
    payment: Payment,
    received: Sequence[ReceivedPayment],
    parts: Mapping[int, Sequence[Part]],
    units: Mapping[int, Unit],
) -> tuple[ReceivedPayment, ...]:
    """The payment's rows as the orders tell them; `parts` and `units` by order id."""
    return tuple(
        _refined(payment, row, parts.get(row.order_id, ()), units.get(row.order_id, Unit.OPEN))
        for row in received
    )


def _refined(
    payment: Payment, row: ReceivedPayment, parts: Sequence[Part], unit: Unit
) -> ReceivedPayment:
    if not parts:
        return row
    is_shared = len(row.order_ids) > 1
    kind = _kind(payment, row.kind, parts)
    amount = _sum_of(parts, unit)
    if not is_shared:
        return dataclasses.replace(row, kind=kind)
    if amount is None:
        return dataclasses.replace(row, kind=kind, is_whole=True)
    return dataclasses.replace(row, kind=kind, amount=amount, is_whole=False)


def _kind(payment: Payment, kind: PaymentKind, parts: Sequence[Part]) -> PaymentKind:
    statuses = {part.pay_status.upper() for part in parts}
    if statuses <= _NOT_COMPLETED:
        return PaymentKind.NOT_COMPLETED
    # A payment that names its refund is the money that went back later, not the refund itself.
    if statuses == {"REFUNDED"} and kind is PaymentKind.CASH and not payment.refund_payment_id:
        return PaymentKind.REFUND
    return kind


def _fits(parts: Iterable[Part], total_paid: int, unit: Unit) -> bool:
    money = [part for part in parts if part.pay_status.upper() not in _NOT_COMPLETED]
    refunds = [part for part in money if part.pay_status.upper() == "REFUNDED" or part.amount < 0]
    paid = _sum_of([part for part in money if part not in refunds], unit)
    back = _sum_of(refunds, unit)
    if paid is None or back is None:
        return False
    return total_paid in possible_sums({PaymentKind.CASH: paid, PaymentKind.REFUND: back})


def _sum_of(parts: Iterable[Part], unit: Unit) -> int | None:
    """In minor units; None where the unit is open, or does not go with the numbers."""
    factor = {Unit.MAJOR: 100, Unit.MINOR: 1, Unit.OPEN: 0}[unit]
    total = sum((part.amount for part in parts), Decimal()) * factor
    return int(total) if factor and total == total.to_integral_value() else None
