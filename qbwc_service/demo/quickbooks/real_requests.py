"""The names of every request in qbXML 13.0: real ones get an honest "not supported" here.

Source: qbXML operations schema 13.0, with PreferencesMod of 16.0.
"""

from typing import Final

_NAMES: Final = {
    "Add": (
        "ARRefundCreditCard Account Bill BillPaymentCheck BillPaymentCreditCard BillingRate "
        "BuildAssembly Charge Check Class CreditCardCharge CreditCardCredit CreditMemo "
        "Currency Customer CustomerMsg CustomerType DataEventSubscription DataExt DataExtDef "
        "DateDrivenTerms Deposit Employee Estimate InventoryAdjustment InventorySite Invoice "
        "ItemDiscount ItemFixedAsset ItemGroup ItemInventory ItemInventoryAssembly "
        "ItemNonInventory ItemOtherCharge ItemPayment ItemReceipt ItemSalesTax "
        "ItemSalesTaxGroup ItemService ItemSubtotal JobType JournalEntry Lead ListDisplay "
        "OtherName PaymentMethod PayrollItemWage PriceLevel PurchaseOrder ReceivePayment "
        "SalesOrder SalesReceipt SalesRep SalesTaxCode SalesTaxPaymentCheck ShipMethod "
        "SpecialAccount SpecialItem StandardTerms TimeTracking ToDo Transfer "
        "TransferInventory TxnDisplay UIEventSubscription UIExtensionSubscription "
        "UnitOfMeasureSet Vehicle VehicleMileage Vendor VendorCredit VendorType "
        "WorkersCompCode"
    ),
    "Mod": (
        "Account Bill BillPaymentCheck BuildAssembly Charge Check Class ClearedStatus "
        "CreditCardCharge CreditCardCredit CreditMemo Currency Customer DataExtDef DataExt "
        "Deposit Employee Estimate Form1099CategoryAccountMapping InventoryAdjustment "
        "InventorySite Invoice ItemDiscount ItemFixedAsset ItemGroup ItemInventoryAssembly "
        "ItemInventory ItemNonInventory ItemOtherCharge ItemPayment ItemReceipt "
        "ItemSalesTaxGroup ItemSalesTax ItemService ItemSubtotal JournalEntry Lead "
        "ListDisplay OtherName PriceLevel PurchaseOrder ReceivePayment SalesOrder "
        "SalesReceipt SalesRep SalesTaxCode SalesTaxPaymentCheck TimeTracking ToDo "
        "TransferInventory Transfer TxnDisplay Vehicle VendorCredit Vendor WorkersCompCode "
        "Preferences"
    ),
    "Query": (
        "ARRefundCreditCard Account AccountTaxLineInfo AgingReport BarCode BillPaymentCheck "
        "BillPaymentCreditCard Bill BillToPay BillingRate BudgetSummaryReport BuildAssembly "
        "Charge Check Class CompanyActivity Company CreditCardCharge CreditCardCredit "
        "CreditMemo Currency CustomDetailReport CustomSummaryReport CustomerMsg Customer "
        "CustomerType DataEventRecoveryInfo DataEventSubscription DataExtDef DateDrivenTerms "
        "Deposit Employee Entity Estimate Form1099CategoryAccountMapping GeneralDetailReport "
        "GeneralSummaryReport Host InventoryAdjustment InventorySite Invoice "
        "ItemAssembliesCanBuild ItemDiscount ItemFixedAsset ItemGroup ItemInventoryAssembly "
        "ItemInventory ItemNonInventory ItemOtherCharge ItemPayment Item ItemReceipt "
        "ItemSalesTaxGroup ItemSalesTax ItemService ItemSites ItemSubtotal JobReport JobType "
        "JournalEntry Lead ListDeleted OtherName PaymentMethod PayrollDetailReport "
        "PayrollItemNonWage PayrollItemWage PayrollLastPeriod PayrollSummaryReport "
        "Preferences PriceLevel PurchaseOrder ReceivePayment ReceivePaymentToDeposit "
        "SalesOrder SalesReceipt SalesRep SalesTaxCode SalesTaxPayable SalesTaxPaymentCheck "
        "SalesTaxReturnLine SalesTaxReturn ShipMethod StandardTerms Template Terms TimeReport "
        "TimeTracking ToDo Transaction TransferInventory Transfer TxnDeleted "
        "UIEventSubscription UIExtensionSubscription UnitOfMeasureSet VehicleMileage Vehicle "
        "VendorCredit Vendor VendorType WorkersCompCode"
    ),
    "Del": ("DataEventRecoveryInfo DataExtDef DataExt List Subscription Txn"),
    "Void": ("Txn"),
    "Merge": ("List"),
}

REAL_REQUESTS: Final = frozenset(
    f"{name}{verb}Rq" for verb, names in _NAMES.items() for name in names.split()
)
