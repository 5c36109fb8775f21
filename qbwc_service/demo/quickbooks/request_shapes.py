"""The requests that the simulated QuickBooks takes: order, limits, types and versions.

Source: qbXML onscreen reference (OSR) for QuickBooks Desktop, United States. Elements that Desktop
does not take there (online edition, other countries) are left out and so refused.
"""

from collections.abc import Mapping
from typing import Final

from .grammar import Grammar

_ADDRESS = (
    "Addr1?:s41 Addr2?:s41 Addr3?:s41 Addr4?:s41 Addr5?:s41~6.0 City?:s31 State?:s21 "
    "PostalCode?:s13 Country?:s31 Note?:s41~6.0"
)
_ACTIVE = "ActiveStatus?:=ActiveOnly,InactiveOnly,All"
_NAMES = "( NameFilter:@NameFilter | NameRangeFilter:@NameRangeFilter )?"
_LIST_FILTER = f"MaxReturned?:int {_ACTIVE} FromModifiedDate?:dt ToModifiedDate?:dt {_NAMES}"
_RETURNED = "IncludeRetElement*:s50~4.0"


def _list_query(more_filters: str = "", *, owner: bool = True) -> str:
    tail = f"{_RETURNED} OwnerID*:guid~2.0" if owner else _RETURNED
    return f"( ListID+:id | FullName+:s | {_LIST_FILTER} {more_filters} ) {tail}"


def _txn_query(more_filters: str, details: str) -> str:
    return (
        "( TxnID+:id | RefNumber+:s | RefNumberCaseSensitive+:s~4.0 | MaxReturned?:int "
        "( ModifiedDateRangeFilter:@ModifiedDateRangeFilter "
        "| TxnDateRangeFilter:@TxnDateRangeFilter )? EntityFilter?:@Filter4 "
        "AccountFilter?:@Filter4 ( RefNumberFilter:@RefNumberFilter "
        "| RefNumberRangeFilter:@RefNumberRangeFilter )? CurrencyFilter?:@Filter2~8.0 "
        f"{more_filters} ) {details} {_RETURNED} OwnerID*:guid~2.0"
    )


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
_VOID_TYPES = (
    "ARRefundCreditCard,Bill,BillPaymentCheck,BillPaymentCreditCard,Charge,Check,"
    "CreditCardCharge,CreditCardCredit,CreditMemo,Deposit,InventoryAdjustment,Invoice,ItemReceipt,"
    "JournalEntry,SalesReceipt,VendorCredit"
)
_DELETE_TYPES = (
    f"{_VOID_TYPES},BuildAssembly,Estimate,PurchaseOrder,ReceivePayment,SalesOrder,"
    "SalesTaxPaymentCheck,TimeTracking,TransferInventory,VehicleMileage"
)
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
_DATE_MACROS = (
    "All,Today,ThisWeek,ThisWeekToDate,ThisMonth,ThisMonthToDate,ThisCalendarQuarter,"
    "ThisCalendarQuarterToDate,ThisFiscalQuarter,ThisFiscalQuarterToDate,ThisCalendarYear,"
    "ThisCalendarYearToDate,ThisFiscalYear,ThisFiscalYearToDate,Yesterday,LastWeek,LastWeekToDate,"
    "LastMonth,LastMonthToDate,LastCalendarQuarter,LastCalendarQuarterToDate,LastFiscalQuarter,"
    "LastFiscalQuarterToDate,LastCalendarYear,LastCalendarYearToDate,LastFiscalYear,"
    "LastFiscalYearToDate,NextWeek,NextFourWeeks,NextMonth,NextCalendarQuarter,NextCalendarYear,"
    "NextFiscalQuarter,NextFiscalYear"
)
_MATCH = "MatchCriterion:=StartsWith,Contains,EndsWith"

_PARTS: Final[Mapping[str, str]] = {
    "Address": _ADDRESS,
    "ShipToAddress": f"Name:s41 {_ADDRESS} DefaultShipTo?:bool",
    "BarCode": "BarCodeValue?:s50 AssignEvenIfUsed?:bool AllowOverride?:bool",
    "Note": "Note:s4095",
    "NameFilter": f"{_MATCH} Name:s",
    "NameRangeFilter": "FromName?:s ToName?:s",
    "RefNumberFilter": f"{_MATCH} RefNumber:s",
    "RefNumberRangeFilter": "FromRefNumber?:s ToRefNumber?:s",
    "ModifiedDateRangeFilter": "FromModifiedDate?:dt ToModifiedDate?:dt",
    "DeletedDateRangeFilter": "FromDeletedDate?:dt ToDeletedDate?:dt",
    "TxnDateRangeFilter": f"( FromTxnDate?:date ToTxnDate?:date | DateMacro:={_DATE_MACROS} )",
    "TotalBalanceFilter": "Operator:=LessThan,LessThanEqual,Equal,GreaterThan,GreaterThanEqual "
    "Amount:amt",
    "Filter2": "( ListID+:id | FullName+:s )",
    "Filter4": "( ListID+:id | FullName+:s | ListIDWithChildren:id | FullNameWithChildren:s )",
    "ListMetaData": "IncludeMaxCapacity:bool",
    "SalesOrPurchase": "Desc?:s4095 ( Price:price | PricePercent:pct )? AccountRef?:r159",
    "SalesAndPurchase": "SalesDesc?:s4095 SalesPrice?:price IncomeAccountRef?:r159 "
    "PurchaseDesc?:s4095 PurchaseCost?:price ExpenseAccountRef?:r159 PrefVendorRef?:r41",
    "DataExt": "OwnerID:guid DataExtName:s31 DataExtValue:s",
    "SetCredit": "CreditTxnID:macro AppliedAmount:amt Override?:bool~10.0",
    "LinkToTxn": "TxnID:id TxnLineID:id",
}
_BODIES: Final[Mapping[str, str]] = {
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
    "InvoiceAdd": "CustomerRef:r209 ClassRef?:r159 ARAccountRef?:r159 TemplateRef?:r31 "
    "TxnDate?:date RefNumber?:s11 BillAddress?:@Address ShipAddress?:@Address IsPending?:bool "
    "IsFinanceCharge?:bool~8.0 PONumber?:s25 TermsRef?:r31 DueDate?:date SalesRepRef?:r5 FOB?:s13 "
    "ShipDate?:date ShipMethodRef?:r15 ItemSalesTaxRef?:r31 Memo?:s4095 CustomerMsgRef?:r101 "
    "IsToBePrinted?:bool IsToBeEmailed?:bool~6.0 CustomerSalesTaxCodeRef?:r3 Other?:s29~6.0 "
    "ExchangeRate?:float~8.0 ExternalGUID?:guid~9.0 LinkToTxnID*:id~6.0 "
    "SetCredit*:@SetCredit~10.0 "
    "( InvoiceLineAdd:@InvoiceLineAdd | InvoiceLineGroupAdd:@InvoiceLineGroupAdd )*",
    "InvoiceLineAdd": "ItemRef?:r159 Desc?:s4095 Quantity?:qty UnitOfMeasure?:s31~7.0 "
    "( Rate:price | RatePercent:pct | PriceLevelRef:r31 )? ClassRef?:r159 Amount?:amt "
    "OptionForPriceRuleConflict?:=Zero,BasePrice~13.0 InventorySiteRef?:r31~10.0 "
    "InventorySiteLocationRef?:r31~12.0 ( SerialNumber:s4095~11.0 | LotNumber:s40~11.0 )? "
    "ServiceDate?:date SalesTaxCodeRef?:r3 OverrideItemAccountRef?:r159 Other1?:s29~6.0 "
    "Other2?:s29~6.0 LinkToTxn?:@LinkToTxn~6.0 DataExt*:@DataExt~5.0",
    "InvoiceLineGroupAdd": "ItemGroupRef:r31 Quantity?:qty UnitOfMeasure?:s31~7.0 "
    "InventorySiteRef?:r31~10.0 InventorySiteLocationRef?:r31~12.0 DataExt*:@DataExt~5.0",
    "ReceivePaymentAdd": "CustomerRef:r209 ARAccountRef?:r159 TxnDate?:date RefNumber?:s20 "
    "TotalAmount?:amt ExchangeRate?:float~8.0 PaymentMethodRef?:r31 Memo?:s4095 "
    "DepositToAccountRef?:r159 ExternalGUID?:guid~9.0 "
    "( IsAutoApply:bool | AppliedToTxnAdd+:@AppliedToTxnAdd )",
    "AppliedToTxnAdd": "TxnID:macro PaymentAmount?:amt SetCredit*:@SetCredit DiscountAmount?:amt "
    "DiscountAccountRef?:r159 DiscountClassRef?:r159~11.0",
}
_ADDS: Final = (
    "CustomerAdd",
    "CustomerMod",
    "ItemServiceAdd",
    "ItemNonInventoryAdd",
    "ItemOtherChargeAdd",
    "InvoiceAdd",
    "ReceivePaymentAdd",
)
_LINES = "IncludeLineItems?:bool"
_LINKS = "IncludeLinkedTxns?:bool~1.1"
_QUERIES: Final[Mapping[str, str]] = {
    "HostQueryRq": f"IncludeListMetaData?:@ListMetaData~6.0 {_RETURNED}",
    "CompanyQueryRq": f"{_RETURNED} OwnerID*:guid~2.0",
    "PreferencesQueryRq": _RETURNED,
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
    "TemplateQueryRq": _RETURNED,
    "ListDeletedQueryRq": f"ListDelType+:={_LIST_DELETE_TYPES} "
    f"DeletedDateRangeFilter?:@DeletedDateRangeFilter {_RETURNED}",
    "TxnDeletedQueryRq": f"TxnDelType+:={_DELETE_TYPES} "
    f"DeletedDateRangeFilter?:@DeletedDateRangeFilter {_RETURNED}",
    "InvoiceQueryRq": _txn_query("PaidStatus?:=All,PaidOnly,NotPaidOnly", f"{_LINES} {_LINKS}"),
    "CreditMemoQueryRq": _txn_query("", f"{_LINES} {_LINKS}"),
    "SalesReceiptQueryRq": _txn_query("", _LINES),
    "ReceivePaymentQueryRq": _txn_query("", _LINES),
    "TxnDelRq": f"TxnDelType:={_DELETE_TYPES} TxnID:id",
    "TxnVoidRq": f"TxnVoidType:={_VOID_TYPES} TxnID:id",
}

GRAMMAR: Final = Grammar(
    {
        **_PARTS,
        **_BODIES,
        **{f"{name}Rq": f"{name}:@{name} {_RETURNED}" for name in _ADDS},
        **_QUERIES,
    },
    macros_at=frozenset({"InvoiceAdd", "InvoiceLineAdd", "ReceivePaymentAdd"}),
)

SUPPORTED: Final = frozenset({f"{name}Rq" for name in _ADDS} | set(_QUERIES))

WITHOUT_META_DATA: Final = frozenset({"HostQueryRq", "CompanyQueryRq", "PreferencesQueryRq"})
ITERABLE: Final = frozenset(
    {
        "CustomerQueryRq",
        "VendorQueryRq",
        "EntityQueryRq",
        "ItemQueryRq",
        "ItemSalesTaxQueryRq",
        "ItemSalesTaxGroupQueryRq",
        "InvoiceQueryRq",
        "CreditMemoQueryRq",
        "SalesReceiptQueryRq",
        "ReceivePaymentQueryRq",
    }
)
