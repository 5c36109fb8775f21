"""An order as it is told, from the day on which it is read until what must become of it."""

import dataclasses
from enum import IntEnum

from qbwc_service.ledger.causes import MIRROR_CAUSES
from qbwc_service.planning.order import PaymentKind, SalesOrder
from tests.accounts.baskets import OWN_ITEMS, ROUNDING_ITEM
from tests.accounts.fates import HELD, OPEN, POSTED, SKIPPED, Fate, Story
from tests.accounts.profiles import Profile
from tests.accounts.reckoning import form_number
from tests.accounts.settling import LAST_DAY, START, Placed, Settling, day_of

__all__ = ["LAST_DAY", "Placed", "Rank", "Telling", "day_of"]

_TAX_ITEM = next(item for kind, item in OWN_ITEMS.items() if kind == "tax")


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


class Telling(Settling):
    """One order; `story` ends it."""

    def __init__(self, profile: Profile, label: str, placed: Placed) -> None:
        super().__init__(profile, placed)
        self.label = label
        self.holds: list[tuple[Rank, str]] = []
        self.changes: dict[str, object] = {}
        self.skip = ""
        self.tells_paid = False
        self.paid_off_by = 0
        self.deleted_on = 0
        self.edited_on = 0
        self.number: str | None = None
        #: a person typed this payment into QuickBooks
        self.typed_by_hand = 0
        #: QuickBooks cannot reckon the tax, and settings let it be a line then
        self.tax_is_a_line = False
        self._set_up()

    def hold(self, rank: Rank, cause: str) -> None:
        """Why it is held; the lowest rank is shown."""
        self.holds.append((rank, cause))

    def is_living(self) -> bool:
        """It gets a form, held or not: its number is then its own."""
        return not (self.skip or self.skip_by_settings()) and self.sending_day() > 0

    def goes_on_day_one(self) -> bool:
        """So far nothing keeps it from QuickBooks on the first day."""
        return not self.holds and self.is_living() and self.sending_day() == 1

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
            rows = self.rows_until(day)
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
        day = self.sending_day()
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
        ranks = [rank for rank, _ in self.holds]
        if self.receipt_cause and ranks and Rank.QUICKBOOKS not in ranks:
            # Nothing was sent while it was paid, and now it is not.
            self.hold(Rank.RECEIPT, "not-paid-yet")
        has_terms = self.form != "sales-receipt"
        if self.profile.vanishes == "terms" and day > 1 and has_terms:
            self.hold(Rank.LIST, "list-entry-not-in-quickbooks")
        if self.is_closed(self.form_date(day or self.placed.day)):
            self.hold(Rank.QUICKBOOKS, "closed-period")

    def _receipt_hold(self, day: int) -> None:
        # What is held anyway is planned again with every row that comes.
        rows = self.rows_until(LAST_DAY if self.holds else day or LAST_DAY)
        credit = sum(row.amount for row in rows if row.kind == "credit")
        cash = sum(row.amount for row in rows if row.kind == "cash")
        if any(row.is_whole for row in rows):
            self.hold(Rank.RECEIPT, "payment-over-several-orders")
        elif not day:
            self.hold(Rank.RECEIPT, "receipt-with-credit" if credit else "not-paid-yet")
        elif cash > self.total or credit:
            self.hold(Rank.RECEIPT, "receipt-paid-too-much")
        elif self.profile.vanishes == "deposit_account" and cash and self._is_planned_late(day):
            self.hold(Rank.RECEIPT, "account-not-in-quickbooks")

    def _is_planned_late(self, day: int) -> bool:
        """After something vanished from the lists: what waits for the lists is planned again."""
        return day > 1 or any(cause in MIRROR_CAUSES for _, cause in self.holds)

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
        for row in self.rows_until(LAST_DAY):
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
                self.row_fates.setdefault(row.payment_id, (status, self.receipt_cause))
        return Fate(
            status=self._status(),
            cause=self._cause(),
            form=self.form,
            number=self.number,
            customer=self.placed.contact.customer,
            on=self.open_day(self.form_date(day)),
            total=self.total,
            tax=self._tax_by_quickbooks(),
            lines=self._lines(),
            balance=self._balance(),
            payments=tuple(self.payments),
            deposit_to=self.deposit_account()
            if self.form == "sales-receipt" and self.posted
            else "",
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

    def _lines(self) -> tuple[tuple[str, int], ...]:
        basket = self.placed.basket
        lines = list(zip(basket.items, basket.amounts, strict=True))
        if self.profile["sales_tax"] == "quickbooks" and not self.tax_is_a_line:
            lines = [line for line in lines if line[0] != _TAX_ITEM]
        if self.placed.off_by:
            lines.append((ROUNDING_ITEM, self.placed.off_by))
        return tuple(lines)

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


def _is_nothing(fate: tuple[str, str]) -> bool:
    return fate in {(SKIPPED, "test-payment"), (SKIPPED, "not-a-payment")}
