"""What may go: of each kind of rows, which are old enough, and what is done to them.

- A message that writes is settled (`resolved_at`) before its texts go: recovery, the newest set
  named as oldMessageSetID and answers that come late need no more of it than what stays.
- An update goes whole only where it sent nothing to write and met no trouble; the newest of each
  connection stay, whatever their age: they tell two computers apart and fill the support file.
- Each question is answered by an index that shrinks as the rows go, or begins with the oldest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from qbwc_service.ledger.history import SERVICE
from qbwc_service.ledger.models import (
    IDLE_SESSIONS,
    TEXTS_KEPT,
    Alert,
    AlertDelivery,
    AuditEntry,
    DeliveryState,
    ErrorEntry,
    Event,
    MessageSet,
    UpdateSession,
)
from qbwc_service.retention import Ages

#: of each connection, whatever their age: twice as many as anything looks back
NEWEST_UPDATES: Final = 100

_UNTOUCHED: Final = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one kind. `old` says which of a connection (None: of the service) are older than a
    time, `remove` does it to those of these ids, at the time of the last parameter."""

    name: str
    words: str
    age: Callable[[Ages], int]
    row_id: InstrumentedAttribute[int]
    #: what the index is sorted by: else all that is old would be sorted for each batch
    oldest_first: InstrumentedAttribute[Any]
    old: Callable[[int | None, datetime], ColumnElement[bool]]
    remove: Callable[[Session, Sequence[int], datetime], None]
    of_service: bool = False


def _old_messages(own: int | None, before: datetime) -> ColumnElement[bool]:
    settled = or_(
        and_(MessageSet.writes, MessageSet.resolved_at < before),
        # One that was never answered has no answer to keep, and its request might be asked again.
        and_(
            MessageSet.writes.is_(False),
            or_(MessageSet.applied_at < before, MessageSet.resolved_at < before),
        ),
    )
    return and_(
        MessageSet.connection_id == own, TEXTS_KEPT, MessageSet.prepared_at < before, settled
    )


def _remove_texts(db: Session, ids: Sequence[int], now: datetime) -> None:
    db.execute(
        update(MessageSet)
        .where(MessageSet.id.in_(ids), MessageSet.texts_removed_at.is_(None))
        .values(request="", answer=None, texts_removed_at=now),
        execution_options=_UNTOUCHED,
    )


def _old_updates(own: int | None, before: datetime) -> ColumnElement[bool]:
    newest = (
        select(UpdateSession.id)
        .where(UpdateSession.connection_id == own)
        .order_by(UpdateSession.id.desc())
        .offset(NEWEST_UPDATES)
        .limit(1)
        .scalar_subquery()
    )
    wrote = exists().where(MessageSet.session_id == UpdateSession.id, MessageSet.writes)
    return and_(
        UpdateSession.connection_id == own,
        IDLE_SESSIONS,
        # Not for SQLite to take another index for.
        UpdateSession.id + 0 <= newest,
        UpdateSession.ended_at < before,
        ~wrote,
    )


def _remove_updates(db: Session, ids: Sequence[int], _now: datetime) -> None:
    for statement in (
        delete(MessageSet).where(MessageSet.session_id.in_(ids)),
        delete(UpdateSession).where(UpdateSession.id.in_(ids)),
    ):
        db.execute(statement, execution_options=_UNTOUCHED)


def _old_alerts(_own: int | None, before: datetime) -> ColumnElement[bool]:
    waits = exists().where(
        AlertDelivery.alert_id == Alert.id, AlertDelivery.state == DeliveryState.WAITING
    )
    return and_(Alert.at < before, ~waits)


def _remove_alerts(db: Session, ids: Sequence[int], _now: datetime) -> None:
    for statement in (
        delete(AlertDelivery).where(AlertDelivery.alert_id.in_(ids)),
        delete(Alert).where(Alert.id.in_(ids)),
    ):
        db.execute(statement, execution_options=_UNTOUCHED)


def _old_errors(own: int | None, before: datetime) -> ColumnElement[bool]:
    return and_(ErrorEntry.connection_id == own, ErrorEntry.solved_at < before)


def _old_notes(own: int | None, before: datetime) -> ColumnElement[bool]:
    return and_(
        Event.connection_id == own,
        Event.order_id.is_(None),
        Event.who == SERVICE,
        # Event.at itself would have SQLite take its index, and read the lines of all orders in it.
        func.coalesce(Event.at, before) < before,
    )


def _old_history(own: int | None, before: datetime) -> ColumnElement[bool]:
    return and_(Event.connection_id == own, Event.at < before)


def _old_audit(_own: int | None, before: datetime) -> ColumnElement[bool]:
    return AuditEntry.at < before


def _deleted(row_id: InstrumentedAttribute[int]) -> Callable[[Session, Sequence[int], Any], None]:
    def remove(db: Session, ids: Sequence[int], _now: datetime) -> None:
        db.execute(delete(row_id.class_).where(row_id.in_(ids)), execution_options=_UNTOUCHED)

    return remove


PARTS: Final = (
    Part(
        "messages",
        "texts of settled messages",
        lambda ages: ages.messages,
        MessageSet.id,
        MessageSet.prepared_at,
        _old_messages,
        _remove_texts,
    ),
    Part(
        "updates",
        "updates that sent nothing",
        lambda ages: ages.updates,
        UpdateSession.id,
        UpdateSession.ended_at,
        _old_updates,
        _remove_updates,
    ),
    Part(
        "errors",
        "solved entries of the error log",
        lambda ages: ages.errors,
        ErrorEntry.id,
        ErrorEntry.solved_at,
        _old_errors,
        _deleted(ErrorEntry.id),
    ),
    Part(
        "notes",
        "notes about no order",
        lambda ages: ages.notes,
        Event.id,
        Event.id,
        _old_notes,
        _deleted(Event.id),
    ),
    Part(
        "history",
        "lines of the history",
        lambda ages: ages.history,
        Event.id,
        Event.at,
        _old_history,
        _deleted(Event.id),
    ),
    Part(
        "alerts",
        "alerts",
        lambda ages: ages.alerts,
        Alert.id,
        Alert.id,
        _old_alerts,
        _remove_alerts,
        of_service=True,
    ),
    Part(
        "audit",
        "entries of the audit",
        lambda ages: ages.history,
        AuditEntry.id,
        AuditEntry.at,
        _old_audit,
        _deleted(AuditEntry.id),
        of_service=True,
    ),
)
