"""The rows of the error log, newest first, in the catalogue's words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qbwc_service.admin.words import explained
from qbwc_service.database import Database
from qbwc_service.ledger import history
from qbwc_service.ledger.models import ErrorEntry, KeapOrder, OrderStatus
from qbwc_service.messages import Message

ROWS_OF_A_PAGE = 50
_ROWS_OF_A_CHUNK = 500
_NO_STATUSES: Mapping[int, OrderStatus] = MappingProxyType({})
_WAITS = (OrderStatus.NEW, OrderStatus.HELD, OrderStatus.SENT, OrderStatus.WILL_RETRY)


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One entry; `solved_at` is None while it is open.

    `has_page`: its order was read. `at_rest`: nothing waits because of it, it is only to be read.
    """

    id: int
    at: datetime
    order_id: int | None
    message: Message
    times: int
    solved_at: datetime | None
    has_page: bool = False
    at_rest: bool = False


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """`older` is the id to go on from."""

    rows: Sequence[ErrorRow]
    older: int | None


def error_page(
    db: Session,
    connection_id: int,
    *,
    solved: bool,
    about: str = "",
    before: int | None = None,
) -> ErrorPage:
    """`about`: the id of the only message to show; "" shows all."""
    statement = _matching(connection_id, solved, about, before).limit(ROWS_OF_A_PAGE + 1)
    found = list(db.scalars(statement))
    statuses = _order_statuses(db, connection_id, found)
    rows = [_row(entry, statuses) for entry in found[:ROWS_OF_A_PAGE]]
    return ErrorPage(rows, rows[-1].id if len(found) > ROWS_OF_A_PAGE else None)


def error_kinds(db: Session, connection_id: int, *, solved: bool) -> Mapping[str, int]:
    """How many entries there are of each message, by its id."""
    solved_at = ErrorEntry.solved_at
    found = db.execute(
        select(ErrorEntry.message, func.count())
        .where(
            ErrorEntry.connection_id == connection_id,
            solved_at.is_not(None) if solved else solved_at.is_(None),
        )
        .group_by(ErrorEntry.message)
        .order_by(ErrorEntry.message)
    )
    return dict(found.all())


def mark_solved(
    db: Session, connection_id: int, entry_ids: Sequence[int], *, now: datetime, who: str
) -> int:
    """Close those of the entries that nothing waits for; gives how many. The order's history
    says who did it."""
    entries = db.scalars(
        select(ErrorEntry).where(
            ErrorEntry.connection_id == connection_id,
            ErrorEntry.solved_at.is_(None),
            ErrorEntry.id.in_(entry_ids),
        )
    ).all()
    statuses = _order_statuses(db, connection_id, entries)
    closed = [entry for entry in entries if _at_rest(entry, statuses)]
    for entry in closed:
        entry.solved_at = now
        title = explained(entry.message, entry.details).title
        text = f"Marked as solved: {title}"
        history.note(db, connection_id, text, now=now, order_id=entry.order_id, who=who)
    return len(closed)


def _order_statuses(
    db: Session, connection_id: int, entries: Sequence[ErrorEntry]
) -> dict[int, OrderStatus]:
    found = db.execute(
        select(KeapOrder.keap_id, KeapOrder.status).where(
            KeapOrder.connection_id == connection_id,
            KeapOrder.keap_id.in_({entry.order_id for entry in entries if entry.order_id}),
        )
    )
    return dict(found.all())


def _at_rest(entry: ErrorEntry, statuses: Mapping[int, OrderStatus]) -> bool:
    status = statuses.get(entry.order_id or 0)
    return entry.solved_at is None and status is not None and status not in _WAITS


def every_error(
    database: Database, connection_id: int, *, solved: bool, about: str = ""
) -> Iterator[ErrorRow]:
    """All rows, read in chunks so that no transaction stays open."""
    before: int | None = None
    while True:
        with database.reading() as db:
            chunk = list(
                db.scalars(_matching(connection_id, solved, about, before).limit(_ROWS_OF_A_CHUNK))
            )
        yield from (_row(entry) for entry in chunk)
        if len(chunk) < _ROWS_OF_A_CHUNK:
            return
        before = chunk[-1].id


def _matching(
    connection_id: int, solved: bool, about: str, before: int | None
) -> Select[ErrorEntry]:
    solved_at = ErrorEntry.solved_at
    statement = select(ErrorEntry).where(
        ErrorEntry.connection_id == connection_id,
        solved_at.is_not(None) if solved else solved_at.is_(None),
    )
    if about:
        statement = statement.where(ErrorEntry.message == about)
    if before is not None:
        statement = statement.where(ErrorEntry.id < before)
    return statement.order_by(ErrorEntry.id.desc())


def _row(entry: ErrorEntry, statuses: Mapping[int, OrderStatus] = _NO_STATUSES) -> ErrorRow:
    return ErrorRow(
        entry.id,
        entry.at,
        entry.order_id,
        explained(entry.message, entry.details),
        entry.times,
        entry.solved_at,
        entry.order_id in statuses,
        _at_rest(entry, statuses),
    )
