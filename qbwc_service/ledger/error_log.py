"""The error log: what a person should read; one open entry for one fact, however often it comes."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import ErrorEntry


def tell(
    db: Session,
    connection_id: int,
    message: str,
    details: Mapping[str, object],
    *,
    now: datetime,
    order_id: int | None = None,
    posting_id: int | None = None,
) -> None:
    """Add an entry, or count up the open one that says the same of the same order."""
    entry = db.scalars(
        select(ErrorEntry)
        .where(
            ErrorEntry.connection_id == connection_id,
            ErrorEntry.order_id.is_(None) if order_id is None else ErrorEntry.order_id == order_id,
            ErrorEntry.message == message,
            ErrorEntry.solved_at.is_(None),
        )
        .order_by(ErrorEntry.id.desc())
    ).first()
    texts = {key: str(value) for key, value in details.items()}
    if entry is not None and (order_id is None or entry.details == texts):
        entry.times += 1
        entry.at = now
        entry.details = texts
        return
    db.add(
        ErrorEntry(
            connection_id=connection_id,
            at=now,
            order_id=order_id,
            posting_id=posting_id,
            message=message,
            details=texts,
        )
    )
    db.flush()


def solve(
    db: Session,
    connection_id: int,
    *,
    now: datetime,
    order_id: int | None = None,
    messages: Iterable[str] = (),
    keep: Iterable[str] = (),
) -> None:
    """Close the open entries of an order, or the connection's own ones with these messages."""
    statement = update(ErrorEntry).where(
        ErrorEntry.connection_id == connection_id, ErrorEntry.solved_at.is_(None)
    )
    if order_id is None:
        statement = statement.where(ErrorEntry.order_id.is_(None))
    else:
        statement = statement.where(ErrorEntry.order_id == order_id)
    wanted, kept = list(messages), list(keep)
    if kept:
        statement = statement.where(ErrorEntry.message.not_in(kept))
    if wanted:
        statement = statement.where(ErrorEntry.message.in_(wanted))
    db.execute(statement.values(solved_at=now), execution_options={"synchronize_session": "fetch"})
