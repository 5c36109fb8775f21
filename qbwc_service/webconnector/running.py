"""May a computer still be running a message that was handed to it and never answered?

Of a set that was answered, with an HRESULT too, nobody asks: its computer is through with it. In
single-user mode QuickBooks has the file open for itself alone, so no other computer runs anything
in it now, and on this one QuickBooks takes one message after the other.
Source: qbXML OSR, HostQuery (QBFileMode).
"""

from collections.abc import Collection
from datetime import timedelta

from qbwc_service.ledger import sharing
from qbwc_service.ledger.models import MessageSet
from qbwc_service.webconnector.turn import Turn

#: QuickBooks may be at a message that long after it was handed out
PATIENCE = timedelta(minutes=10)
SINGLE_USER = "SingleUser"


def may_still_run(turn: Turn, connection_ids: Collection[int]) -> MessageSet | None:
    """The newest set of these connections that another computer may still be running."""
    if not connection_ids or is_alone(turn):
        return None
    return sharing.unheard(turn.db, connection_ids, turn.now, PATIENCE)


def is_settled_place(turn: Turn, about: MessageSet) -> bool:
    """Nobody else can still be running the set: it came back, or never left, the computer and the
    file that this session comes from, or enough time has passed.

    An address is no computer: two behind one router, or behind a proxy that hides them, call from
    the same. So it counts only where QuickBooks says that nobody else has the file open, or where
    the set was answered.
    """
    if about.sent_at is not None and turn.now - about.sent_at >= PATIENCE:
        return True
    same = (
        about.remote_address == turn.session.remote_address
        and about.company_file == turn.session.company_file
    )
    return same and (about.answered_at is not None or is_alone(turn))


def is_alone(turn: Turn) -> bool:
    return turn.connection.quickbooks.get("file_mode") == SINGLE_USER
