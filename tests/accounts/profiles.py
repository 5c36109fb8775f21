"""Connections as people set them up: settings as text, and what their company file is like."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

#: what a setting is where a profile does not name it
USUAL: Mapping[str, str] = {
    "transaction": "invoice-and-payments",
    "number_source": "order-id",
    "number_prefix": "",
    "number_suffix": "",
    "sale_date": "order",
    "closed_period": "hold",
    "sales_tax": "line",
    "sales_tax_fallback": "no",
    "shipping_taxed": "no",
    "discounts_untaxed": "yes",
    "rounding_line": "no",
    "overpayments": "hold",
    "credit_item": "",
    "refund_item": "",
    "refunds": "credit-memo",
    "refund_account": "",
    "refunds_to_approve": "0",
    "payment_reference": "transaction-id",
    "deposit_account": "",
    "drafts": "hold",
    "zero_orders": "skip",
    "missing_item": "hold",
    "no_sku": "unknown-item",
    "customer_match": "email-then-name",
    "customer_name": "first-last",
    "missing_customer": "create",
    "name_taken": "add-number",
    "income_account": "Sales",
    "terms": "",
    "invoice_template": "",
    "ship_method": "",
    "sales_rep": "",
    "due_date": "terms",
    "to_be_printed": "no",
    "order_min_total": "",
    "order_sources": "",
}
#: rates in thousandths of a percent, as the company file has them
STATE_TAX = ("State Sales Tax", (8250,))
CITY_TAX = ("City Sales Tax", (1500,))
BOTH_TAXES = ("State and City Sales Tax", (8250, 1500))
TAXES = dict([STATE_TAX, CITY_TAX, BOTH_TAXES])


@dataclass(frozen=True)
class Profile:
    """One connection with its company file."""

    name: str
    settings: Mapping[str, str] = field(default_factory=dict)
    #: the books are closed up to this day
    closed_to: date | None = None
    #: what Keap says of a tax ("state:AZ") -> the tax item of QuickBooks
    tax_items: Mapping[str, str] = field(default_factory=dict)
    #: a setting of a list entry that somebody makes inactive before the second day
    vanishes: str = ""
    has_sales_tax: bool = True

    def __getitem__(self, setting: str) -> str:
        return self.settings.get(setting, USUAL[setting])


BY_STATE = {
    "state:AZ": STATE_TAX[0],
    "state:CA": CITY_TAX[0],
    "state:NV": BOTH_TAXES[0],
}
PROFILES: tuple[Profile, ...] = (
    Profile("as it comes", {"refunds_to_approve": "72"}),
    Profile(
        "everything chosen",
        {
            "credit_item": "Keap Credit",
            "refund_item": "Keap Refund",
            "refunds": "card-refund",
            "overpayments": "credit",
            "rounding_line": "yes",
            "deposit_account": "Checking",
        },
    ),
    Profile(
        "cheques, payments by id",
        {
            "credit_item": "Keap Credit",
            "refund_item": "Keap Refund",
            "refunds": "cheque",
            "refund_account": "Checking",
            "payment_reference": "payment-id",
            "number_prefix": "K-",
            "no_sku": "create",
            "missing_item": "create",
        },
    ),
    Profile(
        "sales receipts",
        {
            "transaction": "sales-receipt",
            "refund_item": "Keap Refund",
            "refunds": "card-refund",
            "sale_date": "payment",
            "deposit_account": "Checking",
        },
    ),
    Profile(
        "sales orders",
        {"transaction": "sales-order", "number_suffix": "-SO", "drafts": "send", "no_sku": "hold"},
    ),
    Profile(
        "invoices only",
        {
            "transaction": "invoice",
            "credit_item": "Keap Credit",
            "refund_item": "Keap Refund",
            "customer_name": "last-first",
            "drafts": "skip",
        },
    ),
    Profile(
        "tax by QuickBooks",
        {"sales_tax": "quickbooks", "credit_item": "Keap Credit", "refunds": "card-refund"},
        tax_items=BY_STATE,
    ),
    Profile(
        "tax by QuickBooks, else a line",
        {
            "sales_tax": "quickbooks",
            "sales_tax_fallback": "yes",
            "shipping_taxed": "yes",
            "discounts_untaxed": "no",
            "rounding_line": "yes",
            "refund_item": "Keap Refund",
            "customer_name": "company",
        },
        tax_items=BY_STATE,
    ),
    Profile(
        "tax by rate, long numbers",
        {
            "sales_tax": "quickbooks",
            "shipping_taxed": "yes",
            "number_source": "invoice-id",
            "number_prefix": "W",
            "customer_match": "single-customer",
        },
        tax_items={"rate:8.25": STATE_TAX[0]},
    ),
    Profile(
        "closed until the 10th",
        {"sale_date": "payment", "missing_item": "unknown-item", "zero_orders": "post"},
        closed_to=date(2026, 11, 10),
    ),
    Profile(
        "first open day",
        {
            "closed_period": "first-open-day",
            "number_source": "quickbooks-next",
            "credit_item": "Keap Credit",
            "refunds": "hold",
            "zero_orders": "post",
            "terms": "Net 15",
        },
        closed_to=date(2026, 11, 10),
        vanishes="terms",
    ),
    Profile(
        "strict",
        {
            "missing_customer": "hold",
            "name_taken": "hold",
            "income_account": "",
            "sale_date": "sync",
            "number_source": "invoice-id",
            "number_prefix": "LONGER",
            "number_suffix": "-E",
            "order_min_total": "5.00",
            "deposit_account": "Card Clearing",
            "refunds": "cheque",
        },
        vanishes="deposit_account",
    ),
)

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "transaction": ("invoice-and-payments",) * 5 + ("invoice", "sales-receipt", "sales-order"),
    "number_source": ("order-id", "order-id", "invoice-id", "quickbooks-next"),
    "number_prefix": ("", "", "K-", "WEB"),
    "number_suffix": ("", "", "-X"),
    "sale_date": ("order", "order", "payment", "sync"),
    "closed_period": ("hold", "first-open-day"),
    "sales_tax": ("line", "line", "quickbooks"),
    "sales_tax_fallback": ("yes", "no"),
    "shipping_taxed": ("yes", "no"),
    "discounts_untaxed": ("yes", "no"),
    "rounding_line": ("yes", "no"),
    "overpayments": ("hold", "credit"),
    "credit_item": ("", "Keap Credit", "Keap Credit"),
    "refund_item": ("", "Keap Refund", "Keap Refund"),
    "refunds": ("hold", "credit-memo", "credit-memo", "card-refund", "card-refund", "cheque"),
    "refund_account": ("", "Checking", "Checking"),
    "refunds_to_approve": ("0", "0", "0", "72"),
    "payment_reference": ("transaction-id", "payment-id"),
    "deposit_account": ("", "Checking", "Card Clearing"),
    "drafts": ("hold", "skip", "send"),
    "zero_orders": ("skip", "post"),
    "missing_item": ("hold", "unknown-item", "create"),
    "no_sku": ("unknown-item", "hold", "create"),
    "customer_match": ("email-then-name",) * 6 + ("name", "single-customer"),
    "customer_name": ("first-last", "first-last", "last-first", "company", "email"),
    "missing_customer": ("create",) * 6 + ("hold", "single-customer"),
    "name_taken": ("add-number", "hold"),
    "income_account": ("Sales",) * 8 + ("",),
    "terms": ("", "", "Net 15"),
    "invoice_template": ("", "", "Web Invoice"),
    "ship_method": ("", "", "UPS"),
    "sales_rep": ("", "", "SS"),
    "due_date": ("terms", "keap"),
    "to_be_printed": ("no", "yes"),
    "order_min_total": ("", "", "", "5.00"),
    "order_sources": ("", "", "", "OFFLINE, CHECKOUT_FORM"),
}


def random_profile(dice: random.Random, name: str) -> Profile:
    """Every setting is chosen by itself."""
    settings = {setting: dice.choice(choices) for setting, choices in _CHOICES.items()}
    vanishing = [each for each in ("terms", "deposit_account") if settings[each]]
    vanishing = [each for each in vanishing if settings[each] != "Checking"]
    vanishes = dice.choice([*vanishing, "", "", ""])
    closed_to = dice.choice([None, None, date(2026, 11, 10)])
    tax_items = dice.choice([BY_STATE, BY_STATE, {"rate:8.25": STATE_TAX[0]}])
    has_sales_tax = dice.random() < 0.9
    return Profile(name, settings, closed_to, tax_items, vanishes, has_sales_tax)
