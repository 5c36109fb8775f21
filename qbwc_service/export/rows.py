"""The rows of each table of an export, read in chunks by their ids: a statement a chunk, each of
which names its connection, and no more than a chunk in memory."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from qbwc_service.ledger.models import (
    AuditEntry,
    Connection,
    ContactCustomer,
    ErrorEntry,
    Event,
    KeapContact,
    KeapOrder,
    KeapPayment,
    KeapProduct,
    OrderStatus,
    PaymentStatus,
    Posting,
    UnreadableRecord,
    UpdateSession,
)
from qbwc_service.ledger.models import (
    Mapping as MappingRow,
)
from qbwc_service.ledger.stored_rules import rows_of_connection, rule_of, stored
from qbwc_service.matching.reasons import sentence as reason_words
from qbwc_service.messages import told
from qbwc_service.planning.money import decimal_amount
from qbwc_service.planning.plan import Reason
from qbwc_service.planning.rule_words import sentence as rule_words
from qbwc_service.settings import SETTINGS

CHUNK = 1_000


def orders(db: Session, connection: Connection) -> Iterator[dict[str, Any]]:
    of = KeapOrder
    for row in _chunks(
        db,
        of.id,
        of.connection_id == connection.id,
        (of.keap_id, of.invoice_id, of.title, of.order_date, of.contact_id, of.customer_name),
        (of.currency, of.total, of.total_paid, of.status, of.cause, of.subject, of.skip),
        (of.modified_at, of.read_at, of.planned_at, of.deleted_at),
    ):
        yield {
            "order": row.keap_id,
            "keap_invoice": row.invoice_id,
            "title": row.title,
            "date": row.order_date,
            "contact": row.contact_id,
            "customer": row.customer_name,
            "currency": row.currency,
            "total": decimal_amount(row.total),
            "paid": None if row.total_paid is None else decimal_amount(row.total_paid),
            "status": row.status.value,
            "cause": row.cause,
            "why": _title(row.cause),
            "about": row.subject,
            "left_out_by": row.skip,
            "changed_in_keap_at": row.modified_at,
            "read_at": row.read_at,
            "planned_at": row.planned_at,
            "deleted_in_keap_at": row.deleted_at,
        }


def payments(db: Session, connection: Connection) -> Iterator[dict[str, Any]]:
    of = KeapPayment
    for row in _chunks(
        db,
        of.id,
        of.connection_id == connection.id,
        (of.payment_id, of.order_id, of.paid_on, of.kind, of.amount, of.method, of.gateway),
        (of.received, of.status, of.cause, of.skip, of.approved_at, of.read_at),
    ):
        yield {
            "payment": row.payment_id,
            "order": row.order_id,
            "date": row.paid_on,
            "kind": row.kind.value,
            "amount": decimal_amount(row.amount),
            "method": row.method,
            "gateway": row.gateway,
            "transaction": str(row.received.get("transaction_id", "")),
            "status": row.status.value,
            "cause": row.cause,
            "why": _title(row.cause),
            "left_out_by": row.skip,
            "approved_at": row.approved_at,
            "read_at": row.read_at,
        }


def postings(db: Session, connection: Connection) -> Iterator[dict[str, Any]]:
    of = Posting
    for row in _chunks(
        db,
        of.id,
        of.connection_id == connection.id,
        (of.kind, of.state, of.order_id, of.source_key, of.generation, of.number, of.record_id),
        (of.amount, of.external_guid, of.linked, of.cause, of.details, of.created_at),
        (of.posted_at,),
    ):
        yield {
            "posting": row.id,
            "kind": row.kind.value,
            "state": row.state.value,
            "order": row.order_id,
            "source": row.source_key,
            "generation": row.generation,
            "number": row.number,
            "txn_id": row.record_id,
            "amount": decimal_amount(row.amount),
            "guid": row.external_guid,
            "linked": row.linked,
            "cause": row.cause,
            "why": _title(row.cause, row.details),
            "planned_at": row.created_at,
            "posted_at": row.posted_at,
        }


def holds(db: Session, connection: Connection) -> Iterator[dict[str, Any]]:
    order, payment = KeapOrder, KeapPayment
    held_orders = (order.connection_id == connection.id) & (order.status == OrderStatus.HELD)
    columns = (order.keap_id, order.total, order.cause, order.subject)
    for row in _chunks(db, order.id, held_orders, columns):
        yield _hold(row.keap_id, None, row.total, row.cause, row.subject)
    held_payments = (payment.connection_id == connection.id) & (
        payment.status == PaymentStatus.HELD
    )
    amounts = (payment.order_id, payment.payment_id, payment.amount, payment.cause)
    for row in _chunks(db, payment.id, held_payments, amounts):
        yield _hold(row.order_id, row.payment_id, row.amount, row.cause, "")


def _hold(
    order_id: int, payment_id: int | None, amount: int, cause: str, about: str
) -> dict[str, Any]:
    words = told(cause, {"order": order_id})
    return {
        "order": order_id,
        "payment": payment_id,
        "amount": decimal_amount(amount),
        "cause": cause,
        "about": about,
        "what": words.title,
        "why": words.why,
        "what_to_do": words.do,
    }


def contacts(db: Session, connection: Connection) -> Iterator[dict[str, Any]]:
    of = KeapContact
    customer = (
        select(ContactCustomer.list_id)
        .where(
            ContactCustomer.connection_id == connection.id,
            ContactCustomer.contact_id == of.contact_id,
        )
        .scalar_subquery()
        .label("customer")
    )
    columns = (of.contact_id, of.buyer, of.read_at, customer)
    for row in _chunks(db, of.id, of.connection_id == connection.id, columns):
        known = {
            name: str(row.buyer.get(name, ""))
            for name in ("first_name", "last_name", "company", "email", "phone")
        }
        yield {
            "contact": row.contact_id,
            **known,
            "customer_list_id": row.customer or "",
            "read_at": row.read_at,
        }


def products(db: Session, connection: Connection) -> Iterator[dict[str, Any]]:
    of = KeapProduct
    columns = (of.sku, of.name, of.state, of.item, of.rule, of.details)
    for row in _chunks(db, of.id, of.connection_id == connection.id, columns):
        yield {
            "sku": row.sku,
            "name": row.name,
            "state": row.state.value,
            "item": row.item,
            "why": reason_words(Reason(row.rule, row.details)),
        }


def mappings(db: Session, connection: Connection) -> Iterator[dict[str, Any]]:
    of = MappingRow
    columns = (of.kind, of.shown, of.key, of.list_name, of.full_name, of.list_id)
    made = (of.made_by, of.made_at)
    for row in _chunks(db, of.id, of.connection_id == connection.id, columns, made):
        yield {
            "kind": row.kind.value,
            "for": row.shown,
            "key": row.key,
            "list": row.list_name,
            "entry": row.full_name,
            "list_id": row.list_id,
            "by": row.made_by,
            "at": row.made_at,
        }


def rules(db: Session, connection: Connection) -> Iterator[dict[str, Any]]:
    for position, row in enumerate(rows_of_connection(db, connection.id), 1):
        rule = rule_of(row)
        yield {
            "position": position,
            "name": rule.name,
            "on": row.is_on,
            "sentence": rule_words(rule),
            "if": stored(rule.conditions),
            "then": stored(rule.actions),
            "by": row.made_by,
            "at": row.made_at,
        }


def settings(_db: Session, connection: Connection) -> Iterator[dict[str, Any]]:
    for setting in SETTINGS:
        yield {
            "setting": setting.name,
            "value": connection.settings.get(setting.name, setting.default),
            "default": setting.default,
            "meaning": setting.meaning,
        }


def history(db: Session, connection: Connection) -> Iterator[dict[str, Any]]:
    of = Event
    columns = (of.at, of.order_id, of.who, of.text)
    for row in _chunks(db, of.id, of.connection_id == connection.id, columns):
        yield {"at": row.at, "order": row.order_id, "who": row.who, "text": row.text}


def audit(db: Session, connection: Connection) -> Iterator[dict[str, Any]]:
    of = AuditEntry
    columns = (of.at, of.who, of.what, of.details, of.address)
    for row in _chunks(db, of.id, of.connection_id == connection.id, columns):
        yield {
            "at": row.at,
            "who": row.who,
            "what": row.what,
            "details": row.details,
            "address": row.address,
        }


def errors(db: Session, connection: Connection) -> Iterator[dict[str, Any]]:
    of = ErrorEntry
    columns = (of.at, of.order_id, of.message, of.details, of.times, of.solved_at)
    for row in _chunks(db, of.id, of.connection_id == connection.id, columns):
        words = told(row.message, row.details)
        yield {
            "at": row.at,
            "order": row.order_id,
            "message": row.message,
            "what": words.title,
            "why": words.why,
            "what_to_do": words.do,
            "times": row.times,
            "solved_at": row.solved_at,
        }


def unreadable(db: Session, connection: Connection) -> Iterator[dict[str, Any]]:
    of = UnreadableRecord
    columns = (of.resource, of.record_id, of.reason, of.read_at, of.readable_since)
    for row in _chunks(db, of.id, of.connection_id == connection.id, columns):
        yield {
            "resource": row.resource,
            "record": row.record_id,
            "reason": row.reason,
            "read_at": row.read_at,
            "readable_since": row.readable_since,
        }


def updates(db: Session, connection: Connection) -> Iterator[dict[str, Any]]:
    of = UpdateSession
    columns = (of.started_at, of.ended_at, of.company_file, of.round_trips, of.posted, of.held)
    for row in _chunks(db, of.id, of.connection_id == connection.id, columns, (of.result,)):
        yield {
            "began_at": row.started_at,
            "ended_at": row.ended_at,
            "company_file": row.company_file,
            "messages": row.round_trips,
            "posted": row.posted,
            "held": row.held,
            "result": row.result,
        }


def _chunks(
    db: Session,
    row_id: InstrumentedAttribute[int],
    ours: ColumnElement[bool],
    *columns: tuple[Any, ...],
) -> Iterator[Any]:
    """These columns of the rows that are ours, in the order of their ids."""
    statement = select(row_id, *(column for some in columns for column in some))
    after = 0
    while True:
        chosen = statement.where(ours, row_id > after).order_by(row_id).limit(CHUNK)
        found = db.execute(chosen).all()
        yield from found
        if len(found) < CHUNK:
            return
        after = found[-1].id


def _title(cause: str, details: Mapping[str, object] | None = None) -> str:
    return told(cause, details).title if cause else ""
