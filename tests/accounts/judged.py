"""The books and the ledger, held against what was told of each order."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from qbwc_service.demo.quickbooks.book_entries import (
    BookCreditMemo,
    BookInvoice,
    BookPayment,
    BookRefund,
    Books,
    BookSalesOrder,
    BookSalesReceipt,
)
from qbwc_service.ledger.models import KeapPayment
from tests.accounts.fates import Fate, Story
from tests.world import World

_ORDER = re.compile(r"Keap order (\d+)\b")
_PAYMENT = re.compile(r"Keap order (\d+), payment (\d+)")
_Form = BookInvoice | BookSalesReceipt | BookSalesOrder


def differences(world: World, stories: Sequence[Story]) -> list[str]:
    """One line for each thing that is not as it was told; none where all is right."""
    judge = _Judge(world)
    found = [line for story in stories for line in judge.of_order(story)]
    return [*found, *judge.of_all(stories)]


def cents(amount: Decimal) -> int:
    minor = amount * 100
    assert minor == int(minor), f"{amount} has a fraction of a cent"
    return int(minor)


class _Judge:
    """Everything in the books by the order that its memo names."""

    def __init__(self, world: World) -> None:
        self._books = world.books()
        self._statuses = world.statuses()
        self._rows = _row_statuses(world)
        self._forms: dict[int, list[tuple[str, _Form]]] = defaultdict(list)
        self._payments: dict[int, list[BookPayment]] = defaultdict(list)
        self._memos: dict[int, list[BookCreditMemo]] = defaultdict(list)
        self._refunds: dict[int, list[BookRefund]] = defaultdict(list)
        self._sort(self._books)

    def _sort(self, books: Books) -> None:
        forms: Iterable[tuple[str, Sequence[_Form]]] = (
            ("invoice", books.invoices),
            ("sales-receipt", books.sales_receipts),
            ("sales-order", books.sales_orders),
        )
        for name, entries in forms:
            for form in entries:
                if found := _ORDER.search(form.memo):
                    self._forms[int(found[1])].append((name, form))
        for payment in books.payments:
            if found := _PAYMENT.search(payment.memo):
                self._payments[int(found[1])].append(payment)
        for memo in books.credit_memos:
            if found := _PAYMENT.search(memo.memo):
                self._memos[int(found[1])].append(memo)
        for refund in books.refunds:
            if found := _PAYMENT.search(refund.memo):
                self._refunds[int(found[1])].append(refund)

    def of_order(self, story: Story) -> Iterator[str]:
        """What is wrong with this order."""
        about = f"order {story.order_id} ({story.label})"
        for what, wanted, found in self._pairs(story):
            if wanted != found:
                yield f"{about}: {what} should be {wanted!r}, is {found!r}"

    def _pairs(self, story: Story) -> Iterator[tuple[str, object, object]]:
        fate, order_id = story.fate, story.order_id
        yield "status", (fate.status, fate.cause), self._statuses.get(order_id)
        for payment_id, wanted in fate.rows.items():
            found = self._rows.get((payment_id, order_id))
            yield f"status of payment {payment_id}", wanted, found
        forms = self._forms[order_id]
        yield "forms", [fate.form] if fate.form else [], [name for name, _ in forms]
        if fate.form and len(forms) == 1:
            yield from self._form(fate, forms[0][1])
        yield "payments", sorted(_payments_told(fate)), sorted(self._payments_found(order_id))
        yield "credit memos", sorted(_memos_told(fate)), sorted(self._memos_found(order_id))
        if fate.memo_numbers is not None:
            numbers = sorted(memo.number for memo in self._memos[order_id])
            yield "numbers of credit memos", list(fate.memo_numbers), numbers
        yield (
            "refunds",
            sorted(
                (each.payment_id, each.kind, each.amount, each.on.isoformat())
                for each in fate.refunds
            ),
            sorted(
                (_payment_of(each.memo), each.kind, cents(each.total), each.on)
                for each in self._refunds[order_id]
            ),
        )

    def _form(self, fate: Fate, form: _Form) -> Iterator[tuple[str, object, object]]:
        if fate.number is not None:
            yield "number", fate.number, form.number
        yield "customer", fate.customer, form.customer
        yield "date", fate.on, date.fromisoformat(form.on)
        yield "total", fate.total, cents(form.total)
        yield "tax", fate.tax, cents(form.sales_tax)
        yield "lines", list(fate.lines), [(each.item, cents(each.amount)) for each in form.lines]
        if isinstance(form, BookSalesReceipt) and fate.deposit_to:
            found = (form.method, form.deposit_to)
            yield "method and account", ("Visa", fate.deposit_to), found
        if isinstance(form, BookInvoice):
            yield "balance", fate.balance, cents(form.balance)

    def _payments_found(self, order_id: int) -> Iterator[tuple[object, ...]]:
        """Each with its applications: to another invoice than the order's is a difference too."""
        own = {form.txn_id for _, form in self._forms[order_id]}
        for each in self._payments[order_id]:
            applied = sum(cents(part.amount) for part in each.applied if part.invoice_id in own)
            elsewhere = sum(cents(p.amount) for p in each.applied if p.invoice_id not in own)
            yield (
                _payment_of(each.memo),
                each.ref_number,
                cents(each.total),
                applied,
                elsewhere,
                cents(each.unused),
                each.on,
                each.method,
                each.deposit_to,
            )

    def _memos_found(self, order_id: int) -> Iterator[tuple[object, ...]]:
        own = {form.txn_id for _, form in self._forms[order_id]}
        for each in self._memos[order_id]:
            applied = sum(cents(part.amount) for part in each.applied if part.invoice_id in own)
            remaining = cents(each.remaining)
            yield (_payment_of(each.memo), cents(each.total), applied, remaining, each.on)

    def of_all(self, stories: Sequence[Story]) -> Iterator[str]:
        """Nothing of ours is left over, and no two forms have one number."""
        told = {story.order_id for story in stories}
        for order_id in sorted({*self._forms, *self._payments, *self._memos} - told):
            yield f"order {order_id} is in the books and was never told"
        numbers: dict[tuple[str, str], int] = defaultdict(int)
        for forms in self._forms.values():
            for name, form in forms:
                numbers[name, form.number] += 1
        for (name, number), count in numbers.items():
            if count > 1 or len(number) > 11:
                yield f"{count} of ours have the number {number!r} ({name})"


def _row_statuses(world: World) -> dict[tuple[int, int], tuple[str, str]]:
    with world.database.reading() as db:
        rows = db.execute(
            select(
                KeapPayment.payment_id,
                KeapPayment.order_id,
                KeapPayment.status,
                KeapPayment.cause,
            )
        )
        return {(row[0], row[1]): (row[2].value, row[3]) for row in rows}


def _payment_of(memo: str) -> int:
    found = _PAYMENT.search(memo)
    return int(found[2]) if found else 0


def _payments_told(fate: Fate) -> Iterator[tuple[object, ...]]:
    for each in fate.payments:
        unused = each.amount - each.applied
        yield (
            each.payment_id,
            each.reference,
            each.amount,
            each.applied,
            0,
            unused,
            each.on.isoformat(),
            "Visa",
            each.deposit_to,
        )


def _memos_told(fate: Fate) -> Iterator[tuple[object, ...]]:
    for each in fate.memos:
        remaining = each.amount - each.applied - each.refunded
        yield (each.payment_id, each.amount, each.applied, remaining, each.on.isoformat())
