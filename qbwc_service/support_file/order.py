"""One order: where it stands, its records, its payments and its history."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.blotting import BLOT, blotted_details, blotted_text, without
from qbwc_service.ledger.models import Connection, Event, KeapOrder, KeapPayment, Posting

_EVENTS: Final = 200


class SupportFileRefused(Exception):
    """The file cannot be made; the sentence says why."""


def about_order(db: Session, connection: Connection, order_id: int) -> dict[str, Any]:
    row = db.scalars(
        select(KeapOrder).where(
            KeapOrder.connection_id == connection.id, KeapOrder.keap_id == order_id
        )
    ).first()
    if row is None:
        raise SupportFileRefused(f"This connection has no order {order_id}.")
    names = {row.customer_name, *_texts(row.sale.get("buyer"))}
    postings = db.scalars(
        select(Posting)
        .where(Posting.connection_id == connection.id, Posting.order_id == order_id)
        .order_by(Posting.id)
    )
    payments = db.scalars(
        select(KeapPayment)
        .where(KeapPayment.connection_id == connection.id, KeapPayment.order_id == order_id)
        .order_by(KeapPayment.id)
    )
    events = db.scalars(
        select(Event)
        .where(Event.connection_id == connection.id, Event.order_id == order_id)
        .order_by(Event.id.desc())
        .limit(_EVENTS)
    )
    return {
        "order": order_id,
        "placed_on": row.order_date,
        "changed_at": row.modified_at,
        "read_at": row.read_at,
        "status": row.status,
        "cause": row.cause,
        "left_out_because": row.skip,
        "total": row.total,
        "paid": row.total_paid,
        "next_try": row.next_try_at,
        "deleted_at": row.deleted_at,
        "postings": [_posting(each) for each in postings],
        "payments": [_payment(each) for each in payments],
        "history": [
            {"at": each.at, "text": blotted_text(without(each.text, names))} for each in events
        ],
    }


def _texts(value: object) -> Iterator[str]:
    """All texts within it: how the buyer is called and reached."""
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, str):
        yield value


def _payment(payment: KeapPayment) -> dict[str, Any]:
    return {
        "payment": payment.payment_id,
        "kind": payment.kind,
        "amount": payment.amount,
        "paid_on": payment.paid_on,
        "status": payment.status,
        "cause": payment.cause,
    }


def _posting(posting: Posting) -> dict[str, Any]:
    is_name = posting.kind.is_name or posting.order_id is None
    return {
        "kind": posting.kind,
        "state": posting.state,
        "cause": posting.cause,
        "details": blotted_details(posting.details),
        "number": BLOT if is_name else posting.number,
        "amount": posting.amount,
        "generation": posting.generation,
        "attempts": posting.attempts,
        "not_before": posting.not_before,
        "record": posting.record_id,
        "guid": posting.external_guid,
        "linked": posting.linked,
        "posted_at": posting.posted_at,
    }
