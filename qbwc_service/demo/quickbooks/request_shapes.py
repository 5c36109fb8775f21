"""The requests that the simulated QuickBooks takes: order, limits, types and versions.

Source: qbXML onscreen reference (OSR) for QuickBooks Desktop, United States. Elements that Desktop
does not take there (online edition, other countries) are left out and so refused.
"""

from collections.abc import Mapping
from typing import Final

from .grammar import Grammar
from .txn_shapes import (
    DEFINE_MACROS,
    DELETE_TYPES,
    RETURNED,
    TXN_BODIES,
    TXN_PARTS,
    TXN_REQUESTS,
)

_ADDRESS = (
    "Addr1?:s41 Addr2?:s41 Addr3?:s41 Addr4?:s41 Addr5?:s41~6.0 City?:s31 State?:s21 "
    "PostalCode?:s13 Country?:s31 Note?:s41~6.0"
)
_ACTIVE = "ActiveStatus?:=ActiveOnly,InactiveOnly,All"
_NAMES = "( NameFilter:@NameFilter | NameRangeFilter:@NameRangeFilter )?"
_LIST_FILTER = f"MaxReturned?:int {_ACTIVE} FromModifiedDate?:dt ToModifiedDate?:dt {_NAMES}"


def _list_query(more_filters: str = "", *, owner: bool = True) -> str:
    tail = f"{RETURNED} OwnerID*:guid~2.0" if owner else RETURNED
    return f"( ListID+:id | FullName+:s | {_LIST_FILTER} {more_filters} ) {tail}"


_CUSTOMER_NAMES = (
    "CompanyName?:s41 Salutation?:s15 FirstName?:s25 MiddleName?:s5 LastName?:s25 "
    "JobTitle?:s41~12.0 BillAddress?:@Address ShipAddress?:@Address "
    "ShipToAddress*:@ShipToAddress~12.0 Phone?:s21 AltPhone?:s21 Fax?:s21 Email?:s1023 "
    "Cc?:s1023~12.0 Contact?:s41 AltContact?:s41"
)
_CUSTOMER_TERMS = "CustomerTypeRef?:r159 TermsRef?:r31 SalesRepRef?:r5"
_CUSTOMER_TAX = (
    "SalesTaxCodeRef?:r3 ItemSalesTaxRef?:r31 ResaleNumber?:s15 AccountNumber?:s99 "
    "CreditLimit?:amt PreferredPaymentMethodRef?:r31"
)
_CUSTOMER_JOB = (
    "JobStatus?:=Awarded,Closed,InProgress,None,NotAwarded,Pending JobStartDate?:date "
    "JobProjectedEndDate?:date JobEndDate?:date JobDesc?:s99 JobTypeRef?:r159 Notes?:s4095"
)
_CUSTOMER_DELIVERY = "PreferredDeliveryMethod?:=None,Email,Fax~12.0 PriceLevelRef?:r31"
_ITEM_PRICES = (
    "( SalesOrPurchase:@SalesOrPurchase | SalesAndPurchase:@SalesAndPurchase ) "
    "ExternalGUID?:guid~8.0"
)
_BAR_CODE = "BarCode?:@BarCode~12.0"
_LIST_DELETE_TYPES = (
    "Account,BillingRate,Class,Currency,Customer,CustomerMsg,CustomerType,DateDrivenTerms,"
    "Employee,InventorySite,ItemDiscount,ItemFixedAsset,ItemGroup,ItemInventory,"
    "ItemInventoryAssembly,ItemNonInventory,ItemOtherCharge,ItemPayment,ItemSalesTax,"
    "ItemSalesTaxGroup,ItemService,ItemSubtotal,JobType,OtherName,PaymentMethod,"
    "PayrollItemNonWage,PayrollItemWage,PriceLevel,SalesRep,SalesTaxCode,ShipMethod,"
    "StandardTerms,ToDo,UnitOfMeasureSet,Vehicle,Vendor,VendorType,WorkersCompCode"
)
_ACCOUNT_TYPES = (
    "AccountsPayable,AccountsReceivable,Bank,CostOfGoodsSold,CreditCard,Equity,Expense,"
    "FixedAsset,Income,LongTermLiability,NonPosting,OtherAsset,OtherCurrentAsset,"
    "OtherCurrentLiability,OtherExpense,OtherIncome"
)
_METHOD_TYPES = (
    "AmericanExpress,Cash,Check,DebitCard,Discover,ECheck,GiftCard,MasterCard,Other,"
    "OtherCreditCard,Visa"
)
_MATCH = "MatchCriterion:=StartsWith,Contains,EndsWith"

_PARTS: Final[Mapping[str, str]] = {
    "Address": _ADDRESS,
    "ShipToAddress": f"Name:s41 {_ADDRESS} DefaultShipTo?:bool",
    "BarCode": "BarCodeValue?:s50 AssignEvenIfUsed?:bool AllowOverride?:bool",
    "Note": "Note:s4095",
    "NameFilter": f"{_MATCH} Name:s",
    "NameRangeFilter": "FromName?:s ToName?:s",
    "DeletedDateRangeFilter": "FromDeletedDate?:dt ToDeletedDate?:dt",
    "TotalBalanceFilter": "Operator:=LessThan,LessThanEqual,Equal,GreaterThan,GreaterThanEqual "
    "Amount:amt",
    "Filter2": "( ListID+:id | FullName+:s )",
    "Filter4": "( ListID+:id | FullName+:s | ListIDWithChildren:id | FullNameWithChildren:s )",
    "ListMetaData": "IncludeMaxCapacity:bool",
    "SalesOrPurchase": "Desc?:s4095 ( Price:price | PricePercent:pct )? AccountRef?:r159",
    "SalesAndPurchase": "SalesDesc?:s4095 SalesPrice?:price IncomeAccountRef?:r159 "
    "PurchaseDesc?:s4095 PurchaseCost?:price ExpenseAccountRef?:r159 PrefVendorRef?:r41",
}
_LIST_BODIES: Final[Mapping[str, str]] = {
    "CustomerAdd": f"Name:s41 IsActive?:bool ClassRef?:r159~12.0 ParentRef?:r209 {_CUSTOMER_NAMES} "
    f"{_CUSTOMER_TERMS} OpenBalance?:amt OpenBalanceDate?:date {_CUSTOMER_TAX} {_CUSTOMER_JOB} "
    f"AdditionalNotes*:@Note~12.0 {_CUSTOMER_DELIVERY} ExternalGUID?:guid~8.0 "
    "CurrencyRef?:r64~8.0",
    "CustomerMod": "ListID:id EditSequence:s16 Name?:s41 IsActive?:bool ClassRef?:r159~12.0 "
    f"ParentRef?:r209 {_CUSTOMER_NAMES} {_CUSTOMER_TERMS} {_CUSTOMER_TAX} {_CUSTOMER_JOB} "
    f"{_CUSTOMER_DELIVERY} CurrencyRef?:r64~8.0",
    "ItemServiceAdd": f"Name:s31 {_BAR_CODE} IsActive?:bool ClassRef?:r159~12.0 ParentRef?:r159 "
    f"UnitOfMeasureSetRef?:r31~7.0 SalesTaxCodeRef?:r3 {_ITEM_PRICES}",
    "ItemNonInventoryAdd": f"Name:s31 {_BAR_CODE} IsActive?:bool ParentRef?:r159 "
    "ClassRef?:r159~12.0 ManufacturerPartNumber?:s31~7.0 UnitOfMeasureSetRef?:r31~7.0 "
    f"SalesTaxCodeRef?:r3 {_ITEM_PRICES}",
    "ItemOtherChargeAdd": f"Name:s31 {_BAR_CODE} IsActive?:bool ClassRef?:r159~12.0 "
    f"ParentRef?:r159 SalesTaxCodeRef?:r3 {_ITEM_PRICES}",
}
_QUERIES: Final[Mapping[str, str]] = {
    "HostQueryRq": f"IncludeListMetaData?:@ListMetaData~6.0 {RETURNED}",
    "CompanyQueryRq": f"{RETURNED} OwnerID*:guid~2.0",
    "PreferencesQueryRq": RETURNED,
    "CustomerQueryRq": _list_query(
        "TotalBalanceFilter?:@TotalBalanceFilter CurrencyFilter?:@Filter2~8.0 "
        "ClassFilter?:@Filter4~12.0"
    ),
    "VendorQueryRq": _list_query(
        "TotalBalanceFilter?:@TotalBalanceFilter CurrencyFilter?:@Filter2~8.0 "
        "ClassFilter?:@Filter4~12.0"
    ),
    "EmployeeQueryRq": _list_query(),
    "OtherNameQueryRq": _list_query(),
    "EntityQueryRq": _list_query(owner=False),
    "ItemQueryRq": _list_query(),
    "ItemSalesTaxQueryRq": _list_query("ClassFilter?:@Filter4~12.0"),
    "ItemSalesTaxGroupQueryRq": _list_query(),
    "AccountQueryRq": _list_query(f"AccountType*:={_ACCOUNT_TYPES} CurrencyFilter?:@Filter2~8.0"),
    "PaymentMethodQueryRq": _list_query(f"PaymentMethodType*:={_METHOD_TYPES}~7.0", owner=False),
    "SalesTaxCodeQueryRq": _list_query(owner=False),
    "TermsQueryRq": _list_query(owner=False),
    "ClassQueryRq": _list_query(owner=False),
    "SalesRepQueryRq": _list_query(owner=False),
    "ShipMethodQueryRq": _list_query(owner=False),
    "CurrencyQueryRq": _list_query(owner=False),
    "CustomerTypeQueryRq": _list_query(owner=False),
    "CustomerMsgQueryRq": _list_query(owner=False),
    "TemplateQueryRq": RETURNED,
    "ListDeletedQueryRq": f"ListDelType+:={_LIST_DELETE_TYPES} "
    f"DeletedDateRangeFilter?:@DeletedDateRangeFilter {RETURNED}",
    "TxnDeletedQueryRq": f"TxnDelType+:={DELETE_TYPES} "
    f"DeletedDateRangeFilter?:@DeletedDateRangeFilter {RETURNED}",
}

_ADDS_AND_MODS: Final = (*_LIST_BODIES, *TXN_BODIES)

GRAMMAR: Final = Grammar(
    {
        **_PARTS,
        **TXN_PARTS,
        **_LIST_BODIES,
        **TXN_BODIES,
        **{f"{name}Rq": f"{name}:@{name} {RETURNED}" for name in _ADDS_AND_MODS},
        **_QUERIES,
        **TXN_REQUESTS,
    },
    macros_at=DEFINE_MACROS,
)

SUPPORTED: Final = frozenset({*_QUERIES, *TXN_REQUESTS, *(f"{name}Rq" for name in _ADDS_AND_MODS)})

WITHOUT_META_DATA: Final = frozenset({"HostQueryRq", "CompanyQueryRq", "PreferencesQueryRq"})
ITERABLE: Final = frozenset(
    {
        "CustomerQueryRq",
        "VendorQueryRq",
        "EntityQueryRq",
        "ItemQueryRq",
        "ItemSalesTaxQueryRq",
        "ItemSalesTaxGroupQueryRq",
        *(name for name in TXN_REQUESTS if name.endswith("QueryRq")),
    }
)
