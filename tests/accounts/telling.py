"""An order as it is told: each payment, credit and refund with what must become of it.

The figures are reckoned here, on integers, from what the settings promise (docs/settings.md); the
product's planner and the simulated QuickBooks have no part in it.
"""

import dataclasses
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from qbwc_service.planning.order import PaymentKind, ReceivedPayment, SalesOrder
from tests.accounts.baskets import OWN_ITEMS, ROUNDING_ITEM, Basket
from tests.accounts.contacts import Contact
from tests.accounts.fates import (
    HELD,
    OPEN,
    POSTED,
    SKIPPED,
    Fate,
    MemoFate,
    PaymentFate,
    RefundFate,
    Story,
)
from tests.accounts.profiles import Profile
from tests.accounts.reckoning import form_number

START = date(2026, 11, 1)
FIRST_DAY = date(2026, 11, 23)
LAST_DAY = 3
_TAX_ITEM = next(item for kind, item in OWN_ITEMS.items() if kind == "tax")
_FORMS = {
    "invoice-and-payments": "invoice",
    "invoice": "invoice",
    "sales-receipt": "sales-receipt",
    "sales-order": "sales-order",
}


def day_of(day: int) -> date:
    """The calendar day of day 1, 2 or 3."""
    return FIRST_DAY + timedelta(days=day - 1)


class Rank(IntEnum):
    """Of several reasons to hold an order, the one that is looked at first is shown."""

    DELETED = 0
    DRAFT = 1
    CURRENCY = 2
    CONTACT = 3
    NUMBER = 4
    PAID_SUM = 5
    RECEIPT = 6
    SUM = 7
    TAX = 8
    ITEM = 9
    CUSTOMER = 10
    LIST = 11
    QUICKBOOKS = 12


@dataclass(frozen=True)
class Placed:
    """What is fixed when an order is placed."""

    order_id: int
    invoice_id: str
    contact: Contact
    basket: Basket
    on: date
    day: int = 1
    #: what the source says more or less than the lines come to
    off_by: int = 0


class Telling:
    """One order from the day on which it is read; `story` ends it."""

    def __init__(self, profile: Profile, label: str, placed: Placed) -> None:
        self.profile = profile
        self.label = label
        self.placed = placed
        self.total = placed.basket.total + placed.off_by
        self.form = _FORMS[profile["transaction"]]
        self.holds: list[tuple[Rank, str]] = []
        self.changes: dict[str, object] = {}
        self.skip = ""
        self.tells_paid = False
        self.paid_off_by = 0
        self.tells_refunds = False
        self.refunds_off_by = 0
        self.deleted_on = 0
        self.edited_on = 0
        self.number: str | None = None
        self.approved: tuple[int, ...] = ()
        #: a person typed this payment into QuickBooks
        self.typed_by_hand = 0
        self.rows: list[tuple[int, ReceivedPayment]] = []
        self.payments: list[PaymentFate] = []
        self.memos: list[MemoFate] = []
        self.refunds: list[RefundFate] = []
        self.row_fates: dict[int, tuple[str, str]] = {}
        self.owed = self.total
        self.received = 0
        self.posted = 0
        self.given_back = 0
        self._closed = profile.closed_to
        self._set_up()

    def hold(self, rank: Rank, cause: str) -> None:
        self.holds.append((rank, cause))

    # -- money ------------------------------------------------------------------------------------

    def cash(
        self,
        payment_id: int,
        amount: int,
        day: int,
        on: date,
        transaction_id: str = "",
        *,
        order_ids: tuple[int, ...] = (),
        is_whole: bool = False,
        method: str = "Visa",
        trouble: str = "",
    ) -> None:
        """Money received; `trouble` is why QuickBooks does not get it."""
        row = self._row(payment_id, PaymentKind.CASH, amount, on, transaction_id, method)
        row = dataclasses.replace(
            row, order_ids=order_ids or (self.placed.order_id,), is_whole=is_whole
        )
        self.rows.append((day, row))
        if self.form == "sales-order":
            self.row_fates[payment_id] = (SKIPPED, "payments-not-sent")
            return
        if is_whole:
            self._hold_row(payment_id, "payment-over-several-orders")
            return
        self.received += amount
        if self.form == "sales-receipt":
            if self.owed <= 0 and day > max(on_day for on_day, _ in self.rows[:-1]):
                self._hold_row(payment_id, "payment-more-than-due")
                return
            self.posted += amount
            self.owed -= amount
            return
        if self.profile["transaction"] == "invoice":
            self.row_fates[payment_id] = (SKIPPED, "payments-not-sent")
            return
        self._cash_on_invoice(row, day, trouble)

    def _cash_on_invoice(self, row: ReceivedPayment, day: int, trouble: str) -> None:
        applied = min(row.amount, self.owed)
        too_much = applied < row.amount
        if too_much and (self.profile["overpayments"] == "hold" or applied <= 0):
            self._hold_row(row.payment_id, "payment-more-than-due")
            return
        if day > 1 and self.profile.vanishes == "deposit_account":
            self._hold_row(row.payment_id, "account-not-in-quickbooks")
            return
        self.owed -= applied
        self.posted += row.amount
        if self.is_closed(row.paid_on):
            self._hold_row(row.payment_id, "closed-period")
            return
        if trouble:
            self._hold_row(row.payment_id, trouble)
            return
        self.row_fates[row.payment_id] = (POSTED, "")
        self.payments.append(
            PaymentFate(
                row.payment_id,
                self._reference(row),
                row.amount,
                applied,
                self.open_day(row.paid_on),
                self._deposit_to(),
            )
        )

    def credit(self, payment_id: int, amount: int, day: int, on: date) -> None:
        """Store credit: a credit memo that pays the invoice."""
        row = self._row(payment_id, PaymentKind.CREDIT, amount, on)
        self.rows.append((day, row))
        if self.form == "sales-order":
            self.row_fates[payment_id] = (SKIPPED, "payments-not-sent")
            return
        cause = self._credit_trouble(amount)
        if cause:
            self._hold_row(payment_id, cause)
            return
        self.owed -= amount
        self.row_fates[payment_id] = (POSTED, "")
        self.memos.append(MemoFate(payment_id, amount, amount, 0, on))

    def _credit_trouble(self, amount: int) -> str:
        if not self.profile["credit_item"]:
            return "credit-item-not-chosen"
        if self.form != "invoice":
            return "credit-not-cash"
        if amount > self.owed:
            return "credit-more-than-due"
        return "" if self.profile["income_account"] else "account-not-chosen"

    def refund(self, payment_id: int, amount: int, day: int, on: date, *, approve: bool) -> None:
        """Money given back; `approve`: a person approves it on the last day."""
        row = self._row(payment_id, PaymentKind.REFUND, -amount, on)
        self.rows.append((day, row))
        if self.form == "sales-order":
            self.row_fates[payment_id] = (SKIPPED, "payments-not-sent")
            return
        needs_approval = self.profile["refunds_to_approve"] != "0"
        if needs_approval and approve:
            self.approved = (*self.approved, payment_id)
        cause = self._refund_trouble(amount, may_go=approve or not needs_approval)
        self.given_back += amount
        if cause:
            self._hold_row(payment_id, cause)
            return
        self.row_fates[payment_id] = (POSTED, "")
        if not self.posted and self.form == "invoice":
            self.owed -= amount
            self.memos.append(MemoFate(payment_id, amount, amount, 0, on))
            return
        kind = {"card-refund": "card", "cheque": "check"}.get(self.profile["refunds"], "")
        self.memos.append(MemoFate(payment_id, amount, 0, amount if kind else 0, on))
        if kind:
            self.refunds.append(RefundFate(payment_id, kind, amount, on))

    def _refund_trouble(self, amount: int, *, may_go: bool) -> str:
        if self.profile["refunds"] == "hold":
            return "refund-by-hand"
        if self.tells_refunds and self.refunds_off_by:
            return "refunds-do-not-add-up"
        if amount > self.received - self.given_back:
            return "refund-more-than-paid"
        if not may_go:
            return "refund-to-approve"
        if amount != self.total:
            if not self.profile["refund_item"]:
                return "refund-item-not-chosen"
            if not self.profile["income_account"]:
                return "account-not-chosen"
        if not self.posted and self.form == "invoice":
            return ""
        is_cheque = self.profile["refunds"] == "cheque"
        return (
            "refund-account-not-chosen" if is_cheque and not self.profile["refund_account"] else ""
        )

    def no_money(self, payment_id: int, amount: int, day: int, on: date, kind: PaymentKind) -> None:
        """A payment that failed, was voided, is a test or nothing at all."""
        self.rows.append((day, self._row(payment_id, kind, amount, on)))
        cause = "test-payment" if kind is PaymentKind.TEST else "not-a-payment"
        self.row_fates[payment_id] = (SKIPPED, cause)

    def change_row(self, payment_id: int, day: int, cause: str, **fields: object) -> None:
        """The row is read again, another one, after it was sent."""
        row = next(row for _, row in self.rows if row.payment_id == payment_id)
        self.rows.append((day, dataclasses.replace(row, **fields)))  # type: ignore[arg-type]
        is_receipt = self.form == "sales-receipt"
        if self.row_fates.get(payment_id) == (POSTED, ""):
            self.row_fates[payment_id] = (HELD, cause)
        elif fields.get("kind") is PaymentKind.NOT_COMPLETED:
            self.row_fates[payment_id] = (SKIPPED, "not-a-payment")
        self.receipt_cause = cause if is_receipt else ""

    def _row(
        self,
        payment_id: int,
        kind: PaymentKind,
        amount: int,
        on: date,
        transaction_id: str = "",
        method: str = "Visa",
    ) -> ReceivedPayment:
        return ReceivedPayment(
            payment_id=payment_id,
            order_id=self.placed.order_id,
            kind=kind,
            source_kind="Credit Card" if kind is PaymentKind.CASH else kind.value.title(),
            source_status="APPROVED",
            amount=amount,
            paid_on=on,
            method=method,
            transaction_id=transaction_id,
            order_ids=(self.placed.order_id,),
        )

    def _hold_row(self, payment_id: int, cause: str) -> None:
        self.row_fates[payment_id] = (HELD, cause)

    def _reference(self, row: ReceivedPayment) -> str:
        own = f"K{row.payment_id}"
        if self.profile["payment_reference"] == "payment-id":
            return own
        return row.transaction_id[-20:] or own

    def is_living(self) -> bool:
        """It gets a form, held or not: its number is then its own."""
        return not (self.skip or self.skip_by_settings()) and self._sending_day() > 0

    def goes_on_day_one(self) -> bool:
        """So far nothing keeps it from QuickBooks on the first day."""
        return not self.holds and self.is_living() and self._sending_day() == 1

    def _deposit_to(self) -> str:
        return self.profile["deposit_account"] or "Undeposited Funds"

    def _memo_numbers(self) -> tuple[str, ...] | None:
        """The number of the form, then the same with -1, -2 ... behind it."""
        if self.number is None:
            return None
        more = [
            form_number(self.full_number, "", f"-{count}") or ""
            for count in range(1, len(self.memos))
        ]
        numbers = [self.number, *more]
        return tuple(sorted(numbers[: len(self.memos)]))

    # -- dates ------------------------------------------------------------------------------------

    def is_closed(self, on: date) -> bool:
        """Nothing with that date may be posted."""
        if self._closed is None or self.profile["closed_period"] != "hold":
            return False
        return on <= self._closed

    def open_day(self, on: date) -> date:
        """That day, or the first one that is open."""
        if self._closed is None or on > self._closed:
            return on
        return self._closed + timedelta(days=1)

    def _rows_until(self, day: int) -> list[ReceivedPayment]:
        """The rows as they are read on that day, the newest reading of each."""
        newest = {row.payment_id: row for read, row in self.rows if read <= day}
        return [newest[key] for key in sorted(newest)]

    def _sending_day(self) -> int:
        """The day on which its form can go; 0 for a receipt that is not paid in full."""
        if self.form != "sales-receipt":
            return self.placed.day
        for day in range(self.placed.day, LAST_DAY + 1):
            cash = sum(each.amount for each in self._rows_until(day) if each.kind == "cash")
            if cash >= self.total:
                return day
        return 0

    def _form_date(self, day: int) -> date:
        if self.profile["sale_date"] == "sync":
            return day_of(day)
        if self.profile["sale_date"] == "payment":
            cash = [row for row in self._rows_until(day) if row.kind == "cash" and row.amount > 0]
            if cash and sum(row.amount for row in cash) >= self.total:
                return max(row.paid_on for row in cash)
        return self.placed.on

    # -- the end ----------------------------------------------------------------------------------

    def story(self) -> Story:
        return Story(
            label=self.label,
            order_id=self.placed.order_id,
            readings=self._readings(),
            rows=self.rows,
            fate=self._fate(),
            deleted_on=self.deleted_on,
            approved=self.approved,
        )

    def _set_up(self) -> None:
        """What the settings and the contact say of every order."""
        profile, basket = self.profile, self.placed.basket
        prefix, suffix = profile["number_prefix"], profile["number_suffix"]
        by_invoice = profile["number_source"] == "invoice-id"
        number = self.placed.invoice_id if by_invoice else str(self.placed.order_id)
        self.full_number = f"{prefix}{number}{suffix}"
        if profile["number_source"] != "quickbooks-next":
            self.number = form_number(number, prefix, suffix)
            if self.number is None:
                self.hold(Rank.NUMBER, "number-too-long")
        if self.placed.off_by and not self._may_round():
            self.hold(Rank.SUM, "lines-do-not-add-up")
        cause = next((hold for hold in basket.holds if hold), "")
        if not cause and self.placed.off_by:
            cause = basket.made_by_us(ROUNDING_ITEM)
        if cause:
            self.hold(Rank.ITEM, cause)
        if self.placed.contact.hold:
            self.hold(Rank.CUSTOMER, self.placed.contact.hold)

    def _may_round(self) -> bool:
        return self.profile["rounding_line"] == "yes" and abs(self.placed.off_by) <= 5

    def _order(self) -> SalesOrder:
        placed = self.placed
        order = SalesOrder(
            order_id=placed.order_id,
            invoice_id=placed.invoice_id,
            title=f"Order <{placed.order_id}> & more 🎉",
            placed_on=placed.on,
            currency="USD",
            total=self.total,
            buyer=placed.contact.buyer,
            lines=tuple(placed.basket.lines),
            source="CHECKOUT_FORM",
            order_type="ONLINE",
        )
        return dataclasses.replace(order, **self.changes)  # type: ignore[arg-type]

    def _readings(self) -> list[tuple[int, SalesOrder]]:
        """Read when it is new, and again when what was paid or given back is another."""
        readings: list[tuple[int, SalesOrder]] = []
        for day in range(self.placed.day, LAST_DAY + 1):
            rows = self._rows_until(day)
            paid = sum(row.amount for row in rows if row.kind == "cash")
            back = -sum(row.amount for row in rows if row.kind == "refund")
            order = dataclasses.replace(
                self._order(),
                total_paid=paid + self.paid_off_by if self.tells_paid else None,
                refund_total=back + self.refunds_off_by if self.tells_refunds else None,
            )
            if self.edited_on and day >= self.edited_on:
                order = dataclasses.replace(order, total=order.total + 100)
            if not readings or readings[-1][1] != order:
                readings.append((day, order))
        return readings

    def _fate(self) -> Fate:
        if skip := self.skip or self.skip_by_settings():
            return Fate(SKIPPED, skip, rows=self._rows_without_order(skip))
        day = self._sending_day()
        self._late_holds(day)
        if self.holds:
            cause = min(self.holds)[1]
            if cause == "not-paid-yet":
                skipped = dict.fromkeys(self._ids(), (SKIPPED, cause))
                kept = {key: fate for key, fate in self.row_fates.items() if _is_nothing(fate)}
                return Fate(SKIPPED, cause, rows=skipped | kept)
            return Fate(HELD, cause)
        return self._posted(day)

    def _late_holds(self, day: int) -> None:
        """What depends on the day on which the form would go."""
        if self.paid_off_by and self.tells_paid:
            self.hold(Rank.PAID_SUM, "payments-do-not-add-up")
        if self.deleted_on and (self.holds or self.deleted_on == self.placed.day):
            self.hold(Rank.DELETED, "deleted-in-keap")
        if self.form == "sales-receipt":
            self._receipt_hold(day)
        has_terms = self.form != "sales-receipt"
        if self.profile.vanishes == "terms" and day > 1 and has_terms:
            self.hold(Rank.LIST, "list-entry-not-in-quickbooks")
        if self.is_closed(self._form_date(day or self.placed.day)):
            self.hold(Rank.QUICKBOOKS, "closed-period")

    def _receipt_hold(self, day: int) -> None:
        rows = self._rows_until(day or LAST_DAY)
        credit = sum(row.amount for row in rows if row.kind == "credit")
        cash = sum(row.amount for row in rows if row.kind == "cash")
        if any(row.is_whole for row in rows):
            self.hold(Rank.RECEIPT, "payment-over-several-orders")
        elif not day:
            self.hold(Rank.RECEIPT, "receipt-with-credit" if credit else "not-paid-yet")
        elif cash > self.total or credit:
            self.hold(Rank.RECEIPT, "receipt-paid-too-much")
        elif day > 1 and self.profile.vanishes == "deposit_account" and cash:
            self.hold(Rank.RECEIPT, "account-not-in-quickbooks")

    def skip_by_settings(self) -> str:
        """Why settings leave it out, or ""."""
        order = self._order()
        if self.total == 0 and self.profile["zero_orders"] == "skip":
            return "zero-total"
        kinds = {row.kind for _, row in self.rows} - {PaymentKind.NOT_COMPLETED}
        if kinds == {PaymentKind.TEST}:
            return "test-order"
        wanted = self.profile["order_sources"]
        if wanted and not {order.source, order.order_type} & set(wanted.split(", ")):
            return "order-sources"
        least = int(self.profile["order_min_total"].replace(".", "") or 0)
        return "order-amount" if least and self.total < least else ""

    def _rows_without_order(self, skip: str) -> dict[int, tuple[str, str]]:
        fates: dict[int, tuple[str, str]] = {}
        for row in self._rows_until(LAST_DAY):
            if row.kind in {PaymentKind.TEST, PaymentKind.NOT_COMPLETED} or not row.amount:
                continue
            if row.paid_on < START:
                fates[row.payment_id] = (SKIPPED, "before-start-date")
                continue
            is_refund = row.kind is PaymentKind.REFUND
            fates[row.payment_id] = (
                HELD,
                "refund-without-order" if is_refund else "payment-without-order",
            )
        return fates

    def _ids(self) -> list[int]:
        return [row.payment_id for _, row in self.rows]

    def _posted(self, day: int) -> Fate:
        if self.form == "sales-receipt":
            for _, row in self.rows:
                status = HELD if self.receipt_cause else POSTED
                self.row_fates.setdefault(row.payment_id, (status, ""))
        return Fate(
            status=self._status(),
            cause=self._cause(),
            form=self.form,
            number=self.number,
            customer=self.placed.contact.customer,
            on=self.open_day(self._form_date(day)),
            total=self.total,
            tax=self._tax_by_quickbooks(),
            lines=self._lines(),
            balance=self._balance(),
            payments=tuple(self.payments),
            deposit_to=self._deposit_to() if self.form == "sales-receipt" and self.posted else "",
            memo_numbers=self._memo_numbers(),
            memos=tuple(self.memos),
            refunds=tuple(self.refunds),
            rows=self.row_fates,
        )

    def _cause(self) -> str:
        if self.deleted_on:
            return "deleted-in-keap"
        if self.edited_on:
            return "edited-after-sending"
        if self.receipt_cause:
            return self.receipt_cause
        return next((cause for status, cause in self.row_fates.values() if status == HELD), "")

    def _status(self) -> str:
        if self._cause():
            return HELD
        return OPEN if self.form == "invoice" and self._settled() < self.total else POSTED

    def _settled(self) -> int:
        return sum(each.amount for each in self.payments) + sum(each.applied for each in self.memos)

    def _balance(self) -> int:
        applied = sum(each.applied for each in self.payments)
        return self.total - applied - sum(each.applied for each in self.memos) - self.typed_by_hand

    def _tax_by_quickbooks(self) -> int:
        is_line = self.profile["sales_tax"] == "line" or self.tax_is_a_line
        return 0 if is_line else self.placed.basket.tax

    #: why the receipt, which is its own payment, is not right any more
    receipt_cause = ""
    #: QuickBooks cannot reckon it, and settings let it be a line then
    tax_is_a_line = False

    def _lines(self) -> tuple[tuple[str, int], ...]:
        basket = self.placed.basket
        lines = list(zip(basket.items, basket.amounts, strict=True))
        if self.profile["sales_tax"] == "quickbooks" and not self.tax_is_a_line:
            lines = [line for line in lines if line[0] != _TAX_ITEM]
        if self.placed.off_by:
            lines.append((ROUNDING_ITEM, self.placed.off_by))
        return tuple(lines)


def _is_nothing(fate: tuple[str, str]) -> bool:
    return fate in {(SKIPPED, "test-payment"), (SKIPPED, "not-a-payment")}
