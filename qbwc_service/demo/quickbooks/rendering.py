"""The ...Ret elements: what QuickBooks tells of a record, in the order of the qbXML OSR."""

from collections.abc import Mapping
from typing import Final

from lxml import etree

from .body import Body, Value, append_value, text_at
from .grammar import Element
from .records import Application, ListElement, ListName, Txn, TxnType
from .store import Store
from .values import ZERO, amount_text, bool_text

_ITEM: Final = (
    "Name FullName BarCodeValue IsActive ClassRef ParentRef Sublevel UnitOfMeasureSetRef "
    "SalesTaxCodeRef SalesOrPurchase SalesAndPurchase ExternalGUID DataExtRet"
)
_STOCK: Final = (
    "Name FullName BarCodeValue IsActive ClassRef ParentRef Sublevel ManufacturerPartNumber "
    "UnitOfMeasureSetRef SalesTaxCodeRef SalesDesc SalesPrice IncomeAccountRef PurchaseDesc "
    "PurchaseCost COGSAccountRef PrefVendorRef AssetAccountRef {point} QuantityOnHand AverageCost "
    "ExternalGUID DataExtRet"
)
_PERSON: Final = (
    "CompanyName Salutation FirstName MiddleName LastName JobTitle BillAddress BillAddressBlock "
    "ShipAddress ShipAddressBlock ShipToAddress Phone AltPhone Fax Email Cc Contact AltContact "
    "CustomerTypeRef TermsRef SalesRepRef Balance TotalBalance SalesTaxCodeRef ItemSalesTaxRef "
    "ResaleNumber AccountNumber CreditLimit PreferredPaymentMethodRef JobStatus JobStartDate "
    "JobProjectedEndDate JobEndDate JobDesc JobTypeRef Notes PreferredDeliveryMethod PriceLevelRef "
    "ExternalGUID CurrencyRef"
)
_NAMED: Final = "Name IsActive"
_HEAD: Final = "ListID TimeCreated TimeModified EditSequence"
_LIST_ORDERS: Final[Mapping[ListName, str]] = {
    ListName.CUSTOMER: f"Name FullName IsActive ClassRef ParentRef Sublevel {_PERSON}",
    ListName.VENDOR: "Name IsActive CompanyName Phone Email AccountNumber Balance ExternalGUID",
    ListName.EMPLOYEE: "Name IsActive Salutation FirstName MiddleName LastName Phone Email",
    ListName.OTHER_NAME: "Name IsActive CompanyName FirstName LastName Phone Email",
    ListName.ITEM_SERVICE: _ITEM,
    ListName.ITEM_NON_INVENTORY: "Name FullName BarCodeValue IsActive ClassRef ParentRef Sublevel "
    "ManufacturerPartNumber UnitOfMeasureSetRef SalesTaxCodeRef SalesOrPurchase SalesAndPurchase "
    "ExternalGUID DataExtRet",
    ListName.ITEM_OTHER_CHARGE: _ITEM,
    ListName.ITEM_INVENTORY: _STOCK.format(point="ReorderPoint"),
    ListName.ITEM_INVENTORY_ASSEMBLY: _STOCK.format(point="BuildPoint"),
    ListName.ITEM_DISCOUNT: "Name FullName IsActive ParentRef Sublevel ItemDesc SalesTaxCodeRef "
    "DiscountRate DiscountRatePercent AccountRef ExternalGUID",
    ListName.ITEM_SALES_TAX: "Name IsActive ItemDesc TaxRate TaxVendorRef ExternalGUID",
    ListName.ITEM_SALES_TAX_GROUP: "Name IsActive ItemDesc ExternalGUID ItemSalesTaxRef",
    ListName.ACCOUNT: "Name FullName IsActive ParentRef Sublevel AccountType SpecialAccountType "
    "AccountNumber BankNumber Desc Balance TotalBalance CashFlowClassification CurrencyRef",
    ListName.PAYMENT_METHOD: f"{_NAMED} PaymentMethodType",
    ListName.SALES_TAX_CODE: f"{_NAMED} IsTaxable Desc",
    ListName.TERMS: f"{_NAMED} StdDueDays StdDiscountDays DiscountPct",
    ListName.DATE_DRIVEN_TERMS: f"{_NAMED} DayOfMonthDue DueNextMonthDays DiscountDayOfMonth "
    "DiscountPct",
    ListName.CLASS: "Name FullName IsActive ParentRef Sublevel",
    ListName.TEMPLATE: f"{_NAMED} TemplateType",
    ListName.SALES_REP: "Initial IsActive SalesRepEntityRef",
    ListName.SHIP_METHOD: _NAMED,
    ListName.CURRENCY: f"{_NAMED} CurrencyCode CurrencyFormat IsUserDefinedCurrency",
    ListName.CUSTOMER_TYPE: "Name FullName IsActive ParentRef Sublevel",
    ListName.CUSTOMER_MSG: _NAMED,
}
_INVOICE_ORDER: Final = (
    "TxnID TimeCreated TimeModified EditSequence TxnNumber CustomerRef ClassRef ARAccountRef "
    "TemplateRef TxnDate RefNumber BillAddress BillAddressBlock ShipAddress ShipAddressBlock "
    "IsPending IsFinanceCharge PONumber TermsRef DueDate SalesRepRef FOB ShipDate ShipMethodRef "
    "Subtotal ItemSalesTaxRef SalesTaxPercentage SalesTaxTotal AppliedAmount BalanceRemaining Memo "
    "IsPaid CustomerMsgRef IsToBePrinted IsToBeEmailed CustomerSalesTaxCodeRef Other ExternalGUID "
    "LinkedTxn InvoiceLineRet"
)
_PAYMENT_ORDER: Final = (
    "TxnID TimeCreated TimeModified EditSequence TxnNumber CustomerRef ARAccountRef TxnDate "
    "RefNumber TotalAmount PaymentMethodRef Memo DepositToAccountRef UnusedPayment UnusedCredits "
    "ExternalGUID AppliedToTxnRet"
)


def list_ret(store: Store, element: ListElement) -> Element:
    """The Ret of a list element, for example CustomerRet with its balances."""
    level = element.full_name.count(":")
    values: Body = {
        "ListID": element.list_id,
        "TimeCreated": element.created,
        "TimeModified": element.modified,
        "EditSequence": element.edit_sequence,
        **element.body,
        "Name": element.name,
        "Initial": element.name,
        "FullName": element.full_name,
        "IsActive": bool_text(element.is_active),
        "Sublevel": str(level),
    }
    if element.parent_id:
        values["ParentRef"] = {"ListID": element.parent_id}
    if element.list_name is ListName.CUSTOMER:
        own = store.txns.balance(element.list_id)
        values["Balance"] = amount_text(own)
        values["TotalBalance"] = amount_text(
            sum(
                (store.txns.balance(job.list_id) for job in store.lists.children(element.list_id)),
                own,
            )
        )
    order = f"{_HEAD} {_LIST_ORDERS[element.list_name]}"
    return _ret(store, f"{element.list_name}Ret", values, order)


def invoice_ret(store: Store, txn: Txn, *, lines: bool, links: bool) -> Element:
    """InvoiceRet; it has no total: that is Subtotal + SalesTaxTotal (qbXML OSR: InvoiceRet)."""
    applied = store.txns.links(txn)
    paid = sum((application.amount for application in applied), ZERO)
    values: Body = {
        **_txn_head(txn),
        **txn.body,
        "AppliedAmount": amount_text(-paid if paid else ZERO),
        "BalanceRemaining": amount_text(txn.total - paid),
        "IsPaid": bool_text(txn.total == paid),
        "LinkedTxn": [link for a in applied for link in _link(store, a)] if links else [],
    }
    if not lines:
        values.pop("InvoiceLineRet", None)
    return _ret(store, "InvoiceRet", values, _INVOICE_ORDER)


def payment_ret(store: Store, txn: Txn, *, lines: bool) -> Element:
    """ReceivePaymentRet; AppliedToTxnRet comes with the line items."""
    applied = store.txns.links(txn)
    values: Body = {
        **_txn_head(txn),
        **txn.body,
        "TotalAmount": amount_text(txn.total),
        "UnusedPayment": amount_text(store.txns.open_amount(txn)),
        "UnusedCredits": amount_text(ZERO),
        "AppliedToTxnRet": [body for a in applied for body in _applied(store, a)] if lines else [],
    }
    return _ret(store, "ReceivePaymentRet", values, _PAYMENT_ORDER)


def keep_only(element: Element, wanted: frozenset[str]) -> Element:
    """Drops the top-level children that IncludeRetElement does not name; none named: all stay."""
    for child in list(element):
        if wanted and child.tag not in wanted:
            element.remove(child)
    return element


def _txn_head(txn: Txn) -> Body:
    return {
        "TxnID": txn.txn_id,
        "TimeCreated": txn.created,
        "TimeModified": txn.modified,
        "EditSequence": txn.edit_sequence,
        "TxnNumber": str(txn.number),
        "CustomerRef": {"ListID": txn.customer_id},
        "ARAccountRef": {"ListID": txn.account_id},
        "TxnDate": txn.txn_date,
        "RefNumber": txn.ref_number,
    }


def _link(store: Store, application: Application) -> list[Body]:
    payment = store.txns.get(application.payment_id)
    if payment is None:
        return []
    link: Body = {
        "TxnID": payment.txn_id,
        "TxnType": TxnType.RECEIVE_PAYMENT.value,
        "TxnDate": payment.txn_date,
        "RefNumber": payment.ref_number,
        "LinkType": "AMTTYPE",
        "Amount": amount_text(-application.amount),
    }
    return [_without_empty(link)]


def _applied(store: Store, application: Application) -> list[Body]:
    invoice = store.txns.get(application.invoice_id)
    if invoice is None:
        return []
    applied: Body = {
        "TxnID": invoice.txn_id,
        "TxnType": TxnType.INVOICE.value,
        "TxnDate": invoice.txn_date,
        "RefNumber": invoice.ref_number,
        "BalanceRemaining": amount_text(store.txns.open_amount(invoice)),
        "Amount": amount_text(application.amount),
    }
    return [_without_empty(applied)]


def _without_empty(body: Body) -> Body:
    return {name: value for name, value in body.items() if value != ""}


def _ret(store: Store, tag: str, values: Body, order: str) -> Element:
    element = etree.Element(tag)
    for name in order.split():
        value = values.get(name, "")
        if value not in ("", {}, []):
            append_value(element, name, _with_names(store, name, value))
    return element


def _with_names(store: Store, name: str, value: Value) -> Value:
    """Puts the FullName of today beside every ListID."""
    if isinstance(value, list):
        return [_full(store, one) for one in value]
    if isinstance(value, dict):
        return _named(store, value) if name.endswith("Ref") else _full(store, value)
    return value


def _full(store: Store, body: Body) -> Body:
    return {name: _with_names(store, name, value) for name, value in body.items()}


def _named(store: Store, ref: Body) -> Body:
    element = store.lists.get(text_at(ref, "ListID"))
    return ref if element is None else {"ListID": element.list_id, "FullName": element.full_name}


def address_block(address: Body) -> Body:
    """The printed form: the lines without gaps, then city, state and postal code, then country."""
    place = " ".join(
        part
        for part in (
            ", ".join(p for p in (text_at(address, "City"), text_at(address, "State")) if p),
            text_at(address, "PostalCode"),
        )
        if part
    )
    lines = [text_at(address, f"Addr{n}") for n in range(1, 6)]
    printed = [line for line in (*lines, place, text_at(address, "Country")) if line][:5]
    return {f"Addr{n}": line[:41] for n, line in enumerate(printed, start=1)}
