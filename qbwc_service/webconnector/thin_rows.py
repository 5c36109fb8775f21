"""Transactions in QuickBooks as thin rows: what is asked for, and what came back. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from qbwc_service.ledger.models import Kind
from qbwc_service.ledger.reconcile.txns import ReadTxn
from qbwc_service.planning.money import minor_units
from qbwc_service.webconnector.txn_kinds import TXN_KINDS, TxnMade, kind_of_record
from qbwc_service.webconnector.verify import total_of
from qbxml_builders.elements import Request
from qbxml_builders.records import (
    InvoiceRecord,
    PaymentRecord,
    Record,
    RefundRecord,
    SaleRecord,
)

_ALWAYS = ("TxnID", "EditSequence", "TxnDate", "RefNumber", "Memo", "ExternalGUID")
_AMOUNTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.INVOICE: ("CustomerRef", "Subtotal", "SalesTaxTotal", "BalanceRemaining"),
    Kind.SALES_RECEIPT: ("CustomerRef", "TotalAmount"),
    Kind.SALES_ORDER: ("CustomerRef", "TotalAmount"),
    Kind.PAYMENT: ("CustomerRef", "TotalAmount", "UnusedPayment"),
    Kind.CREDIT_MEMO: ("CustomerRef", "TotalAmount", "CreditRemaining"),
    Kind.CARD_REFUND: ("CustomerRef", "TotalAmount"),
    Kind.CHECK_REFUND: ("PayeeEntityRef", "Amount"),
}


def ask(kind: Kind, request_id: str, **keys: object) -> Request:
    """By keys or filters of the kind's query, never lines or links."""
    return TXN_KINDS[kind].query(request_id, fields=(*_ALWAYS, *_AMOUNTS[kind]), **keys)  # type: ignore[arg-type]


def read_txns(records: Iterable[Record]) -> Iterator[ReadTxn]:
    """The transactions among these records."""
    for record in records:
        kind = kind_of_record(record)
        if kind is not None and isinstance(
            record, InvoiceRecord | SaleRecord | PaymentRecord | RefundRecord
        ):
            yield _read(kind, record)


def _read(kind: Kind, record: TxnMade) -> ReadTxn:
    remaining = _remaining(record)
    return ReadTxn(
        kind,
        record.txn_id,
        record.ref_number,
        record.customer_list_id,
        record.customer_full_name,
        record.txn_date,
        minor_units(total_of(record)),
        None if remaining is None else minor_units(remaining),
        record.edit_sequence,
        record.external_guid,
        record.memo,
    )


def _remaining(record: TxnMade) -> Decimal | None:
    match record:
        case InvoiceRecord():
            return record.balance_remaining
        case PaymentRecord():
            return record.unused_payment
        case SaleRecord():
            return record.credit_remaining
        case RefundRecord():
            return None
