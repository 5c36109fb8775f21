"""The ...Ret elements of the transactions, in the order of the qbXML OSR."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from .body import Body
from .grammar import Element
from .records import CREDITS, Application, Txn, TxnType
from .rendering import ret_of
from .store import Store
from .values import ZERO, amount_text, bool_text

_HEAD: Final = "TxnID TimeCreated TimeModified EditSequence TxnNumber"
_ADDRESSES: Final = "BillAddress BillAddressBlock ShipAddress ShipAddressBlock"
_TAX: Final = "Subtotal ItemSalesTaxRef SalesTaxPercentage SalesTaxTotal"
_TERMS: Final = "PONumber TermsRef DueDate SalesRepRef FOB ShipDate ShipMethodRef"
_PRINT: Final = "CustomerMsgRef IsToBePrinted IsToBeEmailed CustomerSalesTaxCodeRef"
_ORDERS: Final[Mapping[TxnType, str]] = {
    TxnType.INVOICE: "CustomerRef ClassRef ARAccountRef TemplateRef TxnDate RefNumber "
    f"{_ADDRESSES} IsPending IsFinanceCharge {_TERMS} {_TAX} AppliedAmount BalanceRemaining Memo "
    f"IsPaid {_PRINT} Other ExternalGUID LinkedTxn InvoiceLineRet DataExtRet",
    TxnType.SALES_RECEIPT: f"CustomerRef ClassRef TemplateRef TxnDate RefNumber {_ADDRESSES} "
    "IsPending CheckNumber PaymentMethodRef DueDate SalesRepRef ShipDate ShipMethodRef FOB "
    f"{_TAX} TotalAmount Memo {_PRINT} DepositToAccountRef Other ExternalGUID "
    "SalesReceiptLineRet DataExtRet",
    TxnType.SALES_ORDER: f"CustomerRef ClassRef TemplateRef TxnDate RefNumber {_ADDRESSES} "
    f"{_TERMS} {_TAX} TotalAmount IsManuallyClosed IsFullyInvoiced Memo {_PRINT} Other "
    "ExternalGUID LinkedTxn SalesOrderLineRet DataExtRet",
    TxnType.CREDIT_MEMO: "CustomerRef ClassRef ARAccountRef TemplateRef TxnDate RefNumber "
    f"{_ADDRESSES} IsPending {_TERMS} {_TAX} TotalAmount CreditRemaining Memo {_PRINT} Other "
    "ExternalGUID LinkedTxn CreditMemoLineRet DataExtRet",
    TxnType.RECEIVE_PAYMENT: "CustomerRef ARAccountRef TxnDate RefNumber TotalAmount "
    "PaymentMethodRef Memo DepositToAccountRef UnusedPayment UnusedCredits ExternalGUID "
    "AppliedToTxnRet DataExtRet",
    TxnType.CARD_REFUND: "CustomerRef RefundFromAccountRef ARAccountRef TxnDate RefNumber "
    "TotalAmount Address AddressBlock PaymentMethodRef Memo ExternalGUID RefundAppliedToTxnRet "
    "DataExtRet",
    TxnType.CHECK: "AccountRef PayeeEntityRef RefNumber TxnDate Amount Memo Address AddressBlock "
    "IsToBePrinted ExternalGUID LinkedTxn ExpenseLineRet DataExtRet",
}
_OF_A_RECORD: Final = (*_HEAD.split(), "ExternalGUID")


def txn_ret(store: Store, txn: Txn, *, lines: bool, links: bool, fields: bool = False) -> Element:
    """The Ret of any transaction, with its lines, links and custom fields where wanted.

    A payment tells what it is applied to, and a card refund what it refunds, with the lines.
    InvoiceRet has no total: that is Subtotal + SalesTaxTotal (qbXML OSR: InvoiceRet).
    """
    values: Body = {**_head(txn), **txn.body, **_amounts(store, txn)}
    if links:
        applied = store.links.of(txn.txn_id)
        values["LinkedTxn"] = [one for link in applied for one in _link(store, txn, link)]
    if lines and txn.txn_type is TxnType.RECEIVE_PAYMENT:
        values["AppliedToTxnRet"] = _applied(store, txn)
    if lines and txn.txn_type is TxnType.CARD_REFUND:
        values["RefundAppliedToTxnRet"] = _refunded(store, txn)
    order = _ORDERS[txn.txn_type].split()
    left_out = {name for name in order if name.endswith("LineRet") and not lines}
    if not fields:
        left_out.add("DataExtRet")
    shown = " ".join(name for name in order if name not in left_out)
    return ret_of(store, f"{txn.txn_type}Ret", values, f"{_HEAD} {shown}")


def unrecorded_payment_ret(store: Store, payment: Txn) -> Element:
    """ReceivePaymentRet of a payment of nothing that was not saved: it has no id."""
    ret = txn_ret(store, payment, lines=True, links=False)
    for child in list(ret):
        if child.tag in _OF_A_RECORD:
            ret.remove(child)
    return ret


def _head(txn: Txn) -> Body:
    """What the columns say; empty references are not shown."""
    return {
        "TxnID": txn.txn_id,
        "TimeCreated": txn.created,
        "TimeModified": txn.modified,
        "EditSequence": txn.edit_sequence,
        "TxnNumber": str(txn.number),
        "CustomerRef": {"ListID": txn.customer_id} if txn.customer_id else {},
        "ARAccountRef": {"ListID": txn.account_id} if txn.account_id else {},
        "TxnDate": txn.txn_date,
        "RefNumber": txn.ref_number,
        "TotalAmount": amount_text(txn.total),
    }


def _amounts(store: Store, txn: Txn) -> Body:
    """What of it is applied, due, unused or left."""
    match txn.txn_type:
        case TxnType.INVOICE:
            due = store.links.open_amount(txn)
            return {
                "AppliedAmount": amount_text(due - txn.total),
                "BalanceRemaining": amount_text(due),
                "IsPaid": bool_text(due == 0),
            }
        case TxnType.CREDIT_MEMO:
            return {"CreditRemaining": amount_text(store.links.open_amount(txn))}
        case TxnType.RECEIVE_PAYMENT:
            unused = store.links.open_amount(txn)
            return {"UnusedPayment": amount_text(unused), "UnusedCredits": amount_text(ZERO)}
        case TxnType.CHECK:
            return {"Amount": amount_text(txn.total)}
        case _:
            return {}


def _link(store: Store, txn: Txn, application: Application) -> list[Body]:
    """The other side of an application: negative in a debit, as it lowers what is due."""
    is_credit = txn.txn_type in CREDITS
    other = store.txns.get(application.debit_id if is_credit else application.credit_id)
    if other is None:
        return []
    return [_linked(other, application.amount if is_credit else -application.amount)]


def _linked(other: Txn, amount: Decimal) -> Body:
    link: Body = {**_named(other), "LinkType": "AMTTYPE", "Amount": amount_text(amount)}
    return {name: value for name, value in link.items() if value != ""}


def _named(txn: Txn) -> Body:
    body: Body = {"TxnID": txn.txn_id, "TxnType": txn.txn_type.value, "TxnDate": txn.txn_date}
    return {**body, "RefNumber": txn.ref_number} if txn.ref_number else body


def _applied(store: Store, payment: Txn) -> list[Body]:
    """What a payment pays, and the credits that were set with it, invoice by invoice."""
    own = [link for link in store.links.of(payment.txn_id) if link.credit_id == payment.txn_id]
    credits_set = store.links.set_by(payment.txn_id)
    paid = {link.debit_id: link.amount for link in own}
    bodies: list[Body] = []
    for debit_id in dict.fromkeys(link.debit_id for link in [*credits_set, *own]):
        invoice = store.txns.get(debit_id)
        if invoice is None or invoice.txn_type is not TxnType.INVOICE:
            continue
        linked = [
            _linked(credit, -link.amount)
            for link in credits_set
            if link.debit_id == debit_id and (credit := store.txns.get(link.credit_id)) is not None
        ]
        body: Body = {
            **_named(invoice),
            "BalanceRemaining": amount_text(store.links.open_amount(invoice)),
            "Amount": amount_text(paid.get(debit_id, ZERO)),
        }
        bodies.append({**body, "LinkedTxn": linked} if linked else body)
    return bodies


def _refunded(store: Store, refund: Txn) -> list[Body]:
    return [
        {
            **_named(credit),
            "CreditRemaining": amount_text(store.links.open_amount(credit)),
            "RefundAmount": amount_text(link.amount),
        }
        for link in store.links.of(refund.txn_id)
        if (credit := store.txns.get(link.credit_id)) is not None
    ]
