"""Who is due to be read, who takes it on, and when it is due again.

Several processes may look: taking one on moves its time ahead in the same statement that checks
it, so that only one succeeds, and nobody waits for it. A process that dies meanwhile leaves it due
again when its claim and its lease have run out (reading_lease.py). Transactions: staging.claim,
staging.next-sync.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.ledger import hooks, leases
from qbwc_service.ledger.logins import can_be_read
from qbwc_service.ledger.models import Connection, KeapPace
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.staging.account import account_of
from qbwc_service.staging.next_time import Sharing, next_sync
from qbwc_service.staging.reading_lease import LEASE_TTL
from qbwc_service.staging.trouble import ZoneUnknown

#: after trouble, where the next regular time is later
RETRY_AFTER = timedelta(minutes=15)
_LONGEST_WAIT_SECONDS = 86_400.0

#: when the connection is due again, by its settings, the time now and whom it shares with
NextTime = Callable[[Connection, datetime, Sharing], datetime | None]


@dataclass(frozen=True, slots=True)
class Due:
    """One that is due; `at` is None for one that was never read, or is to be read at once."""

    id: int
    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Claim:
    """One that we took on; `until` stands in its row as long as nobody wants anything else."""

    due: Due
    until: datetime


def due_connections(db: Session, now: datetime) -> list[Due]:
    """The ones that are due and that nobody reads, longest first."""
    statement = (
        select(Connection.id, Connection.name, Connection.next_sync_at)
        .where(
            can_be_read(),
            or_(Connection.next_sync_at.is_(None), Connection.next_sync_at <= now),
            leases.nobody_reads(now),
        )
        .order_by(Connection.next_sync_at.nulls_first(), Connection.id)
    )
    return [Due(*row) for row in db.execute(statement)]


def claim(database: Database, due: Due, now: datetime) -> Claim | None:
    """Take it on, alone; None where another has, where it was paused meanwhile, or where somebody
    works on it at this moment: then it is still due at the next look."""
    until = now + LEASE_TTL
    free = (
        select(Connection.id)
        .where(
            Connection.id == due.id,
            Connection.paused.is_(False),
            Connection.next_sync_at.is_not_distinct_from(due.at),
        )
        .with_for_update(skip_locked=True)
    )
    with database.writing("staging.claim") as db:
        taken = db.execute(
            update(Connection)
            .where(Connection.id.in_(free))
            .values(next_sync_at=until)
            .returning(Connection.id),
            execution_options={"synchronize_session": False},
        ).first()
        if taken is not None:
            hooks.take_up(db, due.id, now)
    return Claim(due, until) if taken is not None else None


def finish(
    database: Database, claimed: Claim, next_time: NextTime, now: datetime, per_second: float
) -> None:
    """Write down when it is due again; a wish that came meanwhile ("read it now") stays."""
    with database.writing("staging.next-sync") as db:
        connection = db.get(Connection, claimed.due.id, with_for_update=True)
        if connection is not None and connection.next_sync_at == claimed.until:
            sharing = sharing_of(db, connection, per_second)
            connection.next_sync_at = next_time(connection, now, sharing)
            hooks.bring_forward(db, connection, now, sharing.stretch(hooks.LEAST_BETWEEN))


def sharing_of(db: Session, connection: Connection, per_second: float) -> Sharing:
    """Who else draws on the limits of the key or client id that this connection asks with."""
    pace = connection.keap_pace
    if not pace:
        return Sharing(per_second=per_second)
    day_limit = db.scalar(select(KeapPace.day_limit).where(KeapPace.key == pace))
    return Sharing(drawing_on(db, [pace])[pace], day_limit, per_second)


def drawing_on(db: Session, paces: Collection[str]) -> dict[str, int]:
    """How many connections that are not paused draw on each of these limits; one at least."""
    counted = db.execute(
        select(Connection.keap_pace, func.count())
        .where(Connection.keap_pace.in_(sorted(paces)), Connection.paused.is_(False))
        .group_by(Connection.keap_pace)
    )
    return dict.fromkeys(paces, 1) | dict(counted.all())


def regular(connection: Connection, now: datetime, sharing: Sharing) -> datetime:
    """As the settings say."""
    try:
        zone = account_of(connection).zone
    except ZoneUnknown:
        zone = ZoneInfo("UTC")
    return next_sync(effective_settings(connection), zone, now, sharing)


def at_once(_connection: Connection, now: datetime, _sharing: Sharing) -> datetime:
    """There is more to read: due, but later than all that are due already."""
    return now


def as_before(due: Due) -> NextTime:
    """Nothing was read: it stays due."""
    return lambda _connection, _now, _sharing: due.at


def after(seconds: float) -> NextTime:
    """Another was quicker: this one is looked at again a little later."""
    return lambda _connection, now, _sharing: now + timedelta(seconds=seconds)


def whatever_the_settings_say(
    _connection: Connection, now: datetime, _sharing: Sharing
) -> datetime:
    """After a mistake of our own, which may lie in reading them."""
    return now + RETRY_AFTER


def soon(retry_after: float | None) -> NextTime:
    """After trouble: not later than usual, but not before Keap wants to be asked again."""

    def next_time(connection: Connection, now: datetime, sharing: Sharing) -> datetime:
        usual = min(regular(connection, now, sharing), now + RETRY_AFTER)
        wait = min(retry_after or 0.0, _LONGEST_WAIT_SECONDS)
        return max(usual, now + timedelta(seconds=wait))

    return next_time
