"""Update sessions: who may begin one, whose ticket it is, when it ends."""

import math
from datetime import datetime, timedelta
from typing import TypeGuard

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from qbwc_service.ledger import message_sets, mirror, queue
from qbwc_service.ledger.causes import MIRROR_CAUSES
from qbwc_service.ledger.models import Connection, UpdateSession
from qbwc_service.ledger.reconcile import runs
from qbwc_service.secrecy import ticket_digest
from qbwc_service.webconnector.mirrored_lists import lists_of

#: another PC gets `busy` until the first one closed or was silent for this long
SILENCE = timedelta(minutes=10)
#: lists are read at least this often, work or not
READ_LISTS_EVERY = timedelta(hours=12)
#: and this often while orders wait for something that a person may have mended in QuickBooks
READ_LISTS_FOR_HOLDS = timedelta(minutes=5)


#: asked at every poll: made once
_OF_USER = select(Connection).where(Connection.user_name == bindparam("user"))
_LIVE = (
    select(UpdateSession)
    .where(UpdateSession.connection_id == bindparam("connection"), UpdateSession.ended_at.is_(None))
    .order_by(UpdateSession.id.desc())
    .limit(1)
)


def connection_of(db: Session, user_name: str) -> Connection | None:
    return db.scalars(_OF_USER, {"user": user_name}).first()


def connection_locked(db: Session, connection_id: int) -> Connection:
    """The connection's row, locked until the transaction ends: one call at a time works on it."""
    return db.scalars(
        select(Connection)
        .where(Connection.id == connection_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def session_of(db: Session, ticket: str) -> UpdateSession | None:
    """The session of a ticket, ended or not; None for a ticket that we never gave."""
    return db.scalars(
        select(UpdateSession).where(UpdateSession.ticket_digest == ticket_digest(ticket))
    ).first()


def live_session(db: Session, connection_id: int) -> UpdateSession | None:
    """The newest session of the connection that has not ended."""
    return db.scalars(_LIVE, {"connection": connection_id}).first()


def is_busy(
    live: UpdateSession | None, remote_address: str, now: datetime
) -> TypeGuard[UpdateSession]:
    """Whether another computer is in the middle of a session."""
    return (
        live is not None
        and live.remote_address != remote_address
        and now - live.last_call_at < SILENCE
    )


def seconds_of_patience(live: UpdateSession, now: datetime) -> str:
    """How long the second computer is to wait: until the first was silent long enough."""
    return str(max(1, math.ceil((live.last_call_at + SILENCE - now).total_seconds())))


def begin(
    db: Session, connection: Connection, ticket: str, remote_address: str, now: datetime
) -> UpdateSession:
    """A new session. What was prepared for an older one and never handed out is taken back."""
    message_sets.discard_unsent(db, connection.id, now)
    session = UpdateSession(
        connection_id=connection.id,
        ticket_digest=ticket_digest(ticket),
        remote_address=remote_address,
        started_at=now,
        last_call_at=now,
        phase="identify",
        notes={},
        trouble_details={},
        read_only=False,
        round_trips=0,
        posted=0,
        held=0,
        trouble="",
        result="",
    )
    db.add(session)
    db.flush()
    return session


def end(session: UpdateSession, now: datetime, result: str) -> None:
    """End it; a session ends once."""
    if session.ended_at is None:
        session.ended_at = now
        session.result = result


def work_is_due(db: Session, connection: Connection, now: datetime) -> bool:
    """Whether a session would have anything to do: recover, send, read the lists again, or
    compare what was posted."""
    if queue.has_unresolved_set(db, connection.id):
        return True
    names = [each.name for each in lists_of(connection.quickbooks)]
    read_at = mirror.oldest_read(db, connection.id, names)
    if read_at is None or now - read_at > READ_LISTS_EVERY:
        return True
    if now - read_at > READ_LISTS_FOR_HOLDS and queue.waits_for(db, connection.id, MIRROR_CAUSES):
        return True
    if connection.write_block:
        return False
    return queue.has_work(db, connection.id, now) or runs.is_due(db, connection, now)


def summary(session: UpdateSession) -> str:
    """One sentence for the Web Connector's Status column."""
    sent = f"{session.posted} recorded in QuickBooks"
    if session.held:
        need = "needs" if session.held == 1 else "need"
        sent += f", {session.held} {need} you (see the admin page)"
    return f"{sent}."
