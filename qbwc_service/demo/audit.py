"""Keap against QuickBooks, order by order and cent by cent, as an outsider would compare them.

Reads what the simulated company file holds and what the service says of each order, and compares
both with what the demo's shop expects. Knows nothing of the ledger.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qbwc_service.demo.keap.expected import Expected

_STATUS = {
    "posted": {"posted", "posted-payment-open", "held"},
    "held": {"held"},
    "skipped": {"skipped-by-settings"},
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One order that did not end as it should; `what` is a sentence part."""

    order_id: str
    title: str
    what: str


@dataclass(frozen=True, slots=True)
class BooksOf:
    """What the company file holds of one number: invoices, and what is applied to them."""

    totals: tuple[Decimal, ...]
    customers: tuple[str, ...]
    paid: Decimal
    credited: Decimal


def audit(
    expected: Iterable[Expected],
    orders: Sequence[Mapping[str, Any]],
    books: Mapping[str, Any],
    *,
    typed_by_hand: Iterable[str] = (),
) -> list[Difference]:
    """Every order that is missing, doubled, on the wrong name, off by a cent or in no status."""
    said = {str(order["keap_id"]): order for order in orders}
    by_number = _by_number(books)
    hand = set(typed_by_hand)
    found = []
    for each in expected:
        what = _difference(each, said.get(each.order_id), by_number, by_hand=each.order_id in hand)
        if what:
            found.append(Difference(each.order_id, each.title, what))
    numbers = {each.order_id for each in expected} | hand
    found.extend(
        Difference(number, "", "is in QuickBooks, but no order asks for it")
        for number in sorted(set(by_number) - numbers)
    )
    return found


def _by_number(books: Mapping[str, Any]) -> dict[str, BooksOf]:
    paid, credited = _applied(books["payments"]), _applied(books["credit_memos"])
    grouped: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for invoice in books["invoices"]:
        grouped[invoice["number"]].append(invoice)
    return {
        number: BooksOf(
            tuple(Decimal(invoice["total"]) for invoice in invoices),
            tuple(invoice["customer"] for invoice in invoices),
            paid[number],
            credited[number],
        )
        for number, invoices in grouped.items()
    }


def _applied(records: Iterable[Mapping[str, Any]]) -> dict[str, Decimal]:
    """What these records take off each invoice, by its number."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for record in records:
        for applied in record["applied"]:
            sums[applied["invoice_number"]] += Decimal(applied["amount"])
    return sums


def _difference(
    each: Expected,
    said: Mapping[str, Any] | None,
    by_number: Mapping[str, BooksOf],
    *,
    by_hand: bool,
) -> str:
    if said is None:
        return "was never read from Keap"
    if said["status"] not in _STATUS[each.outcome]:
        return f"is {said['status']} ({said['cause']}), expected {each.outcome}"
    books = by_number.get(each.order_id)
    if each.outcome != "posted":
        if said["cause"] != each.cause and each.cause:
            return f"has the cause {said['cause']!r}, expected {each.cause!r}"
        return "is in QuickBooks, expected not" if books and not by_hand else ""
    if said["status"] == "held" and said["cause"] != each.payment_cause:
        return f"is held for {said['cause']!r}"
    return _books_differ(each, books)


def _books_differ(each: Expected, books: BooksOf | None) -> str:
    if books is None:
        return "is not in QuickBooks"
    if len(books.totals) != 1:
        return f"is in QuickBooks {len(books.totals)} times"
    total, paid = Decimal(each.total_minor) / 100, Decimal(each.paid_minor) / 100
    if books.totals[0] != total:
        return f"is in QuickBooks with {books.totals[0]}, expected {total}"
    if books.paid != paid:
        return f"is paid with {books.paid}, expected {paid}"
    credited = Decimal(each.credited_minor) / 100
    if books.credited != credited:
        return f"is credited with {books.credited}, expected {credited}"
    if each.customer_name and books.customers[0] != each.customer_name:
        return f"is under {books.customers[0]!r}, expected {each.customer_name!r}"
    return ""
