"""Reads what a look at all connections needs, in a number of statements that does not grow with
them; and of one connection, what its letter says."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from keap.oauth import REFRESH_TOKEN_LIVES
from qbwc_service.alerts.deciding import Place, Told
from qbwc_service.alerts.seen import KEAP_REFUSES, REPEATED, WRONG_FILE, Calls, Held, Open, Seen
from qbwc_service.alerts.targets import targets_of, topics_of
from qbwc_service.config import Config
from qbwc_service.connections import RUN_EVERY_MINUTES
from qbwc_service.ledger import calls as web_connector_calls
from qbwc_service.ledger.models import (
    AlertState,
    Connection,
    ErrorEntry,
    KeapOrder,
    KeapPayment,
    KeapSignIn,
    OrderStatus,
    PaymentStatus,
    SignInState,
)
from qbwc_service.ledger.reports import WAITING, unreadable_counts

_ENTRIES = sorted(KEAP_REFUSES | REPEATED | {WRONG_FILE})


@dataclass(frozen=True, slots=True)
class Look:
    """All connections at one moment, and what was told of them before."""

    connections: Mapping[int, Connection]
    seen: Sequence[Seen]
    told: Mapping[Place, Told]


def look(db: Session, config: Config) -> Look:
    """Of connections that tell nobody, only whether they call: that counts where many do not."""
    connections = {each.id: each for each in db.scalars(select(Connection).order_by(Connection.id))}
    telling = [each.id for each in connections.values() if targets_of(each, config)]
    held, entries = _held(db, telling), _entries(db, telling)
    loose, unreadable = _loose_payments(db, telling), unreadable_counts(db, telling)
    ends = _sign_ins_end(db, telling)
    seen = [
        Seen(
            each.id,
            topics_of(each) if each.id in telling else frozenset(),
            _calls(each),
            tuple(held[each.id]),
            loose.get(each.id, 0),
            unreadable.get(each.id, 0),
            entries[each.id],
            each.write_block,
            ends.get(each.id),
        )
        for each in connections.values()
    ]
    return Look(connections, seen, _told(db))


def needs_you(db: Session, connection_id: int) -> int:
    """How many orders of one connection wait for a person."""
    return _orders(db, connection_id, [OrderStatus.HELD])


def waiting(db: Session, connection_id: int) -> int:
    """How many orders of one connection go on by themselves, once QuickBooks is reached."""
    return _orders(db, connection_id, sorted(WAITING))


def _orders(db: Session, connection_id: int, statuses: Sequence[OrderStatus]) -> int:
    found = select(func.count()).where(
        KeapOrder.connection_id == connection_id, KeapOrder.status.in_(statuses)
    )
    return db.scalar(found) or 0


def _calls(connection: Connection) -> Calls | None:
    if connection.paused or connection.last_contact_at is None:
        return None
    every = timedelta(seconds=max(connection.calls_every, RUN_EVERY_MINUTES * 60))
    hours = web_connector_calls.quiet_hours_of(connection)
    return Calls(connection.last_contact_at, every, hours)


def _held(db: Session, ids: Sequence[int]) -> dict[int, list[Held]]:
    groups: dict[int, list[Held]] = defaultdict(list)
    for row in db.execute(
        select(
            KeapOrder.connection_id,
            KeapOrder.cause,
            KeapOrder.subject,
            func.count().label("orders"),
        )
        .where(KeapOrder.connection_id.in_(ids), KeapOrder.status == OrderStatus.HELD)
        .group_by(KeapOrder.connection_id, KeapOrder.cause, KeapOrder.subject)
    ):
        groups[row.connection_id].append(Held(row.cause, row.subject, row.orders))
    return groups


def _entries(db: Session, ids: Sequence[int]) -> dict[int, dict[str, Open]]:
    """Open entries of the connections themselves; of two with one message, the one that came more
    often."""
    entries: dict[int, dict[str, Open]] = defaultdict(dict)
    for row in db.execute(
        select(ErrorEntry.connection_id, ErrorEntry.message, ErrorEntry.times, ErrorEntry.details)
        .where(
            ErrorEntry.connection_id.in_(ids),
            ErrorEntry.order_id.is_(None),
            ErrorEntry.message.in_(_ENTRIES),
            ErrorEntry.solved_at.is_(None),
        )
        .order_by(ErrorEntry.times)
    ):
        entries[row.connection_id][row.message] = Open(row.times, row.details)
    return entries


def _loose_payments(db: Session, ids: Sequence[int]) -> dict[int, int]:
    """Held payments whose order was never read; all others show in their order's status."""
    its_order = select(KeapOrder.id).where(
        KeapOrder.connection_id == KeapPayment.connection_id,
        KeapOrder.keap_id == KeapPayment.order_id,
    )
    rows = db.execute(
        select(KeapPayment.connection_id, func.count())
        .where(
            KeapPayment.connection_id.in_(ids),
            KeapPayment.status == PaymentStatus.HELD,
            ~its_order.exists(),
        )
        .group_by(KeapPayment.connection_id)
    )
    return dict(rows.all())


def _sign_ins_end(db: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """When each sign-in ends if it is never renewed again; it is renewed every day as a rule."""
    rows = db.execute(
        select(KeapSignIn.connection_id, KeapSignIn.issued_at).where(
            KeapSignIn.connection_id.in_(ids), KeapSignIn.state == SignInState.IN_FORCE
        )
    )
    return {row.connection_id: row.issued_at + REFRESH_TOKEN_LIVES for row in rows}


def _told(db: Session) -> dict[Place, Told]:
    return {
        (row.connection_id, row.kind): Told(frozenset(row.told), row.told_at)
        for row in db.scalars(select(AlertState))
    }
