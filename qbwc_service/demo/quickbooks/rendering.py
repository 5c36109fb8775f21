"""The ...Ret elements of the lists, in the order of the qbXML OSR, and what all Rets share."""

from collections.abc import Mapping
from typing import Final

from lxml import etree

from .body import Body, Value, append_value, text_at
from .grammar import Element
from .records import ListElement, ListName
from .store import Store
from .values import amount_text, bool_text

_ITEM: Final = (
    "Name FullName BarCodeValue IsActive ClassRef ParentRef Sublevel UnitOfMeasureSetRef "
    "SalesTaxCodeRef SalesOrPurchase SalesAndPurchase ExternalGUID DataExtRet"
)
_STOCK: Final = (
    "Name FullName BarCodeValue IsActive ClassRef ParentRef Sublevel ManufacturerPartNumber "
    "UnitOfMeasureSetRef SalesTaxCodeRef SalesDesc SalesPrice IncomeAccountRef PurchaseDesc "
    "PurchaseCost COGSAccountRef PrefVendorRef AssetAccountRef {point} QuantityOnHand AverageCost "
    "ExternalGUID DataExtRet"
)
_PERSON: Final = (
    "CompanyName Salutation FirstName MiddleName LastName JobTitle BillAddress BillAddressBlock "
    "ShipAddress ShipAddressBlock ShipToAddress Phone AltPhone Fax Email Cc Contact AltContact "
    "CustomerTypeRef TermsRef SalesRepRef Balance TotalBalance SalesTaxCodeRef ItemSalesTaxRef "
    "ResaleNumber AccountNumber CreditLimit PreferredPaymentMethodRef JobStatus JobStartDate "
    "JobProjectedEndDate JobEndDate JobDesc JobTypeRef Notes PreferredDeliveryMethod PriceLevelRef "
    "ExternalGUID CurrencyRef"
)
_NAMED: Final = "Name IsActive"
_HEAD: Final = "ListID TimeCreated TimeModified EditSequence"
_LIST_ORDERS: Final[Mapping[ListName, str]] = {
    ListName.CUSTOMER: f"Name FullName IsActive ClassRef ParentRef Sublevel {_PERSON}",
    ListName.VENDOR: "Name IsActive CompanyName Phone Email AccountNumber Balance ExternalGUID",
    ListName.EMPLOYEE: "Name IsActive Salutation FirstName MiddleName LastName Phone Email",
    ListName.OTHER_NAME: "Name IsActive CompanyName FirstName LastName Phone Email",
    ListName.ITEM_SERVICE: _ITEM,
    ListName.ITEM_NON_INVENTORY: "Name FullName BarCodeValue IsActive ClassRef ParentRef Sublevel "
    "ManufacturerPartNumber UnitOfMeasureSetRef SalesTaxCodeRef SalesOrPurchase SalesAndPurchase "
    "ExternalGUID DataExtRet",
    ListName.ITEM_OTHER_CHARGE: _ITEM,
    ListName.ITEM_INVENTORY: _STOCK.format(point="ReorderPoint"),
    ListName.ITEM_INVENTORY_ASSEMBLY: _STOCK.format(point="BuildPoint"),
    ListName.ITEM_DISCOUNT: "Name FullName IsActive ParentRef Sublevel ItemDesc SalesTaxCodeRef "
    "DiscountRate DiscountRatePercent AccountRef ExternalGUID",
    ListName.ITEM_SALES_TAX: "Name IsActive ItemDesc TaxRate TaxVendorRef ExternalGUID",
    ListName.ITEM_SALES_TAX_GROUP: "Name IsActive ItemDesc ExternalGUID ItemSalesTaxRef",
    ListName.ACCOUNT: "Name FullName IsActive ParentRef Sublevel AccountType SpecialAccountType "
    "AccountNumber BankNumber Desc Balance TotalBalance CashFlowClassification CurrencyRef",
    ListName.PAYMENT_METHOD: f"{_NAMED} PaymentMethodType",
    ListName.SALES_TAX_CODE: f"{_NAMED} IsTaxable Desc",
    ListName.TERMS: f"{_NAMED} StdDueDays StdDiscountDays DiscountPct",
    ListName.DATE_DRIVEN_TERMS: f"{_NAMED} DayOfMonthDue DueNextMonthDays DiscountDayOfMonth "
    "DiscountPct",
    ListName.CLASS: "Name FullName IsActive ParentRef Sublevel",
    ListName.TEMPLATE: f"{_NAMED} TemplateType",
    ListName.SALES_REP: "Initial IsActive SalesRepEntityRef",
    ListName.SHIP_METHOD: _NAMED,
    ListName.CURRENCY: f"{_NAMED} CurrencyCode CurrencyFormat IsUserDefinedCurrency",
    ListName.CUSTOMER_TYPE: "Name FullName IsActive ParentRef Sublevel",
    ListName.CUSTOMER_MSG: _NAMED,
}


def list_ret(store: Store, element: ListElement) -> Element:
    """The Ret of a list element, for example CustomerRet with its balances."""
    level = element.full_name.count(":")
    values: Body = {
        "ListID": element.list_id,
        "TimeCreated": element.created,
        "TimeModified": element.modified,
        "EditSequence": element.edit_sequence,
        **element.body,
        "Name": element.name,
        "Initial": element.name,
        "FullName": element.full_name,
        "IsActive": bool_text(element.is_active),
        "Sublevel": str(level),
    }
    if element.parent_id:
        values["ParentRef"] = {"ListID": element.parent_id}
    if element.list_name is ListName.CUSTOMER:
        own = store.txns.balance(element.list_id)
        values["Balance"] = amount_text(own)
        values["TotalBalance"] = amount_text(
            sum(
                (store.txns.balance(job.list_id) for job in store.lists.children(element.list_id)),
                own,
            )
        )
    order = f"{_HEAD} {_LIST_ORDERS[element.list_name]}"
    return ret_of(store, f"{element.list_name}Ret", values, order)


def keep_only(element: Element, wanted: frozenset[str]) -> Element:
    """Drops the top-level children that IncludeRetElement does not name; none named: all stay."""
    for child in list(element):
        if wanted and child.tag not in wanted:
            element.remove(child)
    return element


def ret_of(store: Store, tag: str, values: Body, order: str) -> Element:
    """The values in the order given, without the empty ones, with the names of today."""
    element = etree.Element(tag)
    for name in order.split():
        value = values.get(name, "")
        if value not in ("", {}, []):
            append_value(element, name, _with_names(store, name, value))
    return element


def _with_names(store: Store, name: str, value: Value) -> Value:
    """Puts the FullName of today beside every ListID."""
    if isinstance(value, list):
        return [_full(store, one) for one in value]
    if isinstance(value, dict):
        return _named(store, value) if name.endswith("Ref") else _full(store, value)
    return value


def _full(store: Store, body: Body) -> Body:
    return {name: _with_names(store, name, value) for name, value in body.items()}


def _named(store: Store, ref: Body) -> Body:
    element = store.lists.get(text_at(ref, "ListID"))
    return ref if element is None else {"ListID": element.list_id, "FullName": element.full_name}


def address_block(address: Body) -> Body:
    """The printed form: the lines without gaps, then city, state and postal code, then country."""
    place = " ".join(
        part
        for part in (
            ", ".join(p for p in (text_at(address, "City"), text_at(address, "State")) if p),
            text_at(address, "PostalCode"),
        )
        if part
    )
    lines = [text_at(address, f"Addr{n}") for n in range(1, 6)]
    printed = [line for line in (*lines, place, text_at(address, "Country")) if line][:5]
    return {f"Addr{n}": line[:41] for n, line in enumerate(printed, start=1)}
