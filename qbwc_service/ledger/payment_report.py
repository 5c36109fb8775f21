"""Payments as the merchant's statement has them: each with its whole reference, and added up by
gateway and day. Amounts are integer minor units; what went back is negative."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.ledger.models import KeapOrder, KeapPayment, Kind, PaymentStatus, Posting
from qbwc_service.ledger.payment_search import (
    ALL_PAYMENTS,
    PaymentFilter,
    conditions,
    gateway_name,
)
from qbwc_service.ledger.reconcile.runs import month_of
from qbwc_service.ledger.states import State
from qbwc_service.planning.money import decimal_amount
from qbwc_service.planning.order import PaymentKind
from qbwc_service.spreadsheets import Cell

COLUMNS = (
    "Date",
    "Reference",
    "QuickBooks reference",
    "Order",
    "Payment",
    "Customer",
    "Amount",
    "Method",
    "Gateway",
    "Status",
)
DAY_COLUMNS = ("Date", "Gateway", "Payments", "Received", "Given back", "Total")
#: the record whose number the bookkeeper finds in QuickBooks
_NUMBERED = (Kind.PAYMENT, Kind.CREDIT_MEMO, Kind.CARD_REFUND, Kind.CHECK_REFUND)
#: what the bank saw
MONEY = frozenset({PaymentKind.CASH, PaymentKind.REFUND})
#: a payment that was typed in by a person went through no gateway
BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment or refund of Keap; `reference` is the gateway's whole transaction id."""

    paid_on: date | None
    reference: str
    quickbooks_reference: str
    order_id: int
    payment_id: int
    customer: str
    amount: int
    method: str
    gateway: str
    status: PaymentStatus


@dataclass(frozen=True, slots=True)
class GatewayDay:
    """What one gateway took in and gave back on one day."""

    day: date | None
    gateway: str
    payments: int
    received: int
    given_back: int

    @property
    def total(self) -> int:
        return self.received + self.given_back


def payment_lines(
    db: Session, connection_id: int, days: tuple[date, date], asked: PaymentFilter = ALL_PAYMENTS
) -> Sequence[PaymentLine]:
    """Money alone: no credits, no tests, nothing that was declined. By day, in two statements.
    Of what was `asked` for, within these days."""
    since, until = days
    wanted = conditions(connection_id, replace(asked, since=since, until=until), MONEY)
    numbers = _numbers(db, connection_id, wanted)
    found = db.execute(
        select(
            KeapPayment.paid_on,
            KeapPayment.order_id,
            KeapPayment.payment_id,
            KeapPayment.amount,
            KeapPayment.kind,
            KeapPayment.status,
            KeapPayment.received,
            KeapPayment.raw,
            KeapOrder.customer_name,
        )
        .outerjoin(
            KeapOrder,
            and_(
                KeapOrder.connection_id == KeapPayment.connection_id,
                KeapOrder.keap_id == KeapPayment.order_id,
            ),
        )
        .where(*wanted)
        .order_by(KeapPayment.paid_on, KeapPayment.payment_id, KeapPayment.order_id)
    )
    return [
        PaymentLine(
            row.paid_on,
            row.received.get("transaction_id", ""),
            numbers.get((row.payment_id, row.order_id)) or numbers.get((0, row.order_id), ""),
            row.order_id,
            row.payment_id,
            row.customer_name or "",
            -abs(row.amount) if row.kind is PaymentKind.REFUND else row.amount,
            row.received.get("method", ""),
            _gateway(row.raw),
            row.status,
        )
        for row in found
    ]


def every_payment_line(
    database: Database, connection_id: int, asked: PaymentFilter
) -> Iterator[PaymentLine]:
    """All that was asked for, read month by month so that no transaction stays open."""
    with database.reading() as db:
        first, last = db.execute(
            select(func.min(KeapPayment.paid_on), func.max(KeapPayment.paid_on)).where(
                *conditions(connection_id, asked, MONEY)
            )
        ).one()
    day, last = first or date.max, last or date.min
    while day <= last:
        _, month_end = month_of(day)
        with database.reading() as db:
            lines = payment_lines(db, connection_id, (day, min(month_end, last)), asked)
        yield from lines
        day = month_end + timedelta(days=1)


def by_gateway_and_day(lines: Iterable[PaymentLine]) -> list[GatewayDay]:
    """As the merchant's summary has it, by day and then by gateway."""
    groups: dict[tuple[date | None, str], list[int]] = defaultdict(list)
    for line in lines:
        groups[line.paid_on, line.gateway].append(line.amount)
    return [
        GatewayDay(
            day,
            gateway,
            len(amounts),
            sum(amount for amount in amounts if amount > 0),
            sum(amount for amount in amounts if amount < 0),
        )
        for (day, gateway), amounts in sorted(
            groups.items(), key=lambda group: (group[0][0] or date.min, group[0][1])
        )
    ]


def cells_of(line: PaymentLine) -> list[Cell]:
    """A row of the file, by COLUMNS."""
    return [
        line.paid_on,
        line.reference,
        line.quickbooks_reference,
        line.order_id or None,
        line.payment_id,
        line.customer,
        decimal_amount(line.amount),
        line.method,
        line.gateway,
        line.status.value,
    ]


def cells_of_day(day: GatewayDay) -> list[Cell]:
    """A row of the file, by DAY_COLUMNS."""
    return [
        day.day,
        day.gateway,
        day.payments,
        decimal_amount(day.received),
        decimal_amount(day.given_back),
        decimal_amount(day.total),
    ]


def _numbers(db: Session, connection_id: int, wanted: Sequence[Any]) -> dict[tuple[int, int], str]:
    """RefNumbers in QuickBooks by payment and order; by (0, order) that of a sales receipt, which
    is the record of its payments."""
    orders = select(KeapPayment.order_id).where(*wanted)
    found = db.execute(
        select(Posting.order_id, Posting.kind, Posting.source_key, Posting.number)
        .where(
            Posting.connection_id == connection_id,
            Posting.order_id.in_(orders),
            Posting.kind.in_([*_NUMBERED, Kind.SALES_RECEIPT]),
            Posting.state == State.POSTED,
        )
        .order_by(Posting.id)
    )
    numbers: dict[tuple[int, int], str] = {}
    for row in found:
        if row.kind is Kind.SALES_RECEIPT:
            numbers[0, row.order_id] = row.number
            continue
        payment_id, _, order_id = row.source_key.partition("/")
        numbers.setdefault((int(payment_id), int(order_id)), row.number)
    return numbers


def _gateway(raw: str) -> str:
    """Keap's merchant account, by type and id: "Stripe 12"."""
    payment = json.loads(raw)
    merchant = (str(payment.get(f"merchant_account_{name}") or "") for name in ("type", "id"))
    return gateway_name(*merchant) or BY_HAND
