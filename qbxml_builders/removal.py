"""Taking transactions back: deleting them, or voiding them."""

from typing import Literal

from qbxml_builders.elements import Element, Request

#: A payment and a sales order can be deleted, never voided (qbXML OSR, TxnVoid).
Voidable = Literal["ARRefundCreditCard", "Check", "CreditMemo", "Invoice", "SalesReceipt"]
Deletable = Voidable | Literal["ReceivePayment", "SalesOrder"]


def txn_delete(request_id: str, txn_type: Deletable, txn_id: str) -> Request:
    """The request that deletes the transaction: only TxnDeletedQuery tells of it, for 90 days.

    Refused where others are linked to it (3160) or its period is closed (3161). Source: qbXML OSR,
    TxnDel.
    """
    return _removal("Del", request_id, txn_type, txn_id)


def txn_void(request_id: str, txn_type: Voidable, txn_id: str) -> Request:
    """The request that sets the transaction's amounts to zero and keeps its number.

    Payments that were applied to it stay, unused. Source: qbXML OSR, TxnVoid.
    """
    return _removal("Void", request_id, txn_type, txn_id)


def _removal(how: str, request_id: str, txn_type: str, txn_id: str) -> Request:
    content = (Element(f"Txn{how}Type", txn_type), Element("TxnID", txn_id))
    return Request(request_id, Element(f"Txn{how}Rq", content))
