"""When QuickBooks is read to be compared, for which days, and how such a reading ends."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.columns import UtcDateTime
from qbwc_service.ledger.models import (
    Connection,
    Kind,
    Posting,
    Reconciliation,
    ReconciliationState,
)
from qbwc_service.ledger.states import State

#: who asked for a reading that nobody had to ask for
NIGHTLY = "nightly"
#: a working day's first update reads, however early it comes
EVERY = timedelta(hours=20)
#: how far back the nightly reading goes, and how far the first one and one without a month
NIGHTLY_DAYS = timedelta(days=40)
ALL_DAYS = timedelta(days=90)
#: orders may be dated ahead
AHEAD = timedelta(days=31)
#: a reading that never comes to its end is begun so many times
BEGINNINGS = 3
#: what makes a transaction; the others change one
MADE: Sequence[Kind] = (
    Kind.INVOICE,
    Kind.SALES_RECEIPT,
    Kind.SALES_ORDER,
    Kind.PAYMENT,
    Kind.CREDIT_MEMO,
    Kind.CARD_REFUND,
    Kind.CHECK_REFUND,
)
_OPEN = (ReconciliationState.ASKED, ReconciliationState.READING)
_HERE = Reconciliation.connection_id == bindparam("connection")
#: asked at every poll: made once
_IS_OPEN = select(Reconciliation.id).where(_HERE, Reconciliation.state.in_(_OPEN)).limit(1)
_NEWEST = (
    select(
        Reconciliation.began_at,
        Reconciliation.asked_at,
        _IS_OPEN.scalar_subquery().label("open_id"),
    )
    .where(_HERE)
    .order_by(Reconciliation.id.desc())
    .limit(1)
)
_HAS_POSTED = (
    select(Posting.id)
    .where(
        Posting.connection_id == bindparam("connection"),
        Posting.kind.in_(MADE),
        Posting.state == State.POSTED,
        Posting.posted_at <= bindparam("before", type_=UtcDateTime),
    )
    .limit(1)
)


def ask(
    db: Session,
    connection: Connection,
    *,
    who: str,
    now: datetime,
    days: tuple[date, date] | None = None,
) -> Reconciliation:
    """Read at the next update; what waits for the same days already is not asked twice."""
    first, last = days or _days_back(connection, now, ALL_DAYS)
    for row in _open(db, connection.id):
        if (row.first_day, row.last_day) == (first, last):
            return row
    return _new(db, connection, (first, last), who, now)


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month of that day."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def today(connection: Connection, now: datetime) -> date:
    """The day that it is where the business is."""
    return now.astimezone(ZoneInfo(connection.time_zone or "UTC")).date()


def waiting(db: Session, connection_id: int) -> Reconciliation | None:
    """The reading that comes next, asked for or begun; None where nobody waits for one."""
    return next(iter(_open(db, connection_id)), None)


def is_due(db: Session, connection: Connection, now: datetime) -> bool:
    """Asked for, begun and not ended, or 20 hours since the last one or since the first posting."""
    last = db.execute(_NEWEST, {"connection": connection.id}).first()
    if last is not None:
        began: datetime = last.began_at or last.asked_at
        return last.open_id is not None or now - began >= EVERY
    return _has_posted(db, connection.id, now - EVERY)


def begin(db: Session, connection: Connection, now: datetime) -> Reconciliation | None:
    """The reading of this session, from its start; None where none is due or it was given up."""
    if not is_due(db, connection, now):
        return None
    waiting = _open(db, connection.id)
    if waiting:
        run = waiting[0]
    else:
        far = NIGHTLY_DAYS if newest(db, connection.id) else ALL_DAYS
        run = _new(db, connection, _days_back(connection, now, far), NIGHTLY, now)
    run.attempts += 1
    run.state = ReconciliationState.READING
    run.began_at = now
    run.counts, run.unread = {}, {}
    run.compared = run.changed = run.gone = 0
    if run.attempts > BEGINNINGS:
        run.state, run.ended_at = ReconciliationState.GIVEN_UP, now
    return run


def newest(db: Session, connection_id: int) -> Reconciliation | None:
    """The reading that was asked for last, whatever became of it."""
    return db.scalars(
        select(Reconciliation)
        .where(Reconciliation.connection_id == connection_id)
        .order_by(Reconciliation.id.desc())
        .limit(1)
    ).first()


def last_read_of(db: Session, connection_id: int, days: tuple[date, date]) -> Reconciliation | None:
    """The last reading that came to its end and had all of these days."""
    first, last = days
    return db.scalars(
        select(Reconciliation)
        .where(
            Reconciliation.connection_id == connection_id,
            Reconciliation.state == ReconciliationState.DONE,
            Reconciliation.first_day <= first,
            Reconciliation.last_day >= last,
        )
        .order_by(Reconciliation.ended_at.desc())
        .limit(1)
    ).first()


def _open(db: Session, connection_id: int) -> Sequence[Reconciliation]:
    return db.scalars(
        select(Reconciliation)
        .where(Reconciliation.connection_id == connection_id, Reconciliation.state.in_(_OPEN))
        .order_by(Reconciliation.id)
    ).all()


def _has_posted(db: Session, connection_id: int, before: datetime) -> bool:
    found = db.scalar(_HAS_POSTED, {"connection": connection_id, "before": before})
    return found is not None


def _days_back(connection: Connection, now: datetime, far: timedelta) -> tuple[date, date]:
    day = today(connection, now)
    return day - far, day + AHEAD


def _new(
    db: Session, connection: Connection, days: tuple[date, date], who: str, now: datetime
) -> Reconciliation:
    first, last = days
    run = Reconciliation(
        connection_id=connection.id,
        first_day=first,
        last_day=last,
        state=ReconciliationState.ASKED,
        asked_at=now,
        asked_by=who[:80],
        attempts=0,
        counts={},
        unread={},
        compared=0,
        changed=0,
        gone=0,
    )
    db.add(run)
    db.flush()
    return run
