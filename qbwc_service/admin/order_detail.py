"""Everything the page of one order shows, as plain values: Keap beside QuickBooks, and history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask import abort
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from qbwc_service.admin.decide import Verb, offered
from qbwc_service.admin.order_rows import order_trouble
from qbwc_service.admin.words import explained
from qbwc_service.ledger import customer_choices
from qbwc_service.ledger.causes import CUSTOMER_CAUSES
from qbwc_service.ledger.models import (
    Connection,
    Event,
    KeapOrder,
    KeapPayment,
    Kind,
    MirrorRecord,
    OrderStatus,
    PaymentStatus,
    Posting,
)
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.sources import payment_from, sale_from
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import State
from qbwc_service.ledger.stored_rules import skipping_rules
from qbwc_service.matching.customer_index import Customer
from qbwc_service.matching.reasons import sentence
from qbwc_service.messages import Message
from qbwc_service.planning.expected import payment_expected_by
from qbwc_service.planning.lines import line_amounts
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import SalesOrder
from qbwc_service.planning.plan import Hold, ListRef, PlannedSale, planned_sale_from
from qbwc_service.settings import Settings
from qbwc_service.staging.from_keap import made_at

#: nothing more is expected of these
_OVER = frozenset({OrderStatus.SKIPPED_BY_SETTINGS, OrderStatus.SKIPPED_BY_YOU, OrderStatus.UNDONE})


@dataclass(frozen=True, slots=True)
class KeapLine:
    """One line as Keap has it; amounts as text with two decimals."""

    name: str
    sku: str
    quantity: Decimal
    price: str
    amount: str


@dataclass(frozen=True, slots=True)
class QuickBooksLine:
    """One line as it was or will be written."""

    item: str
    description: str
    quantity: Decimal | None
    amount: str
    #: why this item; "" where it is not known
    why: str


@dataclass(frozen=True, slots=True)
class QuickBooksSide:
    """The invoice: planned, on its way or there. `lines` is empty where no plan is known."""

    state: State
    number: str
    customer: str
    total: str
    lines: tuple[QuickBooksLine, ...]
    linked: bool
    txn_id: str
    #: why this customer, in words
    why_customer: str = ""

    @property
    def there(self) -> bool:
        """QuickBooks has it, or may have it."""
        return self.state in {State.SENT, State.POSTED}


@dataclass(frozen=True, slots=True)
class Candidate:
    """The invoice of QuickBooks that has the order's number already."""

    txn_id: str
    customer: str
    total: str


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment or refund of the order, with what became of it."""

    paid_on: date | None
    amount: str
    method: str
    transaction_id: str
    reference: str
    status: PaymentStatus
    trouble: Message | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    at: datetime
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class PostingLine:
    """For the technical part: a posting with its ids."""

    kind: Kind
    number: str
    generation: int
    state: State
    cause: str
    record_id: str
    external_guid: str
    attempts: int


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """The page of one order."""

    keap_id: int
    invoice_id: str
    title: str
    placed_on: date | None
    customer: str
    currency: str
    total: str
    paid: str
    status: OrderStatus
    trouble: Message | None
    next_try_at: datetime | None
    keap_lines: tuple[KeapLine, ...]
    quickbooks: QuickBooksSide | None
    payments: tuple[PaymentLine, ...]
    #: None: it is paid, or was made too long ago
    payment_expected_by: datetime | None
    history: tuple[HistoryLine, ...]
    postings: tuple[PostingLine, ...]
    verbs: tuple[Verb, ...]
    candidate: Candidate | None
    contact_id: str
    #: customers of QuickBooks that a person may choose from; None where nobody has to choose
    customers: tuple[Customer, ...] | None
    raw: str

    @property
    def in_quickbooks(self) -> bool:
        return self.quickbooks is not None and self.quickbooks.state is State.POSTED


@dataclass(frozen=True, slots=True)
class LoadedOrder:
    """The rows behind the page; `postings` holds the newest generation of each."""

    connection: Connection
    order: KeapOrder
    postings: tuple[Posting, ...]
    list_postings: tuple[Posting, ...]

    @property
    def invoice(self) -> Posting | None:
        return next((p for p in self.postings if p.kind is Kind.INVOICE), None)


def load_order(db: Session, connection: Connection, keap_id: int) -> LoadedOrder:
    """Aborts with 404 for an order that was not read from this connection's Keap."""
    order = db.scalars(
        select(KeapOrder).where(
            KeapOrder.connection_id == connection.id, KeapOrder.keap_id == keap_id
        )
    ).first()
    if order is None:
        abort(404)
    found = db.scalars(
        select(Posting)
        .where(Posting.connection_id == connection.id, Posting.order_id == keap_id)
        .order_by(Posting.id)
    )
    postings = tuple(current(found).values())
    return LoadedOrder(connection, order, postings, _list_postings(db, connection.id, postings))


def order_detail(db: Session, loaded: LoadedOrder, now: datetime) -> OrderDetail:
    order, postings = loaded.order, loaded.postings
    received = _payment_rows(db, loaded)
    rules = skipping_rules(db, loaded.connection.id, [order])
    return OrderDetail(
        keap_id=order.keap_id,
        invoice_id=order.invoice_id,
        title=order.title,
        placed_on=order.order_date,
        customer=order.customer_name,
        currency=order.currency,
        total=shown(order.total),
        paid=shown(order.total_paid or 0),
        status=order.status,
        trouble=order_trouble(loaded.connection, order, postings, rules.get(order.keap_id, "")),
        next_try_at=order.next_try_at if order.status is OrderStatus.WILL_RETRY else None,
        keap_lines=_keap_lines(sale_from(order.sale), effective_settings(loaded.connection)),
        quickbooks=_quickbooks_side(db, loaded),
        payments=_payments(loaded, received),
        payment_expected_by=_payment_expected_by(loaded, received, now),
        history=_history(db, order),
        postings=tuple(_posting_line(p) for p in (*loaded.list_postings, *postings)),
        verbs=offered(order, postings),
        candidate=_candidate(loaded.invoice),
        contact_id=order.contact_id,
        customers=_customers(db, loaded),
        raw=order.raw,
    )


def _keap_lines(sale: SalesOrder, settings: Settings) -> tuple[KeapLine, ...]:
    found = line_amounts(sale, settings)
    amounts = (
        tuple(int(line.quantity * line.unit_price) for line in sale.lines)
        if isinstance(found, Hold)
        else found.amounts
    )
    return tuple(
        KeapLine(line.name, line.sku, line.quantity, shown(line.unit_price), shown(amount))
        for line, amount in zip(sale.lines, amounts, strict=True)
    )


def _quickbooks_side(db: Session, loaded: LoadedOrder) -> QuickBooksSide | None:
    invoice = loaded.invoice
    if invoice is None:
        return None
    planned = planned_sale_from(invoice.payload) if invoice.payload else None
    names = _names(db, loaded, planned) if planned else {}
    return QuickBooksSide(
        state=invoice.state,
        number=invoice.number,
        customer=names.get(planned.customer, "") if planned else "",
        total=shown(invoice.amount),
        lines=tuple(
            QuickBooksLine(
                names.get(line.item, ""),
                line.description,
                line.quantity,
                f"{line.amount:,.2f}",
                sentence(line.why),
            )
            for line in (planned.lines if planned else ())
        ),
        linked=invoice.linked,
        txn_id=invoice.record_id,
        why_customer=sentence(planned.why) if planned else "",
    )


def _candidate(invoice: Posting | None) -> Candidate | None:
    details = invoice.details if invoice else {}
    if not details.get("other_txn_id"):
        return None
    return Candidate(
        details["other_txn_id"], details.get("other_customer", ""), details.get("other_total", "")
    )


def _customers(db: Session, loaded: LoadedOrder) -> tuple[Customer, ...] | None:
    if loaded.order.cause not in CUSTOMER_CAUSES:
        return None
    return tuple(customer_choices.candidates(db, loaded.connection, loaded.order))


def _names(db: Session, loaded: LoadedOrder, planned: PlannedSale) -> Mapping[ListRef, str]:
    """What the customer and the items are called, in QuickBooks or once we have made them."""
    refs = {planned.customer} | {line.item for line in planned.lines}
    list_ids = sorted(ref.list_id for ref in refs if ref.list_id)
    records = db.execute(
        select(MirrorRecord.list_id, MirrorRecord.full_name).where(
            MirrorRecord.connection_id == loaded.connection.id,
            MirrorRecord.list_id.in_(list_ids),
        )
    )
    known = dict(records.all())
    made = {posting.source_key: posting.number for posting in loaded.list_postings}
    return {
        ref: known.get(ref.list_id, ref.list_id)
        if ref.list_id
        else made.get(ref.made_by, ref.made_by)
        for ref in refs
    }


def _list_postings(
    db: Session, connection_id: int, postings: Sequence[Posting]
) -> tuple[Posting, ...]:
    """The customer and the items that this order's invoice has made or will make."""
    payload = next((p.payload for p in postings if p.kind is Kind.INVOICE and p.payload), None)
    if payload is None:
        return ()
    planned = planned_sale_from(payload)
    items = sorted(line.item.made_by for line in planned.lines if line.item.made_by)
    choices: list[ColumnElement[bool]] = [
        (Posting.kind == Kind.ITEM) & Posting.source_key.in_(items)
    ]
    if planned.customer.made_by:
        key = planned.customer.made_by
        choices.append((Posting.kind == Kind.CUSTOMER) & (Posting.source_key == key))
    found = db.scalars(
        select(Posting)
        .where(Posting.connection_id == connection_id, or_(*choices))
        .order_by(Posting.id)
    )
    return tuple(current(found).values())


def _payment_rows(db: Session, loaded: LoadedOrder) -> Sequence[KeapPayment]:
    return db.scalars(
        select(KeapPayment)
        .where(
            KeapPayment.connection_id == loaded.connection.id,
            KeapPayment.order_id == loaded.order.keap_id,
        )
        .order_by(KeapPayment.paid_on, KeapPayment.payment_id)
    ).all()


def _payments(loaded: LoadedOrder, rows: Sequence[KeapPayment]) -> tuple[PaymentLine, ...]:
    postings = {p.source_key: p for p in loaded.postings if p.kind is Kind.PAYMENT}
    return tuple(_payment(row, postings.get(f"{row.payment_id}/{row.order_id}")) for row in rows)


def _payment_expected_by(
    loaded: LoadedOrder, rows: Sequence[KeapPayment], now: datetime
) -> datetime | None:
    order = loaded.order
    if order.status in _OVER or order.deleted_at is not None:
        return None
    return payment_expected_by(
        sale_from(order.sale),
        [payment_from(row.received) for row in rows],
        made_at=made_at(order.raw),
        hours=effective_settings(loaded.connection).manual_payment_hours,
        now=now,
    )


def _payment(row: KeapPayment, posting: Posting | None) -> PaymentLine:
    received = payment_from(row.received)
    details: dict[str, object] = {
        "order": row.order_id,
        "amount": shown(abs(row.amount)),
        "keap_status": received.source_status,
        "keap_type": received.source_kind,
    }
    if posting is not None:
        details |= posting.details
    return PaymentLine(
        row.paid_on,
        shown(row.amount),
        received.method,
        received.transaction_id,
        posting.number if posting else "",
        row.status,
        explained(row.cause, details) if row.cause else None,
    )


def _history(db: Session, order: KeapOrder) -> tuple[HistoryLine, ...]:
    events = db.scalars(
        select(Event)
        .where(Event.connection_id == order.connection_id, Event.order_id == order.keap_id)
        .order_by(Event.id)
    )
    return tuple(HistoryLine(event.at, event.who, event.text) for event in events)


def _posting_line(posting: Posting) -> PostingLine:
    return PostingLine(
        posting.kind,
        posting.number,
        posting.generation,
        posting.state,
        posting.cause,
        posting.record_id,
        posting.external_guid,
        posting.attempts,
    )
