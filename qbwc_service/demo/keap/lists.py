"""The lists that are simulated, and by what they may be filtered and ordered (v2 OpenAPI)."""

from collections.abc import Callable
from decimal import Decimal

from qbwc_service.demo.keap.queries import ListRules, flag, number, one_of, since, text, until
from qbwc_service.demo.keap.shapes import Json


def _text(name: str) -> Callable[[Json], str]:
    return lambda row: str(row[name])


def _number(name: str) -> Callable[[Json], Decimal]:
    return lambda row: Decimal(row[name])


def _ids(name: str) -> Callable[[Json], list[str]]:
    return lambda row: [row[name]]


def _address(name: str) -> Callable[[Json], str]:
    return lambda order: str(order["shipping_information"]["address"][name])


def _contact_id(order: Json) -> str:
    return str(order["contact"]["id"])


def _product_ids(order: Json) -> list[str]:
    return [item["product"]["id"] for item in order["order_items"] if "product" in item]


def _is_paid(order: Json) -> bool:
    return bool(order["total_paid"]["amount"] >= order["total"]["amount"])


def _main_email(contact: Json) -> str:
    return contact["email_addresses"][0]["email"] if contact["email_addresses"] else ""


def _company_id(contact: Json) -> str:
    return contact["company"]["id"] if contact["company"] else ""


ORDERS = ListRules(
    filters={
        "id": number(_text("id"), "== < <= > >= !="),
        "ids": one_of(_ids("id")),
        "product_id": one_of(_product_ids),
        "contact_id": text(_contact_id),
        "invoice_id": text(_text("invoice_id")),
        "paid": flag(_is_paid),
        "created_since_time": since(_text("creation_time")),
        "created_until_time": until(_text("creation_time")),
        "modified_since_time": since(_text("modification_time")),
        "modified_until_time": until(_text("modification_time")),
        "title": text(_text("title"), wildcard=True),
        "order_type": text(_text("order_type")),
        "shipping_locality": text(_address("locality")),
        "shipping_region_code": text(_address("region_code")),
        "shipping_postal_code": text(_address("postal_code")),
        "shipping_country_code": text(_address("country_code")),
    },
    order_by={
        "id": _number("id"),
        "order_time": _text("order_time"),
        "modification_time": _text("modification_time"),
    },
)

PAYMENTS = ListRules(
    filters={
        "id": number(_text("id")),
        "ids": one_of(_ids("id")),
        "amount": number(_text("amount"), "== < <= > >= !="),
        "order_id": one_of(lambda payment: payment["order_ids"]),
        "order_ids": one_of(lambda payment: payment["order_ids"]),
        "contact_id": text(_text("contact_id")),
        "since_time": since(_text("payment_time")),
        "until_time": until(_text("payment_time")),
        "merchant_account_id": text(lambda payment: payment.get("merchant_account_id", "")),
        "merchant_account_type": text(lambda payment: payment.get("merchant_account_type", "")),
    },
    order_by={
        "id": _number("id"),
        "amount": _number("amount"),
        "payment_time": _text("payment_time"),
        "contact_id": _number("contact_id"),
    },
)

ORDER_PAYMENTS = ListRules(
    filters={
        "invoice_id": text(_text("invoice_id")),
        "payment_id": text(_text("payment_id")),
        "amount": number(_text("amount"), "=="),
        "pay_status": text(_text("pay_status")),
        "skip_commission": flag(lambda row: row["skip_commission"]),
    },
    order_by={
        "invoice_id": _number("invoice_id"),
        "payment_id": _number("payment_id"),
        "amount": _number("amount"),
        "pay_time": _text("pay_time"),
        "pay_status": _text("pay_status"),
        "last_updated_time": _text("last_updated_time"),
    },
    default_order="payment_id",
)

CONTACTS = ListRules(
    filters={
        "ids": one_of(_ids("id")),
        "contact_ids": one_of(_ids("id")),
        "contact_id": number(_text("id")),
        "email": text(_main_email, wildcard=True),
        "given_name": text(_text("given_name"), wildcard=True),
        "family_name": text(_text("family_name"), wildcard=True),
        "company_id": text(_company_id),
        "start_update_time": since(_text("update_time")),
        "end_update_time": until(_text("update_time")),
    },
    order_by={
        "id": _number("id"),
        "create_time": _text("create_time"),
        "update_time": _text("update_time"),
        "email": _main_email,
    },
)

PRODUCTS = ListRules(
    filters={
        "name": text(_text("name"), wildcard=True),
        "sku": text(_text("sku"), wildcard=True),
        "description": text(_text("description"), wildcard=True),
        "product_id": number(_text("id")),
        "product_ids": one_of(_ids("id")),
    },
    order_by={
        "name": _text("name"),
        "sku": _text("sku"),
        "last_updated_time": _text("update_time"),
    },
    default_order="name",
)
