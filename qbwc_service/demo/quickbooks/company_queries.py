"""HostQuery, CompanyQuery and PreferencesQuery: what the Web Connector asks first (its HCP)."""

from typing import Final

from lxml import etree

from .body import Body, element_of
from .context import RequestContext
from .grammar import Element, parse_version
from .list_queries import refuse_what_is_forbidden
from .message import QBXML_VERSIONS, Answer
from .paging import value_at, values_at
from .references import is_on
from .rendering import keep_only
from .store import Store
from .values import is_true

_CAPACITY: Final = "14500"
_LIMITED_LISTS: Final = (
    "Account BillingRate Class CustomerMsg CustomerType Entity Item JobType PaymentMethod "
    "PayrollItem PriceLevel SalesRep SalesTaxCode ShipMethod Template Terms ToDo Vehicle VendorType"
)


def query_host(context: RequestContext, request: Element) -> Answer:
    """HostRet: the product, its country, and every qbXML version it takes."""
    store = context.store
    highest = parse_version(store.fact("qbxml version"))
    ret = etree.Element("HostRet")
    values = {
        "ProductName": store.fact("product"),
        "MajorVersion": store.fact("product major"),
        "MinorVersion": "0",
        "Country": store.fact("country"),
    }
    for tag, text in values.items():
        etree.SubElement(ret, tag).text = text
    for version in QBXML_VERSIONS:
        if parse_version(version) <= highest:
            etree.SubElement(ret, "SupportedQBXMLVersion").text = version
    etree.SubElement(ret, "IsAutomaticLogin").text = "false"
    etree.SubElement(ret, "QBFileMode").text = store.fact("file mode") or "SingleUser"
    if is_true(value_at(request, "IncludeListMetaData/IncludeMaxCapacity")):
        limits: Body = {
            f"{name}MetaData": {"MaxCapacity": store.fact(f"capacity of {name}") or _CAPACITY}
            for name in _LIMITED_LISTS.split()
        }
        ret.append(element_of("ListMetaData", limits))
    return _one(request, ret)


def query_company(context: RequestContext, request: Element) -> Answer:
    """CompanyRet; private data (the FileID) only under the OwnerIDs that the query names."""
    store = context.store
    name = store.fact("company name")
    body: Body = {
        "IsSampleCompany": "false",
        "CompanyName": name,
        "LegalCompanyName": name,
        "CompanyAddressForCustomer": {"Addr1": name},
        "FirstMonthFiscalYear": "January",
        "FirstMonthIncomeTaxYear": "January",
        "TaxForm": "OtherOrNone",
    }
    ret = element_of("CompanyRet", body)
    if dividing := store.fact("dividing date"):
        copy: Body = {"AccountantCopyExists": "true", "DividingDate": dividing}
        ret.append(element_of("AccountantCopy", copy))
    for owner_id in values_at(request, "OwnerID"):
        for ext in _data_exts(store, owner_id):
            ret.append(element_of("DataExtRet", ext))
    return _one(request, ret)


def query_preferences(context: RequestContext, request: Element) -> Answer:
    """PreferencesRet; SalesTaxPreferences only where sales tax is on."""
    store = context.store
    refuse_what_is_forbidden(store, "PreferencesQuery")
    ret = etree.Element("PreferencesRet")
    accounting: Body = {
        "IsUsingAccountNumbers": "false",
        "IsRequiringAccounts": "true",
        "IsUsingClassTracking": _flag(store, "class tracking"),
        "IsUsingAuditTrail": "true",
        "IsAssigningJournalEntryNumbers": "true",
    }
    if closing := store.fact("closing date"):
        accounting["ClosingDate"] = closing
    for tag, body in {"AccountingPreferences": accounting, **_preferences(store)}.items():
        ret.append(element_of(tag, body))
    return _one(request, ret)


def _preferences(store: Store) -> dict[str, Body]:
    parts: dict[str, Body] = {
        "FinanceChargePreferences": {
            "AnnualInterestRate": "0.0",
            "MinFinanceCharge": "0.00",
            "GracePeriod": "0",
            "IsAssessingForOverdueCharges": "false",
            "CalculateChargesFrom": "DueDate",
            "IsMarkedToBePrinted": "false",
        },
        "JobsAndEstimatesPreferences": {
            "IsUsingEstimates": "true",
            "IsUsingProgressInvoicing": "false",
            "IsPrintingItemsWithZeroAmounts": "false",
        },
        "MultiCurrencyPreferences": {"IsMultiCurrencyOn": _flag(store, "multi-currency")},
        "PurchasesAndVendorsPreferences": {
            "IsUsingInventory": "false",
            "DaysBillsAreDue": "10",
            "IsAutomaticallyUsingDiscounts": "false",
        },
        "ReportsPreferences": {
            "AgingReportBasis": "AgeFromDueDate",
            "SummaryReportBasis": "Accrual",
        },
        "SalesAndCustomersPreferences": {
            "IsTrackingReimbursedExpensesAsIncome": "false",
            "IsAutoApplyingPayments": "true",
        },
    }
    if is_on(store, "sales tax"):
        parts["SalesTaxPreferences"] = {
            "DefaultItemSalesTaxRef": _ref(store, "default tax item"),
            "PaySalesTax": "Monthly",
            "DefaultTaxableSalesTaxCodeRef": _ref(store, "taxable code"),
            "DefaultNonTaxableSalesTaxCodeRef": _ref(store, "non-taxable code"),
        }
    parts["CurrentAppAccessRights"] = {
        "IsAutomaticLoginAllowed": "true",
        "AutomaticLoginUserName": "Admin",
        "IsPersonalDataAccessAllowed": "false",
    }
    return parts


def _one(request: Element, ret: Element) -> Answer:
    wanted = frozenset(values_at(request, "IncludeRetElement"))
    return Answer(content=(keep_only(ret, wanted),))


def _flag(store: Store, preference: str) -> str:
    return "true" if is_on(store, preference) else "false"


def _ref(store: Store, fact: str) -> Body:
    element = store.lists.get(store.fact(fact))
    return {} if element is None else {"ListID": element.list_id, "FullName": element.full_name}


def _data_exts(store: Store, owner_id: str) -> list[Body]:
    return [
        {
            "OwnerID": owner_id,
            "DataExtName": name,
            "DataExtType": "STR255TYPE",
            "DataExtValue": value,
        }
        for name, value in store.data_ext(owner_id).items()
    ]
