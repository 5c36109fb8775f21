"""Where the one thing is done that releases what waits for a cause."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from flask import url_for

from qbwc_service.admin.setting_words import setting_label
from qbwc_service.admin.sign_in import may
from qbwc_service.ledger.causes import CUSTOMER_CAUSES, ENTRY_CAUSES, ITEM_CAUSES
from qbwc_service.messages import CATALOGUE
from qbwc_service.planning.approval import APPROVAL, SWITCH
from qbwc_service.settings import LIST_SETTINGS

#: causes that one setting releases, with its name
_SETTINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "credit-item-not-chosen": "credit_item",
        "refund-item-not-chosen": "refund_item",
        "refund-account-not-chosen": "refund_account",
        "card-refund-us-only": "refunds",
        "refund-by-hand": "refunds",
        "payment-more-than-due": "overpayments",
        "sales-tax-off": "sales_tax",
        "tax-would-differ": "sales_tax_fallback",
        "draft-order": "drafts",
        "waiting-for-approval": "approve_before_sending",
        "closed-period": "closed_period",
        "line-without-sku": "no_sku",
        "sales-orders-not-offered": "transaction",
        "receipt-with-credit": "transaction",
        "receipt-paid-too-much": "transaction",
        "receipt-into-several-accounts": "transaction",
    }
)


def setting_that_fixes(cause: str) -> str:
    """The name of the setting; "" where no single one does."""
    return _SETTINGS.get(cause, "")


#: what the page "Accounts and payments" settles
_OF_LISTS = frozenset(
    {
        *("list-entry-not-in-quickbooks", "no-deposit-account", "account-not-there"),
        *("tax-entry-not-there", "list-entry-not-there", "several-entries-fit"),
    }
)
#: what the page "Products" settles, beside what matching holds
_OF_PRODUCTS = frozenset({"line-without-sku", "item-not-there", "item-kind-refused"})
_OF_TAXES = frozenset({"tax-item-not-chosen"})
_OF_NUMBERS = frozenset({"number-taken", "number-of-another-order"})
_TOTALS = frozenset({"lines-do-not-add-up", "total-differs", "payments-do-not-add-up"})
#: settings that name an entry of QuickBooks' lists
_FROM_LISTS = frozenset(setting.name for setting in LIST_SETTINGS)


@dataclass(frozen=True, slots=True)
class Fix:
    """The page on which one act releases what waits, and the words of the button."""

    at: str
    words: str


def fix_of(
    connection: str, cause: str, order_id: int, *, orders: int = 1, setting: str = ""
) -> Fix:
    """`order_id`: the first of the orders that wait for it; its page where no other will do.
    `setting`: the one that names what is gone from QuickBooks' lists, where one does.
    """
    order = url_for("order.show", connection=connection, order_id=order_id)
    if cause in CUSTOMER_CAUSES:
        return Fix(f"{order}#customer", "Choose the customer")
    if cause in _OF_TAXES:
        taxes = url_for("accounts.show", connection=connection, _anchor="taxes")
        return Fix(taxes, "Choose the tax item")
    if cause in _OF_LISTS | ENTRY_CAUSES and setting in _FROM_LISTS:
        at = url_for("settings.show", connection=connection, _anchor=setting)
        return Fix(at, f'Open the setting "{setting_label(setting)}"')
    if cause in _OF_LISTS:
        accounts = url_for("accounts.show", connection=connection)
        return Fix(accounts, "Open Accounts and payments")
    if cause in ITEM_CAUSES | _OF_PRODUCTS:
        return Fix(url_for("products.show", connection=connection), "Choose the item")
    if cause in ENTRY_CAUSES:
        return Fix(url_for("accounts.show", connection=connection), "Choose another entry")
    if cause in _OF_NUMBERS:
        return Fix(f"{order}#compare", "Compare")
    if cause in _TOTALS:
        return Fix(f"{order}#forms", "See the amounts")
    if cause == APPROVAL and may("preview.show", "GET"):
        return Fix(url_for("preview.show", connection=connection, order=order_id), "Preview")
    if cause == SWITCH:
        return Fix(url_for("set_up.show", connection=connection), "Finish the set-up")
    if setting := setting_that_fixes(cause):
        at = url_for("settings.show", connection=connection, _anchor=setting)
        return Fix(at, f'Open the setting "{setting_label(setting)}"')
    if cause in CATALOGUE and CATALOGUE[cause].about in {"setting", "account"}:
        settings = url_for("settings.show", connection=connection)
        return Fix(settings, "Open the settings")
    return Fix(order, "Open the first order" if orders > 1 else "Open the order")
