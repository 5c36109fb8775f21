"""Which orders a person asks for: filters, the ids of a page, sums and counts.

Every condition is about a column of the index ix_keap_order_listed, or of a narrow table, so that a
hundred thousand rows are looked through without reading them. Amounts are integer minor units.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from qbwc_service.ledger.models import (
    SALES,
    KeapContact,
    KeapOrder,
    KeapOrderProduct,
    KeapPayment,
    KeapProduct,
    Kind,
    OrderStatus,
    Posting,
)
from qbwc_service.ledger.states import State
from qbwc_service.matching.keys import name_key, search_key
from qbwc_service.planning.money import amount_typed
from qbwc_service.planning.order import PaymentKind
from qbwc_service.planning.order_status import PaidState

_LONGEST_ID = 18


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What the person asked to see.

    `text`: a number in Keap or QuickBooks, an amount, a payment's reference, an e-mail address or
    part of a name. `since` and `until`: the first and the last day of the order date. `product`: an
    SKU or part of a product's name. `least` and `most`: of the total, both included.
    """

    status: OrderStatus | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None
    #: only what waits for this, about this (the page "Needs you")
    cause: str = ""
    subject: str = ""
    paid: PaidState | None = None
    product: str = ""
    least: int | None = None
    most: int | None = None
    has_refund: bool = False


@dataclass(frozen=True, slots=True)
class OrderSum:
    """How many orders of one currency, and their amounts in minor units.

    `posted` is the part of `total` that stands on forms in QuickBooks.
    """

    currency: str
    count: int
    total: int
    posted: int
    paid: int


@dataclass(frozen=True, slots=True)
class OrderSums:
    """Each of the ten statuses, and all of them, the commonest currency first; never across
    currencies."""

    by_status: Mapping[OrderStatus, Sequence[OrderSum]]
    whole: Sequence[OrderSum]

    def count(self, status: OrderStatus) -> int:
        return sum(each.count for each in self.by_status[status])


def matching_orders(
    db: Session,
    connection_id: int,
    wanted: OrderFilter,
    *,
    limit: int,
    before: int | None = None,
    after: int | None = None,
) -> list[KeapOrder]:
    """At most so many, newest first: older than the order `before`, or next newer than `after`.

    The rows are chosen in the index alone.
    """
    statement = select(KeapOrder.id).where(*_conditions(connection_id, wanted)).limit(limit)
    if after is not None:
        statement = statement.where(KeapOrder.keap_id > after).order_by(KeapOrder.keap_id)
    else:
        statement = statement.order_by(KeapOrder.keap_id.desc())
        if before is not None:
            statement = statement.where(KeapOrder.keap_id < before)
    found = db.scalars(select(KeapOrder).where(KeapOrder.id.in_(statement)))
    return sorted(found, key=lambda order: -order.keap_id)


def order_sums(db: Session, connection_id: int, wanted: OrderFilter) -> OrderSums:
    """What the filter finds, whatever status was asked for."""
    chosen = replace(wanted, status=None)
    status_text = _unsorted(KeapOrder.status)
    found = db.execute(
        select(
            status_text,
            KeapOrder.currency,
            func.count(),
            func.sum(KeapOrder.total),
            func.coalesce(func.sum(Posting.amount), 0),
            func.coalesce(func.sum(KeapOrder.total_paid), 0),
        )
        .outerjoin(
            Posting,
            (Posting.connection_id == KeapOrder.connection_id)
            & (Posting.order_id == KeapOrder.keap_id)
            # By its text: one look into the index for each order, not one for each kind.
            & _unsorted(Posting.kind).in_([kind.value for kind in SALES])
            & (Posting.state == State.POSTED),
        )
        .where(*_conditions(connection_id, chosen))
        .group_by(status_text, KeapOrder.currency)
        .order_by(KeapOrder.currency)
    )
    by_status: dict[OrderStatus, list[OrderSum]] = {status: [] for status in OrderStatus}
    for status, currency, count, *amounts in found:
        total, posted, paid = (int(amount or 0) for amount in amounts)
        by_status[OrderStatus(status)].append(OrderSum(currency, count, total, posted, paid))
    return OrderSums(by_status, _whole(by_status))


def skipped_by_reason(db: Session, connection_id: int, wanted: OrderFilter) -> dict[str, int]:
    """How many of the orders that the filter finds settings leave out, and why."""
    chosen = replace(wanted, status=OrderStatus.SKIPPED_BY_SETTINGS)
    cause = _unsorted(KeapOrder.cause)
    found = db.execute(
        select(cause, func.count())
        .where(*_conditions(connection_id, chosen))
        .group_by(cause)
        .order_by(func.count().desc(), cause)
    )
    return dict(found.all())


def _unsorted(column: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """The column's text, which is in lower case, in the place of the column: SQLite would take the
    index that is sorted by it, and read every row for what that one lacks."""
    return func.lower(column)


def _whole(by_status: Mapping[OrderStatus, Sequence[OrderSum]]) -> list[OrderSum]:
    of_currency: dict[str, list[OrderSum]] = defaultdict(list)
    for each in (each for group in by_status.values() for each in group):
        of_currency[each.currency].append(each)
    sums = [
        OrderSum(
            currency,
            sum(each.count for each in group),
            sum(each.total for each in group),
            sum(each.posted for each in group),
            sum(each.paid for each in group),
        )
        for currency, group in sorted(of_currency.items())
    ]
    return sorted(sums, key=lambda each: -each.count)


def _conditions(connection_id: int, wanted: OrderFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [KeapOrder.connection_id == connection_id]
    if wanted.status is not None:
        conditions.append(KeapOrder.status == wanted.status)
    if wanted.since is not None:
        conditions.append(KeapOrder.order_date >= wanted.since)
    if wanted.until is not None:
        conditions.append(KeapOrder.order_date <= wanted.until)
    if wanted.cause:
        conditions += [KeapOrder.cause == wanted.cause, KeapOrder.subject == wanted.subject]
    if wanted.paid is not None:
        conditions.append(_is_paid(wanted.paid))
    if wanted.least is not None:
        conditions.append(KeapOrder.total >= wanted.least)
    if wanted.most is not None:
        conditions.append(KeapOrder.total <= wanted.most)
    if wanted.has_refund:
        refunded = select(KeapPayment.order_id).where(
            KeapPayment.connection_id == connection_id, KeapPayment.kind == PaymentKind.REFUND
        )
        conditions.append(KeapOrder.keap_id.in_(refunded))
    if wanted.product:
        conditions.append(KeapOrder.keap_id.in_(_selling(connection_id, wanted.product)))
    if wanted.text:
        conditions.append(or_(*_has_text(connection_id, wanted.text)))
    return conditions


def _is_paid(state: PaidState) -> ColumnElement[bool]:
    """By what Keap says was paid, nothing where it does not say."""
    paid = func.coalesce(KeapOrder.total_paid, 0)
    match state:
        case PaidState.IN_FULL:
            return paid >= KeapOrder.total
        case PaidState.IN_PART:
            return (paid > 0) & (paid < KeapOrder.total)
        case PaidState.NOT:
            return (paid <= 0) & (KeapOrder.total > 0)


def _selling(connection_id: int, product: str) -> Select[int]:
    """The orders that sell a product of that SKU, or with that in its name."""
    keys = select(KeapProduct.key).where(
        KeapProduct.connection_id == connection_id,
        or_(
            func.lower(KeapProduct.sku) == product.strip().lower(),
            KeapProduct.name.icontains(product.strip(), autoescape=True),
        ),
    )
    return select(KeapOrderProduct.order_id).where(
        KeapOrderProduct.connection_id == connection_id, KeapOrderProduct.key.in_(keys)
    )


def _has_text(connection_id: int, text: str) -> Iterator[ColumnElement[bool]]:
    key = search_key(text)
    yield KeapOrder.search_name.contains(key, autoescape=True)
    yield KeapOrder.keap_id.in_(
        select(Posting.order_id).where(
            Posting.connection_id == connection_id,
            Posting.kind.in_([*SALES, Kind.PAYMENT]),
            Posting.number_key == name_key(text),
        )
    )
    yield KeapOrder.keap_id.in_(
        select(KeapPayment.order_id).where(
            KeapPayment.connection_id == connection_id,
            KeapPayment.search_reference == key,
        )
    )
    if "@" in text:
        yield KeapOrder.contact_id.in_(
            select(KeapContact.contact_id).where(
                KeapContact.connection_id == connection_id,
                KeapContact.search_email.contains(key, autoescape=True),
            )
        )
    number = text.removeprefix("#")
    if number.isascii() and number.isdecimal() and len(number) <= _LONGEST_ID:
        yield KeapOrder.keap_id == int(number)
        yield KeapOrder.invoice_id == str(int(number))
    amount = amount_typed(text)
    if amount is not None:
        yield KeapOrder.total == amount
