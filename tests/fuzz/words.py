"""Words of qbXML and of Keap's JSON."""

from tests.fuzz.target import NEXT

QBXML_WORDS = (
    *b"QBXML QBXMLMsgsRs messageSetStatusCode newMessageSetID oldMessageSetID statusCode".split(),
    *b"statusSeverity statusMessage requestID iteratorID iteratorRemainingCount retCount".split(),
    *b"Error Warn Info ErrorRecovery ListID TxnID TxnNumber EditSequence ExternalGUID".split(),
    *b"InvoiceRet ReceivePaymentRet CustomerRet CreditMemoRet SalesReceiptRet".split(),
    b"ItemServiceRet",
    *b"InvoiceAddRs ReceivePaymentAddRs CustomerAddRs InvoiceQueryRs CustomerQueryRs".split(),
    *b"ListDeletedQueryRs TxnDeletedQueryRs CompanyQueryRs HostQueryRs PreferencesQueryRs".split(),
    *b"EntityQueryRs ItemQueryRs AccountQueryRs TermsQueryRs ClassQueryRs CheckAddRs".split(),
    *b"CompanyRet HostRet PreferencesRet DataExtRet SupportedQBXMLVersion FileID OwnerID".split(),
    *b"TimeCreated TimeModified TimeDeleted FullName Name RefNumber TxnDate Subtotal".split(),
    *b"SalesTaxTotal BalanceRemaining TotalAmount UnusedPayment AppliedToTxnRet LinkedTxn".split(),
    *b"InvoiceLineRet Amount Rate Quantity CustomerRef ARAccountRef ParentRef IsActive".split(),
    *b"0 1 500 530 600 1000 3040 3100 3120 3140 3170 3180 3200 3210 9001 9005 9100".split(),
    b'statusCode="3200"',
    b'statusCode="3100" statusSeverity="Error"',
    b'iteratorRemainingCount="1"',
    b'iteratorID="{1}"',
    b"</QBXMLMsgsRs></QBXML>",
    NEXT,
)
KEAP_WORDS = (
    *b"id total amount currency_code USD EUR title status total_paid total_due contact".split(),
    *b"order_items item_type quantity price_per_unit discount product sku taxable".split(),
    *b"PRODUCT SHIPPING TAX DISCOUNT FINANCE_CHARGE creation_time order_time due_time".split(),
    *b"modification_time invoice_id order_ids payment_time type note DRAFT PAID APPROVED".split(),
    *b"VOID REFUNDED refund_payment_id payment_method card_info brand next_page_token".split(),
    *b"email_addresses phone_numbers addresses company company_name custom_fields".split(),
    *b"content tag_ids region_code country_code fault faultstring detail errorcode".split(),
    *b"error error_description access_token refresh_token expires_in code message".split(),
    *b"orders payments contacts products merchant_accounts invoice_order_payments".split(),
    *b"date retry-after x-keap-tenant-id x-keap-product-quota-limit time_zone".split(),
    b'"amount":11105',
    b'"id":"0"',
    b'"id":101',
    b'"\\ud83d"',
    b'{"amount":1,"currency_code":"USD"}',
    NEXT,
)
