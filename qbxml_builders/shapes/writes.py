"""The shapes of the requests that write. Source: qbXML Onscreen Reference and XSD 13.0.

Left out on purpose: OpenBalance (makes an invoice), CreditCardTxnInfo (QuickBooks Merchant
Services), IsFinanceCharge, and what only QuickBooks Online or non-US editions know.
"""

FRAGMENTS = {
    "address": """
        Addr1 str 41
        Addr2 str 41
        Addr3 str 41
        Addr4 str 41 v2.0
        Addr5 str 41 v6.0
        City str 31
        State str 21
        PostalCode str 13
        Country str 31
    """,
    "sale": """
        SalesOrPurchase!
          Desc str 4095
          Price price
          AccountRef ref 159
        ExternalGUID guid v8.0
    """,
}

LISTS = """
CustomerAddRq
  CustomerAdd!
    Name! name 41
    ParentRef ref 209
    CompanyName str 41
    FirstName str 25
    LastName str 25
    BillAddress
      &address
    ShipAddress
      &address
    Phone str 21
    AltPhone str 21
    Email str 1023
    Contact str 41
    CustomerTypeRef ref 159
    TermsRef ref 31
    SalesRepRef ref 5
    SalesTaxCodeRef ref 3
    AccountNumber str 99
    Notes str 4095 v3.0
    ExternalGUID guid v8.0
    CurrencyRef ref 64 v8.0
CustomerModRq
  CustomerMod!
    ListID! id
    EditSequence! str 16
    BillAddress
      &address
    Phone str 21
    Email str 1023
ItemServiceAddRq
  ItemServiceAdd!
    Name! name 31
    SalesTaxCodeRef ref 3
    &sale
ItemNonInventoryAddRq
  ItemNonInventoryAdd!
    Name! name 31
    SalesTaxCodeRef ref 3
    &sale
ItemOtherChargeAddRq
  ItemOtherChargeAdd!
    Name! name 31
    SalesTaxCodeRef ref 3
    &sale
"""

# A payment says how it is applied: to transactions, or IsAutoApply (we only ever write false).
TRANSACTIONS = """
InvoiceAddRq
  InvoiceAdd! @defMacro:4.0
    CustomerRef! ref 209
    ClassRef ref 159
    ARAccountRef ref 159
    TemplateRef ref 31 v3.0
    TxnDate date
    RefNumber str 11
    BillAddress
      &address
    ShipAddress
      &address
    PONumber str 25
    TermsRef ref 31
    DueDate date
    SalesRepRef ref 5
    ShipDate date
    ShipMethodRef ref 15
    ItemSalesTaxRef ref 31
    Memo str 4095
    CustomerMsgRef ref 101
    IsToBePrinted bool
    IsToBeEmailed bool v6.0
    CustomerSalesTaxCodeRef ref 3
    Other str 29 v6.0
    ExternalGUID guid v9.0
    InvoiceLineAdd*
      ItemRef ref 159
      Desc str 4095
      Quantity qty
      Rate price
      ClassRef ref 159
      Amount amt
      ServiceDate date
      SalesTaxCodeRef ref 3
      Other1 str 29 v6.0
      Other2 str 29 v6.0
ReceivePaymentAddRq v1.1
  ReceivePaymentAdd! @defMacro:4.0
    CustomerRef! ref 209
    ARAccountRef ref 159
    TxnDate date
    RefNumber str 20
    TotalAmount amt
    PaymentMethodRef ref 31
    Memo str 4095
    DepositToAccountRef ref 159
    ExternalGUID guid v9.0
    either!
      IsAutoApply! bool
    or
      AppliedToTxnAdd+
        TxnID! id @useMacro:4.0
        PaymentAmount amt
"""
