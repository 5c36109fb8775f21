"""A new company file with what a small business has in it on the first day."""

import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

from .body import Body
from .company import Company
from .context import RequestContext
from .crash import Crash
from .credits import ZERO_KEEPS_A_RECORD
from .custom_fields import custom_field
from .human import Person, add_to_list
from .other_sales_forms import EDITION
from .records import ListName
from .values import Clock, local_clock

ACCOUNTS: Final[Mapping[str, str]] = {
    "Checking": "Bank",
    "Accounts Receivable": "AccountsReceivable",
    "Undeposited Funds": "OtherCurrentAsset",
    "Card Clearing": "OtherCurrentAsset",
    "Inventory Asset": "OtherCurrentAsset",
    "Sales Tax Payable": "OtherCurrentLiability",
    "Sales": "Income",
    "Shipping Income": "Income",
    "Sales Discounts": "Income",
    "Cost of Goods Sold": "CostOfGoodsSold",
    "Office Supplies": "Expense",
}
PAYMENT_METHODS: Final[Mapping[str, str]] = {
    "Cash": "Cash",
    "Check": "Check",
    "Visa": "Visa",
    "MasterCard": "MasterCard",
    "American Express": "AmericanExpress",
    "Discover": "Discover",
    "E-Check": "ECheck",
}
TEMPLATES: Final[Mapping[str, str]] = {
    "Intuit Service Invoice": "Invoice",
    "Web Invoice": "Invoice",
    "Custom Sales Receipt": "SalesReceipt",
    "Custom Sales Order": "SalesOrder",
    "Custom Credit Memo": "CreditMemo",
}
TAX_RATE: Final = "8.25"
CITY_TAX_RATE: Final = "1.5"
TAX_AGENCY: Final = "State Tax Agency"
TAX_ITEM: Final = "State Sales Tax"
CITY_TAX_ITEM: Final = "City Sales Tax"
TAX_GROUP: Final = "State and City Sales Tax"
STOCK_ITEM: Final = "Stock sample"
"""An inventory item with a manufacturer's part number, a bar code and a custom field."""
WALK_IN: Final = "Walk-in Customer"
_HAND_ITEM: Final = "Counter sale"


def new_company(
    path: Path,
    *,
    name: str = "Blue Sky Demo",
    items: Iterable[str] = (),
    vendors: Iterable[str] = (),
    taken_numbers: Iterable[str] = (),
    more_accounts: Mapping[str, str] | None = None,
    sales_tax: bool = True,
    qbxml_version: str = "16.0",
    edition: Literal["Pro", "Premier", "Enterprise"] = "Premier",
    zero_payment_keeps_a_record: bool = False,
    clock: Clock = local_clock,
    memory: int = 1,
    crash: Crash | None = None,
) -> Company:
    """Makes a company file at `path` and opens it.

    `items` become service items of account Sales beside "Counter sale", `taken_numbers` invoices
    typed by hand for the customer "Walk-in Customer", `more_accounts` names with AccountTypes.
    "Pro" has no sales orders. It is not documented what is left of a payment of 0.00 that only sets
    credits: nothing, or a payment (`zero_payment_keeps_a_record`). The file must not exist yet:
    FileExistsError.
    """
    if path.exists():
        raise FileExistsError(path)
    company = Company(path, clock=clock, memory=memory, crash=crash)
    context = company.context()
    with company.store.transaction():
        _facts(context, name, qbxml_version)
        context.store.set_fact(EDITION, edition)
        kept = "on" if zero_payment_keeps_a_record else "off"
        context.store.set_fact(ZERO_KEEPS_A_RECORD, kept)
        _accounts(context, {**ACCOUNTS, **(more_accounts or {})})
        _small_lists(context)
        _sales_tax(context, on=sales_tax)
        for vendor in vendors:
            add_to_list(context, ListName.VENDOR, vendor, {"CompanyName": vendor})
        for item in (_HAND_ITEM, *items):
            _add_item(context, item)
        _add_stock_item(context)
    person = Person(company)
    for number in taken_numbers:
        person.type_invoice(WALK_IN, [(_HAND_ITEM, "10.00")], number=number)
    return company


def _facts(context: RequestContext, name: str, qbxml_version: str) -> None:
    facts = {
        "company name": name,
        "company key": str(uuid.uuid4()),
        "company file": rf"C:\Users\Public\Documents\Intuit\QuickBooks\Company Files\{name}.qbw",
        "product": "QuickBooks Desktop 2024 (simulated)",
        "product major": "34",
        "country": "US",
        "qbxml version": qbxml_version,
    }
    for fact, value in facts.items():
        context.store.set_fact(fact, value)


def _accounts(context: RequestContext, accounts: Mapping[str, str]) -> None:
    special = {
        "Accounts Receivable": ("AccountsReceivable", "receivable account"),
        "Undeposited Funds": ("UndepositedFunds", "undeposited funds"),
        "Sales Tax Payable": ("SalesTaxPayable", "sales tax payable"),
    }
    for name, account_type in accounts.items():
        body: Body = {"AccountType": account_type}
        special_type, fact = special.get(name, ("", ""))
        if special_type:
            body["SpecialAccountType"] = special_type
        account = add_to_list(context, ListName.ACCOUNT, name, body)
        if fact:
            context.store.set_fact(fact, account.list_id)


def _small_lists(context: RequestContext) -> None:
    for name, method in PAYMENT_METHODS.items():
        add_to_list(context, ListName.PAYMENT_METHOD, name, {"PaymentMethodType": method})
    for days in (0, 15, 30):
        terms = f"Net {days}" if days else "Due on receipt"
        add_to_list(context, ListName.TERMS, terms, {"StdDueDays": str(days)})
    day: Body = {"DayOfMonthDue": "15", "DueNextMonthDays": "10"}
    add_to_list(context, ListName.DATE_DRIVEN_TERMS, "15th of the month", day)
    for template, txn_type in TEMPLATES.items():
        made = add_to_list(context, ListName.TEMPLATE, template, {"TemplateType": txn_type})
        if not context.store.fact(f"template of {txn_type}"):
            context.store.set_fact(f"template of {txn_type}", made.list_id)
    for method in ("UPS", "FedEx"):
        add_to_list(context, ListName.SHIP_METHOD, method, {})
    seller = add_to_list(context, ListName.EMPLOYEE, "Sam Seller", {})
    entity: Body = {"SalesRepEntityRef": {"ListID": seller.list_id}}
    add_to_list(context, ListName.SALES_REP, "SS", entity)
    for name, code in (("US Dollar", "USD"), ("Euro", "EUR")):
        add_to_list(context, ListName.CURRENCY, name, {"CurrencyCode": code})
    add_to_list(context, ListName.CUSTOMER_MSG, "Thank you for your business.", {})
    add_to_list(context, ListName.CUSTOMER_TYPE, "Online", {})
    for name in ("Online", "Shop"):
        add_to_list(context, ListName.CLASS, name, {})


def _sales_tax(context: RequestContext, *, on: bool) -> None:
    store = context.store
    store.set_fact("sales tax", "on")
    codes = {"Tax": ("taxable code", "true"), "Non": ("non-taxable code", "false")}
    for name, (fact, taxable) in codes.items():
        code = add_to_list(context, ListName.SALES_TAX_CODE, name, {"IsTaxable": taxable})
        store.set_fact(fact, code.list_id)
    agency = add_to_list(context, ListName.VENDOR, TAX_AGENCY, {})
    tax: Body = {"TaxRate": TAX_RATE, "TaxVendorRef": {"ListID": agency.list_id}}
    item = add_to_list(context, ListName.ITEM_SALES_TAX, TAX_ITEM, tax)
    store.set_fact("default tax item", item.list_id)
    city: Body = {**tax, "TaxRate": CITY_TAX_RATE}
    members: list[Body] = [
        {"ListID": one.list_id}
        for one in (item, add_to_list(context, ListName.ITEM_SALES_TAX, CITY_TAX_ITEM, city))
    ]
    add_to_list(context, ListName.ITEM_SALES_TAX_GROUP, TAX_GROUP, {"ItemSalesTaxRef": members})
    store.set_fact("sales tax", "on" if on else "off")


def _add_item(context: RequestContext, name: str) -> None:
    account: Body = {"FullName": "Sales"}
    add_to_list(context, ListName.ITEM_SERVICE, name, {"SalesOrPurchase": {"AccountRef": account}})


def _add_stock_item(context: RequestContext) -> None:
    body: Body = {
        "BarCodeValue": "4006381333931",
        "ManufacturerPartNumber": "SAMPLE-16",
        "SalesPrice": "12.00",
        "IncomeAccountRef": {"FullName": "Sales"},
        "COGSAccountRef": {"FullName": "Cost of Goods Sold"},
        "AssetAccountRef": {"FullName": "Inventory Asset"},
        "DataExtRet": [custom_field("Shop SKU", "SMP")],
    }
    add_to_list(context, ListName.ITEM_INVENTORY, STOCK_ITEM, body)
