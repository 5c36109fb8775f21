"""Update sessions: who may begin one, whose ticket it is, when it ends."""

import math
from datetime import datetime, timedelta
from typing import TypeGuard

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from qbwc_service.ledger import live_sessions, message_sets, mirror, queue, trail
from qbwc_service.ledger.live_sessions import SILENCE, is_silent
from qbwc_service.ledger.models import Connection, UpdateSession
from qbwc_service.ledger.reconcile import runs
from qbwc_service.secrecy import ticket_digest
from qbwc_service.webconnector import quiet
from qbwc_service.webconnector.mirrored_lists import lists_of

#: lists are read at least this often, work or not
READ_LISTS_EVERY = timedelta(hours=12)
#: and this often while orders wait for something that a person may have mended in QuickBooks
READ_LISTS_FOR_HOLDS = timedelta(minutes=5)

#: two computers that call from one address are told apart for so long
REMEMBERED = timedelta(days=1)
#: among so many sessions
LOOKED_BACK = 50
TWO_COMPUTERS = "two-computers"
#: in the notes of a session that another one replaced
_REPLACED = "replaced"
_REPLACED_RESULT = (
    "Another update of this link took the place of this one; nothing is lost. Only a second "
    "computer can bring this about: remove the link from the Web Connector of one of them."
)


#: asked at every poll: made once
_OF_USER = select(Connection).where(Connection.user_name == bindparam("user"))


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


def is_busy(
    live: UpdateSession | None, db: Session, remote_address: str, now: datetime
) -> TypeGuard[UpdateSession]:
    """Whether another computer is in the middle of a session of the same connection.

    The same address is a Web Connector that was started anew, unless two computers were seen to
    call from there: behind one router, or behind a proxy that hides them.
    """
    if live is None or is_silent(live, now):
        return False
    return live.remote_address != remote_address or _is_shared(db, live, now)


def _is_shared(db: Session, live: UpdateSession, now: datetime) -> bool:
    """Whether a session from that address went on after another had replaced it."""
    last = db.execute(
        select(UpdateSession.remote_address, UpdateSession.trouble, UpdateSession.ended_at)
        .where(UpdateSession.connection_id == live.connection_id)
        .order_by(UpdateSession.id.desc())
        .limit(LOOKED_BACK)
    )
    return any(
        (each.remote_address, each.trouble) == (live.remote_address, TWO_COMPUTERS)
        and now - each.ended_at < REMEMBERED
        for each in last
    )


def replace(session: UpdateSession, now: datetime) -> None:
    """End a session whose place a new one takes."""
    live_sessions.end(session, now, _REPLACED_RESULT)
    session.notes = {**session.notes, _REPLACED: True}


def was_replaced(session: UpdateSession) -> bool:
    """Whether another session took its place. A Web Connector that was started anew never calls
    under its old ticket: whoever does is a second one."""
    return _REPLACED in session.notes


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
    trail.update_session(session, "began")
    return session


def work_is_due(db: Session, connection: Connection, now: datetime) -> bool:
    """Whether a session would have anything to do: learn the company file, recover, send, read the
    lists again, or compare what was posted. In quiet hours: recover alone."""
    if quiet.are_on(connection, now):
        return queue.has_unresolved_set(db, connection.id)
    if not connection.company_name and not connection.company_file:
        return True
    waiting = queue.what_waits(db, connection.id, now)
    if waiting.unresolved_set:
        return True
    names = [each.name for each in lists_of(connection.quickbooks)]
    read_at = mirror.oldest_read(db, connection.id, names)
    if read_at is None or now - read_at > READ_LISTS_EVERY:
        return True
    if waiting.for_lists and now - read_at > READ_LISTS_FOR_HOLDS:
        return True
    if connection.write_block:
        return False
    return waiting.work or runs.is_due(db, connection, now)


def summary(session: UpdateSession) -> str:
    """One sentence for the Web Connector's Status column."""
    sent = f"{session.posted} recorded in QuickBooks"
    if session.held:
        need = "needs" if session.held == 1 else "need"
        sent += f", {session.held} {need} you (page Needs you)"
    return f"{sent}."
