"""What getLastError says of an update session, and the Web Connector shows in its Status column."""

from sqlalchemy.orm import Session

from qbwc_service import messages
from qbwc_service.ledger import message_sets
from qbwc_service.ledger.models import UpdateSession

BUSY = (
    "This service was busy with the same connection for too long and stopped this update. Nothing "
    "is lost: the next update goes on from here."
)
OUR_TROUBLE = (
    "This service had trouble reading the last answer of QuickBooks. It is kept; what was saved "
    "is checked at the next update before anything else is sent."
)


def of_call(db: Session, session: UpdateSession | None) -> str:
    """In the middle of a session: also why a call was answered with nothing, or -1."""
    if session is not None and _was_left_unread(db, session):
        return OUR_TROUBLE
    if session is not None and _was_put_off(db, session):
        return BUSY
    return of_session(session)


def of_session(session: UpdateSession | None) -> str:
    """How it ended, or what stopped it; None is a ticket that is not ours."""
    if session is None:
        return "This update is not known here. Press Update Selected to start a new one."
    if session.ended_at is not None and not session.trouble:
        return session.result or "This update has ended."
    entry = messages.told(session.trouble or "nothing-to-do", session.trouble_details)
    return f"{entry.title}. {entry.why} {entry.do}"


def _was_left_unread(db: Session, session: UpdateSession) -> bool:
    """Whether the newest answer was stored, but reading it failed."""
    newest = message_sets.newest_of(db, session.id)
    return newest is not None and newest.answered_at is not None and newest.applied_at is None


def _was_put_off(db: Session, session: UpdateSession) -> bool:
    """Whether the last call changed nothing because the database was busy: no message was ever
    asked for, or the one that is prepared was not handed out."""
    if session.ended_at is not None or session.trouble:
        return False
    newest = message_sets.newest_of(db, session.id)
    return newest.sent_at is None if newest is not None else not session.notes
