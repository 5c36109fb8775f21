"""Money in the shop: payments, credits, refunds, and what they make of an order's sums."""

from collections.abc import Mapping
from datetime import date, datetime

from qbwc_service.demo.keap.acts import act
from qbwc_service.demo.keap.records import Records, ShopError
from qbwc_service.demo.keap.shapes import (
    Json,
    currency_value,
    major_units,
    minor_units,
    order_payment_json,
    payment_json,
    payment_plan_json,
    time_text,
)

_BY_HAND = frozenset({"Check", "Cash", "Money Order", "Adjustment", "Credit"})
_NOT_PAID = frozenset({"FAILED", "ERROR", "PENDING", "VOIDED"})


class Till(Records):
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
    ) -> str:
        """A payment of `amount_minor`, or of all that is open; gives the payment's id.

        With `day` it is typed by hand and gets midnight in the account's time zone, as Keap does.
        `status` is the pay status of a payment that did not come through: FAILED, ERROR, PENDING.
        """
        order = self._one(self.orders, order_id, "order")
        if amount_minor is None:
            amount_minor = order["total"]["amount"] - order["total_paid"]["amount"]
        moment = self._moment(on, day)
        return self._add_payment(
            {order_id: amount_minor}, kind, moment, status=status, gateway=transaction_id, note=note
        )

    @act
    def pay_several(
        self, amounts: Mapping[str, int], kind: str = "Check", *, day: date | None = None
    ) -> str:
        """One payment over several orders: cents by order id."""
        if not amounts:
            raise ShopError("a payment needs an order")
        return self._add_payment(dict(amounts), kind, self._moment(None, day))

    @act
    def credit(
        self, order_id: str, amount_minor: int, kind: str = "Credit", *, note: str = ""
    ) -> str:
        """A credit or price adjustment, which Keap keeps as a payment; gives the payment's id."""
        return self._add_payment({order_id: amount_minor}, kind, self._now(), note=note)

    @act
    def refund(
        self,
        payment_id: str,
        amount_minor: int | None = None,
        *,
        on: datetime | None = None,
        transaction_id: str = "",
        note: str = "",
    ) -> str:
        """Money back for one payment of one order (all of it by default); gives the refund's id."""
        payment = self._one(self.payments, payment_id, "payment")
        order_id = self._only_order(payment)
        amount = minor_units(payment["amount"]) if amount_minor is None else amount_minor
        refund_id = self._add_payment(
            {order_id: -amount},
            "Refund",
            self._moment(on, None),
            status="REFUNDED",
            gateway=transaction_id,
            note=note,
        )
        self.payments[refund_id]["refund_payment_id"] = payment_id
        rows = {row["payment_id"]: row for row in self.order_payments[order_id]}
        rows[payment_id]["refund_invoice_payment_id"] = rows[refund_id]["id"]
        rows[refund_id]["refund_invoice_payment_id"] = rows[payment_id]["id"]
        return refund_id

    @act
    def void_payment(self, payment_id: str) -> str:
        """A payment taken back before it was settled."""
        payment = self._one(self.payments, payment_id, "payment")
        now = time_text(self._now())
        payment.update(status="VOIDED", update_time=now)
        for order_id in payment["order_ids"]:
            for row in self.order_payments[order_id]:
                if row["payment_id"] == payment_id:
                    row.update(pay_status="VOIDED", last_updated_time=now)
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
        [row] = [row for row in self.order_payments[order_id] if row["payment_id"] == payment_id]
        if amount_minor is not None:
            payment["amount"] = row["amount"] = major_units(amount_minor)
        if day is not None:
            payment["payment_time"] = row["pay_time"] = time_text(self._moment(None, day))
        payment["update_time"] = row["last_updated_time"] = time_text(self._now())
        self._settle_again(order_id)
        return payment_id

    @staticmethod
    def _only_order(payment: Json) -> str:
        if len(payment["order_ids"]) != 1:
            raise ShopError(f"payment {payment['id']} is over several orders")
        return str(payment["order_ids"][0])

    def _add_payment(
        self,
        amounts: dict[str, int],
        kind: str,
        moment: datetime,
        *,
        status: str = "",
        gateway: str = "",
        note: str = "",
    ) -> str:
        orders = [self._one(self.orders, order_id, "order") for order_id in amounts]
        payment_id = self._new_id("payment")
        pay_status = status or ("MANUAL_PAID" if kind in _BY_HAND else "APPROVED")
        payment = payment_json(
            payment_id,
            kind,
            sum(amounts.values()),
            status=_status_in_feed(pay_status),
            contact_id=orders[0]["contact"]["id"],
            order_ids=list(amounts),
            transaction_id=gateway,
            note=note,
            moment=moment,
            now=self._now(),
        )
        self.payments[payment_id] = payment
        for order, amount in zip(orders, amounts.values(), strict=True):
            row_id = self._new_id("order_payment")
            row = order_payment_json(row_id, amount, order, payment, pay_status)
            self.order_payments[order["id"]].append(row)
            self._settle_again(order["id"])
        return payment_id

    def _settle_again(self, order_id: str) -> None:
        """After money moved: the order's sums, and its time where payments count as changes."""
        total = self.orders[order_id]["total"]
        self._settle(order_id, total["amount"], total["currency_code"])
        if self.account.payments_touch_orders:
            self._touch(order_id)

    def _settle(self, order_id: str, total: int, currency: str) -> None:
        """Writes the order's sums: its total, and what its payments come to."""
        order = self.orders[order_id]
        rows = [
            (row["pay_status"], minor_units(row["amount"]))
            for row in self.order_payments[order_id]
            if row["pay_status"] not in _NOT_PAID
        ]
        paid = sum(amount for _, amount in rows)
        refunded = -sum(amount for status, amount in rows if status == "REFUNDED")
        order.update(
            total=currency_value(total, currency),
            total_paid=currency_value(paid, currency),
            total_due=currency_value(total, currency),
            refund_total=currency_value(refunded, currency),
            refund_status="NONE" if not refunded else "FULL" if paid <= 0 else "PARTIAL",
            payment_plan=payment_plan_json(
                total, paid, currency, datetime.fromisoformat(order["order_time"])
            ),
        )
        if order["status"] != "DRAFT" and rows and paid + refunded >= total:
            order["status"] = "PAID"

    def _touch(self, order_id: str) -> None:
        self.orders[order_id]["modification_time"] = time_text(self._now())


def _status_in_feed(pay_status: str) -> str:
    """The other status word that the account's feed of payments has for the same thing."""
    return {"REFUNDED": "COMPLETED", "MANUAL_PAID": "NONE"}.get(pay_status, pay_status)
