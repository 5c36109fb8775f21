"""How each connection is: one level and one sentence, worst first. A constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_service.admin.words import ago, counted, explained, span
from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    KeapOrder,
    KeapPayment,
    OrderStatus,
    PaymentStatus,
    UnreadableRecord,
)
from qbwc_service.ledger.reports import unreadable_counts
from qbwc_service.messages import Who
from qbwc_service.planning.approval import SWITCH
from qbwc_service.settings.zones import zone_named

#: with orders waiting, a silence of this length is worth a word
SILENT_AFTER = timedelta(hours=2)
_IN_QUICKBOOKS = (OrderStatus.POSTED, OrderStatus.POSTED_PAYMENT_OPEN)
#: held payments whose order was never read; all others show in their order's status
_LOOSE = (
    KeapPayment.status == PaymentStatus.HELD,
    ~select(KeapOrder.id)
    .where(
        KeapOrder.connection_id == KeapPayment.connection_id,
        KeapOrder.keap_id == KeapPayment.order_id,
    )
    .exists(),
)
_WAITING = (OrderStatus.NEW, OrderStatus.READY, OrderStatus.SENT, OrderStatus.WILL_RETRY)


class Level(IntEnum):
    """Worst first."""

    NEEDS_YOU = 0
    TROUBLE = 1
    NOT_STARTED = 2
    PAUSED = 3
    GOOD = 4

    @property
    def tone(self) -> str:
        return ("alarm", "warning", "busy", "quiet", "good")[self]


@dataclass(frozen=True, slots=True)
class Head:
    """What every page of a connection shows of it; holds no secret."""

    name: str
    keap_account: str
    company: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Health:
    """One connection in one line. `needs_you` counts orders, loose payments, unreadable records."""

    head: Head
    paused: bool
    write_block: str
    write_block_details: Mapping[str, object]
    sync_trouble: str
    last_contact_at: datetime | None
    orders: Mapping[OrderStatus, int] = field(default_factory=dict)
    loose_payments: int = 0
    unreadable: int = 0
    trouble: str = ""
    #: orders that are not sent because of their order status
    hidden_by_status: int = 0
    #: False while it is being set up: what waits for the switch needs nobody
    is_on: bool = True
    #: why it is suspended; "" where it is not
    suspended_because: str = ""

    @property
    def in_quickbooks(self) -> int:
        return sum(self.orders.get(status, 0) for status in _IN_QUICKBOOKS)

    @property
    def waiting(self) -> int:
        return sum(self.orders.get(status, 0) for status in _WAITING)

    @property
    def held_orders(self) -> int:
        return self.orders.get(OrderStatus.HELD, 0)

    @property
    def needs_you(self) -> int:
        return self.held_orders + self.loose_payments + self.unreadable + bool(self.write_block)

    def level(self, now: datetime) -> Level:
        if self.suspended_because:
            return Level.PAUSED
        if not self.is_on and not self.write_block:
            return Level.NOT_STARTED
        if self.needs_you:
            return Level.NEEDS_YOU
        if self.paused:
            return Level.PAUSED
        if self.sync_trouble or self.trouble or self._silent(now):
            return Level.TROUBLE
        return Level.GOOD if self.last_contact_at else Level.NOT_STARTED

    def sentence(self, now: datetime) -> str:
        """What a person should know first."""
        match self.level(now):
            case Level.NEEDS_YOU:
                return self._needs_you()
            case Level.PAUSED if self.suspended_because:
                return (
                    f"Suspended: {self.suspended_because} Nothing is read or sent until an owner "
                    "lifts it."
                )
            case Level.PAUSED:
                return "Paused. Nothing is read or sent until you resume it."
            case Level.TROUBLE:
                return self._trouble(now)
            case Level.NOT_STARTED if not self.is_on:
                return "The set-up is not finished. Orders are sent once it is switched on."
            case Level.NOT_STARTED:
                return (
                    "The QuickBooks computer has not called yet. Load the Web Connector file there."
                )
            case Level.GOOD:
                sent = counted(self.in_quickbooks, "order")
                return f"All good. {sent} in QuickBooks; last contact {self.contact(now)}."

    def contact(self, now: datetime) -> str:
        return ago(self.last_contact_at, now)

    def _silent(self, now: datetime) -> bool:
        contact = self.last_contact_at
        return contact is not None and self.waiting > 0 and now - contact >= SILENT_AFTER

    def _needs_you(self) -> str:
        if self.write_block:
            title = explained(self.write_block, self.write_block_details).title
            return f"{title}. Nothing is sent until you decide."
        parts = [
            counted(number, noun)
            for number, noun in (
                (self.held_orders, "order"),
                (self.loose_payments, "payment"),
                (self.unreadable, "unreadable record"),
            )
            if number
        ]
        return f"{' and '.join(parts)} {'needs' if self.needs_you == 1 else 'need'} you."

    def _trouble(self, now: datetime) -> str:
        if self.sync_trouble:
            return f"{explained(self.sync_trouble, {}).title}."
        if self.trouble:
            return f"{self.trouble}."
        silence = span(now - self.last_contact_at) if self.last_contact_at else ""
        waits = f"{counted(self.waiting, 'order')} {'waits' if self.waiting == 1 else 'wait'}"
        return f"We have not heard from the QuickBooks computer for {silence}. {waits}."


def head_of(connection: Connection) -> Head:
    zone = str(connection.settings.get("time_zone") or connection.time_zone)
    return Head(
        connection.name,
        connection.keap_account,
        connection.company_name or connection.company_file,
        zone_named(zone),
    )


def needs_you_number(db: Session, name: str) -> int:
    """`Health.needs_you` of one connection, 0 for an unknown one: one statement, for every page."""
    held = (KeapOrder.connection_id == Connection.id, KeapOrder.status == OrderStatus.HELD)
    unreadable = (
        UnreadableRecord.connection_id == Connection.id,
        UnreadableRecord.readable_since.is_(None),
    )
    counts = (
        select(func.count()).select_from(table).where(*conditions).scalar_subquery()
        for table, conditions in (
            (KeapOrder, held),
            (KeapPayment, (KeapPayment.connection_id == Connection.id, *_LOOSE)),
            (UnreadableRecord, unreadable),
        )
    )
    found = db.execute(
        select(Connection.write_block, *counts).where(Connection.name == name)
    ).first()
    return sum(found[1:]) + bool(found[0]) if found else 0


def all_health(db: Session, now: datetime, among: Collection[int] | None = None) -> list[Health]:
    """The connections with these ids (None: every one), worst first, then by name."""
    statement = select(Connection).order_by(Connection.name)
    if among is not None:
        statement = statement.where(Connection.id.in_(sorted(among)))
    connections = db.scalars(statement).all()
    return sorted(_health(db, connections), key=lambda health: health.level(now))


def health_of(db: Session, connection: Connection) -> Health:
    return _health(db, [connection])[0]


def _health(db: Session, connections: Sequence[Connection]) -> list[Health]:
    ids = [connection.id for connection in connections]
    orders = _order_counts(db, ids)
    loose = _loose_payments(db, ids)
    unreadable = unreadable_counts(db, ids)
    troubles = _troubles(db, ids)
    hidden = _hidden_by_status(db, ids)
    return [
        Health(
            head_of(connection),
            connection.paused,
            connection.write_block,
            connection.write_block_details,
            connection.last_sync_trouble,
            connection.last_contact_at,
            orders[connection.id],
            loose.get(connection.id, 0),
            unreadable.get(connection.id, 0),
            troubles.get(connection.id, ""),
            hidden.get(connection.id, 0),
            connection.is_on,
            connection.suspended_because,
        )
        for connection in connections
    ]


def _order_counts(db: Session, ids: list[int]) -> dict[int, dict[OrderStatus, int]]:
    """What waits for nothing but the switch counts as new."""
    counts: dict[int, dict[OrderStatus, int]] = defaultdict(lambda: defaultdict(int))
    for connection_id, status, number in db.execute(
        select(KeapOrder.connection_id, KeapOrder.status, func.count())
        .where(KeapOrder.connection_id.in_(ids))
        .group_by(KeapOrder.connection_id, KeapOrder.status)
    ):
        counts[connection_id][status] = number
    for connection_id, number in db.execute(
        select(KeapOrder.connection_id, func.count())
        .where(KeapOrder.connection_id.in_(ids), KeapOrder.cause == SWITCH)
        .group_by(KeapOrder.connection_id)
    ):
        counts[connection_id][OrderStatus.HELD] -= number
        counts[connection_id][OrderStatus.NEW] += number
    return counts


def _loose_payments(db: Session, ids: list[int]) -> dict[int, int]:
    rows = db.execute(
        select(KeapPayment.connection_id, func.count())
        .where(KeapPayment.connection_id.in_(ids), *_LOOSE)
        .group_by(KeapPayment.connection_id)
    )
    return dict(rows.all())


def _hidden_by_status(db: Session, ids: list[int]) -> dict[int, int]:
    rows = db.execute(
        select(KeapOrder.connection_id, func.count())
        .where(
            KeapOrder.connection_id.in_(ids),
            KeapOrder.status == OrderStatus.SKIPPED_BY_SETTINGS,
            KeapOrder.cause == "order-status",
        )
        .group_by(KeapOrder.connection_id)
    )
    return dict(rows.all())


def _troubles(db: Session, ids: list[int]) -> dict[int, str]:
    """The newest open entry of each connection itself that does not pass without a person."""
    entries = db.scalars(
        select(ErrorEntry)
        .where(
            ErrorEntry.connection_id.in_(ids),
            ErrorEntry.order_id.is_(None),
            ErrorEntry.solved_at.is_(None),
            ErrorEntry.message != "unreadable-record",
        )
        .order_by(ErrorEntry.id)
    )
    told = ((entry, explained(entry.message, entry.details)) for entry in entries)
    return {
        entry.connection_id: message.title for entry, message in told if message.who != Who.ITSELF
    }
