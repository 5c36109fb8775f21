"""The look-up before every Add: what does QuickBooks have under our names, numbers and references?

The questions ask for many keys at once. `Found` holds what came back; `look_up_decisions` says what
follows from it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.matching.keys import name_key
from qbwc_service.webconnector.txn_kinds import TXN_KINDS, TxnMade, kind_of_record
from qbxml_builders.answers import Answer
from qbxml_builders.custom_fields import CUSTOM
from qbxml_builders.elements import Request
from qbxml_builders.lists import entity_query, item_query
from qbxml_builders.records import (
    CustomerRecord,
    EntityRecord,
    InvoiceRecord,
    ItemRecord,
    PaymentRecord,
    Record,
    RefundRecord,
    SaleRecord,
)

PREFIX = "look:"
#: keys a request; more would make the text long without saving a round trip
KEYS_A_REQUEST = 50
#: a record without a number of ours is sought on the days around its own
DAYS_AROUND = timedelta(days=3)
#: a payment that is applied to nothing is sought on so many days before and after ours
DAYS_AROUND_PAYMENT = timedelta(days=10)

#: a customer may have paid thousands of times in those days: no more is asked of each than this
_UNAPPLIED_FIELDS = (
    *("TxnID", "CustomerRef", "TxnDate", "RefNumber"),
    *("TotalAmount", "UnusedPayment", "ExternalGUID"),
)
#: behind the subject in the ids of those questions
_PAYERS = "u"
#: what the request ids of each kind begin with, behind the prefix
_SUBJECT = {
    Kind.CUSTOMER: "names",
    Kind.ITEM: "items",
    Kind.INVOICE: "numbers",
    Kind.SALES_RECEIPT: "receipts",
    Kind.SALES_ORDER: "orders",
    Kind.PAYMENT: "references",
    Kind.CREDIT_MEMO: "memos",
    Kind.CARD_REFUND: "refunds",
    Kind.CHECK_REFUND: "checks",
}
#: records of ours that something is to be done with, by TxnID
THERE = "there"


def questions(
    postings: Iterable[Posting],
    there: Iterable[Posting] = (),
    customers: dict[int, str] | None = None,
    payers: Mapping[int, str] = MappingProxyType({}),
    whole: Iterable[Posting] = (),
    prefix: str = PREFIX,
) -> tuple[Request, ...]:
    """The requests that look these postings up, and the transactions of ours (`there`) that some of
    them need, `whole` with lines and custom fields. `customers`: ListIDs of those whose record has
    no number of ours, by posting id; `payers`: those of the payments."""
    by_kind: dict[Kind, list[Posting]] = {kind: [] for kind in Kind}
    for posting in postings:
        by_kind[posting.kind].append(posting)
    return (
        *(
            entity_query(f"{prefix}names:{part}", full_names=keys)
            for part, keys in _chunks(_numbers(by_kind[Kind.CUSTOMER]))
        ),
        *(
            item_query(f"{prefix}items:{part}", full_names=keys)
            for part, keys in _chunks(_numbers(by_kind[Kind.ITEM]))
        ),
        *(
            request
            for kind in TXN_KINDS
            for request in _of_kind(kind, by_kind[kind], customers or {}, prefix)
        ),
        *_of_payers(by_kind[Kind.PAYMENT], payers, prefix),
        *_there(there, prefix),
        # Last, so that of a record that was read both ways the whole one counts.
        *_there(whole, prefix, whole=True),
    )


def by_txn_id(
    kind: Kind, txn_ids: Sequence[str], prefix: str, asked_for: Kind | None = None
) -> Iterator[Request]:
    """Transactions that may be what postings of that kind made, whatever their numbers are now.
    `asked_for`: the kind of the postings, where it is another one."""
    mark = f"t{kind.value}-" if asked_for not in {None, kind} else "t"
    for part, keys in _chunks(txn_ids):
        name = f"{prefix}{_SUBJECT[asked_for or kind]}:{mark}{part}"
        yield TXN_KINDS[kind].ask(name, txn_ids=keys)


def _of_kind(
    kind: Kind, postings: Sequence[Posting], customers: dict[int, str], prefix: str
) -> Iterator[Request]:
    subject = _SUBJECT[kind]
    for part, keys in _chunks(_numbers(postings)):
        yield TXN_KINDS[kind].ask(f"{prefix}{subject}:{part}", ref_numbers=keys)
    for posting in postings:
        customer = customers.get(posting.id)
        if not posting.number and customer:
            day = date.fromisoformat(day_of(posting))
            yield TXN_KINDS[kind].ask(
                f"{prefix}{subject}:p{posting.id}",
                customers=(customer,),
                dates=(day - DAYS_AROUND, day + DAYS_AROUND),
            )


def _of_payers(
    payments: Sequence[Posting], payers: Mapping[int, str], prefix: str
) -> Iterator[Request]:
    """What these customers paid in those days: who types a payment may apply it to no invoice."""
    days: dict[str, list[date]] = {}
    for payment in payments:
        if payment.id in payers:
            days.setdefault(payers[payment.id], []).append(date.fromisoformat(day_of(payment)))
    for part, customers in _chunks(list(days)):
        paid_on = [day for customer in customers for day in days[customer]]
        yield TXN_KINDS[Kind.PAYMENT].query(
            f"{prefix}{_SUBJECT[Kind.PAYMENT]}:{_PAYERS}{part}",
            customers=customers,
            dates=(min(paid_on) - DAYS_AROUND_PAYMENT, max(paid_on) + DAYS_AROUND_PAYMENT),
            fields=_UNAPPLIED_FIELDS,
        )


def _there(postings: Iterable[Posting], prefix: str, *, whole: bool = False) -> Iterator[Request]:
    by_kind: dict[Kind, dict[str, None]] = {}
    for posting in postings:
        by_kind.setdefault(posting.kind, {})[posting.record_id] = None
    for kind, known in TXN_KINDS.items():
        for part, keys in _chunks(list(by_kind.get(kind, {}))):
            name = f"{prefix}{THERE}:{kind.value}:{'whole' if whole else ''}{part}"
            owners = CUSTOM[:1] if whole and kind.is_sale else ()
            yield known.ask(name, whole=whole, txn_ids=keys, owner_ids=owners)


def _numbers(postings: Iterable[Posting]) -> list[str]:
    return list(dict.fromkeys(posting.number for posting in postings if posting.number))


def day_of(posting: Posting) -> str:
    """The date that the record will have, as ISO text; "" where it has none."""
    return str(posting.payload.get("placed_on") or posting.payload.get("paid_on") or "")


def _chunks(keys: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    for start in range(0, len(keys), KEYS_A_REQUEST):
        yield start // KEYS_A_REQUEST, keys[start : start + KEYS_A_REQUEST]


@dataclass(slots=True)
class Found:
    """What QuickBooks has, by folded name or number and by TxnID; which questions it answered."""

    customers: dict[str, CustomerRecord] = field(default_factory=dict)
    others: dict[str, EntityRecord] = field(default_factory=dict)
    items: dict[str, ItemRecord] = field(default_factory=dict)
    txns: dict[tuple[Kind, str], list[TxnMade]] = field(default_factory=dict)
    by_id: dict[str, TxnMade] = field(default_factory=dict)
    by_guid: dict[str, TxnMade] = field(default_factory=dict)
    #: payments that are applied to nothing, with less known of them than of the others; by TxnID
    unapplied: dict[str, PaymentRecord] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def covers(self, kind: Kind, asked: Iterable[str]) -> bool:
        """Whether every question of that kind that was asked was answered."""
        subject = _SUBJECT.get(kind, THERE)
        wanted = {request for request in asked if f":{subject}:" in f":{request}"}
        return wanted <= self.answered

    def numbered(self, posting: Posting) -> list[TxnMade]:
        """The transactions of the posting's kind under its number."""
        key = name_key(posting.number)
        return self.txns.get((posting.kind, key), []) if key else []


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
        is_of_payers = f":{_SUBJECT[Kind.PAYMENT]}:{_PAYERS}" in response.request_id
        for record in response.records:
            if not is_of_payers:
                _file(found, record)
            elif isinstance(record, PaymentRecord) and _is_unapplied(record):
                found.unapplied[record.txn_id] = record
    return found


def _is_unapplied(payment: PaymentRecord) -> bool:
    return bool(payment.total_amount) and payment.unused_payment == payment.total_amount


def _file(found: Found, record: Record) -> None:
    match record:
        case CustomerRecord():
            found.customers[name_key(record.full_name or record.name)] = record
        case EntityRecord():
            found.others[name_key(record.name)] = record
        case ItemRecord():
            found.items[name_key(record.full_name or record.name)] = record
        case InvoiceRecord() | SaleRecord() | PaymentRecord() | RefundRecord():
            kind = kind_of_record(record)
            if kind is not None:
                _file_txn(found, kind, record)


def _file_txn(found: Found, kind: Kind, record: TxnMade) -> None:
    found.by_id[record.txn_id] = record
    if record.external_guid:
        found.by_guid[record.external_guid.lower()] = record
    known = found.txns.setdefault((kind, name_key(record.ref_number)), [])
    if record.txn_id not in {other.txn_id for other in known}:
        known.append(record)
