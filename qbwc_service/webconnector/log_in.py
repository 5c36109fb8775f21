"""Whose user name and password a Web Connector shows.

The right password is never slowed or refused because of wrong ones: it is 128 random bits that we
made, so nobody guesses it, and whoever has it is the real one.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from qbwc_service.ledger import error_log
from qbwc_service.ledger.login_failures import Limit, begin_try, network
from qbwc_service.ledger.models import Connection
from qbwc_service.secrecy import Secrecy
from qbwc_service.webconnector import sessions
from qbwc_service.webconnector.contract import Caller

log = logging.getLogger(__name__)

#: what the last contact came to
REFUSED = "Refused: the password was wrong."
WRONG_PASSWORD = "web-connector-password"  # noqa: S105 - an id of the message catalogue
REALM = "web-connector"
#: wrong tries of a day that are told one by one: for one connection, and from one address
FREE_TRIES = 5
FREE_TRIES_OF_ADDRESS = 30
_NOBODY = "0" * 64


def recognise(
    db: Session, secrecy: Secrecy, caller: Caller, user_name: str, password: str, now: datetime
) -> Connection | None:
    """The connection of that user and password, locked; None, and told, where they are wrong."""
    connection = sessions.connection_of(db, user_name)
    if connection is not None and is_right(secrecy, caller, connection, password):
        found = sessions.connection_locked(db, connection.id)
        error_log.solve(db, found.id, now=now, messages=[WRONG_PASSWORD])
        _move_to_current_key(secrecy, found, password)
        return found
    if connection is None:
        # As long as for a name that there is.
        secrecy.password_matches(password, _NOBODY)
    if _is_worth_telling(db, caller, connection, now):
        _tell(db, secrecy, caller, connection, user_name, password, now)
    return None


def is_right(secrecy: Secrecy, caller: Caller, connection: Connection, password: str) -> bool:
    """Whether it is the connection's password, at the connection's own address."""
    right = secrecy.password_matches(password, connection.password_digest)
    return right and caller.connection in {"", connection.name}


def _is_worth_telling(
    db: Session, caller: Caller, connection: Connection | None, now: datetime
) -> bool:
    """Whether a wrong try is written down and logged: fewer and fewer of a flood are. All are
    refused alike."""
    limits = [Limit(network(caller.remote_address), FREE_TRIES_OF_ADDRESS)]
    if connection is not None:
        limits.append(Limit(connection.name, FREE_TRIES))
    return begin_try(db, REALM, limits, now) == timedelta()


def _tell(
    db: Session,
    secrecy: Secrecy,
    caller: Caller,
    connection: Connection | None,
    user_name: str,
    password: str,
    now: datetime,
) -> None:
    """In the log; and in the error log of the connection whose password it was not."""
    log.warning("wrong user name or password", extra={"connection": caller.connection[:80]})
    if connection is None or secrecy.password_matches(password, connection.password_digest):
        return
    # No contact: a stranger who knows the user name must not hide that the computer is silent.
    connection.last_contact_result = REFUSED
    error_log.tell(db, connection.id, WRONG_PASSWORD, {"user": user_name[:80]}, now=now)


def _move_to_current_key(secrecy: Secrecy, connection: Connection, password: str) -> None:
    """After a rotation of the service key: only now is the password known. Looked at once more,
    because somebody may have changed it before the row was locked."""
    if connection.password_key == secrecy.key_id:
        return
    if secrecy.password_matches(password, connection.password_digest):
        connection.password_digest = secrecy.password_digest(password)
        connection.password_key = secrecy.key_id
