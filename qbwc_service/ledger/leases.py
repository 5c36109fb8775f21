"""Leases: who may do a piece of work alone, until when. A holder that dies is replaced in time.

The time is handed in: every process of one service has the same clock to within seconds, and a
lease is renewed long before it ends.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, delete, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import Connection, Lease

#: whoever carries out by itself what is due; renewed at every look
SCHEDULER = "scheduler"
#: whoever looks what people have to be told
ALERTS = "alerts"
#: whoever removes what is old
CLEAN_UP = "clean-up"
_READING = "sync:"


def reading(connection_id: int) -> str:
    """The lease of whoever reads Keap for that connection."""
    return f"{_READING}{connection_id}"


def nobody_reads(now: datetime) -> ColumnElement[bool]:
    """Of the connections in a statement, those whose lease is free."""
    return ~exists().where(
        Lease.name == _READING + cast(Connection.id, String), Lease.expires_at > now
    )


def acquire(db: Session, name: str, owner: str, now: datetime, ttl: timedelta) -> bool:
    """Take the lease, or make one's own last longer; False while another holds it."""
    taken = db.execute(
        update(Lease)
        .where(Lease.name == name, or_(Lease.owner == owner, Lease.expires_at <= now))
        .values(owner=owner, expires_at=now + ttl)
        .returning(Lease.name),
        execution_options={"synchronize_session": False},
    ).first()
    if taken is not None:
        return True
    fresh = Lease(name=name, owner=owner, expires_at=now + ttl)
    return holder(db, name) is None and _insert(db, fresh)


def keep(db: Session, name: str, owner: str, now: datetime, ttl: timedelta) -> bool:
    """Make one's own last longer; False, and nothing is taken, where another has it by now.

    Nobody can take it before this transaction has ended, not even when it takes longer than `ttl`.
    """
    kept = db.execute(
        update(Lease)
        .where(Lease.name == name, Lease.owner == owner)
        .values(expires_at=now + ttl)
        .returning(Lease.name),
        execution_options={"synchronize_session": False},
    ).first()
    return kept is not None


def release(db: Session, name: str, owner: str) -> None:
    """Give back one's own lease; that of another is left alone."""
    db.execute(
        delete(Lease).where(Lease.name == name, Lease.owner == owner),
        execution_options={"synchronize_session": False},
    )


def forget_ended(db: Session, beginning: str, now: datetime) -> None:
    """Drop the leases with names that begin so and that are over; for names used once each."""
    db.execute(
        delete(Lease).where(
            Lease.name >= beginning,
            # ":" is the last character of a beginning, ";" the one after it.
            Lease.name < beginning[:-1] + ";",
            Lease.expires_at <= now,
        ),
        execution_options={"synchronize_session": False},
    )


def holder(db: Session, name: str) -> Lease | None:
    """Who holds it, or held it last; None where nobody does."""
    return db.scalars(
        select(Lease).where(Lease.name == name), execution_options={"populate_existing": True}
    ).first()


def _insert(db: Session, lease: Lease) -> bool:
    """The first use of a name; False when another was quicker."""
    try:
        with db.begin_nested():
            db.add(lease)
    except IntegrityError:
        return False
    return True


def is_looked_after(db: Session, now: datetime) -> bool:
    """Whether some process reads Keap by itself."""
    scheduler = holder(db, SCHEDULER)
    return scheduler is not None and scheduler.expires_at > now
