"""The money of one order: what must become of each payment, credit and refund row.

Reckoned on integers from what the settings promise (docs/settings.md); the product's planner and
the simulated QuickBooks have no part in it.
"""

import dataclasses
from dataclasses import dataclass
from datetime import date, timedelta

from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from tests.accounts.baskets import Basket
from tests.accounts.contacts import Contact
from tests.accounts.fates import HELD, POSTED, SKIPPED, MemoFate, PaymentFate, RefundFate
from tests.accounts.profiles import Profile

START = date(2026, 11, 1)
FIRST_DAY = date(2026, 11, 23)
LAST_DAY = 3
_FORMS = {
    "invoice-and-payments": "invoice",
    "invoice": "invoice",
    "sales-receipt": "sales-receipt",
    "sales-order": "sales-order",
}


def day_of(day: int) -> date:
    """The calendar day of day 1, 2 or 3."""
    return FIRST_DAY + timedelta(days=day - 1)


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


class Settling:
    """One order and its rows, in the order of their ids."""

    def __init__(self, profile: Profile, placed: Placed) -> None:
        self.profile = profile
        self.placed = placed
        self.total = placed.basket.total + placed.off_by
        self.form = _FORMS[profile["transaction"]]
        self.tells_refunds = False
        self.refunds_off_by = 0
        self.approved: tuple[int, ...] = ()
        self.rows: list[tuple[int, ReceivedPayment]] = []
        self.payments: list[PaymentFate] = []
        self.memos: list[MemoFate] = []
        self.refunds: list[RefundFate] = []
        self.row_fates: dict[int, tuple[str, str]] = {}
        #: why the receipt, which is its own payment, is not right any more
        self.receipt_cause = ""
        self.owed = self.total
        self.received = 0
        self.posted = 0
        self.given_back = 0
        self._closed = profile.closed_to

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
                self.deposit_account(),
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

    def deposit_account(self) -> str:
        """Where the money goes."""
        return self.profile["deposit_account"] or "Undeposited Funds"

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

    def rows_until(self, day: int) -> list[ReceivedPayment]:
        """The rows as they are read on that day, the newest reading of each."""
        newest = {row.payment_id: row for read, row in self.rows if read <= day}
        return [newest[key] for key in sorted(newest)]

    def sending_day(self) -> int:
        """The day on which its form can go; 0 for a receipt that is not paid in full."""
        if self.form != "sales-receipt":
            return self.placed.day
        for day in range(self.placed.day, LAST_DAY + 1):
            cash = sum(each.amount for each in self.rows_until(day) if each.kind == "cash")
            if cash >= self.total:
                return day
        return 0

    def form_date(self, day: int) -> date:
        """The date on the form, before a closed period moves it."""
        if self.profile["sale_date"] == "sync":
            return day_of(day)
        if self.profile["sale_date"] == "payment":
            cash = [row for row in self.rows_until(day) if row.kind == "cash" and row.amount > 0]
            if cash and sum(row.amount for row in cash) >= self.total:
                return max(row.paid_on for row in cash)
        return self.placed.on
