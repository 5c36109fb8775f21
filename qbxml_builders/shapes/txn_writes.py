"""The shapes of the requests that write transactions. Source: qbXML Onscreen Reference, XSD 13.0.

Left out on purpose: CreditCardTxnInfo (QuickBooks Merchant Services), IsFinanceCharge, groups, FOB,
and what only QuickBooks Online or non-US editions know.
"""

FRAGMENTS = {
    "addresses": """
        BillAddress
          &address
        ShipAddress
          &address
    """,
    "delivery": """
        DueDate date
        SalesRepRef ref 5
        ShipDate date
        ShipMethodRef ref 15
        ItemSalesTaxRef ref 31
        Memo str 4095
        CustomerMsgRef ref 101
    """,
    "queues": """
        IsToBePrinted bool
        IsToBeEmailed bool v6.0
        CustomerSalesTaxCodeRef ref 3
    """,
    "line_start": """
        ItemRef ref 159
        Desc str 4095
        Quantity qty
        Rate price
        ClassRef ref 159
        Amount amt
    """,
    "line_end": """
        SalesTaxCodeRef ref 3
        Other1 str 29 v6.0
        Other2 str 29 v6.0
    """,
    "data_ext": """
        DataExt* v5.0
          OwnerID! guid
          DataExtName! str 31
          DataExtValue! str
    """,
}

SALES = """
InvoiceAddRq
  InvoiceAdd! @defMacro:4.0
    CustomerRef! ref 209
    ClassRef ref 159
    ARAccountRef ref 159
    TemplateRef ref 31 v3.0
    TxnDate date
    RefNumber str 11
    &addresses
    IsPending bool
    PONumber str 25
    TermsRef ref 31
    &delivery
    &queues
    Other str 29 v6.0
    ExternalGUID guid v9.0
    InvoiceLineAdd*
      &line_start
      ServiceDate date
      &line_end
      &data_ext
InvoiceModRq v2.1
  InvoiceMod!
    TxnID! id
    EditSequence! str 16
    CustomerRef ref 209
    ClassRef ref 159
    ARAccountRef ref 159
    TemplateRef ref 31 v3.0
    TxnDate date
    RefNumber str 11
    &addresses
    IsPending bool
    PONumber str 25
    TermsRef ref 31
    &delivery
    &queues
    Other str 29 v6.0
    InvoiceLineMod*
      TxnLineID! id
      &line_start
      ServiceDate date
      &line_end
SalesReceiptAddRq
  SalesReceiptAdd! @defMacro:4.0
    CustomerRef ref 209
    ClassRef ref 159
    TemplateRef ref 31 v3.0
    TxnDate date
    RefNumber str 11
    &addresses
    IsPending bool
    CheckNumber str 25
    PaymentMethodRef ref 31
    &delivery
    &queues
    DepositToAccountRef ref 159
    Other str 29 v6.0
    ExternalGUID guid v9.0
    SalesReceiptLineAdd+
      &line_start
      ServiceDate date
      &line_end
      &data_ext
SalesOrderAddRq v2.1
  SalesOrderAdd! @defMacro:4.0
    CustomerRef! ref 209
    ClassRef ref 159
    TemplateRef ref 31 v3.0
    TxnDate date
    RefNumber str 11
    &addresses
    PONumber str 25
    TermsRef ref 31
    &delivery
    &queues
    Other str 29 v6.0
    ExternalGUID guid v9.0
    SalesOrderLineAdd+
      &line_start
      &line_end
      &data_ext
CreditMemoAddRq
  CreditMemoAdd! @defMacro:4.0
    CustomerRef! ref 209
    ClassRef ref 159
    ARAccountRef ref 159
    TemplateRef ref 31 v3.0
    TxnDate date
    RefNumber str 11
    &addresses
    IsPending bool
    PONumber str 25
    TermsRef ref 31
    &delivery
    &queues
    Other str 29 v6.0
    ExternalGUID guid v9.0
    CreditMemoLineAdd+
      &line_start
      ServiceDate date
      &line_end
      &data_ext
"""

# A payment says how it is applied: to transactions, or IsAutoApply (we only ever write false).
MONEY = """
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
        SetCredit*
          CreditTxnID! id @useMacro:4.0
          AppliedAmount! amt
ARRefundCreditCardAddRq v5.0
  ARRefundCreditCardAdd! @defMacro:5.0
    CustomerRef! ref 209
    RefundFromAccountRef ref 159
    ARAccountRef ref 159
    TxnDate date
    RefNumber str 11
    PaymentMethodRef ref 31
    Memo str 4095
    ExternalGUID guid v9.0
    RefundAppliedToTxnAdd+
      TxnID! id @useMacro:5.0
      RefundAmount! amt
CheckAddRq
  CheckAdd! @defMacro:4.0
    AccountRef! ref 159
    PayeeEntityRef ref 209
    RefNumber str 11
    TxnDate date
    Memo str 4095
    IsToBePrinted bool
    ExternalGUID guid v9.0
    ApplyCheckToTxnAdd* v7.0
      TxnID! id @useMacro:7.0
      Amount amt
    ExpenseLineAdd*
      AccountRef ref 159
      Amount amt
      Memo str 4095
      CustomerRef ref 209
      ClassRef ref 159
"""

CORRECTIONS = """
TxnDelRq v1.1
  TxnDelType! =ARRefundCreditCard|Check|CreditMemo|Invoice|ReceivePayment|SalesOrder|SalesReceipt
  TxnID! id
TxnVoidRq v1.1
  TxnVoidType! =ARRefundCreditCard|Check|CreditMemo|Invoice|SalesReceipt
  TxnID! id
DataExtModRq v2.0
  DataExtMod!
    OwnerID! guid
    DataExtName! str 31
    either!
      TxnDataExtType! =ARRefundCreditCard|Check|CreditMemo|Invoice|ReceivePayment|SalesOrder
        |SalesReceipt
      TxnID! id
    DataExtValue! str
"""
