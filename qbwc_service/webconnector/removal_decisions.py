"""What follows from the look-up before a transaction of ours is deleted or voided. Pure.

Paid and closed are looked at here; what is in a deposit or reconciled, QuickBooks itself refuses.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import Posting
from qbwc_service.planning.plan import Hold, removal_from
from qbwc_service.webconnector.txn_kinds import TxnMade
from qbwc_service.webconnector.written import is_void
from qbxml_builders.records import InvoiceRecord, PaymentRecord, RefundRecord, SaleRecord
from qbxml_builders.txn_records import AppliedTxn, LinkedTxn

_CALLED = {
    "ARRefundCreditCard": "card refund",
    "Check": "cheque",
    "CreditMemo": "credit memo",
    "Deposit": "deposit",
    "Invoice": "invoice",
    "JournalEntry": "journal entry",
    "ReceivePayment": "payment",
    "SalesOrder": "sales order",
}


@dataclass(frozen=True, slots=True)
class AlreadyGone:
    """QuickBooks does not have it any more, or has it void as it was to be."""


def decide_removal(
    removal: Posting,
    target: Posting,
    record: TxnMade | None,
    *,
    ours: Collection[str],
    edits: Sequence[str],
    closed_to: date | None,
) -> AlreadyGone | Hold | None:
    """`ours`: TxnIDs of what we made for the same order; `edits`: what a person changed on it."""
    planned = removal_from(removal.payload)
    if record is None or (planned.is_void and is_void(record)):
        return AlreadyGone()
    details = {"thing": thing(target), "order": str(removal.order_id)}
    if closed_to is not None and record.txn_date is not None and record.txn_date <= closed_to:
        days = {"date": record.txn_date.isoformat(), "closing_date": closed_to.isoformat()}
        return Hold("undo-in-closed-period", details | days)
    lost = list(_others(record, () if planned.is_void else ours))
    if planned.is_void and lost:
        return Hold("void-would-lose", details | {"lost": _and(lost)})
    lost += edits
    if lost and not planned.even_so and not planned.is_void:
        return Hold("undo-would-lose", details | {"lost": _and(lost)})
    return None


def links_of(record: TxnMade) -> tuple[LinkedTxn | AppliedTxn, ...]:
    """What the record is linked to, whichever way."""
    match record:
        case InvoiceRecord() | SaleRecord():
            return record.linked
        case PaymentRecord() | RefundRecord():
            return record.applied


def _others(record: TxnMade, ours: Collection[str]) -> Iterator[str]:
    """What is linked to it and is not of the order itself, as a person calls it."""
    for link in links_of(record):
        if link.txn_id not in ours:
            called = _CALLED.get(link.txn_type, "record")
            amount = abs(link.amount or Decimal(0))
            yield f"{called} {link.ref_number or '-'} of {amount:,.2f} is linked to it"


def _and(parts: Sequence[str]) -> str:
    return "; ".join(parts)
