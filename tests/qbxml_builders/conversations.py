"""Answers as QuickBooks writes them, of our own making; names, ids and amounts are invented."""

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
    "<SalesTaxCodeRef><FullName>Non</FullName></SalesTaxCodeRef>"
)

INVOICE = f"""<InvoiceRet><TxnID>1A-1</TxnID>{STAMP}<TxnNumber>12</TxnNumber>
<CustomerRef><ListID>80000002-1</ListID><FullName>Harbour:Dock 4</FullName></CustomerRef>
<ARAccountRef><ListID>5-1</ListID><FullName>Receivables</FullName></ARAccountRef>
<TxnDate>2026-03-01</TxnDate><RefNumber>4417</RefNumber><PONumber>Keap 4417</PONumber>
<Subtotal>60.00</Subtotal><SalesTaxTotal>4.95</SalesTaxTotal><AppliedAmount>-14.95</AppliedAmount>
<BalanceRemaining>50.00</BalanceRemaining><CurrencyRef><FullName>US Dollar</FullName></CurrencyRef>
<Memo>Order
4417</Memo><IsPaid>false</IsPaid><Other>4417</Other>
<ExternalGUID>{{0f2c1d1e-7a34-5b6c-8d9e-0a1b2c3d4e5f}}</ExternalGUID>
<LinkedTxn><TxnID>1B-1</TxnID><TxnType>ReceivePayment</TxnType><TxnDate>2026-03-02</TxnDate>
<RefNumber>ch_1</RefNumber><LinkType>AMTTYPE</LinkType><Amount>-14.95</Amount></LinkedTxn>
<InvoiceLineRet>{LINE.format(id="L1")}</InvoiceLineRet>
<InvoiceLineGroupRet><TxnLineID>G1</TxnLineID><ItemGroupRef><FullName>Kit</FullName></ItemGroupRef>
<TotalAmount>20.00</TotalAmount><InvoiceLineRet>{LINE.format(id="L2")}</InvoiceLineRet>
</InvoiceLineGroupRet><InvoiceLineRet>{LINE.format(id="L3")}</InvoiceLineRet></InvoiceRet>"""

PAYMENT = f"""<ReceivePaymentRet><TxnID>1B-1</TxnID>{STAMP}<TxnNumber>13</TxnNumber>
<CustomerRef><ListID>80000002-1</ListID><FullName>Harbour:Dock 4</FullName></CustomerRef>
<ARAccountRef><ListID>5-1</ListID></ARAccountRef><TxnDate>2026-03-02</TxnDate>
<RefNumber>ch_1</RefNumber><TotalAmount>15.00</TotalAmount><Memo>whole id</Memo>
<UnusedPayment>0.05</UnusedPayment>
<AppliedToTxnRet><TxnID>1A-1</TxnID><TxnType>Invoice</TxnType><RefNumber>4417</RefNumber>
<BalanceRemaining>50.00</BalanceRemaining><Amount>14.95</Amount></AppliedToTxnRet>
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
