"""The poll that finds nothing to do, which most polls are: answered without a write.

A Web Connector may ask every minute, a service may have a thousand of them, and a write waits for
the disk.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from qbwc_service.ledger import live_sessions
from qbwc_service.ledger.models import Connection
from qbwc_service.secrecy import Secrecy
from qbwc_service.webconnector import quiet, sessions, suspended
from qbwc_service.webconnector.contract import Caller
from qbwc_service.webconnector.log_in import is_right

#: the time of the last contact is noted this often, while nothing else is to be written
NOTED_EVERY = timedelta(minutes=1)


def result(connection: Connection, now: datetime) -> str:
    """What is noted of a poll after which nothing is done."""
    if connection.suspended_because:
        return "Suspended."
    if connection.paused:
        return "Paused."
    return quiet.RESULT if quiet.are_on(connection, now) else "Nothing new."


def answer(
    db: Session, secrecy: Secrecy, caller: Caller, user_name: str, password: str, now: datetime
) -> list[str] | None:
    """What a poll is told that is a known connection's, has nothing to do, and was noted lately.

    None where anything would be written, as a wrong password is: a write transaction decides then.
    """
    connection = sessions.connection_of(db, user_name)
    if connection is None or connection.password_key != secrecy.key_id:
        return None
    if not is_right(secrecy, caller, connection, password):
        return None
    if not _is_noted(connection, now) or live_sessions.live_session(db, connection.id) is not None:
        return None
    if suspended.is_to_be_told(db, connection, now):
        return None
    if connection.paused or not sessions.work_is_due(db, connection, now):
        return quiet.nothing_for_now(connection, now)
    return None


def _is_noted(connection: Connection, now: datetime) -> bool:
    """A wrong password in between was noted too, with a result of its own."""
    noted = connection.last_contact_at
    if noted is None or connection.last_contact_result != result(connection, now):
        return False
    return timedelta(0) <= now - noted < NOTED_EVERY
