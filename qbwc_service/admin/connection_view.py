"""What the connection page shows, as plain values: status, sessions, what waits loose.

The row of the connection holds a digest and a key; no template ever gets the row itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qbwc_service.admin.health import Health, health_of
from qbwc_service.admin.keap_view import KeapLogin, keap_login
from qbwc_service.admin.order_timeline import TimelineStep
from qbwc_service.admin.words import explained
from qbwc_service.ledger import chosen_entries, hooks
from qbwc_service.ledger.history import SERVICE
from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    Event,
    KeapOrder,
    KeapPayment,
    PaymentStatus,
    UnreadableRecord,
    UpdateSession,
)
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.reconcile.number_overlap import number_overlap
from qbwc_service.ledger.sources import payment_from
from qbwc_service.ledger.undo_runs import with_something_to_undo
from qbwc_service.messages import Message
from qbwc_service.planning.money import shown
from qbwc_service.staging.api_use import ApiUse, api_use

_SESSIONS_SHOWN = 10
_LOOSE_SHOWN = 50
_EVENTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One run of the Web Connector. `can_be_undone`: QuickBooks has something that it posted."""

    id: int
    started_at: datetime
    last_call_at: datetime
    ended_at: datetime | None
    remote_address: str
    client_version: str
    posted: int
    held: int
    result: str
    can_be_undone: bool


@dataclass(frozen=True, slots=True)
class LoosePayment:
    """A held payment whose order was never read."""

    payment_id: int
    paid_on: date | None
    amount: str
    message: Message


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record of Keap that is kept as it came."""

    read_at: datetime
    message: Message


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """The connection page; holds no secret."""

    health: Health
    block: Message | None
    user_name: str
    file_id: str
    owner_id: str
    company_file: str
    company_name: str
    quickbooks: Mapping[str, Any]
    last_contact_result: str
    keap: KeapLogin
    time_zone: str
    currency: str
    last_sync_at: datetime | None
    next_sync_at: datetime | None
    sync_trouble: Message | None
    hooks: hooks.Shown
    keap_calls: ApiUse
    sessions: Sequence[SessionLine]
    loose_payments: Sequence[LoosePayment]
    unreadable: Sequence[Unreadable]
    history: Sequence[TimelineStep]
    #: chosen from QuickBooks' lists, and no longer there
    gone_entries: Sequence[Message]
    #: numbers of QuickBooks in the way of those to come, in a sentence; "" where there are none
    number_overlap: str


def connection_view(
    db: Session,
    connection: Connection,
    now: datetime,
    *,
    can_sign_in: bool,
    calls_per_second: float,
) -> ConnectionView:
    """`calls_per_second` is the pace that the service keeps to (Config.keap_calls_per_second)."""
    block, trouble = connection.write_block, connection.last_sync_trouble
    return ConnectionView(
        health=health_of(db, connection),
        block=explained(block, connection.write_block_details) if block else None,
        user_name=connection.user_name,
        file_id=connection.file_id,
        owner_id=connection.owner_id,
        company_file=connection.company_file,
        company_name=connection.company_name,
        quickbooks=connection.quickbooks,
        last_contact_result=connection.last_contact_result,
        keap=keap_login(db, connection, can_sign_in=can_sign_in),
        time_zone=effective_settings(connection).time_zone,
        currency=connection.currency,
        last_sync_at=connection.last_sync_at,
        next_sync_at=connection.next_sync_at,
        sync_trouble=explained(trouble, {}) if trouble else None,
        hooks=hooks.shown(db, connection),
        keap_calls=api_use(db, connection, now, calls_per_second),
        sessions=_sessions(db, connection.id),
        loose_payments=_loose_payments(db, connection.id),
        unreadable=_unreadable(db, connection.id),
        history=_history(db, connection.id),
        gone_entries=_gone_entries(db, connection.id),
        number_overlap=number_overlap(db, connection, effective_settings(connection)).sentence(),
    )


def _sessions(db: Session, connection_id: int) -> list[SessionLine]:
    found = db.scalars(
        select(UpdateSession)
        .where(UpdateSession.connection_id == connection_id)
        .order_by(UpdateSession.id.desc())
        .limit(_SESSIONS_SHOWN)
    ).all()
    undoable = with_something_to_undo(db, connection_id, [session.id for session in found])
    return [
        SessionLine(
            session.id,
            session.started_at,
            session.last_call_at,
            session.ended_at,
            session.remote_address,
            session.client_version,
            session.posted,
            session.held,
            session.result,
            session.id in undoable,
        )
        for session in found
    ]


def _history(db: Session, connection_id: int) -> list[TimelineStep]:
    """What people did to the connection itself, newest first; what was sent shows in Orders."""
    events = db.scalars(
        select(Event)
        .where(
            Event.connection_id == connection_id,
            Event.order_id.is_(None),
            Event.who != SERVICE,
        )
        .order_by(Event.id.desc())
        .limit(_EVENTS_SHOWN)
    )
    return [TimelineStep(event.at, event.who, event.text) for event in events]


def _gone_entries(db: Session, connection_id: int) -> list[Message]:
    entries = db.scalars(
        select(ErrorEntry)
        .where(
            ErrorEntry.connection_id == connection_id,
            ErrorEntry.order_id.is_(None),
            ErrorEntry.message == chosen_entries.MESSAGE,
            ErrorEntry.solved_at.is_(None),
        )
        .order_by(ErrorEntry.id)
        .limit(_LOOSE_SHOWN)
    )
    return [explained(entry.message, entry.details) for entry in entries]


def _loose_payments(db: Session, connection_id: int) -> list[LoosePayment]:
    its_order = exists().where(
        KeapOrder.connection_id == connection_id, KeapOrder.keap_id == KeapPayment.order_id
    )
    held = select(KeapPayment.id).where(
        KeapPayment.connection_id == connection_id,
        KeapPayment.status == PaymentStatus.HELD,
        ~its_order,
    )
    rows = db.scalars(
        select(KeapPayment)
        .where(KeapPayment.id.in_(held))
        .order_by(KeapPayment.payment_id.desc())
        .limit(_LOOSE_SHOWN)
    )
    return [_loose_payment(row) for row in rows]


def _loose_payment(row: KeapPayment) -> LoosePayment:
    received = payment_from(row.received)
    details = {
        "amount": shown(abs(row.amount)),
        "order": row.order_id or "none",
        "orders": ", ".join(str(order) for order in received.order_ids),
        "keap_type": received.source_kind,
        "keap_status": received.source_status,
    }
    message = explained(row.cause, details)
    return LoosePayment(row.payment_id, row.paid_on, shown(row.amount), message)


def _unreadable(db: Session, connection_id: int) -> list[Unreadable]:
    rows = db.scalars(
        select(UnreadableRecord)
        .where(
            UnreadableRecord.connection_id == connection_id,
            UnreadableRecord.readable_since.is_(None),
        )
        .order_by(UnreadableRecord.id.desc())
        .limit(_LOOSE_SHOWN)
    )
    return [
        Unreadable(
            row.read_at,
            explained(
                "unreadable-record",
                {"resource": row.resource, "record": row.record_id, "reason": row.reason},
            ),
        )
        for row in rows
    ]
