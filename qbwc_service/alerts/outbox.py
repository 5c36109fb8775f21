"""Alerts as rows. One is written in one transaction with what was told (`AlertState`), and sent
outside of any.

A try is written down before it is made. So an alert is never lost, and nobody gets one twice but
where a process dies, or the network fails, between the other side's yes and our note of it: the
second mail then has the Message-ID of the first, and the second call the same Idempotency-Key.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from qbwc_service.alerts.letters import Letter
from qbwc_service.alerts.targets import Target
from qbwc_service.database import Database
from qbwc_service.ledger.models import (
    SERVICE_ITSELF,
    Alert,
    AlertDelivery,
    AlertKind,
    Channel,
    Connection,
    DeliveryState,
)

#: between the tries; the first is longer than any try takes, so that no second one overtakes it
_PAUSES = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
)
#: an older alert is no news to anybody
_GIVEN_UP_AFTER = timedelta(days=7)
#: in the words of the partial index
_WAITING = text("state = 'waiting'")
_PROBLEM = 300


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One alert on its way to one address. `connection` is "" where it is the service's own."""

    delivery_id: int
    channel: Channel
    address: str
    key: str
    kind: AlertKind
    is_over: bool
    connection: str
    webhook_key: str
    at: datetime
    title: str
    text: str
    link: str


def write(
    db: Session,
    connection_id: int,
    kind: AlertKind,
    letter: Letter,
    link: str,
    targets: Iterable[Target],
    *,
    now: datetime,
    is_over: bool = False,
) -> int:
    """Have these targets told with the next look; gives the id of the alert."""
    alert = Alert(
        connection_id=connection_id,
        kind=kind,
        is_over=is_over,
        key=str(uuid.uuid4()),
        at=now,
        title=letter.title,
        text=letter.text,
        link=link,
    )
    db.add(alert)
    db.flush()
    db.add_all(
        AlertDelivery(
            alert_id=alert.id,
            channel=target.channel,
            target=target.address,
            state=DeliveryState.WAITING,
            next_try_at=now,
        )
        for target in targets
    )
    db.flush()
    return alert.id


def is_any_due(database: Database, now: datetime) -> bool:
    with database.reading() as db:
        due = select(AlertDelivery.id).where(_WAITING, AlertDelivery.next_try_at <= now).limit(1)
        return db.scalar(due) is not None


def take(database: Database, now: datetime, alert_id: int | None = None) -> Outgoing | None:
    """The next delivery that is due (of that alert), taken for one try; None where there is none.

    Two processes never take the same one; who dies with it is followed by another after a pause.
    """
    with database.writing("alerts.take") as db:
        due = select(AlertDelivery).where(_WAITING, AlertDelivery.next_try_at <= now)
        if alert_id is not None:
            due = due.where(AlertDelivery.alert_id == alert_id)
        delivery = db.scalars(
            due.order_by(AlertDelivery.next_try_at, AlertDelivery.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if delivery is None:
            return None
        delivery.next_try_at = now + _PAUSES[min(delivery.tries, len(_PAUSES) - 1)]
        delivery.tries += 1
        return _outgoing(db, delivery)


def note_sent(database: Database, delivery_id: int, now: datetime) -> None:
    with database.writing("alerts.sent") as db:
        delivery = db.get_one(AlertDelivery, delivery_id, with_for_update=True)
        delivery.state, delivery.sent_at, delivery.problem = DeliveryState.SENT, now, ""


def note_failed(database: Database, outgoing: Outgoing, problem: str, now: datetime) -> bool:
    """It is tried again later, or given up: then True."""
    with database.writing("alerts.failed") as db:
        delivery = db.get_one(AlertDelivery, outgoing.delivery_id, with_for_update=True)
        delivery.problem = problem[:_PROBLEM]
        if now - outgoing.at < _GIVEN_UP_AFTER:
            return False
        delivery.state = DeliveryState.GIVEN_UP
        return True


def _outgoing(db: Session, delivery: AlertDelivery) -> Outgoing:
    alert = db.get_one(Alert, delivery.alert_id)
    connection = None
    if alert.connection_id != SERVICE_ITSELF:
        connection = db.get_one(Connection, alert.connection_id)
    return Outgoing(
        delivery.id,
        delivery.channel,
        delivery.target,
        alert.key,
        alert.kind,
        alert.is_over,
        connection.name if connection is not None else "",
        connection.webhook_key if connection is not None else "",
        alert.at,
        alert.title,
        alert.text,
        alert.link,
    )


# -- what the page shows ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delivered:
    """One address of an alert, and how far it is."""

    channel: Channel
    address: str
    state: DeliveryState
    tries: int
    next_try_at: datetime
    sent_at: datetime | None
    problem: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One alert with all who are told."""

    id: int
    kind: AlertKind
    is_over: bool
    at: datetime
    title: str
    text: str
    deliveries: tuple[Delivered, ...]

    @property
    def is_on_its_way(self) -> bool:
        return any(each.state is DeliveryState.WAITING for each in self.deliveries)


def newest(db: Session, connection_id: int, *, limit: int) -> list[Listed]:
    """The last alerts of a connection, newest first, in two statements."""
    alerts = db.scalars(
        select(Alert)
        .where(Alert.connection_id == connection_id)
        .order_by(Alert.id.desc())
        .limit(limit)
    ).all()
    found = db.scalars(
        select(AlertDelivery)
        .where(AlertDelivery.alert_id.in_([alert.id for alert in alerts]))
        .order_by(AlertDelivery.id)
    ).all()
    return [
        Listed(
            alert.id,
            alert.kind,
            alert.is_over,
            alert.at,
            alert.title,
            alert.text,
            tuple(_delivered(each) for each in found if each.alert_id == alert.id),
        )
        for alert in alerts
    ]


def _delivered(row: AlertDelivery) -> Delivered:
    return Delivered(
        row.channel, row.target, row.state, row.tries, row.next_try_at, row.sent_at, row.problem
    )
