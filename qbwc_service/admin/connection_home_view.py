"""What the Home page of a connection shows, as plain values. A constant number of queries."""

import shutil
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_service.admin.health import Health, Level, health_of
from qbwc_service.admin.keap_view import KeapLogin, keap_login
from qbwc_service.admin.words import counted, explained
from qbwc_service.connections import RUN_EVERY_MINUTES
from qbwc_service.database import Database
from qbwc_service.ledger import leases
from qbwc_service.ledger.models import SALES, Connection, Kind, OrderStatus, Posting
from qbwc_service.messages import Message
from qbwc_service.webconnector.log_in import REFUSED

#: less than this, and the disk is told of as trouble
LEAST_FREE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Disk:
    """Free bytes where the database lies; `is_low`: whoever runs the service has to act."""

    free: int

    @property
    def is_low(self) -> bool:
        return self.free < LEAST_FREE

    @property
    def words(self) -> str:
        return f"{self.free / 1e9:,.1f} GB free"


@dataclass(frozen=True, slots=True)
class ConnectionHome:
    """The whole page."""

    health: Health
    sentence: str
    orders_sent_today: int
    payments_sent_today: int
    not_by_choice: int
    keap: KeapLogin
    last_sync_at: datetime | None
    next_sync_at: datetime | None
    sync_trouble: Message | None
    #: when the Web Connector should call next, if it runs by itself; None where it never called
    expected_at: datetime | None
    last_contact_result: str
    #: the Web Connector called since then, with a wrong password
    is_refused: bool
    company: str
    company_file: str
    quickbooks: str
    #: None where the database is on a server of its own
    disk: Disk | None
    #: the job that reads Keap runs
    is_looked_after: bool


def connection_home_view(
    db: Session, connection: Connection, now: datetime, database: Database
) -> ConnectionHome:
    """`database` is asked only where it lies."""
    health = health_of(db, connection)
    orders, payments = _sent_today(db, connection.id, health, now)
    trouble = connection.last_sync_trouble
    contact = connection.last_contact_at
    return ConnectionHome(
        health=health,
        sentence=_sentence(health, orders, payments, now),
        orders_sent_today=orders,
        payments_sent_today=payments,
        not_by_choice=sum(
            health.orders.get(status, 0)
            for status in (OrderStatus.SKIPPED_BY_SETTINGS, OrderStatus.SKIPPED_BY_YOU)
        ),
        keap=keap_login(db, connection, can_sign_in=False),
        last_sync_at=connection.last_sync_at,
        next_sync_at=connection.next_sync_at,
        sync_trouble=explained(trouble, {}) if trouble else None,
        expected_at=contact + timedelta(minutes=RUN_EVERY_MINUTES) if contact else None,
        last_contact_result=connection.last_contact_result,
        is_refused=connection.last_contact_result == REFUSED,
        company=connection.company_name,
        company_file=connection.company_file,
        quickbooks=str(connection.quickbooks.get("product") or ""),
        disk=_disk(database),
        is_looked_after=leases.is_looked_after(db, now),
    )


def _sent_today(db: Session, connection_id: int, health: Health, now: datetime) -> tuple[int, int]:
    """Orders and payments that came into QuickBooks since midnight where the business is."""
    zone = health.head.zone
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    numbers = dict(
        db.execute(
            select(Posting.kind, func.count())
            .where(
                Posting.connection_id == connection_id,
                Posting.posted_at >= midnight,
                Posting.kind.in_((*SALES, Kind.PAYMENT)),
                Posting.linked.is_(False),
            )
            .group_by(Posting.kind)
        ).all()
    )
    return sum(numbers.get(kind, 0) for kind in SALES), numbers.get(Kind.PAYMENT, 0)


def _sentence(health: Health, orders: int, payments: int, now: datetime) -> str:
    if health.level(now) is not Level.GOOD:
        return health.sentence(now)
    sent = f"{counted(orders, 'order')} and {counted(payments, 'payment')} sent today"
    return f"All good. {sent}; last contact with QuickBooks {health.contact(now)}."


def _disk(database: Database) -> Disk | None:
    place = database.engine.url.database
    if not database.is_sqlite or not place:
        return None
    return Disk(shutil.disk_usage(Path(place).parent).free)
