"""The figures of the service as the database has them, whichever process is asked.

A constant number of statements (STATEMENTS), whatever the connections and orders. What grows for
ever is counted in an index alone; of sessions and messages the highest id stands for how many
there ever were, because old ones are cleaned up.
"""

import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, literal_column, select, text
from sqlalchemy.orm import Session

from qbwc_service import __version__
from qbwc_service.ledger import drain, leases, live_sessions
from qbwc_service.ledger.models import (
    READY_UPDATES,
    AlertDelivery,
    Connection,
    ErrorEntry,
    KeapOrder,
    KeapPace,
    KeapPayment,
    MessageSet,
    Posting,
    UpdateSession,
)
from qbwc_service.ledger.reports import WAITING
from qbwc_service.staging.api_use import calls_today
from qbwc_service.watching.exposition import Sample
from qbwc_service.watching.meanings import Metric

#: SELECTs of one collection
STATEMENTS = 16

_SIZE = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}


@dataclass(frozen=True, slots=True)
class _Moment:
    """What all parts need: the session, the time, and the names of the connections by id."""

    db: Session
    now: datetime
    names: Mapping[int, str]

    def counts(self, metric: Metric, rows: Iterable[Any], *labels: str) -> Iterator[Sample]:
        """Rows of (connection id, a value for each label, count)."""
        for own, *values, count in rows:
            # A connection that was added after the names were read is in the next collection.
            if own in self.names:
                pairs = zip(labels, map(_label, values), strict=True)
                yield Sample(metric, int(count), (("connection", self.names[own]), *pairs))


def collect(db: Session, now: datetime) -> list[Sample]:
    """All figures that are the same in every process."""
    connections = db.execute(_CONNECTIONS).all()
    moment = _Moment(db, now, {row.id: row.name for row in connections})
    return [
        _build(db),
        *_of_connections(connections),
        *_of_orders(moment),
        *_of_postings(moment),
        *_of_keap(moment, connections),
        *_of_sessions(moment),
        *_of_service(moment),
    ]


_CONNECTIONS = select(
    Connection.id,
    Connection.name,
    Connection.paused,
    Connection.is_on,
    Connection.write_block,
    Connection.last_contact_at,
    Connection.last_sync_at,
    Connection.keap_pace,
).order_by(Connection.name)


def _build(db: Session) -> Sample:
    return Sample(
        Metric.BUILD,
        1,
        (
            ("version", __version__),
            ("python", platform.python_version()),
            ("database", db.get_bind().dialect.name),
        ),
    )


def _of_connections(rows: Iterable[Any]) -> Iterator[Sample]:
    count = 0
    for row in rows:
        count += 1
        own = ("connection", row.name)
        yield Sample(Metric.PAUSED, int(row.paused or not row.is_on), (own,))
        why = ("cause", row.write_block)
        yield Sample(Metric.BLOCKED, int(row.write_block != ""), (own, why))
        if row.last_contact_at is not None:
            yield Sample(Metric.CONTACT, row.last_contact_at.timestamp(), (own,))
        if row.last_sync_at is not None:
            yield Sample(Metric.READING, row.last_sync_at.timestamp(), (own,))
    yield Sample(Metric.CONNECTIONS, count)


#: Of ix_keap_order_status alone, as what waits is.
ORDERS_BY_STATUS = select(KeapOrder.connection_id, KeapOrder.status, func.count()).group_by(
    KeapOrder.connection_id, KeapOrder.status
)

#: The smallest number of each waiting status in its index, then these few rows. The oldest by the
#: time of reading would be all rows that wait, kilobytes wide each.
_first = (
    select(KeapOrder.connection_id, func.min(KeapOrder.keap_id).label("keap_id"))
    .where(KeapOrder.status.in_(sorted(WAITING)))
    .group_by(KeapOrder.connection_id, KeapOrder.status)
    .subquery()
)
_is_it = and_(
    KeapOrder.connection_id == _first.c.connection_id, KeapOrder.keap_id == _first.c.keap_id
)
OLDEST_WAITING = (
    select(_first.c.connection_id, func.min(KeapOrder.read_at))
    .join(KeapOrder, _is_it)
    .group_by(_first.c.connection_id)
)


def _of_orders(moment: _Moment) -> Iterator[Sample]:
    db = moment.db
    yield from moment.counts(Metric.ORDERS, db.execute(ORDERS_BY_STATUS), "status")
    for own, read_at in db.execute(OLDEST_WAITING):
        age = max(0.0, (moment.now - read_at).total_seconds())
        if own in moment.names:
            yield Sample(Metric.OLDEST, age, (("connection", moment.names[own]),))
    payments = select(KeapPayment.connection_id, KeapPayment.status, func.count()).group_by(
        KeapPayment.connection_id, KeapPayment.status
    )
    yield from moment.counts(Metric.PAYMENTS, db.execute(payments), "status")


#: Of ix_posting_order alone, which has those of orders; names go with the orders that need them.
#: "+ 0" keeps SQLite from an index that begins with the groups and has no state in it: it would
#: read all rows for that.
_owner = Posting.connection_id + 0
POSTINGS_BY_STATE = (
    select(_owner, Posting.kind, Posting.state, func.count())
    .where(Posting.order_id.is_not(None))
    .group_by(_owner, Posting.kind, Posting.state)
)


def _of_postings(moment: _Moment) -> Iterator[Sample]:
    found = moment.db.execute(POSTINGS_BY_STATE)
    yield from moment.counts(Metric.POSTINGS, found, "kind", "state")
    updates = (
        select(Posting.connection_id, func.count())
        # In the words of its index, or SQLite does not take it.
        .where(literal_column(READY_UPDATES))
        .group_by(Posting.connection_id)
    )
    yield from moment.counts(Metric.UPDATES, moment.db.execute(updates))


def _of_keap(moment: _Moment, connections: Iterable[Any]) -> Iterator[Sample]:
    paces = {row.key: row for row in moment.db.scalars(select(KeapPace))}
    for row in connections:
        own = (("connection", row.name),)
        pace = paces.get(row.keap_pace)
        if pace is not None:
            calls = calls_today(pace, moment.now)
            yield Sample(Metric.CALLS_USED, calls.used, own)
            if calls.left is not None:
                yield Sample(Metric.CALLS_LEFT, calls.left, own)
    is_alive = leases.is_looked_after(moment.db, moment.now)
    yield Sample(Metric.READER, int(is_alive))


#: Of ix_update_session_live, which has no more than are open.
OPEN_SESSIONS = (
    select(UpdateSession.connection_id, func.count())
    .where(
        UpdateSession.ended_at.is_(None),
        UpdateSession.last_call_at > bindparam("silent_since"),
    )
    .group_by(UpdateSession.connection_id)
)

#: Of ix_message_set_unresolved.
UNRESOLVED_SETS = (
    select(MessageSet.connection_id, func.count())
    .where(
        MessageSet.writes,
        MessageSet.resolved_at.is_(None),
        MessageSet.sent_at.is_not(None),
    )
    .group_by(MessageSet.connection_id)
)


def _of_sessions(moment: _Moment) -> Iterator[Sample]:
    db = moment.db
    yield Sample(Metric.SESSIONS_BEGUN, db.scalar(select(func.max(UpdateSession.id))) or 0)
    yield from moment.counts(
        Metric.SESSIONS_OPEN,
        db.execute(OPEN_SESSIONS, {"silent_since": moment.now - live_sessions.SILENCE}),
    )
    yield Sample(Metric.ROUND_TRIPS, db.scalar(select(func.max(MessageSet.id))) or 0)
    yield from moment.counts(Metric.UNRESOLVED, db.execute(UNRESOLVED_SETS))


#: Of ix_error_entry_message alone.
OPEN_ERRORS = (
    select(ErrorEntry.connection_id, ErrorEntry.message, func.count())
    .where(ErrorEntry.solved_at.is_(None))
    .group_by(ErrorEntry.connection_id, ErrorEntry.message)
)


def _of_service(moment: _Moment) -> Iterator[Sample]:
    db = moment.db
    yield from moment.counts(Metric.ERRORS, db.execute(OPEN_ERRORS), "message")
    waiting = select(func.count()).select_from(AlertDelivery)
    waiting = waiting.where(literal_column("state = 'waiting'"))
    yield Sample(Metric.ALERTS, db.scalar(waiting) or 0)
    yield Sample(Metric.DRAINING, int(drain.current(db) is not None))
    size = _SIZE[db.get_bind().dialect.name]
    yield Sample(Metric.DATABASE, db.scalar(text(size)) or 0)


def _label(value: Any) -> str:
    return str(getattr(value, "value", value))
