"""A connection stands still: paused by whoever works with it, or suspended by whoever runs it.

Both stop the reading of Keap and the sending to QuickBooks, and lose nothing. A suspension is an
owner's or the operator's word against the connection: it has a reason that people read, at the Web
Connector too; it stops an update that is under way, and no Resume lifts it. A pause that somebody
began is there when a suspension ends.

Exceptions
  Suspended     it cannot go on, because it is suspended
  BeingErased   it can go on no more: a part of it may be gone already
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from qbwc_service.ledger import error_log, history, live_sessions
from qbwc_service.ledger.models import Connection

#: id of the message catalogue
SUSPENDED: Final = "connection-suspended"
LONGEST_REASON: Final = 300
#: the reason of a connection that is being erased
ERASING: Final = "It is being erased."


class Suspended(Exception):
    """It was asked to go on; nothing was changed."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(
            f'"{connection.name}" is suspended: {connection.suspended_because} Nothing was '
            "changed. An owner lifts that on the page Connection."
        )


class BeingErased(Exception):
    """Nothing was changed: what is left of it is only good to be erased."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(
            f'"{connection.name}" is being erased, and a part of it may be gone already. Nothing '
            f"was changed. Finish it with: qbwc-service connection erase {connection.name}"
        )


def pause(db: Session, connection: Connection, who: str, now: datetime, why: str = "") -> bool:
    """Nothing is read or sent until it is resumed; False where it was so before."""
    if connection.paused_by_hand:
        return False
    connection.paused_by_hand = True
    history.note(db, connection.id, f"Paused: {why}" if why else "Paused", now=now, who=who)
    return True


def resume(db: Session, connection: Connection, who: str, now: datetime) -> bool:
    """It goes on; False where nothing kept it. Raises Suspended."""
    if connection.suspended_because:
        raise Suspended(connection)
    if not connection.paused_by_hand:
        return False
    connection.paused_by_hand = False
    history.note(db, connection.id, "Resumed", now=now, who=who)
    return True


def suspend(db: Session, connection: Connection, who: str, now: datetime, reason: str) -> None:
    """Stop it for this reason, a sentence, and have an update that is under way send no more.

    Raises BeingErased.
    """
    if connection.suspended_because == ERASING:
        raise BeingErased(connection)
    told = " ".join(reason.split())[:LONGEST_REASON].rstrip(".") or "No reason was given"
    connection.suspended_because = f"{told}."
    live = live_sessions.live_session(db, connection.id)
    if live is not None and not live.trouble:
        live.trouble, live.trouble_details = SUSPENDED, details_of(connection)
    history.note(db, connection.id, f"Suspended: {told}", now=now, who=who)


def reinstate(db: Session, connection: Connection, who: str, now: datetime) -> bool:
    """Lift the suspension; False where there was none. `connection.paused` tells whether somebody
    paused it as well. Raises BeingErased."""
    if not connection.suspended_because:
        return False
    if connection.suspended_because == ERASING:
        raise BeingErased(connection)
    connection.suspended_because = ""
    error_log.solve(db, connection.id, now=now, messages=[SUSPENDED])
    still = ". It is still paused" if connection.paused else ""
    history.note(db, connection.id, f"Suspension lifted{still}", now=now, who=who)
    return True


def details_of(connection: Connection) -> dict[str, str]:
    """For the message SUSPENDED."""
    return {"reason": connection.suspended_because}
