"""The updates of customers that wait to be sent, each with what our copy of the customer says."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from qbwc_service.ledger.customer_slice import CUSTOMER_LIST
from qbwc_service.ledger.models import (
    READY_UPDATES,
    MessageSet,
    MirrorRecord,
    Posting,
    UpdateSession,
)


def waiting(db: Session, session: UpdateSession, now: datetime, limit: int) -> Sequence[Posting]:
    """The oldest ones. What this session has sent already waits for the next one, which reads the
    customers again before it sends anything."""
    of_this_session = select(MessageSet.id).where(MessageSet.session_id == session.id)
    return db.scalars(
        select(Posting)
        .where(
            Posting.connection_id == session.connection_id,
            text(READY_UPDATES),
            or_(Posting.not_before.is_(None), Posting.not_before <= now),
            or_(
                Posting.message_set_id.is_(None),
                Posting.message_set_id.not_in(of_this_session),
            ),
        )
        .order_by(Posting.id)
        .limit(limit)
    ).all()


def mirrored(
    db: Session, connection_id: int, postings: Sequence[Posting]
) -> dict[str, MirrorRecord]:
    """The customers that these change, by ListID, as they were read last."""
    list_ids = sorted({str(posting.payload["list_id"]) for posting in postings})
    found = db.scalars(
        select(MirrorRecord).where(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name == CUSTOMER_LIST,
            MirrorRecord.list_id.in_(list_ids),
        )
    )
    return {record.list_id: record for record in found}
