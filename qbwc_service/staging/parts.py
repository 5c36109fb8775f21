"""What a payment gave to each order: Keap's rows of /orders/*/payments, and what they change.

The feed of payments tells kind and amount of a payment, but not how it is divided over several
orders, nor always that it was taken back. The rows of an order tell that. Pure.

Whether a payment is money received or a refund only the feed tells. Keap does not document where
REFUNDED stands: on the refund's own row, or also on that of the payment that was given back, and
taking the latter for a refund would count one twice.

The unit of a row's amount is not documented (examples show both 305.0 and 10000): it is judged by
what the order says was paid, and a row whose unit is open divides nothing. Nor do rows that
contradict the payment: it stays whole, for a person to look at.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

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
    received: Sequence[ReceivedPayment],
    parts: Mapping[int, Sequence[Part]],
    units: Mapping[int, Unit],
) -> tuple[ReceivedPayment, ...]:
    """The payment's rows as the orders tell them; `parts` and `units` by order id.

    A payment over several orders has the part of each order, with the sign that the feed gives it.
    It stays whole where a unit is open, or where the parts are not what the payment is.
    """
    told = [_completed(row, parts.get(row.order_id, ())) for row in received]
    if len(told) < 2:
        return tuple(told)
    amounts = {
        row.order_id: _sum_of(parts[row.order_id], units.get(row.order_id, Unit.OPEN))
        for row in told
        if parts.get(row.order_id)
    }
    if not _divide(told[0].amount, amounts, len(told)):
        return tuple(told)
    return tuple(_part_of(row, amounts.get(row.order_id)) for row in told)


def _completed(row: ReceivedPayment, parts: Sequence[Part]) -> ReceivedPayment:
    """No money where the order shows none, with the order's word for that."""
    statuses = {part.pay_status.upper() for part in parts}
    if not statuses or not statuses <= _NOT_COMPLETED or row.kind is PaymentKind.NOT_COMPLETED:
        return row
    word = ", ".join(sorted(statuses))
    return dataclasses.replace(row, kind=PaymentKind.NOT_COMPLETED, source_status=word)


def _divide(whole: int, amounts: Mapping[int, int | None], orders: int) -> bool:
    """Whether these can be parts of it: together all of it, or less while some are not known."""
    known = [abs(amount) for amount in amounts.values() if amount is not None]
    if len(known) < orders:
        return sum(known) <= abs(whole)
    return sum(known) == abs(whole)


def _part_of(row: ReceivedPayment, amount: int | None) -> ReceivedPayment:
    if amount is None:
        return row
    signed = -abs(amount) if row.amount < 0 else abs(amount)
    return dataclasses.replace(row, amount=signed, is_whole=False)


def _fits(parts: Iterable[Part], total_paid: int, unit: Unit) -> bool:
    """In some reading: a row of REFUNDED is a refund, or a payment that was given back."""
    money = [part for part in parts if part.pay_status.upper() not in _NOT_COMPLETED]
    marked = [part for part in money if part.pay_status.upper() == "REFUNDED"]
    negative = [part for part in money if part.amount < 0]
    return any(
        _come_to(total_paid, [part for part in money if part not in refunds], refunds, unit)
        for refunds in ([*negative, *(part for part in marked if part.amount >= 0)], negative)
    )


def _come_to(total_paid: int, paid: list[Part], refunds: list[Part], unit: Unit) -> bool:
    received, back = _sum_of(paid, unit), _sum_of([_size(part) for part in refunds], unit)
    if received is None or back is None:
        return False
    return total_paid in possible_sums({PaymentKind.CASH: received, PaymentKind.REFUND: back})


def _size(part: Part) -> Part:
    return dataclasses.replace(part, amount=abs(part.amount))


def _sum_of(parts: Iterable[Part], unit: Unit) -> int | None:
    """In minor units; None where the unit is open, or does not go with the numbers."""
    factor = {Unit.MAJOR: 100, Unit.MINOR: 1, Unit.OPEN: 0}[unit]
    total = sum((part.amount for part in parts), Decimal()) * factor
    return int(total) if factor and total == total.to_integral_value() else None
