"""What its payments make of an order: its sums, its plan, its status."""

from qbwc_service.demo.keap.money import settle_plan
from qbwc_service.demo.keap.records import Records, ShopError
from qbwc_service.demo.keap.values import Json, currency_value, minor_units, time_text

#: what stands on an order's row that is no money
NOT_PAID = frozenset({"FAILED", "ERROR", "PENDING", "VOIDED"})
_CREDITS = frozenset({"Adjustment", "Credit"})


class Sums(Records):
    """Orders that are added up again whenever money moved."""

    def refundable(self, payment_id: str, order_id: str) -> int:
        """How many cents of a payment's part for this order can still be given back."""
        rows = {row["payment_id"]: row for row in self._rows_of(order_id)}
        paid = self._one(rows, payment_id, "payment of this order")
        if paid["pay_status"] in NOT_PAID:
            return 0
        back = [
            row["amount"]
            for row in self._rows_of(order_id)
            if row["amount"] < 0 and row["refund_invoice_payment_id"] == paid["id"]
        ]
        return max(0, minor_units(paid["amount"] + sum(back)))

    def _rows_of(self, order_id: str) -> list[Json]:
        if order_id not in self.order_payments:
            raise ShopError(f"no such order: {order_id}")
        return self.order_payments[order_id]

    def _change_row(self, order_id: str, payment_id: str, changes: Json) -> None:
        rows = self._rows_of(order_id)
        self.order_payments[order_id] = [
            row | changes if row["payment_id"] == payment_id else row for row in rows
        ]

    def _settle_again(self, order_id: str) -> None:
        """After money moved: the order's sums, and its time where payments count as changes."""
        self._keep_settled(self.orders[order_id], self.order_payments[order_id])

    def _keep_settled(self, order: Json, rows: list[Json]) -> None:
        self.order_payments[order["id"]] = rows
        self._settle(order, rows, order["total"]["amount"], order["total"]["currency_code"])
        if self.account.payments_touch_orders:
            order["modification_time"] = time_text(self._now())
        self.orders[order["id"]] = order

    def _settle(self, order: Json, rows: list[Json], total: int, currency: str) -> None:
        """Writes an order's sums: its total, and what its payments (`rows`) come to."""
        rows = [row for row in rows if row["pay_status"] not in NOT_PAID]
        amounts = [minor_units(row["amount"]) for row in rows]
        paid = sum(amounts)
        refunded = -sum(
            amount
            for row, amount in zip(rows, amounts, strict=True)
            if row["pay_status"] == "REFUNDED" and amount < 0
        )
        order.update(
            total=currency_value(total, currency),
            total_paid=currency_value(self._shown_as_paid(rows, paid, refunded), currency),
            total_due=currency_value(total, currency),
            refund_total=currency_value(refunded, currency),
            refund_status="NONE" if not refunded else "FULL" if paid <= 0 else "PARTIAL",
        )
        settle_plan(order["payment_plan"], total, paid, currency)
        if order["status"] != "DRAFT" and rows and paid + refunded >= total:
            order["status"] = "PAID"

    def _shown_as_paid(self, rows: list[Json], paid: int, refunded: int) -> int:
        """What the account counts as paid."""
        if not self.account.total_paid_subtracts_refunds:
            paid += refunded
        if not self.account.total_paid_counts_credits:
            paid -= sum(
                minor_units(row["amount"])
                for row in rows
                if self.payments.row(row["payment_id"]).type in _CREDITS
            )
        return paid
