"""The JSON of money: amounts, plans, payments, transactions. Source: v2 OpenAPI schemas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from qbwc_service.demo.keap.values import Json, currency_value, major_units, time_text


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of a payment plan. The amount is in cents."""

    due: date
    amount_minor: int


def payment_plan_json(plan: Sequence[Instalment], currency: str) -> Json:
    """A plan; one of a single payment is what Keap makes for an order without a plan."""
    first = plan[0]
    between = (plan[1].due - first.due).days if len(plan) > 1 else 0
    return {
        "auto_charge": len(plan) > 1,
        "max_charge_attempts": 3,
        "days_between_retries": 2,
        "payment_method_id": "0",
        "initial_payment_amount": currency_value(first.amount_minor, currency),
        "initial_payment_date": first.due.isoformat(),
        "plan_start_date": first.due.isoformat(),
        "number_of_payments": len(plan),
        "days_between_payments": between,
        "payment_plan_items": [
            {
                "status": "UNPAID_MANUAL",
                "due_date": part.due.isoformat(),
                "amount_due": currency_value(part.amount_minor, currency),
                "amount_paid": currency_value(0, currency),
            }
            for part in plan
        ],
    }


def settle_plan(plan: Json, total: int, paid: int, currency: str) -> None:
    """Spreads what was paid over the parts of a plan, in their order; a single part is `total`."""
    parts = plan["payment_plan_items"]
    unpaid = "UNPAID_AUTOCHARGE" if plan["auto_charge"] else "UNPAID_MANUAL"
    if len(parts) == 1:
        plan["initial_payment_amount"] = parts[0]["amount_due"] = currency_value(total, currency)
    for place, part in enumerate(parts):
        is_last = place == len(parts) - 1
        given = paid if is_last else max(0, min(paid, part["amount_due"]["amount"]))
        paid -= given
        part["amount_paid"] = currency_value(given, currency)
        part["status"] = "PAID" if given >= part["amount_due"]["amount"] else unpaid


def payment_json(
    payment_id: str,
    kind: str,
    amount_minor: int,
    *,
    status: str,
    contact_id: str,
    order_ids: list[str],
    transaction_id: str,
    merchant: Json | None,
    note: str,
    moment: datetime,
    now: datetime,
) -> Json:
    """A payment of the account's feed; one through a gateway names its merchant account."""
    shown: Json = {
        "id": payment_id,
        "type": kind,
        "amount": major_units(amount_minor),
        "note": note,
        "status": status,
        "commissioned": False,
        "synced": False,
        "payment_time": time_text(moment),
        "refund_payment_id": "0",
        "contact_id": contact_id,
        "order_ids": order_ids,
        "update_time": time_text(now),
        "external_transaction_id": transaction_id,
    }
    if merchant:
        shown |= {
            "merchant_account_id": merchant["id"],
            "merchant_account_type": merchant["type"],
        }
    return shown


def order_payment_json(
    row_id: str, amount_minor: int, order: Json, payment: Json, pay_status: str
) -> Json:
    """What a payment gave to one order."""
    return {
        "id": row_id,
        "amount": major_units(amount_minor),
        "note": payment["note"],
        "invoice_id": order["invoice_id"],
        "payment_id": payment["id"],
        "pay_time": payment["payment_time"],
        "pay_status": pay_status,
        "last_updated_time": payment["update_time"],
        "skip_commission": False,
        "refund_invoice_payment_id": "0",
    }


def transaction_json(
    method: str,
    amount_minor: int,
    order: Json,
    *,
    order_ids: list[str],
    merchant: Json,
    reference: str,
    moment: datetime,
    payment_id: str,
    refusal: str = "",
) -> Json:
    """What a gateway was asked: CAPTURE, REFUND or VOID; `refusal` is why it did not do it.

    Amounts are positive whatever the method; a refused one has no payment.
    """
    shown: Json = {
        "amount": major_units(abs(amount_minor)),
        "status": "FAILED" if refusal else "APPROVED",
        "description": "Refund" if method == "REFUND" else order["title"],
        "contact": order["contact"],
        "order_ids": order_ids,
        "contact_id": order["contact"]["id"],
        "transaction_method": method,
        "transaction_time": time_text(moment),
        "external_reference_id": reference,
        "external_response_code": "card_declined" if refusal else "1",
        "is_successful": not refusal,
        "merchant_account_id": merchant["id"],
        "merchant_account_type": merchant["type"],
    }
    return shown | ({"error_details": refusal} if refusal else {"payment_id": payment_id})


def merchant_json(merchant_id: str, name: str, kind: str, *, is_test: bool = False) -> Json:
    """A merchant account."""
    return {"id": merchant_id, "name": name, "type": kind, "is_test": is_test}
