"""Answers as QuickBooks writes them, of our own making; names, ids and amounts are invented."""

from qbxml_builders.answers import parse
from qbxml_builders.records import Record

HEAD = '<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs{attributes}>\n'


def answer(*responses: str, attributes: str = "") -> str:
    """A whole answer around the responses."""
    body = "\n".join(responses)
    return f"{HEAD.format(attributes=attributes)}{body}\n</QBXMLMsgsRs>\n</QBXML>\n"


def ok(kind: str, content: str, attributes: str = "") -> str:
    """One response with status 0."""
    return (
        f'<{kind}Rs requestID="r1" statusCode="0" statusSeverity="Info" '
        f'statusMessage="Status OK"{attributes}>{content}</{kind}Rs>'
    )


def read(content: str) -> Record:
    """The only record of an answer with that content."""
    ((record,),) = (response.records for response in parse(answer(ok("Any", content))).responses)
    return record


STAMP = (
    "<TimeCreated>2026-03-01T10:20:30-05:00</TimeCreated>"
    "<TimeModified>2026-03-02T10:20:30-05:00</TimeModified><EditSequence>1772</EditSequence>"
)

CUSTOMER = f"""<CustomerRet><ListID>80000002-1</ListID>{STAMP}<Name>Dock 4</Name>
<FullName>Harbour:Dock 4</FullName><IsActive>true</IsActive>
<ParentRef><ListID>80000001-1</ListID><FullName>Harbour</FullName></ParentRef>
<Sublevel>1</Sublevel><CompanyName>Harbour &amp; Co</CompanyName><FirstName>Zo&#235;</FirstName>
<LastName>O'Neill</LastName><BillAddress><Addr1>Zo&#235;</Addr1><Addr3>12 Lane</Addr3>
<City>Bath</City><State>NH</State><PostalCode>03801</PostalCode><Country>US</Country>
</BillAddress><Phone>603 555 0100</Phone><Email>zoe@shop.example.com</Email>
<Balance>12,50</Balance><ExternalGUID>{{0f2c1d1e-7a34-5b6c-8d9e-0a1b2c3d4e5f}}</ExternalGUID>
<CurrencyRef><ListID>1</ListID><FullName>US Dollar</FullName></CurrencyRef>
<SomethingNewer>x</SomethingNewer></CustomerRet>"""

LINE = (
    "<TxnLineID>{id}</TxnLineID><ItemRef><ListID>9-1</ListID><FullName>Call</FullName></ItemRef>"
    "<Desc>A call</Desc><Quantity>2</Quantity><Rate>10.00</Rate><Amount>20.00</Amount>"
    "<ClassRef><ListID>3-1</ListID></ClassRef>"
    "<SalesTaxCodeRef><ListID>2-1</ListID><FullName>Non</FullName></SalesTaxCodeRef>"
)

CUSTOM_FIELD = """<DataExtRet><OwnerID>0</OwnerID><DataExtName>Source</DataExtName>
<DataExtType>STR255TYPE</DataExtType><DataExtValue>Web</DataExtValue></DataExtRet>"""

INVOICE = f"""<InvoiceRet><TxnID>1A-1</TxnID>{STAMP}<TxnNumber>12</TxnNumber>
<CustomerRef><ListID>80000002-1</ListID><FullName>Harbour:Dock 4</FullName></CustomerRef>
<ARAccountRef><ListID>5-1</ListID><FullName>Receivables</FullName></ARAccountRef>
<TxnDate>2026-03-01</TxnDate><RefNumber>4417</RefNumber><IsPending>false</IsPending>
<PONumber>Keap 4417</PONumber><DueDate>2026-03-31</DueDate><Subtotal>60.00</Subtotal>
<ItemSalesTaxRef><ListID>6-1</ListID></ItemSalesTaxRef><SalesTaxTotal>4.95</SalesTaxTotal><AppliedAmount>-14.95</AppliedAmount>
<BalanceRemaining>50.00</BalanceRemaining><CurrencyRef><FullName>US Dollar</FullName></CurrencyRef>
<Memo>Order
4417</Memo><IsPaid>false</IsPaid><Other>4417</Other>
<ExternalGUID>{{0f2c1d1e-7a34-5b6c-8d9e-0a1b2c3d4e5f}}</ExternalGUID>
<LinkedTxn><TxnID>1B-1</TxnID><TxnType>ReceivePayment</TxnType><TxnDate>2026-03-02</TxnDate>
<RefNumber>ch_1</RefNumber><LinkType>AMTTYPE</LinkType><Amount>-14.95</Amount></LinkedTxn>
<InvoiceLineRet>{LINE.format(id="L1")}</InvoiceLineRet>
<InvoiceLineGroupRet><TxnLineID>G1</TxnLineID><ItemGroupRef><FullName>Kit</FullName></ItemGroupRef>
<TotalAmount>20.00</TotalAmount><InvoiceLineRet>{LINE.format(id="L2")}</InvoiceLineRet>
</InvoiceLineGroupRet><InvoiceLineRet>{LINE.format(id="L3")}</InvoiceLineRet>{CUSTOM_FIELD}</InvoiceRet>"""

# Every field that a receipt, an order or a credit memo may have; no form has all of them.
SALE = f"""<{{form}}Ret><TxnID>1C-1</TxnID>{STAMP}<TxnNumber>14</TxnNumber>
<CustomerRef><ListID>80000002-1</ListID><FullName>Harbour:Dock 4</FullName></CustomerRef>
<ARAccountRef><ListID>5-1</ListID></ARAccountRef><TxnDate>2026-03-03</TxnDate>
<RefNumber>R4417</RefNumber><IsPending>true</IsPending><PONumber>Keap 4417</PONumber>
<PaymentMethodRef><ListID>7-1</ListID></PaymentMethodRef><DueDate>2026-03-31</DueDate>
<Subtotal>20.00</Subtotal><ItemSalesTaxRef><ListID>6-1</ListID></ItemSalesTaxRef>
<SalesTaxTotal>1.65</SalesTaxTotal><TotalAmount>21.65</TotalAmount>
<CreditRemaining>1.65</CreditRemaining><CurrencyRef><FullName>US Dollar</FullName></CurrencyRef>
<Memo>Order 4417</Memo><DepositToAccountRef><ListID>8-1</ListID></DepositToAccountRef>
<Other>4417</Other><ExternalGUID>{{{{0f2c1d1e-7a34-5b6c-8d9e-0a1b2c3d4e5f}}}}</ExternalGUID>
<LinkedTxn><TxnID>1D-1</TxnID><TxnType>ARRefundCreditCard</TxnType><TxnDate>2026-03-04</TxnDate>
<RefNumber>F1</RefNumber><Amount>-20.00</Amount></LinkedTxn>
<{{form}}LineRet>{LINE.format(id="L1")}</{{form}}LineRet>
<{{form}}LineGroupRet><TxnLineID>G1</TxnLineID><ItemGroupRef><FullName>Kit</FullName>
</ItemGroupRef><{{form}}LineRet>{LINE.format(id="L2")}</{{form}}LineRet></{{form}}LineGroupRet>
{CUSTOM_FIELD}</{{form}}Ret>"""

CARD_REFUND = f"""<ARRefundCreditCardRet><TxnID>1D-1</TxnID>{STAMP}<TxnNumber>15</TxnNumber>
<CustomerRef><ListID>80000002-1</ListID><FullName>Harbour:Dock 4</FullName></CustomerRef>
<RefundFromAccountRef><ListID>8-1</ListID></RefundFromAccountRef>
<ARAccountRef><ListID>5-1</ListID></ARAccountRef><TxnDate>2026-03-04</TxnDate>
<RefNumber>F1</RefNumber><TotalAmount>20.00</TotalAmount>
<CurrencyRef><FullName>US Dollar</FullName></CurrencyRef><Memo>Refund</Memo>
<ExternalGUID>{{0f2c1d1e-7a34-5b6c-8d9e-0a1b2c3d4e5f}}</ExternalGUID>
<RefundAppliedToTxnRet><TxnID>1C-1</TxnID><TxnType>CreditMemo</TxnType>
<TxnDate>2026-03-03</TxnDate><RefNumber>R4417</RefNumber><CreditRemaining>1.65</CreditRemaining>
<RefundAmount>20.00</RefundAmount></RefundAppliedToTxnRet></ARRefundCreditCardRet>"""

CHECK = f"""<CheckRet><TxnID>1E-1</TxnID>{STAMP}<TxnNumber>16</TxnNumber>
<AccountRef><ListID>8-1</ListID></AccountRef>
<PayeeEntityRef><ListID>80000002-1</ListID><FullName>Harbour:Dock 4</FullName></PayeeEntityRef>
<RefNumber>F1</RefNumber><TxnDate>2026-03-04</TxnDate><Amount>20.00</Amount>
<CurrencyRef><FullName>US Dollar</FullName></CurrencyRef><Memo>Refund</Memo>
<ExternalGUID>{{0f2c1d1e-7a34-5b6c-8d9e-0a1b2c3d4e5f}}</ExternalGUID>
<LinkedTxn><TxnID>1C-1</TxnID><TxnType>CreditMemo</TxnType><TxnDate>2026-03-03</TxnDate>
<RefNumber>R4417</RefNumber><Amount>-20.00</Amount></LinkedTxn></CheckRet>"""

PAYMENT = f"""<ReceivePaymentRet><TxnID>1B-1</TxnID>{STAMP}<TxnNumber>13</TxnNumber>
<CustomerRef><ListID>80000002-1</ListID><FullName>Harbour:Dock 4</FullName></CustomerRef>
<ARAccountRef><ListID>5-1</ListID></ARAccountRef><TxnDate>2026-03-02</TxnDate>
<RefNumber>ch_1</RefNumber><TotalAmount>15.00</TotalAmount>
<PaymentMethodRef><ListID>7-1</ListID></PaymentMethodRef><Memo>whole id</Memo>
<DepositToAccountRef><ListID>8-1</ListID></DepositToAccountRef>
<UnusedPayment>0.05</UnusedPayment><UnusedCredits>3.00</UnusedCredits>
<AppliedToTxnRet><TxnID>1A-1</TxnID><TxnType>Invoice</TxnType><RefNumber>4417</RefNumber>
<BalanceRemaining>50.00</BalanceRemaining><Amount>14.95</Amount><LinkedTxn><TxnID>1C-1</TxnID>
<TxnType>CreditMemo</TxnType><TxnDate>2026-03-03</TxnDate><RefNumber>R4417</RefNumber>
<Amount>-2.00</Amount></LinkedTxn></AppliedToTxnRet>
</ReceivePaymentRet>"""

HOST = """<HostRet><ProductName>QuickBooks Pro</ProductName><MajorVersion>33</MajorVersion>
<MinorVersion>0</MinorVersion><Country>US</Country>
<SupportedQBXMLVersion>1.0</SupportedQBXMLVersion>
<SupportedQBXMLVersion>13.0</SupportedQBXMLVersion><QBFileMode>SingleUser</QBFileMode></HostRet>"""

COMPANY = """<CompanyRet><IsSampleCompany>false</IsSampleCompany>
<CompanyName>Blue Sky</CompanyName><LegalCompanyName>Blue Sky LLC</LegalCompanyName>
<AccountantCopy><AccountantCopyExists>true</AccountantCopyExists>
<DividingDate>2025-12-31</DividingDate></AccountantCopy>
<DataExtRet><OwnerID>{1}</OwnerID><DataExtName>FileID</DataExtName>
<DataExtType>STR255TYPE</DataExtType><DataExtValue>{2}</DataExtValue></DataExtRet></CompanyRet>"""

PREFERENCES = """<PreferencesRet><AccountingPreferences>
<IsUsingAccountNumbers>false</IsUsingAccountNumbers>
<IsUsingClassTracking>true</IsUsingClassTracking><ClosingDate>2026-01-31</ClosingDate>
</AccountingPreferences><FinanceChargePreferences><MinFinanceCharge>0,00</MinFinanceCharge>
</FinanceChargePreferences><MultiCurrencyPreferences><IsMultiCurrencyOn>true</IsMultiCurrencyOn>
<HomeCurrencyRef><FullName>US Dollar</FullName></HomeCurrencyRef></MultiCurrencyPreferences>
<PurchasesAndVendorsPreferences><IsUsingInventory>true</IsUsingInventory>
</PurchasesAndVendorsPreferences><SalesAndCustomersPreferences>
<IsAutoApplyingPayments>true</IsAutoApplyingPayments></SalesAndCustomersPreferences>
<SalesTaxPreferences>
<DefaultItemSalesTaxRef><ListID>6-1</ListID><FullName>State</FullName></DefaultItemSalesTaxRef>
<DefaultTaxableSalesTaxCodeRef><ListID>1-1</ListID><FullName>Tax</FullName>
</DefaultTaxableSalesTaxCodeRef><DefaultNonTaxableSalesTaxCodeRef><ListID>2-1</ListID>
<FullName>Non</FullName></DefaultNonTaxableSalesTaxCodeRef></SalesTaxPreferences>
</PreferencesRet>"""

HCP = answer(
    ok("HostQuery", HOST), ok("CompanyQuery", COMPANY), ok("PreferencesQuery", PREFERENCES)
)
