"""A suspended connection at the Web Connector: the reason is told, in an update that sends nothing.

Only an update can carry a sentence, and to begin one the Web Connector opens the company file. So
it is told once an hour; in between there is nothing to do.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import Connection, UpdateSession
from qbwc_service.ledger.pausing import SUSPENDED

TOLD_EVERY = timedelta(hours=1)


def is_to_be_told(db: Session, connection: Connection, now: datetime) -> bool:
    """Whether the next update is one that tells the reason."""
    if not connection.suspended_because:
        return False
    last = db.execute(
        select(UpdateSession.trouble, UpdateSession.started_at)
        .where(UpdateSession.connection_id == connection.id)
        .order_by(UpdateSession.id.desc())
        .limit(1)
    ).first()
    return last is None or last.trouble != SUSPENDED or now - last.started_at >= TOLD_EVERY
