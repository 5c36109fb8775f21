"""Update sessions that may still be at work: not ended, and not silent for ten minutes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from qbwc_service.ledger import trail
from qbwc_service.ledger.models import UpdateSession

#: a session that was silent for this long is dead: its computer, or its Web Connector, is gone
SILENCE = timedelta(minutes=10)
GIVEN_UP = "It was silent for 10 minutes and was given up."

#: asked at every poll: made once
_LIVE = (
    select(UpdateSession)
    .where(UpdateSession.connection_id == bindparam("connection"), UpdateSession.ended_at.is_(None))
    .order_by(UpdateSession.id.desc())
    .limit(1)
)


def live_session(db: Session, connection_id: int) -> UpdateSession | None:
    """The newest session of the connection that has not ended, silent or not."""
    return db.scalars(_LIVE, {"connection": connection_id}).first()


def is_silent(session: UpdateSession, now: datetime) -> bool:
    return now - session.last_call_at >= SILENCE


def open_sessions(db: Session, now: datetime) -> Sequence[UpdateSession]:
    """Every session of the service that is not silent, oldest first."""
    return db.scalars(
        select(UpdateSession)
        .where(UpdateSession.ended_at.is_(None), UpdateSession.last_call_at > now - SILENCE)
        .order_by(UpdateSession.id)
    ).all()


def end(session: UpdateSession, now: datetime, result: str) -> None:
    """End it; a session ends once."""
    if session.ended_at is None:
        session.ended_at = now
        session.result = result
        counts = f"{session.posted} posted, {session.held} held, {session.round_trips} messages"
        trail.update_session(session, f"ended, {session.trouble or counts}")


def give_up_if_silent(db: Session, connection_id: int, now: datetime) -> UpdateSession | None:
    """End the session of another connection that was silent for too long; returns the one that is
    still at work.

    Whoever calls holds no lock on that connection: a session that another worker has locked is
    being called just now, so it is not silent.
    """
    found = live_session(db, connection_id)
    if found is None or not is_silent(found, now):
        return found
    locked = db.scalars(
        select(UpdateSession)
        .where(UpdateSession.id == found.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()
    if locked is None or (locked.ended_at is None and not is_silent(locked, now)):
        return found
    end(locked, now, GIVEN_UP)
    return None
