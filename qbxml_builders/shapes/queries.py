"""The shapes of the queries. Source: qbXML Onscreen Reference and XSD 13.0."""

FRAGMENTS = {
    "fields": """
        IncludeRetElement* str 50 v4.0
    """,
    "list_query": """
        either?
          ListID+ id
        or
          FullName+ str
        or
          MaxReturned int
          ActiveStatus =ActiveOnly|InactiveOnly|All
          FromModifiedDate dt
          ToModifiedDate dt
        IncludeRetElement* str 50 v4.0
    """,
    "txn_query": """
        either?
          TxnID+ id
        or
          RefNumber+ str
        or
          MaxReturned int
          either?
            ModifiedDateRangeFilter!
              FromModifiedDate dt
              ToModifiedDate dt
          or
            TxnDateRangeFilter!
              either!
                FromTxnDate date
                ToTxnDate date
          EntityFilter
            ListID+ id v2.0
          RefNumberRangeFilter
            FromRefNumber str
            ToRefNumber str
    """,
    "txn_fields": """
        IncludeRetElement* str 50 v4.0
        OwnerID* guid v2.0
    """,
}

# TemplateQuery has no filter at all; Employee and OtherName have no iterator.
QUERIES = """
HostQueryRq
  IncludeListMetaData v6.0
    IncludeMaxCapacity! bool
  &fields
CompanyQueryRq
  &fields
  OwnerID* guid v2.0
PreferencesQueryRq v1.1
  &fields

AccountQueryRq
  &list_query
PaymentMethodQueryRq
  &list_query
SalesTaxCodeQueryRq
  &list_query
TermsQueryRq
  &list_query
ClassQueryRq
  &list_query
ShipMethodQueryRq
  &list_query
SalesRepQueryRq
  &list_query
CurrencyQueryRq v8.0
  &list_query
CustomerTypeQueryRq
  &list_query
CustomerMsgQueryRq
  &list_query
TemplateQueryRq v3.0
  &fields

CustomerQueryRq @iterator:5.0 @iteratorID:5.0
  &list_query
ItemQueryRq @iterator:5.0 @iteratorID:5.0
  &list_query
  OwnerID* guid v2.0
VendorQueryRq @iterator:5.0 @iteratorID:5.0
  &list_query
EmployeeQueryRq
  &list_query
OtherNameQueryRq
  &list_query
EntityQueryRq @iterator:5.0 @iteratorID:5.0
  &list_query

ListDeletedQueryRq v2.0
  ListDelType+ =Account|Class|Currency|Customer|CustomerMsg|CustomerType|DateDrivenTerms|Employee
    |ItemDiscount|ItemFixedAsset|ItemGroup|ItemInventory|ItemInventoryAssembly|ItemNonInventory
    |ItemOtherCharge|ItemPayment|ItemSalesTax|ItemSalesTaxGroup|ItemService|ItemSubtotal|OtherName
    |PaymentMethod|SalesRep|SalesTaxCode|ShipMethod|StandardTerms|Vendor
  DeletedDateRangeFilter
    FromDeletedDate dt
    ToDeletedDate dt
TxnDeletedQueryRq v2.0
  TxnDelType+ =ARRefundCreditCard|Charge|Check|CreditMemo|Deposit|Estimate|Invoice|JournalEntry
    |ReceivePayment|SalesOrder|SalesReceipt
  DeletedDateRangeFilter
    FromDeletedDate dt
    ToDeletedDate dt

InvoiceQueryRq @iterator:5.0 @iteratorID:5.0
  &txn_query
  IncludeLineItems bool
  IncludeLinkedTxns bool v1.1
  &txn_fields
SalesOrderQueryRq v2.1 @iterator:5.0 @iteratorID:5.0
  &txn_query
  IncludeLineItems bool
  IncludeLinkedTxns bool v2.1
  &txn_fields
CreditMemoQueryRq @iterator:5.0 @iteratorID:5.0
  &txn_query
  IncludeLineItems bool
  IncludeLinkedTxns bool v1.1
  &txn_fields
CheckQueryRq @iterator:5.0 @iteratorID:5.0
  &txn_query
  IncludeLineItems bool
  IncludeLinkedTxns bool v7.0
  &txn_fields
ReceivePaymentQueryRq v1.1 @iterator:5.0 @iteratorID:5.0
  &txn_query
  IncludeLineItems bool
  &txn_fields
SalesReceiptQueryRq @iterator:5.0 @iteratorID:5.0
  &txn_query
  IncludeLineItems bool
  &txn_fields
ARRefundCreditCardQueryRq v5.0 @iterator:5.0 @iteratorID:5.0
  &txn_query
  IncludeLineItems bool
  &txn_fields
"""
