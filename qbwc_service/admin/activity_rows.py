"""The activity of a connection, newest first: the history of its orders and what people did, with
the error log between. Pages go on from a place in both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from qbwc_service.admin.words import explained
from qbwc_service.ledger.columns import UtcDateTime
from qbwc_service.ledger.history import SERVICE
from qbwc_service.ledger.models import ErrorEntry, Event, KeapOrder
from qbwc_service.messages import CATALOGUE, Who

ROWS_OF_A_PAGE = 50
#: of one moment, what is to be read comes before what happened
_ENTRIES, _EVENTS = 0, 1
_PASSES = tuple(sorted(entry.id for entry in CATALOGUE.values() if entry.who is Who.ITSELF))


class Level(StrEnum):
    """Happened as meant; goes on by itself; needs somebody."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the list, for the page after it to begin with the next."""

    at: datetime
    source: int
    row_id: int


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One line. `who` is "" for the service itself; `help_id` names the help page of a message."""

    at: datetime
    level: Level
    order_id: int | None
    has_page: bool
    who: str
    what: str
    do: str
    help_id: str
    is_solved: bool


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """One page; `older` is where the next one begins."""

    rows: Sequence[ActivityRow]
    older: Place | None


def activity_page(
    db: Session, connection_id: int, level: Level | None, after: Place | None
) -> ActivityPage:
    """In three statements: entries, events, and which of the orders were read."""
    found: list[tuple[Place, Event | ErrorEntry]] = []
    if level is not Level.INFO:
        found += _entries(db, connection_id, level, after)
    if level in {None, Level.INFO}:
        found += _events(db, connection_id, after)
    found.sort(key=lambda each: (each[0].at, -each[0].source, each[0].row_id), reverse=True)
    now = found[:ROWS_OF_A_PAGE]
    known = _read_orders(db, connection_id, [row for _, row in now])
    older = now[-1][0] if len(found) > ROWS_OF_A_PAGE else None
    return ActivityPage([_row(row, known) for _, row in now], older)


def _entries(
    db: Session, connection_id: int, level: Level | None, after: Place | None
) -> Iterator[tuple[Place, ErrorEntry]]:
    statement = select(ErrorEntry).where(
        ErrorEntry.connection_id == connection_id,
        *_beyond(ErrorEntry.at, ErrorEntry.id, _ENTRIES, after),
    )
    if level is Level.WARNING:
        statement = statement.where(ErrorEntry.message.in_(_PASSES))
    elif level is Level.ERROR:
        statement = statement.where(ErrorEntry.message.not_in(_PASSES))
    newest = statement.order_by(ErrorEntry.at.desc(), ErrorEntry.id.desc())
    for entry in db.scalars(newest.limit(ROWS_OF_A_PAGE + 1)):
        yield Place(entry.at, _ENTRIES, entry.id), entry


def _events(db: Session, connection_id: int, after: Place | None) -> Iterator[tuple[Place, Event]]:
    statement = select(Event).where(
        Event.connection_id == connection_id, *_beyond(Event.at, Event.id, _EVENTS, after)
    )
    newest = statement.order_by(Event.at.desc(), Event.id.desc())
    for event in db.scalars(newest.limit(ROWS_OF_A_PAGE + 1)):
        yield Place(event.at, _EVENTS, event.id), event


def _beyond(
    at: InstrumentedAttribute[datetime],
    row_id: InstrumentedAttribute[int],
    source: int,
    after: Place | None,
) -> Iterator[ColumnElement[bool]]:
    if after is None:
        return
    moment = literal(after.at, UtcDateTime())
    if source == after.source:
        yield tuple_(at, row_id) < tuple_(moment, after.row_id)
    elif source > after.source:
        yield at <= moment
    else:
        yield at < moment


def _read_orders(
    db: Session, connection_id: int, rows: Sequence[Event | ErrorEntry]
) -> frozenset[int]:
    named = {row.order_id for row in rows if row.order_id}
    return frozenset(
        db.scalars(
            select(KeapOrder.keap_id).where(
                KeapOrder.connection_id == connection_id, KeapOrder.keap_id.in_(sorted(named))
            )
        )
    )


def _row(row: Event | ErrorEntry, known: frozenset[int]) -> ActivityRow:
    has_page = row.order_id in known
    if isinstance(row, Event):
        who = "" if row.who == SERVICE else row.who
        return ActivityRow(
            row.at, Level.INFO, row.order_id, has_page, who, row.text, "", "", is_solved=False
        )
    message = explained(row.message, row.details)
    return ActivityRow(
        row.at,
        Level.WARNING if row.message in _PASSES else Level.ERROR,
        row.order_id,
        has_page,
        "",
        message.title,
        message.do,
        row.message if row.message in CATALOGUE else "",
        is_solved=row.solved_at is not None,
    )
