"""The look-up before every Add: what does QuickBooks have under our names, numbers and references?

The questions ask for many keys at once. `Found` holds what came back; the decisions are pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.money import decimal_amount, shown
from qbwc_service.planning.plan import Hold
from qbwc_service.webconnector.verify import thing
from qbxml_builders.answers import Answer
from qbxml_builders.elements import Request
from qbxml_builders.lists import entity_query, item_query
from qbxml_builders.records import (
    CustomerRecord,
    EntityRecord,
    InvoiceRecord,
    ItemRecord,
    PaymentRecord,
)
from qbxml_builders.transactions import invoice_query, receive_payment_query

PREFIX = "look:"
#: keys a request; more would make the text long without saving a round trip
KEYS_A_REQUEST = 50

INVOICE_FIELDS = (
    "TxnID",
    "TimeCreated",
    "TimeModified",
    "EditSequence",
    "CustomerRef",
    "ARAccountRef",
    "TxnDate",
    "RefNumber",
    "Subtotal",
    "SalesTaxTotal",
    "BalanceRemaining",
    "ExternalGUID",
    "LinkedTxn",
)
PAYMENT_FIELDS = (
    "TxnID",
    "TimeCreated",
    "TimeModified",
    "EditSequence",
    "CustomerRef",
    "TxnDate",
    "RefNumber",
    "TotalAmount",
    "UnusedPayment",
    "ExternalGUID",
    "AppliedToTxnRet",
)


def questions(
    postings: Iterable[Posting], paid_invoices: Sequence[str], prefix: str = PREFIX
) -> tuple[Request, ...]:
    """The requests that look these postings up, and the invoices (TxnIDs) that payments pay."""
    numbers: dict[Kind, dict[str, None]] = {kind: {} for kind in Kind}
    for posting in postings:
        numbers[posting.kind][posting.number] = None
    return (
        *(
            entity_query(f"{prefix}names:{part}", full_names=keys)
            for part, keys in _chunks(list(numbers[Kind.CUSTOMER]))
        ),
        *(
            item_query(f"{prefix}items:{part}", full_names=keys)
            for part, keys in _chunks(list(numbers[Kind.ITEM]))
        ),
        *(
            invoice_query(
                f"{prefix}numbers:{part}",
                ref_numbers=keys,
                linked_txns=True,
                fields=INVOICE_FIELDS,
            )
            for part, keys in _chunks(list(numbers[Kind.INVOICE]))
        ),
        *(
            receive_payment_query(
                f"{prefix}references:{part}",
                ref_numbers=keys,
                line_items=True,
                fields=PAYMENT_FIELDS,
            )
            for part, keys in _chunks(list(numbers[Kind.PAYMENT]))
        ),
        *(
            invoice_query(
                f"{prefix}paid:{part}", txn_ids=keys, linked_txns=True, fields=INVOICE_FIELDS
            )
            for part, keys in _chunks(paid_invoices)
        ),
    )


def _chunks(keys: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    for start in range(0, len(keys), KEYS_A_REQUEST):
        yield start // KEYS_A_REQUEST, keys[start : start + KEYS_A_REQUEST]


@dataclass(slots=True)
class Found:
    """What QuickBooks has, by folded name, number or reference; and which questions it answered."""

    customers: dict[str, CustomerRecord] = field(default_factory=dict)
    others: dict[str, EntityRecord] = field(default_factory=dict)
    items: dict[str, ItemRecord] = field(default_factory=dict)
    invoices: dict[str, list[InvoiceRecord]] = field(default_factory=dict)
    invoices_by_id: dict[str, InvoiceRecord] = field(default_factory=dict)
    payments: dict[str, list[PaymentRecord]] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def covers(self, kind: Kind, asked: Iterable[str]) -> bool:
        """Whether every question of that kind that was asked was answered."""
        subject = _SUBJECT[kind]
        wanted = {request for request in asked if f"{subject}:" in request}
        return wanted <= self.answered


_SUBJECT = {
    Kind.CUSTOMER: "names",
    Kind.ITEM: "items",
    Kind.INVOICE: "numbers",
    Kind.PAYMENT: "references",
}


def collect(answer: Answer, prefix: str = PREFIX) -> Found:
    """Sort the records of the look-up answers; refused questions count as not answered."""
    found = Found()
    for response in answer.responses:
        if not response.request_id.startswith(prefix):
            continue
        if not (response.ok or response.empty):
            found.refused.add(response.request_id)
            continue
        found.answered.add(response.request_id)
        for record in response.records:
            _file(found, record)
    return found


def _file(found: Found, record: object) -> None:
    match record:
        case CustomerRecord():
            found.customers[name_key(record.full_name or record.name)] = record
        case EntityRecord():
            found.others[name_key(record.name)] = record
        case ItemRecord():
            found.items[name_key(record.full_name or record.name)] = record
        case InvoiceRecord():
            found.invoices_by_id[record.txn_id] = record
            known = found.invoices.setdefault(name_key(record.ref_number), [])
            if record.txn_id not in {other.txn_id for other in known}:
                known.append(record)
        case PaymentRecord():
            found.payments.setdefault(name_key(record.ref_number), []).append(record)


@dataclass(frozen=True, slots=True)
class Adopt:
    """QuickBooks has it: ours by GUID, or (linked) somebody else's that is the same payment."""

    record: InvoiceRecord | PaymentRecord | CustomerRecord | ItemRecord
    linked: bool = False


@dataclass(frozen=True, slots=True)
class PlanAgain:
    """QuickBooks has the name already: the mirror learns it, and the order is planned again."""

    record: CustomerRecord | EntityRecord | ItemRecord


#: None: nothing of ours or of that name is there, the Add may go
Decision = Adopt | PlanAgain | Hold | None


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


def decide_invoice(posting: Posting, found: Found) -> Decision:
    """Ours by GUID is adopted; anybody else's with that number is a hold."""
    same_number = found.invoices.get(name_key(posting.number), [])
    for record in same_number:
        if is_ours(posting, record.external_guid):
            return Adopt(record)
    if not same_number:
        return None
    other = same_number[0]
    total = other.total if other.total is not None else Decimal(0)
    details = {
        "order": str(posting.order_id),
        "number": posting.number,
        "other_customer": other.customer_full_name,
        "other_total": f"{total:,.2f}",
        "other_date": other.txn_date.isoformat() if other.txn_date else "",
        "other_txn_id": other.txn_id,
    }
    return Hold("number-taken", details)


def decide_payment(
    posting: Posting, found: Found, customer_list_id: str, known_txn_ids: frozenset[str]
) -> Decision:
    """Ours by GUID is adopted. The same reference, customer and amount that no posting of ours made
    is the same payment: linked, whatever its date. The same reference with anything else: a hold.
    """
    same_reference = found.payments.get(name_key(posting.number), [])
    for record in same_reference:
        if is_ours(posting, record.external_guid):
            return Adopt(record)
    others = [record for record in same_reference if record.txn_id not in known_txn_ids]
    amount = decimal_amount(posting.amount)
    for record in others:
        if record.total_amount == amount and record.customer_list_id == customer_list_id:
            return Adopt(record, linked=True)
    if not same_reference:
        return None
    total = same_reference[0].total_amount or Decimal(0)
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
    if balance is not None and balance < amount:
        return Hold("invoice-paid-already", details | {"open_amount": f"{balance:,.2f}"})
    return None


def _payment_details(posting: Posting) -> dict[str, str]:
    return {
        "thing": thing(posting),
        "order": str(posting.order_id),
        "reference": posting.number,
        "amount": shown(posting.amount),
    }
