"""A drain before a deploy: no new session begins, open ones finish. Every process sees it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qbwc_service.ledger import live_sessions
from qbwc_service.ledger.models import Connection, Drain

_THE_ONE = 1


@dataclass(frozen=True, slots=True)
class StillOpen:
    """A session that a drain waits for."""

    connection: str
    remote_address: str
    started_at: datetime
    last_call_at: datetime


def begin(db: Session, who: str, now: datetime) -> Drain:
    """From now on no session begins; a second call changes nothing."""
    running = current(db)
    if running is None:
        running = Drain(id=_THE_ONE, began_at=now, who=who)
        db.add(running)
        db.flush()
    return running


def end(db: Session) -> bool:
    """Sessions may begin again; False where none was draining."""
    ended = db.execute(
        delete(Drain).where(Drain.id == _THE_ONE).returning(Drain.id),
        execution_options={"synchronize_session": False},
    ).first()
    return ended is not None


def current(db: Session) -> Drain | None:
    """Since when, and on whose word; None where sessions may begin."""
    return db.scalars(
        select(Drain).where(Drain.id == _THE_ONE), execution_options={"populate_existing": True}
    ).first()


def still_open(db: Session, now: datetime) -> list[StillOpen]:
    """The sessions that are at work; one that was silent for ten minutes is not."""
    found = live_sessions.open_sessions(db, now)
    of = [session.connection_id for session in found]
    rows = db.execute(select(Connection.id, Connection.name).where(Connection.id.in_(sorted(of))))
    names = {row.id: row.name for row in rows}
    return [
        StillOpen(
            names[session.connection_id],
            session.remote_address,
            session.started_at,
            session.last_call_at,
        )
        for session in found
    ]
