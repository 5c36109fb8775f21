"""What QuickBooks calls each kind of transaction that we make, and how it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from qbwc_service.ledger.models import Kind
from qbxml_builders.elements import Request
from qbxml_builders.records import (
    InvoiceRecord,
    PaymentRecord,
    Record,
    RefundRecord,
    SaleRecord,
)
from qbxml_builders.transactions import (
    TxnQuery,
    card_refund_query,
    check_query,
    credit_memo_query,
    invoice_query,
    receive_payment_query,
    sales_order_query,
    sales_receipt_query,
)

TxnMade = InvoiceRecord | SaleRecord | PaymentRecord | RefundRecord

_ALWAYS = (
    "TxnID",
    "TimeCreated",
    "TimeModified",
    "EditSequence",
    "CustomerRef",
    "TxnDate",
    "RefNumber",
    "Memo",
    "ExternalGUID",
)


@dataclass(frozen=True, slots=True)
class TxnKind:
    """`txn_type` is the name that TxnDel, TxnDeleted and links use."""

    txn_type: str
    query: TxnQuery
    #: elements of the Ret that a look-up needs
    fields: tuple[str, ...]
    #: whether the query may be asked for links (qbXML OSR: IncludeLinkedTxns)
    has_links: bool = False
    #: what it pays or refunds comes only with the lines
    needs_lines: bool = False
    can_be_voided: bool = True

    def ask(self, request_id: str, *, whole: bool = False, **keys: Any) -> Request:
        """By keys or filters; `whole` with all that it has, lines too."""
        return self.query(
            request_id,
            linked_txns=self.has_links,
            line_items=self.needs_lines or (whole and self.txn_type != "ARRefundCreditCard"),
            fields=() if whole else self.fields,
            **keys,
        )


TXN_KINDS: Mapping[Kind, TxnKind] = MappingProxyType(
    {
        Kind.INVOICE: TxnKind(
            "Invoice",
            invoice_query,
            (
                *_ALWAYS,
                "ARAccountRef",
                "Subtotal",
                "SalesTaxTotal",
                "BalanceRemaining",
                "LinkedTxn",
            ),
            has_links=True,
        ),
        Kind.SALES_RECEIPT: TxnKind(
            "SalesReceipt",
            sales_receipt_query,
            (*_ALWAYS, "Subtotal", "SalesTaxTotal", "TotalAmount"),
        ),
        Kind.SALES_ORDER: TxnKind(
            "SalesOrder",
            sales_order_query,
            (*_ALWAYS, "Subtotal", "SalesTaxTotal", "TotalAmount", "LinkedTxn"),
            has_links=True,
            can_be_voided=False,
        ),
        Kind.PAYMENT: TxnKind(
            "ReceivePayment",
            receive_payment_query,
            (*_ALWAYS, "TotalAmount", "UnusedPayment", "AppliedToTxnRet"),
            needs_lines=True,
            can_be_voided=False,
        ),
        Kind.CREDIT_MEMO: TxnKind(
            "CreditMemo",
            credit_memo_query,
            (
                *_ALWAYS,
                "ARAccountRef",
                "Subtotal",
                "SalesTaxTotal",
                "TotalAmount",
                "CreditRemaining",
                "LinkedTxn",
            ),
            has_links=True,
        ),
        Kind.CARD_REFUND: TxnKind(
            "ARRefundCreditCard",
            card_refund_query,
            (*_ALWAYS, "TotalAmount", "RefundAppliedToTxnRet"),
        ),
        Kind.CHECK_REFUND: TxnKind(
            "Check",
            check_query,
            (
                *(name for name in _ALWAYS if name != "CustomerRef"),
                "PayeeEntityRef",
                "Amount",
                "LinkedTxn",
            ),
            has_links=True,
        ),
    }
)
KIND_OF_TYPE: Mapping[str, Kind] = MappingProxyType(
    {known.txn_type: kind for kind, known in TXN_KINDS.items()}
)


def kind_of_record(record: Record) -> Kind | None:
    """The kind of posting that makes such a record; None where none does."""
    match record:
        case InvoiceRecord():
            return Kind.INVOICE
        case PaymentRecord():
            return Kind.PAYMENT
        case SaleRecord() | RefundRecord():
            return KIND_OF_TYPE.get(record.kind)
        case _:
            return None
