"""Money in the shop: payments, credits, refunds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from qbwc_service.demo.keap.acts import act
from qbwc_service.demo.keap.money import (
    order_payment_json,
    payment_json,
    transaction_json,
)
from qbwc_service.demo.keap.records import ShopError
from qbwc_service.demo.keap.sums import Sums
from qbwc_service.demo.keap.values import Json, major_units, time_text

_BY_HAND = frozenset({"Check", "Cash", "Money Order", "Adjustment", "Credit"})
_DECLINED = "Your card has insufficient funds."


@dataclass(frozen=True, slots=True)
class _Money:
    """A payment that is about to be kept: cents by order id, and how it came."""

    amounts: Mapping[str, int]
    kind: str
    moment: datetime
    status: str = ""
    reference: str = ""
    is_test: bool = False
    note: str = ""
    refunds: str = ""


class Till(Sums):
    """The acts with money. Amounts are in cents."""

    @act
    def pay(
        self,
        order_id: str,
        amount_minor: int | None = None,
        kind: str = "Credit Card",
        *,
        on: datetime | None = None,
        day: date | None = None,
        transaction_id: str = "",
        status: str = "",
        note: str = "",
        is_test: bool = False,
        reserved: str = "",
    ) -> str:
        """A payment of `amount_minor`, or of all that is open; gives the payment's id.

        With `day` it is typed by hand and gets midnight in the account's time zone, as Keap does.
        `status` is the pay status of a payment that did not come through: FAILED, ERROR, PENDING.
        A test goes through the test merchant account. `reserved` is an id from `reserve`.
        """
        order = self._one(self.orders, order_id, "order")
        if amount_minor is None:
            amount_minor = order["total"]["amount"] - order["total_paid"]["amount"]
        money = _Money(
            {order_id: amount_minor},
            kind,
            self._moment(on, day),
            status=status,
            reference=transaction_id or ("test_charge" if is_test else ""),
            is_test=is_test,
            note=note,
        )
        return self._add_payment(money, reserved)

    @act
    def pay_several(
        self,
        amounts: Mapping[str, int],
        kind: str = "Check",
        *,
        day: date | None = None,
        transaction_id: str = "",
    ) -> str:
        """One payment over several orders: cents by order id."""
        if not amounts:
            raise ShopError("a payment needs an order")
        moment = self._moment(None, day)
        return self._add_payment(_Money(dict(amounts), kind, moment, reference=transaction_id))

    @act
    def credit(
        self, order_id: str, amount_minor: int, kind: str = "Credit", *, note: str = ""
    ) -> str:
        """A credit or price adjustment, which Keap keeps as a payment; gives the payment's id."""
        return self._add_payment(_Money({order_id: amount_minor}, kind, self._now(), note=note))

    @act
    def decline(self, order_id: str, amount_minor: int | None = None) -> str:
        """A charge that the card refused: a failed transaction, and no payment."""
        order = self._one(self.orders, order_id, "order")
        amount = order["total"]["amount"] if amount_minor is None else amount_minor
        money = _Money({order_id: amount}, "Credit Card", self._now(), status="FAILED")
        self._add_transaction("CAPTURE", money, order, "")
        return order_id

    @act
    def refund(
        self,
        payment_id: str,
        amount_minor: int | None = None,
        *,
        order_id: str = "",
        on: datetime | None = None,
        transaction_id: str = "",
        note: str = "",
    ) -> str:
        """Money back for one payment (all that is left of it by default); gives the refund's id.

        `order_id` names the part of a payment over several orders.
        """
        payment = self._one(self.payments, payment_id, "payment")
        order_id = order_id or self._only_order(payment)
        amount = self.refundable(payment_id, order_id) if amount_minor is None else amount_minor
        return self._give_back(
            payment, {order_id: amount}, self._moment(on, None), transaction_id, note
        )

    @act
    def refund_several(
        self,
        payment_id: str,
        amounts: Mapping[str, int],
        *,
        transaction_id: str = "",
        note: str = "",
    ) -> str:
        """One refund that gives back parts of several orders: cents by order id; gives its id."""
        payment = self._one(self.payments, payment_id, "payment")
        if not amounts:
            raise ShopError("a refund needs an order")
        return self._give_back(payment, amounts, self._now(), transaction_id, note)

    def _give_back(
        self,
        payment: Json,
        amounts: Mapping[str, int],
        moment: datetime,
        transaction_id: str,
        note: str,
    ) -> str:
        for order_id, amount in amounts.items():
            left = self.refundable(payment["id"], order_id)
            if not 0 < amount <= left:
                raise ShopError(f"of payment {payment['id']} {left} cents can be refunded")
        money = _Money(
            {order_id: -amount for order_id, amount in amounts.items()},
            "Refund",
            moment,
            status="REFUNDED",
            reference=transaction_id,
            is_test=payment.get("merchant_account_id") == self.merchants[1]["id"],
            note=note,
            refunds=payment["id"],
        )
        return self._add_payment(money)

    @act
    def void_payment(self, payment_id: str) -> str:
        """A payment taken back: before it was settled, or charged back after days."""
        payment = self._one(self.payments, payment_id, "payment")
        now = time_text(self._now())
        if self.account.feed_statuses == "all":
            payment["status"] = "VOIDED"
        self.payments[payment_id] = payment | {"update_time": now}
        for order_id in self._kept_orders(payment):
            changes = {"pay_status": "VOIDED", "last_updated_time": now}
            self._change_row(order_id, payment_id, changes)
            self._settle_again(order_id)
        return payment_id

    @act
    def edit_payment(
        self, payment_id: str, *, amount_minor: int | None = None, day: date | None = None
    ) -> str:
        """Corrects a payment of one order that was typed by hand, as Keap allows afterwards."""
        payment = self._one(self.payments, payment_id, "payment")
        order_id = self._only_order(payment)
        if payment["type"] not in _BY_HAND:
            raise ShopError(f"payment {payment_id} was not typed by hand")
        now = time_text(self._now())
        row: Json = {"last_updated_time": now}
        payment["update_time"] = now
        if amount_minor is not None:
            payment["amount"] = row["amount"] = major_units(amount_minor)
        if day is not None:
            payment["payment_time"] = row["pay_time"] = time_text(self._moment(None, day))
        self.payments[payment_id] = payment
        self._change_row(order_id, payment_id, row)
        self._settle_again(order_id)
        return payment_id

    @act
    def delete_payment(self, payment_id: str) -> str:
        """The payment vanishes without a trace; its orders are open again."""
        payment = self._one(self.payments, payment_id, "payment")
        del self.payments[payment_id]
        for order_id in self._kept_orders(payment):
            rows = self._rows_of(order_id)
            self.order_payments[order_id] = [r for r in rows if r["payment_id"] != payment_id]
            self._settle_again(order_id)
        return payment_id

    @staticmethod
    def _only_order(payment: Json) -> str:
        if len(payment["order_ids"]) != 1:
            raise ShopError(f"payment {payment['id']} is over several orders")
        return str(payment["order_ids"][0])

    def _kept_orders(self, payment: Json) -> list[str]:
        return [order_id for order_id in payment["order_ids"] if order_id in self.orders]

    def _add_payment(self, money: _Money, reserved: str = "") -> str:
        orders = [self._one(self.orders, order_id, "order") for order_id in money.amounts]
        payment_id, now = self._begun("payment", reserved)
        pay_status = money.status or ("MANUAL_PAID" if money.kind in _BY_HAND else "APPROVED")
        payment = payment_json(
            payment_id,
            money.kind,
            sum(money.amounts.values()),
            status=self._status_in_feed(pay_status),
            contact_id=orders[0]["contact"]["id"],
            order_ids=list(money.amounts),
            transaction_id=money.reference,
            merchant=self._merchant(money) if money.reference else None,
            note=money.note,
            moment=money.moment,
            now=now,
        )
        if money.refunds:
            self._link_payments(payment, money.refunds)
        self.payments[payment_id] = payment
        for order, amount in zip(orders, money.amounts.values(), strict=True):
            row = order_payment_json(
                self._new_id("order_payment"), amount, order, payment, pay_status
            )
            rows = self.order_payments[order["id"]]
            if money.refunds:
                self._link_rows(rows, row, money.refunds)
            self._keep_settled(order, [*rows, row])
        if money.reference:
            method = "REFUND" if money.refunds else "CAPTURE"
            self._add_transaction(method, money, orders[0], payment_id)
        return payment_id

    def _link_payments(self, refund: Json, payment_id: str) -> None:
        """In the account's feed."""
        if self.account.refund_links != "payment":
            refund["refund_payment_id"] = payment_id
        if self.account.refund_links != "refund":
            self.payments.change(payment_id, refund_payment_id=refund["id"])

    def _link_rows(self, rows: list[Json], refund: Json, payment_id: str) -> None:
        """Under the order."""
        [paid] = [row for row in rows if row["payment_id"] == payment_id]
        paid["refund_invoice_payment_id"] = refund["id"]
        refund["refund_invoice_payment_id"] = paid["id"]
        if self.account.refunded_rows == "both":
            paid.update(pay_status="REFUNDED", last_updated_time=refund["last_updated_time"])

    def _add_transaction(self, method: str, money: _Money, order: Json, payment_id: str) -> None:
        self.transactions[self._new_id("transaction")] = transaction_json(
            method,
            sum(money.amounts.values()),
            order,
            order_ids=list(money.amounts),
            merchant=self._merchant(money),
            reference=money.reference,
            moment=money.moment,
            payment_id=payment_id,
            refusal=_DECLINED if money.status in {"FAILED", "ERROR"} else "",
        )

    def _merchant(self, money: _Money) -> Json:
        return self.merchants[1 if money.is_test else 0]

    def _status_in_feed(self, pay_status: str) -> str:
        """The other status word that the account's feed of payments has for the same thing."""
        word = {"REFUNDED": "COMPLETED", "MANUAL_PAID": "NONE"}.get(pay_status, pay_status)
        is_documented = word in {"PENDING", "APPROVED", "COMPLETED"}
        return word if is_documented or self.account.feed_statuses == "all" else "NONE"
