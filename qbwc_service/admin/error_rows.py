"""The rows of the error log, newest first, in the catalogue's words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from qbwc_service.admin.words import explained
from qbwc_service.database import Database
from qbwc_service.ledger.models import ErrorEntry
from qbwc_service.messages import Message

ROWS_OF_A_PAGE = 50
_ROWS_OF_A_CHUNK = 500


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One entry; `solved_at` is None while it is open."""

    id: int
    at: datetime
    order_id: int | None
    message: Message
    times: int
    solved_at: datetime | None


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """`older` is the id to go on from."""

    rows: Sequence[ErrorRow]
    older: int | None


def error_page(
    db: Session, connection_id: int, *, solved: bool, before: int | None = None
) -> ErrorPage:
    found = list(db.scalars(_matching(connection_id, solved, before).limit(ROWS_OF_A_PAGE + 1)))
    rows = [_row(entry) for entry in found[:ROWS_OF_A_PAGE]]
    return ErrorPage(rows, rows[-1].id if len(found) > ROWS_OF_A_PAGE else None)


def every_error(database: Database, connection_id: int, *, solved: bool) -> Iterator[ErrorRow]:
    """All rows, read in chunks so that no transaction stays open."""
    before: int | None = None
    while True:
        with database.reading() as db:
            chunk = list(
                db.scalars(_matching(connection_id, solved, before).limit(_ROWS_OF_A_CHUNK))
            )
        yield from (_row(entry) for entry in chunk)
        if len(chunk) < _ROWS_OF_A_CHUNK:
            return
        before = chunk[-1].id


def _matching(connection_id: int, solved: bool, before: int | None) -> Select[ErrorEntry]:
    solved_at = ErrorEntry.solved_at
    statement = select(ErrorEntry).where(
        ErrorEntry.connection_id == connection_id,
        solved_at.is_not(None) if solved else solved_at.is_(None),
    )
    if before is not None:
        statement = statement.where(ErrorEntry.id < before)
    return statement.order_by(ErrorEntry.id.desc())


def _row(entry: ErrorEntry) -> ErrorRow:
    return ErrorRow(
        entry.id,
        entry.at,
        entry.order_id,
        explained(entry.message, entry.details),
        entry.times,
        entry.solved_at,
    )
