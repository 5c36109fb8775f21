"""One connection at a time is at work on a company file, however many share it.

Two look-ups side by side would both find a number free, and QuickBooks takes a number twice. So
each connection has a row that says who is at work on its company file, and whoever begins a session
takes its own row and those of the connections that it shares the file with (ledger.sharing). Two
that know of each other meet in two rows; where only one knows, they meet in the other's own row.

A row is in force while its holder has a session that is not silent: nothing has to be renewed or
given back, and a killed service leaves nothing behind that ten minutes do not mend.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qbwc_service.ledger import live_sessions
from qbwc_service.ledger.models import CompanyFileLease, UpdateSession


def take(
    db: Session, connection_id: int, shared_with: Collection[int], now: datetime
) -> UpdateSession | None:
    """Take the company file for a session of this connection; returns the session of another
    connection that is in the way, None where there is none.

    The rows stay locked until the transaction ends, and are taken in the order of their ids: of two
    that try in the same instant one waits, and then sees the session of the other.
    """
    for file_of in sorted({connection_id, *shared_with}):
        lease = _locked(db, file_of) or _first(db, file_of, connection_id)
        if lease.holder_id == connection_id:
            continue
        in_the_way = live_sessions.give_up_if_silent(db, lease.holder_id, now)
        if in_the_way is not None:
            return in_the_way
        lease.holder_id = connection_id
    db.flush()
    return None


def _locked(db: Session, file_of: int) -> CompanyFileLease | None:
    return db.scalars(
        select(CompanyFileLease)
        .where(CompanyFileLease.connection_id == file_of)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def _first(db: Session, file_of: int, holder_id: int) -> CompanyFileLease:
    """The first use of a row; where another was quicker, its row."""
    lease = CompanyFileLease(connection_id=file_of, holder_id=holder_id)
    try:
        with db.begin_nested():
            db.add(lease)
    except IntegrityError:
        lost = _locked(db, file_of)
        if lost is None:
            raise
        return lost
    return lease
