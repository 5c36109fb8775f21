"""Keap against QuickBooks, for a period: orders, payments, refunds and credits, each in exactly one
bucket, with the list behind every number.

What is in QuickBooks counts with the amount that QuickBooks showed when it was last read,
everything else with Keap's. So whatever a person changes there is left over as a difference, which
is never hidden. What is in another currency than the books is in a list of its own and in no sum.
Amounts are integer minor units; a report takes a constant number of statements.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from qbwc_service.ledger.currencies import currency_codes, home_currency
from qbwc_service.ledger.models import (
    Connection,
    Kind,
    OrderStatus,
    PaymentStatus,
    Reconciliation,
)
from qbwc_service.ledger.reconcile import runs
from qbwc_service.ledger.reconcile.report_rows import (
    foreign_of,
    orders_of,
    postings_of,
    rows_of,
    undated_of,
    unreadable_of,
)
from qbwc_service.ledger.reconcile.verdicts import CHANGED
from qbwc_service.ledger.reports import Figure
from qbwc_service.ledger.states import State
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import PaymentKind


class Part(StrEnum):
    """What is held against each other."""

    ORDERS = "orders"
    PAYMENTS = "payments"
    REFUNDS = "refunds"
    CREDITS = "credits"


class Bucket(StrEnum):
    """Where one of Keap's records is; each is in exactly one."""

    IN_QUICKBOOKS = "in QuickBooks"
    WAITING = "waiting"
    HELD = "held"
    SKIPPED_BY_SETTINGS = "skipped by settings"
    SKIPPED_BY_YOU = "skipped by you"
    NO_LONGER = "undone or gone"


#: has to be empty before a month is closed
TO_DO = (Bucket.WAITING, Bucket.HELD, Bucket.NO_LONGER)


@dataclass(frozen=True, slots=True)
class Entry:
    """One order or payment row. `in_books` is its amount in QuickBooks, 0 where it is not there;
    `is_read`: QuickBooks showed it when it was last read. `posted` and `found` are the two sides of
    what was changed there. `currency` is "" where it is that of the books."""

    order_id: int
    payment_id: int
    day: date | None
    customer: str
    amount: int
    bucket: Bucket
    cause: str = ""
    number: str = ""
    txn_id: str = ""
    in_books: int = 0
    is_read: bool = False
    posted: str = ""
    found: str = ""
    currency: str = ""

    @property
    def difference(self) -> int:
        """How much more Keap has than QuickBooks of what is in both."""
        return self.amount - self.in_books if self.bucket is Bucket.IN_QUICKBOOKS else 0


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report. `foreign` entries are in other currencies, and in no figure."""

    part: Part
    entries: tuple[Entry, ...]
    foreign: tuple[Entry, ...] = ()

    @property
    def keap(self) -> Figure:
        return _figure(self.entries)

    @property
    def in_books(self) -> int:
        """What QuickBooks has of it."""
        return sum(entry.in_books for entry in self.entries)

    @property
    def difference(self) -> int:
        """0, or what people have changed in QuickBooks (`differing`)."""
        elsewhere = sum(
            entry.amount for entry in self.entries if entry.bucket is not Bucket.IN_QUICKBOOKS
        )
        return self.keap.amount - self.in_books - elsewhere

    def of(self, bucket: Bucket) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.bucket is bucket)

    def figure(self, bucket: Bucket) -> Figure:
        """Count and Keap's amount; of what is in QuickBooks, the amount there."""
        entries = self.of(bucket)
        if bucket is Bucket.IN_QUICKBOOKS:
            return Figure(len(entries), self.in_books)
        return _figure(entries)

    def differing(self) -> tuple[Entry, ...]:
        """In QuickBooks with another amount than Keap has."""
        return tuple(entry for entry in self.entries if entry.difference)

    def changed(self) -> tuple[Entry, ...]:
        """Not as it was posted, and nobody has said yet that it is right."""
        return tuple(entry for entry in self.entries if entry.found)

    def foreign_sums(self) -> Mapping[str, Figure]:
        """Keap's amounts in other currencies, each by itself."""
        currencies = sorted({entry.currency for entry in self.foreign})
        return {
            currency: _figure([each for each in self.foreign if each.currency == currency])
            for currency in currencies
        }

    def unread(self) -> int:
        """How many are in QuickBooks by our ledger alone: posted since it was last read."""
        return sum(not entry.is_read for entry in self.of(Bucket.IN_QUICKBOOKS))

    def sentence(self) -> str:
        """ "Keap 12,990.00 = QuickBooks 12,840.00 + waiting 150.00"."""
        terms = [f"QuickBooks {shown(self.in_books)}"]
        for bucket in Bucket:
            figure = self.figure(bucket)
            if bucket is not Bucket.IN_QUICKBOOKS and figure.count:
                terms.append(f"{bucket} {shown(figure.amount)}")
        if self.difference:
            terms.append(f"difference {shown(self.difference)}")
        return f"Keap {shown(self.keap.amount)} = {' + '.join(terms)}"


@dataclass(frozen=True, slots=True)
class ReconcilingReport:
    """`read`: the last whole reading of QuickBooks that had the period; None where there was none.
    `unreadable` records of Keap, and `undated` ones, are in none of the numbers."""

    first_day: date
    last_day: date
    sections: Mapping[Part, Section]
    unreadable: int
    undated: int
    read: Reconciliation | None

    def to_do(self) -> tuple[Entry, ...]:
        """The orders of the period that are not in QuickBooks and have to get there."""
        orders = self.sections[Part.ORDERS]
        return tuple(e for e in (*orders.entries, *orders.foreign) if e.bucket in TO_DO)

    def foreign_sentences(self) -> tuple[str, ...]:
        """ "Orders of 98.85 CAD (1)": what is in none of the sums."""
        return tuple(
            f"{part.capitalize()} of {shown(figure.amount)} {currency} ({figure.count})"
            for part, section in self.sections.items()
            for currency, figure in section.foreign_sums().items()
        )

    def left_out(self) -> tuple[Entry, ...]:
        """The orders of the period that are not to get there."""
        apart = {*TO_DO, Bucket.IN_QUICKBOOKS}
        return tuple(e for e in self.sections[Part.ORDERS].entries if e.bucket not in apart)


def reconciling_report(
    db: Session, connection: Connection, days: tuple[date, date]
) -> ReconcilingReport:
    """Orders by their date, payments by the day they were paid on."""
    orders = orders_of(db, connection.id, days)
    rows = rows_of(db, connection.id, days)
    sales, of_rows = postings_of(db, connection.id, days)
    has_several = bool(connection.quickbooks.get("multi_currency"))
    home = home_currency(connection, currency_codes(db, connection) if has_several else {})
    foreign = foreign_of(db, connection.id, home)
    entries: dict[Part, list[Entry]] = {part: [] for part in Part}
    for order in orders:
        entries[Part.ORDERS].append(_of_order(order, sales.get(order.keap_id)))
    for row in rows:
        mine = of_rows.get(f"{row.payment_id}/{row.order_id}", [])
        entries[_part(row)].append(_of_row(row, mine, sales.get(row.order_id)))
    first, last = days
    return ReconcilingReport(
        first,
        last,
        {part: _section(part, some, foreign) for part, some in entries.items()},
        unreadable_of(db, connection.id),
        undated_of(db, connection.id),
        runs.last_read_of(db, connection.id, days),
    )


def _section(part: Part, entries: Sequence[Entry], foreign: Mapping[int, str]) -> Section:
    """A payment whose order was not read counts as one in the currency of the books."""
    if not any(entry.order_id in foreign for entry in entries):
        return Section(part, tuple(entries))
    return Section(
        part,
        tuple(entry for entry in entries if entry.order_id not in foreign),
        tuple(
            replace(entry, currency=foreign[entry.order_id])
            for entry in entries
            if entry.order_id in foreign
        ),
    )


def _figure(entries: Sequence[Entry]) -> Figure:
    return Figure(len(entries), sum(entry.amount for entry in entries))


# -- which bucket ----------------------------------------------------------------------------------

_BUCKET_OF_STATE: Mapping[State, Bucket] = {
    State.POSTED: Bucket.IN_QUICKBOOKS,
    State.READY: Bucket.WAITING,
    State.SENT: Bucket.WAITING,
    State.HELD: Bucket.HELD,
    State.SKIPPED: Bucket.SKIPPED_BY_YOU,
    State.GONE: Bucket.NO_LONGER,
    State.UNDONE: Bucket.NO_LONGER,
}
#: of several records of one payment row, the first of these tells where the row is
_WORST_FIRST = (
    Bucket.HELD,
    Bucket.WAITING,
    Bucket.NO_LONGER,
    Bucket.SKIPPED_BY_YOU,
    Bucket.IN_QUICKBOOKS,
)
#: without any posting the status tells
_BUCKET_OF_STATUS: Mapping[str, Bucket] = {
    OrderStatus.SKIPPED_BY_SETTINGS: Bucket.SKIPPED_BY_SETTINGS,
    OrderStatus.SKIPPED_BY_YOU: Bucket.SKIPPED_BY_YOU,
    OrderStatus.HELD: Bucket.HELD,
    PaymentStatus.UNDONE: Bucket.NO_LONGER,
}
#: the record whose amount is that of the payment row
_CARRIES_AMOUNT = (Kind.PAYMENT, Kind.CREDIT_MEMO, Kind.CARD_REFUND, Kind.CHECK_REFUND)


def _of_order(order: Row[Any], sale: Row[Any] | None) -> Entry:
    bucket = (
        _BUCKET_OF_STATE[sale.state]
        if sale is not None
        else _BUCKET_OF_STATUS.get(order.status, Bucket.WAITING)
    )
    return _entry(order.keap_id, 0, order.order_date, order.customer_name, order.total, bucket,
                  order.cause, sale)  # fmt: skip


def _of_row(row: Row[Any], mine: Sequence[Row[Any]], sale: Row[Any] | None) -> Entry:
    amount = abs(row.amount) if _part(row) is Part.REFUNDS else row.amount
    place = row.order_id, row.payment_id, row.paid_on, row.customer_name or "", amount
    if mine:
        bucket = min((_BUCKET_OF_STATE[each.state] for each in mine), key=_WORST_FIRST.index)
        carrying = sorted(
            (each for each in mine if each.kind in _CARRIES_AMOUNT),
            key=lambda each: _CARRIES_AMOUNT.index(each.kind),
        )
        return _entry(*place, bucket, row.cause, carrying[0] if carrying else None)
    is_receipt = sale is not None and sale.kind is Kind.SALES_RECEIPT
    if is_receipt and sale is not None and row.kind is PaymentKind.CASH and not row.skip:
        entry = _entry(*place, _BUCKET_OF_STATE[sale.state], row.cause, sale)
        # The receipt is the record of all its payments, each with its own amount.
        books = amount if entry.bucket is Bucket.IN_QUICKBOOKS else 0
        return replace(entry, in_books=books, posted="", found="")
    bucket = _BUCKET_OF_STATUS.get(row.status, Bucket.WAITING)
    return _entry(*place, Bucket.SKIPPED_BY_SETTINGS if row.skip else bucket, row.cause, None)


def _entry(
    order_id: int,
    payment_id: int,
    day: date | None,
    customer: str,
    amount: int,
    bucket: Bucket,
    cause: str,
    posting: Row[Any] | None,
) -> Entry:
    is_there = bucket is Bucket.IN_QUICKBOOKS
    if posting is None:
        books = amount if is_there else 0
        return Entry(order_id, payment_id, day, customer, amount, bucket, cause, in_books=books)
    read = posting.read_total
    is_changed = posting.cause == CHANGED and is_there
    return Entry(
        order_id,
        payment_id,
        day,
        customer,
        amount,
        bucket,
        cause,
        posting.number,
        posting.record_id if is_there else "",
        (posting.amount if read is None else read) if is_there else 0,
        is_there and read is not None,
        posting.details.get("posted", "") if is_changed else "",
        posting.details.get("found", "") if is_changed else "",
    )


def _part(row: Row[Any]) -> Part:
    if row.kind is PaymentKind.REFUND or row.amount < 0:
        return Part.REFUNDS
    return Part.CREDITS if row.kind is PaymentKind.CREDIT else Part.PAYMENTS
