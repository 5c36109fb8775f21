"""The lists that are simulated, and by what they may be filtered and ordered (v2 OpenAPI)."""

from dataclasses import replace

from qbwc_service.demo.keap.account import Account
from qbwc_service.demo.keap.filters import (
    any_of,
    flag,
    number,
    own_id,
    since,
    text,
    until,
)
from qbwc_service.demo.keap.queries import ListRules


def _same(*columns: str) -> dict[str, str]:
    """Columns that have the name by which they are asked for."""
    return {column: column for column in columns}


ORDERS = ListRules(
    filters={
        "id": number("id", "== < <= > >= !="),
        "ids": own_id(),
        "product_id": any_of("product_ids"),
        "contact_id": text("contact_id", is_indexed=True),
        "invoice_id": text("invoice_id", is_indexed=True),
        "paid": flag("paid"),
        "created_since_time": since("creation_time"),
        "created_until_time": until("creation_time"),
        "modified_since_time": since("modification_time"),
        "modified_until_time": until("modification_time"),
        "title": text("title", wildcard=True),
        "order_type": text("order_type"),
        "shipping_locality": text("shipping_locality"),
        "shipping_region_code": text("shipping_region_code"),
        "shipping_postal_code": text("shipping_postal_code"),
        "shipping_country_code": text("shipping_country_code"),
    },
    order_by=_same("id", "order_time", "modification_time"),
)

PAYMENTS = ListRules(
    filters={
        "id": number("id"),
        "ids": own_id(),
        "amount": number("amount", "== < <= > >= !="),
        "order_id": any_of("order_ids", is_indexed=True),
        "order_ids": any_of("order_ids", is_indexed=True),
        "contact_id": text("contact_id", is_indexed=True),
        "since_time": since("payment_time"),
        "until_time": until("payment_time"),
        "merchant_account_id": text("merchant_account_id"),
        "merchant_account_type": text("merchant_account_type"),
    },
    order_by=_same("id", "amount", "payment_time") | {"contact_id": "contact_number"},
)

#: ordered by the simulator's own number where nothing is asked for
TRANSACTIONS = ListRules(
    filters={
        "amount": number("amount", "== < <= > >= !="),
        "order_id": any_of("order_ids", is_indexed=True),
        "contact_id": text("contact_id", is_indexed=True),
        "since_time": since("transaction_time"),
        "until_time": until("transaction_time"),
        "merchant_account_id": text("merchant_account_id"),
        "merchant_account_type": text("merchant_account_type"),
        "status": text("status"),
        "transaction_method": text("transaction_method"),
        "is_successful": flag("is_successful"),
    },
    order_by=_same("amount", "transaction_time") | {"contact_id": "contact_number"},
)

ORDER_PAYMENTS = ListRules(
    filters={
        "invoice_id": text("invoice_id"),
        "payment_id": text("payment_id"),
        "amount": number("amount", "=="),
        "pay_status": text("pay_status"),
        "skip_commission": flag("skip_commission"),
    },
    order_by=_same("amount", "pay_time", "pay_status", "skip_commission", "last_updated_time")
    | {"invoice_id": "invoice_number", "payment_id": "payment_number"},
    default_column="payment_number",
)

CONTACTS = ListRules(
    filters={
        "ids": own_id(),
        "contact_ids": own_id(),
        "contact_id": number("id"),
        "email": text("email", wildcard=True),
        "given_name": text("given_name", wildcard=True),
        "family_name": text("family_name", wildcard=True),
        "company_id": text("company_id"),
        "start_update_time": since("update_time"),
        "end_update_time": until("update_time"),
    },
    order_by=_same("id", "create_time", "update_time", "email"),
)

PRODUCTS = ListRules(
    filters={
        "name": text("name", wildcard=True),
        "sku": text("sku", wildcard=True),
        "description": text("description", wildcard=True),
        "product_id": number("id"),
        "product_ids": own_id(),
    },
    order_by=_same("name", "sku", "last_updated_time"),
    default_column="name",
)

MERCHANTS = ListRules(
    filters={"id": own_id(), "name": text("name"), "type": text("type")},
    order_by=_same("id", "name"),
)


def orders_of(account: Account) -> ListRules:
    """The rules for orders that this account plays."""
    return ORDERS if account.orders_by_id else _without_id(ORDERS)


def payments_of(account: Account) -> ListRules:
    """The rules for payments that this account plays."""
    rules = PAYMENTS
    if account.payments_since != "payment_time":
        times = {"since_time": since("update_time"), "until_time": until("update_time")}
        rules = replace(rules, filters={**rules.filters, **times})
    return rules if account.payments_by_id else _without_id(rules)


def _without_id(rules: ListRules) -> ListRules:
    filters = {name: field for name, field in rules.filters.items() if name != "id"}
    return replace(rules, filters=filters)
