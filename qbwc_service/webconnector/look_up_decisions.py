"""What follows from a look-up: adopt it, plan again, hold, or (None) the Add may go. Pure."""

from dataclasses import dataclass, replace
from decimal import Decimal

from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.money import decimal_amount, shown
from qbwc_service.planning.plan import Hold, payment_from
from qbwc_service.webconnector.look_up import Found
from qbwc_service.webconnector.txn_kinds import TxnMade
from qbwc_service.webconnector.verify import total_of
from qbxml_builders.records import (
    CustomerRecord,
    EntityRecord,
    InvoiceRecord,
    ItemRecord,
    PaymentRecord,
    SaleRecord,
)


@dataclass(frozen=True, slots=True)
class Adopt:
    """QuickBooks has it: ours by GUID, or (linked) somebody else's that is the same payment."""

    record: TxnMade | CustomerRecord | ItemRecord
    linked: bool = False


@dataclass(frozen=True, slots=True)
class PlanAgain:
    """QuickBooks has the name already: the mirror learns it, and the order is planned again."""

    record: CustomerRecord | EntityRecord | ItemRecord


@dataclass(frozen=True, slots=True)
class AlreadyUsed:
    """The credit memo is applied to the invoice already."""

    memo: SaleRecord


#: None: nothing of ours or of that name is there, the Add may go
Decision = Adopt | PlanAgain | AlreadyUsed | Hold | None


def is_ours(posting: Posting, external_guid: str) -> bool:
    return bool(external_guid) and external_guid.lower() == posting.external_guid.lower()


def decide_name(posting: Posting, found: Found) -> Decision:
    """A customer or item to be made: adopt ours, plan again around anybody else's."""
    key = name_key(posting.number)
    record: CustomerRecord | ItemRecord | None = (
        found.customers.get(key) if posting.kind is Kind.CUSTOMER else found.items.get(key)
    )
    if record is not None:
        ours = is_ours(posting, record.external_guid)
        return Adopt(record) if ours else PlanAgain(record)
    other = found.others.get(key) if posting.kind is Kind.CUSTOMER else None
    return PlanAgain(other) if other is not None else None


def decide_form(posting: Posting, found: Found) -> Decision:
    """A form, credit memo or refund: ours by GUID is adopted; anybody else's with that number is a
    hold."""
    ours = found.by_guid.get(posting.external_guid.lower())
    if ours is not None:
        return Adopt(ours)
    same_number = found.numbered(posting)
    if not same_number:
        return None
    other = same_number[0]
    details = {
        "thing": thing(posting),
        "order": str(posting.order_id),
        "number": posting.number,
        "other_customer": other.customer_full_name,
        "other_total": f"{total_of(other):,.2f}",
        "other_date": other.txn_date.isoformat() if other.txn_date else "",
        "other_txn_id": other.txn_id,
    }
    return Hold("number-taken" if posting.kind.is_sale else "memo-number-taken", details)


def decide_payment(
    posting: Posting, found: Found, customer_list_id: str, known_txn_ids: frozenset[str]
) -> Decision:
    """Ours by GUID is adopted. The same reference, customer and amount that no posting of ours made
    is the same payment: linked, whatever its date. The same reference with anything else: a hold.

    Other payments of ours may bear the reference: one payment of Keap over several orders. So may
    payments of another connection on the same company file, of which `known_txn_ids` tells too.
    """
    ours = found.by_guid.get(posting.external_guid.lower())
    if isinstance(ours, PaymentRecord):
        return Adopt(ours)
    same_reference = [
        record for record in found.numbered(posting) if isinstance(record, PaymentRecord)
    ]
    others = [record for record in same_reference if record.txn_id not in known_txn_ids]
    amount = decimal_amount(posting.amount)
    for record in others:
        if record.total_amount == amount and record.customer_list_id == customer_list_id:
            return Adopt(record, linked=True)
    if not others:
        return None
    total = others[0].total_amount or Decimal(0)
    details = _payment_details(posting) | {"other_amount": f"{total:,.2f}"}
    return Hold("payment-reference-taken", details)


def decide_against_invoice(
    posting: Posting, invoice: InvoiceRecord, known_txn_ids: frozenset[str]
) -> Hold | None:
    """A payment to an invoice that is in QuickBooks: typed by hand already, or no room for it?"""
    amount = decimal_amount(posting.amount)
    details = _payment_details(posting) | {"number": invoice.ref_number}
    for linked in invoice.linked:
        if linked.txn_type != "ReceivePayment" or linked.txn_id in known_txn_ids:
            continue
        if abs(linked.amount or Decimal(0)) == amount:
            return Hold("payment-typed-by-hand", details | {"reference": linked.ref_number or "-"})
    balance = invoice.balance_remaining
    if balance is not None and balance < decimal_amount(_applied(posting)):
        return Hold("invoice-paid-already", details | {"open_amount": f"{balance:,.2f}"})
    return None


def decide_unapplied(
    posting: Posting, found: Found, customer_list_id: str, known_txn_ids: frozenset[str]
) -> Hold | None:
    """A payment of that customer and amount that somebody typed and applied to nothing yet."""
    amount = decimal_amount(posting.amount)
    for record in found.unapplied.values():
        if (
            record.txn_id not in known_txn_ids
            and record.customer_list_id == customer_list_id
            and record.total_amount == amount
        ):
            details = {
                "reference": record.ref_number or "-",
                "other_date": record.txn_date.isoformat() if record.txn_date else "-",
                "other_customer": record.customer_full_name,
            }
            return Hold("payment-not-applied-yet", _payment_details(posting) | details)
    return None


def open_after(posting: Posting, invoice: InvoiceRecord) -> InvoiceRecord:
    """The invoice as it will be once this payment or credit is applied: what goes in the same
    message has to fit beside it."""
    if invoice.balance_remaining is None or posting.kind not in {Kind.PAYMENT, Kind.CREDIT_USE}:
        return invoice
    left = invoice.balance_remaining - decimal_amount(_applied(posting))
    return replace(invoice, balance_remaining=left)


def _applied(posting: Posting) -> int:
    """In minor units; a payment may be larger than what of it is applied."""
    applied = payment_from(posting.payload).applied if posting.kind is Kind.PAYMENT else None
    return posting.amount if applied is None else applied


def decide_credit_use(
    posting: Posting, memo: SaleRecord, invoice: InvoiceRecord
) -> AlreadyUsed | Hold | None:
    """Applied already, or is there enough left on both sides?"""
    amount = decimal_amount(posting.amount)
    if applied_to(memo, invoice.txn_id) >= amount:
        return AlreadyUsed(memo)
    details = _payment_details(posting) | {
        "number": invoice.ref_number,
        "memo": memo.ref_number,
    }
    if memo.total == 0:
        return Hold("credit-memo-void", details)
    left = memo.credit_remaining
    if left is not None and left < amount:
        return Hold("credit-used-elsewhere", details | {"open_amount": f"{left:,.2f}"})
    balance = invoice.balance_remaining
    if balance is not None and balance < amount:
        return Hold("invoice-paid-already", details | {"open_amount": f"{balance:,.2f}"})
    return None


def applied_to(memo: SaleRecord, invoice_txn_id: str) -> Decimal:
    """How much of the credit memo is applied to that invoice."""
    amounts = (
        abs(link.amount or Decimal(0)) for link in memo.linked if link.txn_id == invoice_txn_id
    )
    return sum(amounts, Decimal(0))


def _payment_details(posting: Posting) -> dict[str, str]:
    return {
        "thing": thing(posting),
        "order": str(posting.order_id),
        "reference": posting.number,
        "amount": shown(posting.amount),
    }
