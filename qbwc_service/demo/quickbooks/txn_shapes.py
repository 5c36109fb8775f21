"""The requests about transactions that the simulated QuickBooks takes: order, limits and versions.

Source: qbXML onscreen reference (OSR) for QuickBooks Desktop, United States. Left out and so
refused: what Desktop does not take there, and CreditCardTxnInfo (QuickBooks' own card service).
"""

from collections.abc import Mapping
from typing import Final

RETURNED: Final = "IncludeRetElement*:s50~4.0"
_MATCH = "MatchCriterion:=StartsWith,Contains,EndsWith"
_DATE_MACROS = (
    "All,Today,ThisWeek,ThisWeekToDate,ThisMonth,ThisMonthToDate,ThisCalendarQuarter,"
    "ThisCalendarQuarterToDate,ThisFiscalQuarter,ThisFiscalQuarterToDate,ThisCalendarYear,"
    "ThisCalendarYearToDate,ThisFiscalYear,ThisFiscalYearToDate,Yesterday,LastWeek,LastWeekToDate,"
    "LastMonth,LastMonthToDate,LastCalendarQuarter,LastCalendarQuarterToDate,LastFiscalQuarter,"
    "LastFiscalQuarterToDate,LastCalendarYear,LastCalendarYearToDate,LastFiscalYear,"
    "LastFiscalYearToDate,NextWeek,NextFourWeeks,NextMonth,NextCalendarQuarter,NextCalendarYear,"
    "NextFiscalQuarter,NextFiscalYear"
)
_VOID_TYPES = (
    "ARRefundCreditCard,Bill,BillPaymentCheck,BillPaymentCreditCard,Charge,Check,"
    "CreditCardCharge,CreditCardCredit,CreditMemo,Deposit,InventoryAdjustment,Invoice,ItemReceipt,"
    "JournalEntry,SalesReceipt,VendorCredit"
)
DELETE_TYPES = (
    f"{_VOID_TYPES},BuildAssembly,Estimate,PurchaseOrder,ReceivePayment,SalesOrder,"
    "SalesTaxPaymentCheck,TimeTracking,TransferInventory,VehicleMileage"
)
_DATA_EXT_TYPES = (
    f"{_VOID_TYPES},BuildAssembly,Estimate,PurchaseOrder,ReceivePayment,SalesOrder,"
    "SalesTaxPaymentCheck"
)


def _txn_query(
    more_filters: str, details: str, *, by_account: bool = True, currency_since: str = "8.0"
) -> str:
    accounts = "AccountFilter?:@Filter4 " if by_account else ""
    return (
        "( TxnID+:id | RefNumber+:s | RefNumberCaseSensitive+:s~4.0 | MaxReturned?:int "
        "( ModifiedDateRangeFilter:@ModifiedDateRangeFilter "
        "| TxnDateRangeFilter:@TxnDateRangeFilter )? EntityFilter?:@Filter4 "
        f"{accounts}( RefNumberFilter:@RefNumberFilter "
        "| RefNumberRangeFilter:@RefNumberRangeFilter )? "
        f"CurrencyFilter?:@Filter2~{currency_since} {more_filters} ) {details} {RETURNED} "
        "OwnerID*:guid~2.0"
    )


def _line(after_site: str, tail: str, *, price_rule: bool = True) -> str:
    """A line of a sales form; only its tail differs from form to form."""
    rule = "OptionForPriceRuleConflict?:=Zero,BasePrice~13.0 " if price_rule else ""
    return (
        "ItemRef?:r159 Desc?:s4095 Quantity?:qty UnitOfMeasure?:s31~7.0 "
        "( Rate:price | RatePercent:pct | PriceLevelRef:r31 )? ClassRef?:r159 Amount?:amt "
        f"{rule}{_SITE} {after_site} Other1?:s29~6.0 Other2?:s29~6.0 {tail}"
    )


def _data_ext(txn_id: str) -> str:
    return (
        "OwnerID:guid DataExtName:s31 "
        "( ListDataExtType:=Account,Customer,Employee,Item,OtherName,Vendor ListObjRef:r159 "
        f"| TxnDataExtType:={_DATA_EXT_TYPES} TxnID:{txn_id} TxnLineID?:id~3.0 "
        "| OtherDataExtType:=Company ) DataExtValue:s"
    )


def _form_lines(form: str, repeat: str) -> str:
    return f"( {form}LineAdd:@{form}LineAdd | {form}LineGroupAdd:@LineGroupAdd ){repeat}"


_SITE = (
    "InventorySiteRef?:r31~10.0 InventorySiteLocationRef?:r31~12.0 "
    "( SerialNumber:s4095~11.0 | LotNumber:s40~11.0 )?"
)
_ON_THE_LINE = "ServiceDate?:date SalesTaxCodeRef?:r3 OverrideItemAccountRef?:r159"
_DATA_EXT = "DataExt*:@DataExt~5.0"
_FORM_ADDRESSES = "BillAddress?:@Address ShipAddress?:@Address"
_FORM_TERMS = "PONumber?:s25 TermsRef?:r31 DueDate?:date SalesRepRef?:r5 FOB?:s13"
_FORM_SHIPPING = "ShipDate?:date ShipMethodRef?:r15"
_FORM_PRINT = (
    "Memo?:s4095 CustomerMsgRef?:r101 IsToBePrinted?:bool IsToBeEmailed?:bool~6.0 "
    "CustomerSalesTaxCodeRef?:r3"
)
_FORM_END = "Other?:s29~6.0 ExchangeRate?:float~8.0 ExternalGUID?:guid~9.0"
_FORM_START = "TemplateRef?:r31 TxnDate?:date RefNumber?:s11"
_MOD_LINE = (
    "TxnLineID:id ItemRef?:r159 Desc?:s4095 Quantity?:qty UnitOfMeasure?:s31~7.0 "
    "OverrideUOMSetRef?:r31~7.0 ( Rate:price | RatePercent:pct | PriceLevelRef:r31 )? "
    "ClassRef?:r159 Amount?:amt OptionForPriceRuleConflict?:=Zero,BasePrice~13.0 "
    f"{_SITE} {_ON_THE_LINE} Other1?:s29~6.0 Other2?:s29~6.0"
)
_GROUP = (
    "ItemGroupRef:r31 Quantity?:qty UnitOfMeasure?:s31~7.0 InventorySiteRef?:r31~10.0 "
    "InventorySiteLocationRef?:r31~12.0"
)

TXN_PARTS: Final[Mapping[str, str]] = {
    "RefNumberFilter": f"{_MATCH} RefNumber:s",
    "RefNumberRangeFilter": "FromRefNumber?:s ToRefNumber?:s",
    "ModifiedDateRangeFilter": "FromModifiedDate?:dt ToModifiedDate?:dt",
    "TxnDateRangeFilter": f"( FromTxnDate?:date ToTxnDate?:date | DateMacro:={_DATE_MACROS} )",
    "DataExt": "OwnerID:guid DataExtName:s31 DataExtValue:s",
    "DataExtAdd": _data_ext("macro"),
    "DataExtMod": _data_ext("id"),
    "SetCredit": "CreditTxnID:macro AppliedAmount:amt Override?:bool~10.0",
    "LinkToTxn": "TxnID:id TxnLineID:id",
    "InvoiceLineAdd": _line(_ON_THE_LINE, f"LinkToTxn?:@LinkToTxn~6.0 {_DATA_EXT}"),
    "SalesReceiptLineAdd": _line(_ON_THE_LINE, _DATA_EXT),
    "SalesOrderLineAdd": _line("SalesTaxCodeRef?:r3 IsManuallyClosed?:bool", _DATA_EXT),
    "CreditMemoLineAdd": _line(_ON_THE_LINE, _DATA_EXT, price_rule=False),
    "LineGroupAdd": f"{_GROUP} {_DATA_EXT}",
    "ItemGroupLineAdd": f"{_GROUP} DataExt*:@DataExt~13.0",
    "InvoiceLineMod": _MOD_LINE,
    "InvoiceLineGroupMod": "TxnLineID:id ItemGroupRef?:r31 Quantity?:qty UnitOfMeasure?:s31~7.0 "
    "OverrideUOMSetRef?:r31~7.0 InvoiceLineMod*:@InvoiceLineMod",
    "AppliedToTxnAdd": "TxnID:macro PaymentAmount?:amt SetCredit*:@SetCredit DiscountAmount?:amt "
    "DiscountAccountRef?:r159 DiscountClassRef?:r159~11.0",
    "RefundAppliedToTxnAdd": "TxnID:macro RefundAmount:amt",
    "ApplyCheckToTxnAdd": "TxnID:macro Amount?:amt",
    "ExpenseLineAdd": "AccountRef?:r159 Amount?:amt Memo?:s4095 CustomerRef?:r209 ClassRef?:r159 "
    "BillableStatus?:=Billable,NotBillable,HasBeenBilled SalesRepRef?:r5~13.0 "
    "DataExt*:@DataExt~13.0",
    "ItemLineAdd": f"ItemRef?:r159 {_SITE} Desc?:s4095 Quantity?:qty UnitOfMeasure?:s31~7.0 "
    "Cost?:price Amount?:amt CustomerRef?:r209 ClassRef?:r159 "
    "BillableStatus?:=Billable,NotBillable,HasBeenBilled OverrideItemAccountRef?:r159 "
    "SalesRepRef?:r5~13.0 DataExt*:@DataExt~13.0",
}
TXN_BODIES: Final[Mapping[str, str]] = {
    "InvoiceAdd": f"CustomerRef:r209 ClassRef?:r159 ARAccountRef?:r159 {_FORM_START} "
    f"{_FORM_ADDRESSES} IsPending?:bool IsFinanceCharge?:bool~8.0 {_FORM_TERMS} {_FORM_SHIPPING} "
    f"ItemSalesTaxRef?:r31 {_FORM_PRINT} {_FORM_END} LinkToTxnID*:id~6.0 "
    f"SetCredit*:@SetCredit~10.0 {_form_lines('Invoice', '*')}",
    "InvoiceMod": "TxnID:id EditSequence:s16 CustomerRef?:r209 ClassRef?:r159 ARAccountRef?:r159 "
    f"{_FORM_START} {_FORM_ADDRESSES} IsPending?:bool {_FORM_TERMS} {_FORM_SHIPPING} "
    f"ItemSalesTaxRef?:r31 {_FORM_PRINT} Other?:s29~6.0 ExchangeRate?:float~8.0 "
    "SetCredit*:@SetCredit~10.0 "
    "( InvoiceLineMod:@InvoiceLineMod | InvoiceLineGroupMod:@InvoiceLineGroupMod )*",
    "SalesReceiptAdd": f"CustomerRef?:r209 ClassRef?:r159 {_FORM_START} {_FORM_ADDRESSES} "
    "IsPending?:bool CheckNumber?:s25 PaymentMethodRef?:r31 DueDate?:date SalesRepRef?:r5 "
    f"{_FORM_SHIPPING} FOB?:s13 ItemSalesTaxRef?:r31 {_FORM_PRINT} DepositToAccountRef?:r159 "
    f"{_FORM_END} {_form_lines('SalesReceipt', '+')}",
    "SalesOrderAdd": f"CustomerRef:r209 ClassRef?:r159 {_FORM_START} {_FORM_ADDRESSES} "
    f"{_FORM_TERMS} {_FORM_SHIPPING} ItemSalesTaxRef?:r31 IsManuallyClosed?:bool {_FORM_PRINT} "
    f"{_FORM_END} {_form_lines('SalesOrder', '+')}",
    "CreditMemoAdd": f"CustomerRef:r209 ClassRef?:r159 ARAccountRef?:r159 {_FORM_START} "
    f"{_FORM_ADDRESSES} IsPending?:bool {_FORM_TERMS} {_FORM_SHIPPING} ItemSalesTaxRef?:r31 "
    f"{_FORM_PRINT} {_FORM_END} {_form_lines('CreditMemo', '+')}",
    "ReceivePaymentAdd": "CustomerRef:r209 ARAccountRef?:r159 TxnDate?:date RefNumber?:s20 "
    "TotalAmount?:amt ExchangeRate?:float~8.0 PaymentMethodRef?:r31 Memo?:s4095 "
    "DepositToAccountRef?:r159 ExternalGUID?:guid~9.0 "
    "( IsAutoApply:bool | AppliedToTxnAdd+:@AppliedToTxnAdd )",
    "ARRefundCreditCardAdd": "CustomerRef:r209 RefundFromAccountRef?:r159 ARAccountRef?:r159 "
    "TxnDate?:date RefNumber?:s11 Address?:@Address PaymentMethodRef?:r31 Memo?:s4095 "
    "ExchangeRate?:float~9.0 ExternalGUID?:guid~9.0 "
    "RefundAppliedToTxnAdd+:@RefundAppliedToTxnAdd",
    "CheckAdd": "AccountRef:r159 PayeeEntityRef?:r209 RefNumber?:s11 TxnDate?:date Memo?:s4095 "
    "Address?:@Address IsToBePrinted?:bool ExchangeRate?:float~8.0 ExternalGUID?:guid~9.0 "
    "ApplyCheckToTxnAdd*:@ApplyCheckToTxnAdd~7.0 ExpenseLineAdd*:@ExpenseLineAdd "
    "( ItemLineAdd:@ItemLineAdd | ItemGroupLineAdd:@ItemGroupLineAdd )*",
}
DEFINE_MACROS: Final = frozenset(
    {
        "InvoiceAdd",
        "InvoiceLineAdd",
        "SalesReceiptAdd",
        "SalesReceiptLineAdd",
        "SalesOrderAdd",
        "CreditMemoAdd",
        "CreditMemoLineAdd",
        "ReceivePaymentAdd",
        "ARRefundCreditCardAdd",
        "CheckAdd",
        "ExpenseLineAdd",
    }
)
_LINES = "IncludeLineItems?:bool"
_LINKS = "IncludeLinkedTxns?:bool"
TXN_REQUESTS: Final[Mapping[str, str]] = {
    "InvoiceQueryRq": _txn_query("PaidStatus?:=All,PaidOnly,NotPaidOnly", f"{_LINES} {_LINKS}~1.1"),
    "CreditMemoQueryRq": _txn_query("", f"{_LINES} {_LINKS}~1.1"),
    "SalesReceiptQueryRq": _txn_query("", _LINES),
    "SalesOrderQueryRq": _txn_query("", f"{_LINES} {_LINKS}", by_account=False),
    "ReceivePaymentQueryRq": _txn_query("", _LINES),
    "ARRefundCreditCardQueryRq": _txn_query("", _LINES, currency_since="9.0"),
    "CheckQueryRq": _txn_query("", f"{_LINES} {_LINKS}~7.0"),
    "DataExtAddRq": "DataExtAdd:@DataExtAdd",
    "DataExtModRq": "DataExtMod:@DataExtMod",
    "TxnDelRq": f"TxnDelType:={DELETE_TYPES} TxnID:id",
    "TxnVoidRq": f"TxnVoidType:={_VOID_TYPES} TxnID:id",
}
