"""The closed sets that settings choose from."""

from typing import Literal

NoSku = Literal["unknown-item", "hold", "create"]
ItemMatchField = Literal["name", "part-number", "barcode", "custom-field"]
MissingItem = Literal["hold", "unknown-item", "create"]
NewItemType = Literal["service", "non-inventory"]
CustomerMatching = Literal["email-then-name", "name", "single-customer"]
CustomerName = Literal["first-last", "last-first", "company", "email"]
MissingCustomer = Literal["create", "hold", "single-customer"]
NameTaken = Literal["add-number", "hold"]
UpdateCustomers = Literal["never", "when-changed"]
Drafts = Literal["hold", "skip", "send"]
ZeroOrders = Literal["skip", "post"]
Transaction = Literal["invoice-and-payments", "invoice", "sales-receipt", "sales-order"]
NumberSource = Literal["order-id", "invoice-id", "quickbooks-next"]
SaleDate = Literal["order", "payment", "sync"]
ClosedPeriod = Literal["hold", "first-open-day"]
DueDate = Literal["terms", "keap"]
YesNo = Literal["yes", "no"]
SalesTax = Literal["line", "quickbooks"]
EditedOrders = Literal["hold", "update"]
PaymentReference = Literal["transaction-id", "payment-id"]
Overpayments = Literal["hold", "credit"]
Refunds = Literal["hold", "credit-memo", "card-refund", "cheque"]
RefundUnpaid = Literal["credit-memo", "void"]
#: what a connection's people can be told of
AlertTopic = Literal["needs-you", "no-contact", "sign-in", "company-file", "failures"]
