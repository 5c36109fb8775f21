"""What an order becomes in QuickBooks: form, number, text, dates, tax, totals."""

from typing import get_args

from qbwc_service.settings.choices import (
    ClosedPeriod,
    DueDate,
    EditedOrders,
    NumberSource,
    SaleDate,
    SalesTax,
    Transaction,
    YesNo,
)
from qbwc_service.settings.setting import ACCOUNT_LIST, Setting

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "transaction",
        "invoice-and-payments, invoice, sales-receipt or sales-order",
        "invoice-and-payments",
        "What an order becomes. Invoices and payments if paid; invoices only, without payments; "
        "sales receipts, once the order is paid in full; or sales orders (QuickBooks Premier and "
        "Enterprise).",
        get_args(Transaction),
    ),
    Setting(
        "number_source",
        "order-id, invoice-id or quickbooks-next",
        "order-id",
        "The number of the form in QuickBooks: the order number of Keap, the invoice number of "
        "Keap, or the next one that QuickBooks gives (the order number is then in the memo).",
        get_args(NumberSource),
    ),
    Setting(
        "number_prefix",
        "text",
        "",
        "Put before the Keap order number to make the invoice number. With the order number it "
        "has to fit into 11 characters.",
    ),
    Setting(
        "ar_account",
        "QuickBooks account",
        "",
        "Accounts-receivable account of invoices. Empty: QuickBooks' own choice.",
        list_name=ACCOUNT_LIST,
        entry_kinds=("AccountsReceivable",),
    ),
    Setting(
        "terms",
        "QuickBooks terms",
        "",
        "Terms of invoices, which decide when they are due. Empty: QuickBooks' own choice, the "
        "terms of the customer.",
        list_name="Terms",
    ),
    Setting(
        "invoice_class",
        "QuickBooks class",
        "",
        "Class of invoices, by its full name (Online:Shop). Needs class tracking in QuickBooks. "
        "Empty: no class.",
        list_name="Class",
    ),
    Setting(
        "invoice_template",
        "QuickBooks template",
        "",
        "Form that invoices are printed on. Empty: QuickBooks' own choice.",
        list_name="Template",
        entry_kinds=("Invoice",),
    ),
    Setting(
        "sales_rep",
        "QuickBooks sales rep",
        "",
        "Sales rep of invoices, by the initials in QuickBooks. Empty: QuickBooks' own choice.",
        list_name="SalesRep",
    ),
    Setting(
        "ship_method",
        "QuickBooks shipping method",
        "",
        "How orders are shipped (Ship Via on the invoice). Empty: QuickBooks' own choice.",
        list_name="ShipMethod",
    ),
    Setting(
        "number_suffix",
        "text",
        "",
        "Put behind the number.",
    ),
    Setting(
        "sale_date",
        "order, payment or sync",
        "order",
        "Date of the form: the day of the order, the day it was paid (the day of the order while "
        "it is not), or the day it is sent. Payments always have their own day.",
        get_args(SaleDate),
    ),
    Setting(
        "closed_period",
        "hold or first-open-day",
        "hold",
        "A date in a period that is closed in QuickBooks: hold it, or post it on the first open "
        "day with its own date in the memo.",
        get_args(ClosedPeriod),
    ),
    Setting(
        "memo",
        "text with fields",
        "Keap order {order}, invoice {invoice}, {title}",
        "Memo of the form. {order}, {invoice}, {title}, {notes}, {promo}, {source} and {contact} "
        "are filled in.",
    ),
    Setting(
        "po_number",
        "text with fields",
        "Keap {order}",
        "P.O. number of invoices and sales orders, with the same fields; cut to 25 characters.",
    ),
    Setting(
        "other_field",
        "text with fields",
        "",
        "The field Other of the form, with the same fields; cut to 29 characters. Empty: nothing.",
    ),
    Setting(
        "custom_fields",
        "fields",
        "",
        "Custom fields of the form in QuickBooks, from fields of Keap: QuickBooks name=Keap "
        "field, with commas between. A Keap field is order, invoice, title, notes, promo, source, "
        "contact or the number of a custom field of orders (custom:12).",
    ),
    Setting(
        "due_date",
        "terms or keap",
        "terms",
        "When invoices are due: by the terms, or on the due date that Keap has for the order.",
        get_args(DueDate),
    ),
    Setting(
        "to_be_printed",
        "yes or no",
        "no",
        "Put new forms on the list To be printed.",
        get_args(YesNo),
    ),
    Setting(
        "to_be_emailed",
        "yes or no",
        "no",
        "Put new forms on the list To be e-mailed, where the contact has an e-mail address.",
        get_args(YesNo),
    ),
    Setting(
        "sales_tax",
        "line or quickbooks",
        "line",
        "Sales tax: as a line of its own with Keap's amount, exact to the cent; or reckoned by "
        "QuickBooks from the tax item that you chose for it (Accounts and payments). An order "
        "whose tax would differ by a cent is held.",
        get_args(SalesTax),
    ),
    Setting(
        "sales_tax_fallback",
        "yes or no",
        "no",
        "Where QuickBooks reckons the tax and would differ, post the tax as a line instead. The "
        "sales tax report of QuickBooks then lacks it.",
        get_args(YesNo),
    ),
    Setting(
        "shipping_taxed",
        "yes or no",
        "no",
        "Where QuickBooks reckons the tax: shipping is taxed too.",
        get_args(YesNo),
    ),
    Setting(
        "discounts_untaxed",
        "yes or no",
        "yes",
        "Where QuickBooks reckons the tax: discounts lower the amount that is taxed.",
        get_args(YesNo),
    ),
    Setting(
        "rounding_line",
        "yes or no",
        "no",
        "Lines and total differ by at most 0.05: add a line with the difference. No: the order is "
        "held.",
        get_args(YesNo),
    ),
    Setting(
        "edited_orders",
        "hold or update",
        "hold",
        "An order is changed in Keap after it was sent: show the difference and wait for you; or "
        "change the form in QuickBooks, where nobody has touched it there and nothing is paid.",
        get_args(EditedOrders),
    ),
    Setting(
        "approve_before_sending",
        "yes or no",
        "no",
        "Orders wait for your approval, under Needs you, before anything of them is sent. An order "
        "that is changed in Keap afterwards waits again; its payments follow by themselves. "
        "Switched off, all that waits for your approval is sent.",
        get_args(YesNo),
    ),
)
