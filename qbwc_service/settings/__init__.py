"""Every setting of a connection as data: name, type, default, meaning.

The command line, the settings page and docs/settings.md are made from this list; a test keeps the
document complete. Only values that differ from the default are stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Any

from qbwc_service.settings import alerts, customers, items, money, reading, sale
from qbwc_service.settings.choices import (
    ClosedPeriod,
    CustomerMatching,
    CustomerName,
    Drafts,
    DueDate,
    EditedOrders,
    ItemMatchField,
    MissingCustomer,
    MissingItem,
    NameTaken,
    NewItemType,
    NoSku,
    NumberSource,
    Overpayments,
    PaymentReference,
    Refunds,
    RefundUnpaid,
    SaleDate,
    SalesTax,
    Transaction,
    UpdateCustomers,
    YesNo,
    ZeroOrders,
)
from qbwc_service.settings.quiet_hours import QuietHours as QuietHours
from qbwc_service.settings.quiet_hours import quiet_hours as quiet_hours
from qbwc_service.settings.setting import ACCOUNT_LIST as ACCOUNT_LIST
from qbwc_service.settings.setting import DEPOSIT_ACCOUNT_TYPES as DEPOSIT_ACCOUNT_TYPES
from qbwc_service.settings.setting import Setting as Setting
from qbwc_service.settings.values import SettingError as SettingError
from qbwc_service.settings.values import custom_fields as custom_fields
from qbwc_service.settings.values import is_email_address as is_email_address
from qbwc_service.settings.values import read as read
from qbwc_service.settings.values import refused_choices as refused_choices
from qbwc_service.settings.values import words as words

#: by what they are about, in the order in which people meet them
THEMES: Mapping[str, tuple[Setting, ...]] = MappingProxyType(
    {
        "reading": reading.SETTINGS,
        "sale": sale.SETTINGS,
        "customers": customers.SETTINGS,
        "items": items.SETTINGS,
        "money": money.SETTINGS,
        "alerts": alerts.SETTINGS,
    }
)
SETTINGS: tuple[Setting, ...] = tuple(each for theme in THEMES.values() for each in theme)

#: the settings that name an entry of a QuickBooks list
LIST_SETTINGS = tuple(setting for setting in SETTINGS if setting.list_name)

_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Settings:
    """The effective settings of one connection. Dates are days of the Keap account's time zone."""

    start_date: date
    sync_minutes: int
    sync_daily_at: str
    keap_hooks: YesNo
    wait_for_payment_minutes: int
    manual_payment_hours: int
    time_zone: str
    order_status: str
    order_products: str
    order_sources: str
    order_min_total: str
    order_max_total: str
    drafts: Drafts
    zero_orders: ZeroOrders
    transaction: Transaction
    number_source: NumberSource
    number_prefix: str
    ar_account: str
    terms: str
    invoice_class: str
    invoice_template: str
    sales_rep: str
    ship_method: str
    number_suffix: str
    sale_date: SaleDate
    closed_period: ClosedPeriod
    memo: str
    po_number: str
    other_field: str
    custom_fields: str
    due_date: DueDate
    to_be_printed: YesNo
    to_be_emailed: YesNo
    sales_tax: SalesTax
    sales_tax_fallback: YesNo
    shipping_taxed: YesNo
    discounts_untaxed: YesNo
    rounding_line: YesNo
    edited_orders: EditedOrders
    approve_before_sending: YesNo
    customer_match: CustomerMatching
    customer_name: CustomerName
    missing_customer: MissingCustomer
    single_customer: str
    name_taken: NameTaken
    update_customers: UpdateCustomers
    customer_tax_code: str
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
    rounding_item: str
    credit_item: str
    refund_item: str
    payment_reference: PaymentReference
    deposit_account: str
    overpayments: Overpayments
    refunds: Refunds
    refund_account: str
    refunds_to_approve: int
    refund_unpaid: RefundUnpaid
    alert_emails: str
    alert_kinds: str
    alert_webhook: str
    daily_digest: YesNo
    digest_at: str
    quiet_hours: str


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
        result[name] = read(setting, text.strip())
    return result
