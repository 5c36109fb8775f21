"""Everything the page of one order shows, as plain values: Keap beside QuickBooks, and history."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.admin.fixes import setting_that_fixes
from qbwc_service.admin.loaded_order import LoadedOrder
from qbwc_service.admin.order_buttons import Verb, offered
from qbwc_service.admin.order_payments import PaymentLine, payment_lines
from qbwc_service.admin.order_rows import order_trouble
from qbwc_service.admin.order_sides import (
    KeapSide,
    NumberHolder,
    QuickBooksSide,
    keap_side,
    number_holder,
    quickbooks_side,
)
from qbwc_service.admin.order_timeline import TimelineStep, timeline
from qbwc_service.admin.undo_view import undo_note
from qbwc_service.ledger import customer_choices
from qbwc_service.ledger.causes import CUSTOMER_CAUSES
from qbwc_service.ledger.kind_words import form_word
from qbwc_service.ledger.models import (
    Connection,
    KeapContact,
    KeapOrder,
    Kind,
    OrderStatus,
    Posting,
)
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.sources import buyer_from, payment_from, sale_from
from qbwc_service.ledger.states import State
from qbwc_service.ledger.stored_rules import skipping_rules
from qbwc_service.matching.customer_index import Customer
from qbwc_service.messages import Message
from qbwc_service.planning.expected import payment_expected_by
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import SalesOrder
from qbwc_service.staging.from_keap import made_at

#: nothing more is expected of these
_OVER = frozenset({OrderStatus.SKIPPED_BY_SETTINGS, OrderStatus.SKIPPED_BY_YOU, OrderStatus.UNDONE})


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
    cause: str
    trouble: Message | None
    #: that it is being undone or was; "" for most
    undo_note: str
    next_try_at: datetime | None
    keap: KeapSide
    quickbooks: QuickBooksSide | None
    payments: tuple[PaymentLine, ...]
    #: None: it is paid, or was made too long ago
    payment_expected_by: datetime | None
    history: tuple[TimelineStep, ...]
    postings: tuple[PostingLine, ...]
    verbs: tuple[Verb, ...]
    #: "invoice", "sales receipt" or "sales order"
    form: str
    #: who has its number in QuickBooks, while it waits because of that
    number_holder: NumberHolder | None
    #: the setting that releases it, by its name; "" where none does
    setting: str
    contact_id: str
    #: customers of QuickBooks that a person may choose from; None where nobody has to choose
    customers: tuple[Customer, ...] | None
    #: of what the person sees now: an approval of what was edited meanwhile is refused
    content_hash: str
    #: its page in Keap; "" where the account's address is not known
    keap_address: str

    @property
    def can_be_previewed(self) -> bool:
        """Nothing of it was sent yet."""
        return self.quickbooks is None or not self.quickbooks.there

    @property
    def refunds(self) -> tuple[PaymentLine, ...]:
        """What went back, or is to."""
        return tuple(each for each in self.payments if each.is_refund)

    @property
    def received(self) -> tuple[PaymentLine, ...]:
        """Payments and credits."""
        return tuple(each for each in self.payments if not each.is_refund)

    @property
    def in_quickbooks(self) -> bool:
        return self.quickbooks is not None and self.quickbooks.state is State.POSTED


def order_detail(db: Session, loaded: LoadedOrder, now: datetime) -> OrderDetail:
    order, postings = loaded.order, loaded.postings
    rules = skipping_rules(db, loaded.connection.id, [order])
    settings = effective_settings(loaded.connection)
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
        cause=order.cause,
        trouble=order_trouble(loaded.connection, order, postings, rules.get(order.keap_id, "")),
        undo_note=undo_note(order, postings),
        next_try_at=order.next_try_at if order.status is OrderStatus.WILL_RETRY else None,
        keap=keap_side(order, _with_contact(db, order), settings),
        quickbooks=quickbooks_side(loaded),
        payments=payment_lines(loaded),
        payment_expected_by=_payment_expected_by(loaded, now),
        history=timeline(db, loaded),
        postings=tuple(_posting_line(p) for p in (*loaded.list_postings, *postings)),
        verbs=offered(order, postings),
        form=form_word(loaded.sale),
        number_holder=number_holder(loaded),
        setting=setting_that_fixes(order.cause),
        contact_id=order.contact_id,
        customers=_customers(db, loaded),
        content_hash=order.content_hash,
        keap_address=_keap_address(loaded.connection, order.keap_id),
    )


def _keap_address(connection: Connection, order_id: int) -> str:
    account = connection.keap_tenant.partition(".")[0] or connection.keap_account
    if not account:
        return ""
    return f"https://{account}.infusionsoft.com/Job/manageJob.jsp?view=edit&ID={order_id}"


def _with_contact(db: Session, order: KeapOrder) -> SalesOrder:
    """The order with its contact as last read."""
    sale = sale_from(order.sale)
    buyer = db.scalar(
        select(KeapContact.buyer).where(
            KeapContact.connection_id == order.connection_id,
            KeapContact.contact_id == order.contact_id,
        )
    )
    return replace(sale, buyer=buyer_from(buyer)) if buyer else sale


def without_decisions(detail: OrderDetail) -> OrderDetail:
    """The same for somebody who may only read."""
    payments = tuple(replace(payment, verbs=()) for payment in detail.payments)
    return replace(detail, verbs=(), customers=None, payments=payments)


def _customers(db: Session, loaded: LoadedOrder) -> tuple[Customer, ...] | None:
    if loaded.order.cause not in CUSTOMER_CAUSES:
        return None
    return tuple(customer_choices.candidates(db, loaded.connection, loaded.order))


def _payment_expected_by(loaded: LoadedOrder, now: datetime) -> datetime | None:
    order = loaded.order
    if order.status in _OVER or order.deleted_at is not None:
        return None
    return payment_expected_by(
        sale_from(order.sale),
        [payment_from(row.received) for row in loaded.rows],
        made_at=made_at(order.raw),
        hours=effective_settings(loaded.connection).manual_payment_hours,
        now=now,
    )


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
