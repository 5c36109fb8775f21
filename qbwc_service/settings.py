"""Every setting of a connection as data: name, type, default, meaning.

The command line, the settings page and docs/settings.md are made from this list; a test keeps the
document complete. Only values that differ from the default are stored.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class SettingError(Exception):
    """A setting is unknown or its value cannot be used; the text says what can."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f"{name}: {reason}")


NoSku = Literal["unknown-item", "hold", "create"]
ItemMatchField = Literal["name", "part-number", "barcode", "custom-field"]
MissingItem = Literal["hold", "unknown-item", "create"]
NewItemType = Literal["service", "non-inventory"]
CustomerMatching = Literal["email-then-name", "name", "single-customer"]
CustomerName = Literal["first-last", "last-first", "company", "email"]
MissingCustomer = Literal["create", "hold", "single-customer"]
NameTaken = Literal["add-number", "hold"]
UpdateCustomers = Literal["never", "when-changed"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The effective settings of one connection. Dates are days of the Keap account's time zone."""

    start_date: date
    sync_minutes: int
    sync_daily_at: str
    wait_for_payment_minutes: int
    manual_payment_hours: int
    time_zone: str
    number_prefix: str
    order_status: str
    customer_match: CustomerMatching
    customer_name: CustomerName
    missing_customer: MissingCustomer
    single_customer: str
    name_taken: NameTaken
    update_customers: UpdateCustomers
    item_match: ItemMatchField
    item_match_field: str
    missing_item: MissingItem
    no_sku: NoSku
    unknown_item: str
    new_item_type: NewItemType
    income_account: str
    tax_account: str
    shipping_item: str
    tax_item: str
    discount_item: str
    finance_charge_item: str
    tip_item: str
    fee_item: str
    deposit_account: str
    ar_account: str
    terms: str
    invoice_class: str
    invoice_template: str
    sales_rep: str
    ship_method: str
    customer_tax_code: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: what `set NAME` lists and the settings page shows."""

    name: str
    kind: str
    default: Any
    meaning: str
    #: the only values it takes, where these are few
    choices: tuple[str, ...] = ()
    #: the QuickBooks list that it names an entry of, by full name; "" where it names none
    list_name: str = ""
    #: the kinds of entry that will do (AccountType, TemplateType); none: all
    entry_kinds: tuple[str, ...] = ()


#: a payment can be deposited to these (qbXML OSR: ReceivePaymentAdd/DepositToAccountRef)
DEPOSIT_ACCOUNT_TYPES = ("Bank", "OtherCurrentAsset")
ACCOUNT_LIST = "Account"


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "start_date",
        "date",
        None,
        "Orders dated before this day are not sent. The day of set-up unless changed.",
    ),
    Setting("sync_minutes", "whole number", 15, "How often Keap is read, in minutes."),
    Setting(
        "sync_daily_at",
        "time",
        "",
        "Read Keap once a day at this time of the account instead (for example 18:30).",
    ),
    Setting(
        "wait_for_payment_minutes",
        "number from 0",
        5,
        "A new order that is not paid waits so many minutes for its payment, so that both go to "
        "QuickBooks together. 0: it goes at once.",
    ),
    Setting(
        "manual_payment_hours",
        "number from 0",
        20,
        "Keap dates payments typed by hand at midnight, and people type them later. The payment of "
        "an order that is not paid is expected within so many hours of the order being made, and "
        "its page says until when; a payment is posted with its own date, whenever it comes. Where "
        "Keap cannot be asked by payment numbers, so many hours back are read again.",
    ),
    Setting(
        "time_zone",
        "time zone",
        "",
        "Decides the day of an order or payment. Empty: the one of the Keap account.",
    ),
    Setting(
        "number_prefix",
        "text",
        "",
        "Put before the Keap order number to make the invoice number. With the order number it "
        "has to fit into 11 characters.",
    ),
    Setting(
        "order_status",
        "order statuses",
        "",
        "Only orders of these statuses are sent: paid in full, part paid, unpaid, or as Keap names "
        "it (for example SENT), with commas between. Empty: all. Payments of orders that are in "
        "QuickBooks are always sent.",
    ),
    Setting(
        "customer_match",
        "email-then-name, name or single-customer",
        "email-then-name",
        "How the customer of an order is found: by e-mail address, then first and last name, then "
        "company and city; by name alone; or everything under the single customer.",
        get_args(CustomerMatching),
    ),
    Setting(
        "customer_name",
        "first-last, last-first, company or email",
        "first-last",
        "What a customer is called in QuickBooks: Ann Lee; Lee, Ann; the company (else the "
        "person); or the e-mail address. By this name customers are found, and new ones made.",
        get_args(CustomerName),
    ),
    Setting(
        "missing_customer",
        "create, hold or single-customer",
        "create",
        "A customer that QuickBooks does not have: make it, hold the order, or put the order under "
        "the single customer.",
        get_args(MissingCustomer),
    ),
    Setting(
        "single_customer",
        "text",
        "Web Store",
        "Name of the single customer; made when it is missing.",
    ),
    Setting(
        "name_taken",
        "add-number or hold",
        "add-number",
        "The name of a new customer is taken, for example by a vendor: add the number of the Keap "
        "contact to it, as in Ann Lee (K4417), or hold the order.",
        get_args(NameTaken),
    ),
    Setting(
        "update_customers",
        "never or when-changed",
        "never",
        "An order goes to a customer that is known to be its contact, and the contact's e-mail, "
        "phone or billing address is another one in Keap: leave QuickBooks as it is, or write "
        "what has changed. Names are never changed, and nothing is blanked.",
        get_args(UpdateCustomers),
    ),
    Setting(
        "item_match",
        "name, part-number, barcode or custom-field",
        "name",
        "What of a QuickBooks item the SKU is compared with: its name, its manufacturer's part "
        "number, its barcode, or one of its custom fields.",
        get_args(ItemMatchField),
    ),
    Setting(
        "item_match_field",
        "text",
        "",
        "Name of the custom field of items that holds the SKU. Needed where the SKU is compared "
        "with a custom field.",
    ),
    Setting(
        "missing_item",
        "hold, unknown-item or create",
        "hold",
        "A SKU that no item has: hold the order, use the unknown item and tell, or create an item "
        "of that name.",
        get_args(MissingItem),
    ),
    Setting(
        "no_sku",
        "unknown-item, hold or create",
        "unknown-item",
        "A line without SKU or item name: use the unknown item and tell, hold the order, or create "
        "an item of the name that there is.",
        get_args(NoSku),
    ),
    Setting(
        "unknown_item",
        "text",
        "unknown_do_not_delete",
        "Name of the item for lines without SKU or item name; made when it is missing.",
    ),
    Setting(
        "new_item_type",
        "service or non-inventory",
        "service",
        "Type of the unknown item and of new products where this service makes them. Items with "
        "stock are never made.",
        get_args(NewItemType),
    ),
    Setting(
        "income_account",
        "QuickBooks account",
        "",
        "Income account for the items this service makes (unknown item, new products, shipping, "
        "discount, fees). Full name as in the chart of accounts.",
        list_name=ACCOUNT_LIST,
    ),
    Setting(
        "tax_account",
        "QuickBooks account",
        "",
        "Liability account for the sales tax item this service makes.",
        list_name=ACCOUNT_LIST,
    ),
    Setting("shipping_item", "text", "Keap Shipping", "Item for shipping lines."),
    Setting("tax_item", "text", "Keap Sales Tax", "Item for sales tax lines."),
    Setting("discount_item", "text", "Keap Discount", "Item for discount lines."),
    Setting("finance_charge_item", "text", "Keap Finance Charge", "Item for finance charges."),
    Setting("tip_item", "text", "Keap Tip", "Item for tips."),
    Setting("fee_item", "text", "Keap Fee", "Item for all other fees."),
    Setting(
        "deposit_account",
        "QuickBooks account",
        "",
        "Where payments are deposited, unless their payment method has an account of its own: a "
        "bank account or another current asset. Empty: Undeposited Funds, as QuickBooks does.",
        list_name=ACCOUNT_LIST,
        entry_kinds=DEPOSIT_ACCOUNT_TYPES,
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
        "customer_tax_code",
        "QuickBooks tax code",
        "",
        "Sales tax code of the customers this service makes. Customers that are in QuickBooks "
        "already keep theirs. Empty: QuickBooks' own choice.",
        list_name="SalesTaxCode",
    ),
)

#: the settings that name an entry of a QuickBooks list
LIST_SETTINGS = tuple(setting for setting in SETTINGS if setting.list_name)

_BY_NAME = {setting.name: setting for setting in SETTINGS}
_NAMES = 31
_CUSTOMER = 41
_PREFIX = 6
_STATUSES = 20
_STATUS = 40


def effective(stored: Mapping[str, Any], *, account_time_zone: str, set_up_on: date) -> Settings:
    """The settings in force: stored values over defaults over what Keap says."""
    values = {setting.name: setting.default for setting in SETTINGS} | dict(stored)
    start = values["start_date"]
    values["start_date"] = date.fromisoformat(start) if start else set_up_on
    values["time_zone"] = values["time_zone"] or account_time_zone or "UTC"
    return Settings(**{field.name: values[field.name] for field in fields(Settings)})


def changed(stored: Mapping[str, Any], name: str, text: str) -> dict[str, Any]:
    """The stored settings with one changed ("" goes back to the default); raises SettingError."""
    setting = _BY_NAME.get(name)
    if setting is None:
        known = ", ".join(_BY_NAME)
        raise SettingError(name, f"there is no such setting; these exist: {known}")
    result = {key: value for key, value in stored.items() if key != name}
    if text.strip():
        result[name] = _read(setting, text.strip())
    return result


def order_statuses(text: str) -> tuple[str, ...]:
    """The statuses in a value of `order_status`, each once, in whatever case they are written."""
    written = (" ".join(part.split()) for part in text.split(","))
    return tuple({part.casefold(): part for part in written if part}.values())


def _read(setting: Setting, text: str) -> Any:
    if setting.choices and text not in setting.choices:
        *front, last = setting.choices
        raise SettingError(setting.name, f"write {', '.join(front)} or {last}")
    match setting.kind:
        case "date":
            return _date(setting.name, text)
        case "whole number":
            return _minutes(setting.name, text)
        case "number from 0":
            return _small_number(setting.name, text)
        case "time":
            if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
                raise SettingError(setting.name, f"{text!r} is not a time like 18:30")
        case "time zone":
            _check_time_zone(setting.name, text)
        case "order statuses":
            return _order_statuses(setting.name, text)
        case "text":
            _check_text(setting.name, text)
    return text


def _date(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise SettingError(name, f"{text!r} is not a date like 2026-11-23") from error


def _minutes(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= 1440:
        raise SettingError(name, "write a whole number of minutes from 1 to 1440")
    return int(text)


def _small_number(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", text) or int(text) > 72:
        raise SettingError(name, "write a whole number from 0 to 72")
    return int(text)


def _order_statuses(name: str, text: str) -> str:
    statuses = order_statuses(text)
    if len(statuses) > _STATUSES or any(len(status) > _STATUS for status in statuses):
        raise SettingError(name, f"at most {_STATUSES} statuses of {_STATUS} characters")
    if not all(status.isprintable() for status in statuses):
        raise SettingError(name, "use letters, digits and signs")
    return ", ".join(statuses)


def _check_time_zone(name: str, text: str) -> None:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingError(name, f"{text!r} is not a time zone like America/New_York") from error


def _check_text(name: str, text: str) -> None:
    if name == "number_prefix" and len(text) > _PREFIX:
        raise SettingError(name, f"at most {_PREFIX} characters, so that the number still fits")
    if name == "single_customer" and (len(text) > _CUSTOMER or ":" in text):
        raise SettingError(name, f"at most {_CUSTOMER} characters, without a colon")
    if name.endswith("_item") and len(text) > _NAMES:
        raise SettingError(name, f"QuickBooks allows {_NAMES} characters in an item name")
    if name == "item_match_field" and len(text) > _NAMES:
        raise SettingError(name, f"QuickBooks allows {_NAMES} characters in its name")
    plain = text.isascii() or name == "item_match_field"
    if not plain or not text.isprintable():
        raise SettingError(name, "use plain letters, digits and signs")
