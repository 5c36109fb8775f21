"""Which of QuickBooks' lists are mirrored, how each is asked for, and how it is deleted from.

Sources: qbXML OSR and XSD 13.0, the list queries; ListDeletedQuery for the types.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from qbwc_service.ledger.company_slice import ACCOUNT_LIST, ITEM_LIST, PAYMENT_METHOD_LIST
from qbwc_service.ledger.customer_slice import CUSTOMER_LIST, OTHER_NAME_LISTS
from qbxml_builders.elements import Request
from qbxml_builders.lists import (
    ListName,
    Page,
    customer_query,
    employee_query,
    item_query,
    list_query,
    other_name_query,
    vendor_query,
)

#: without these nothing can be sent; they are asked for in every session, refused or not
NEEDED = frozenset({CUSTOMER_LIST, ITEM_LIST, ACCOUNT_LIST})

_HEAD = ("ListID", "TimeModified", "EditSequence")
_COMMON = (*_HEAD, "Name", "IsActive")
_NESTED = (*_COMMON, "FullName", "ParentRef")
_CUSTOMER = (
    *_NESTED,
    "CompanyName",
    "FirstName",
    "LastName",
    "BillAddress",
    "Phone",
    "Email",
    "ExternalGUID",
    "CurrencyRef",
)
#: a kind of item that lacks one of these just comes without it
_ITEM = (
    *_NESTED,
    "BarCodeValue",
    "ManufacturerPartNumber",
    "TaxRate",
    "ItemSalesTaxRef",
    "ExternalGUID",
    "DataExtRet",
)
_ITEM_TYPES = (
    "ItemDiscount",
    "ItemFixedAsset",
    "ItemGroup",
    "ItemInventory",
    "ItemInventoryAssembly",
    "ItemNonInventory",
    "ItemOtherCharge",
    "ItemPayment",
    "ItemSalesTax",
    "ItemSalesTaxGroup",
    "ItemService",
    "ItemSubtotal",
)
#: OwnerID of the custom fields that people define (qbXML OSR: OwnerID)
_CUSTOM_FIELDS = ("0",)


@dataclass(frozen=True, slots=True)
class MirroredList:
    """One list of QuickBooks; `words` is what a person calls it.

    `deleted_types` are its names in ListDeletedQuery: where there is none, or `paged` is not
    known to its query, the list comes whole. `feature` is the preference that it needs.
    """

    name: str
    words: str
    query: Callable[..., Request]
    deleted_types: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    owner_ids: tuple[str, ...] = ()
    paged: bool = False
    feature: str = ""

    @property
    def always_whole(self) -> bool:
        """Templates know no filter, and nothing tells of the deleted ones."""
        return not self.deleted_types

    def request(self, request_id: str, *, since: str, page: Page) -> Request:
        """The next page, or what changed since then, of this list."""
        options: dict[str, Any] = {"modified_since": since, "fields": self.fields}
        if self.owner_ids:
            options["owner_ids"] = self.owner_ids
        if self.paged:
            options["page"] = page
        return self.query(request_id, **options)


def _simple(
    name: ListName, words: str, *more: str, deleted: tuple[str, ...] = (), feature: str = ""
) -> MirroredList:
    def query(request_id: str, *, modified_since: str, fields: tuple[str, ...]) -> Request:
        return list_query(request_id, name, modified_since=modified_since, fields=fields)

    types = deleted or (name.value,)
    fields = (*_COMMON, *more)
    return MirroredList(name.value, words, query, types, fields, feature=feature)


def _templates() -> MirroredList:
    def query(request_id: str, *, modified_since: str, fields: tuple[str, ...]) -> Request:
        return list_query(request_id, ListName.TEMPLATE, fields=fields)

    fields = (*_COMMON, "TemplateType")
    return MirroredList(ListName.TEMPLATE.value, "templates", query, fields=fields)


LISTS: tuple[MirroredList, ...] = (
    MirroredList(CUSTOMER_LIST, "customers", customer_query, ("Customer",), _CUSTOMER, paged=True),
    MirroredList(
        ITEM_LIST, "items", item_query, _ITEM_TYPES, _ITEM, owner_ids=_CUSTOM_FIELDS, paged=True
    ),
    MirroredList(
        "Vendor", "vendors", vendor_query, ("Vendor",), (*_COMMON, "CompanyName"), paged=True
    ),
    MirroredList("Employee", "employees", employee_query, ("Employee",), _COMMON),
    MirroredList(
        "OtherName", "other names", other_name_query, ("OtherName",), (*_COMMON, "CompanyName")
    ),
    # No balances: they change with every invoice, and nothing is decided by them.
    _simple(
        ListName.ACCOUNT, "accounts",
        "FullName", "ParentRef", "AccountType", "SpecialAccountType", "AccountNumber",
        "CurrencyRef",
    ),
    _simple(ListName.PAYMENT_METHOD, "payment methods", "PaymentMethodType"),
    _simple(
        ListName.TERMS, "terms",
        "StdDueDays", "StdDiscountDays", "DiscountPct",
        "DayOfMonthDue", "DueNextMonthDays", "DiscountDayOfMonth",
        deleted=("StandardTerms", "DateDrivenTerms"),
    ),
    _simple(ListName.CLASS, "classes", "FullName", "ParentRef"),
    _simple(ListName.SALES_TAX_CODE, "sales tax codes", "IsTaxable", "Desc"),
    _simple(ListName.SHIP_METHOD, "shipping methods"),
    _simple(ListName.SALES_REP, "sales reps", "Initial", "SalesRepEntityRef"),
    # No rates: they change every day.
    _simple(ListName.CURRENCY, "currencies", "CurrencyCode", feature="multi_currency"),
    _templates(),
)  # fmt: skip
BY_NAME = {each.name: each for each in LISTS}
OF_DELETED_TYPE = {kind: each.name for each in LISTS for kind in each.deleted_types}
#: the lists whose members together may not be more than QuickBooks' limit of names
ALL_NAMES = (CUSTOMER_LIST, *OTHER_NAME_LISTS)
assert {ACCOUNT_LIST, PAYMENT_METHOD_LIST, *ALL_NAMES} <= set(BY_NAME)  # noqa: S101 # nosec B101 # of two tables of ours


def lists_of(quickbooks: Mapping[str, Any]) -> tuple[MirroredList, ...]:
    """The lists that this company file has: one of a feature that is off would be refused (3250).

    `quickbooks` are the facts and preferences that the connection keeps.
    """
    return tuple(each for each in LISTS if not each.feature or quickbooks.get(each.feature))
