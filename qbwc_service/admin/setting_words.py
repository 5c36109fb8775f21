"""What the settings, their themes and their choices are called on the pages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: the themes of the settings, in the order of the form
SETTING_THEME: Final[Mapping[str, str]] = MappingProxyType(
    {
        "reading": "When Keap is read",
        "sale": "The form",
        "customers": "Customers",
        "items": "Items",
        "money": "Payments and refunds",
        "alerts": "Alerts and quiet hours",
    }
)
#: settings whose name alone would not tell a bookkeeper enough
SETTING_LABEL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "transaction": "An order becomes",
        "number_source": "Its number is",
        "sale_date": "Its date is",
        "closed_period": "A date in a closed period",
        "memo": "Memo",
        "po_number": "P.O. number",
        "other_field": "Field Other",
        "invoice_class": "Class",
        "invoice_template": "Template of invoices",
        "due_date": "Invoices are due",
        "to_be_printed": "To be printed",
        "to_be_emailed": "To be e-mailed",
        "sales_tax": "Sales tax",
        "sales_tax_fallback": "If the tax would differ",
        "shipping_taxed": "Shipping is taxed",
        "discounts_untaxed": "Discounts lower the tax",
        "rounding_line": "Lines and total differ by cents",
        "edited_orders": "Orders changed in Keap",
        "approve_before_sending": "Approve orders first",
        "drafts": "Drafts",
        "zero_orders": "Orders of 0.00",
        "order_products": "Only with these products",
        "order_sources": "Only from these sources",
        "order_min_total": "Only from this total on",
        "order_max_total": "Only up to this total",
        "credit_item": "Item for credits",
        "refund_item": "Item for refunds of a part",
        "payment_reference": "Reference of payments",
        "overpayments": "More paid than due",
        "refunds": "A refund becomes",
        "refund_account": "Refunds are paid from",
        "refunds_to_approve": "Refunds to approve first",
        "refund_unpaid": "Refund of an unpaid order",
        "sync_minutes": "Read Keap every ... minutes",
        "sync_daily_at": "Read Keap daily at",
        "keap_hooks": "Keap calls when something changes",
        "item_match": "Compare the SKU with",
        "item_match_field": "Custom field with the SKU",
        "missing_item": "SKU that no item has",
        "no_sku": "Line without SKU",
        "ar_account": "Receivables account",
        "customer_tax_code": "Tax code of new customers",
        "ship_method": "Shipping method",
        "terms": "Terms of invoices",
        "alert_emails": "Tell these people by e-mail",
        "alert_kinds": "Tell them only of",
        "alert_webhook": "Tell this program",
        "daily_digest": "Tell them once a day",
        "digest_at": "Once a day at",
    }
)
SETTING_CHOICE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unknown-item": "Use the unknown item",
        "hold": "Hold the order",
        "create": "Create the item",
        "name": "Item name",
        "part-number": "Manufacturer's part number",
        "barcode": "Barcode",
        "custom-field": "Custom field",
        "service": "Service item",
        "non-inventory": "Non-inventory item",
        "first-last": "First and last name",
        "last-first": "Last name, first name",
        "company": "Company",
        "email": "E-mail address",
        "add-number": "Add the contact's number",
        "never": "Never",
        "when-changed": "When changed in Keap",
        "yes": "Yes",
        "no": "No",
        "invoice-and-payments": "Invoices and payments if paid",
        "invoice": "Invoices only",
        "sales-receipt": "Sales receipts, once paid in full",
        "sales-order": "Sales orders",
        "order-id": "Order number of Keap",
        "invoice-id": "Invoice number of Keap",
        "quickbooks-next": "QuickBooks' next number",
        "skip": "Leave them out",
        "send": "Send them like all others",
        "post": "Post them",
        "order": "Day of the order",
        "payment": "Day of the payment",
        "sync": "Day it is sent",
        "first-open-day": "Post on the first open day",
        "terms": "By the terms",
        "keap": "As Keap says",
        "line": "As a line of its own",
        "quickbooks": "Reckoned by QuickBooks",
        "update": "Change it in QuickBooks too",
        "transaction-id": "Bank or gateway transaction id",
        "payment-id": "Payment number of Keap",
        "credit": "Leave the rest as a credit",
        "credit-memo": "Credit memo",
        "card-refund": "Credit memo and card refund",
        "cheque": "Credit memo and cheque",
        "void": "Void the invoice",
    }
)
#: choices that mean something else in one setting than in the others
_CHOICE_OF_SETTING: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("customer_match", "email-then-name"): "E-mail address, then name",
        ("customer_match", "name"): "Name alone",
        ("customer_match", "single-customer"): "Everything under the single customer",
        ("drafts", "hold"): "Hold them",
        ("closed_period", "hold"): "Hold it",
        ("edited_orders", "hold"): "Show the difference and wait",
        ("overpayments", "hold"): "Hold the payment",
        ("refunds", "hold"): "Wait for me",
        ("sales_tax_fallback", "no"): "Hold the order",
        ("sales_tax_fallback", "yes"): "Post the tax as a line",
        ("rounding_line", "no"): "Hold the order",
        ("rounding_line", "yes"): "Add a line with the difference",
        ("missing_customer", "create"): "Make the customer",
        ("missing_customer", "single-customer"): "Use the single customer",
    }
)


def setting_label(name: str) -> str:
    """ "income_account" -> "Income account"."""
    return SETTING_LABEL.get(name, name.replace("_", " ").capitalize())


def setting_choice(choice: str, setting: str) -> str:
    """What the choice means in that setting: ("hold", "no_sku") -> "Hold the order"."""
    return _CHOICE_OF_SETTING.get((setting, choice)) or SETTING_CHOICE.get(choice, choice)


def setting_value(name: str, value: object) -> str:
    """A stored value in words; None is the default: ("terms", "Net 30") -> "Net 30"."""
    return "the default" if value is None else setting_choice(str(value), name)
