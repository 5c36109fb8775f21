"""The rows of the error log, newest first, in the catalogue's words, with what became of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qbwc_service.admin.error_filter import ErrorFilter
from qbwc_service.admin.words import explained
from qbwc_service.database import Database
from qbwc_service.ledger import history
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import (
    SALES,
    Connection,
    ErrorEntry,
    KeapOrder,
    OrderStatus,
    Posting,
)
from qbwc_service.ledger.states import State
from qbwc_service.messages import Message, Who

ROWS_OF_A_PAGE = 50
_ROWS_OF_A_CHUNK = 500
_WAITS = (OrderStatus.NEW, OrderStatus.HELD, OrderStatus.SENT, OrderStatus.WILL_RETRY)
_UNCHANGED: Final = "Nothing was changed"
_UNKNOWN: Final = "Not known yet: it is looked up first"
#: told of the connection while it is open what QuickBooks has
_OPEN_OUTCOME: Final = frozenset(
    {"session-broken", "answer-unreadable", "check-refused", "waiting-for-other-computer"}
)
#: when it goes on, where no time is known
_GOES_ON: Final[Mapping[Who, str]] = MappingProxyType(
    {
        Who.ITSELF: "By itself",
        Who.PERSON: "When you have done it",
        Who.SET_UP: "With the next update after that",
        Who.OPERATOR: "When it is repaired",
        Who.DEFECT: "When it is repaired",
    }
)


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One entry; `solved_at` is None while it is open.

    `has_page`: its order was read. `at_rest`: nothing waits because of it, it is only to be read.
    `changed`: what of its order is in QuickBooks. `goes_on_at`: when it is tried again, where a
    time is known; else `goes_on` says in words what that hangs on.
    """

    id: int
    at: datetime
    order_id: int | None
    message: Message
    times: int
    solved_at: datetime | None
    changed: str
    goes_on: str
    goes_on_at: datetime | None = None
    has_page: bool = False
    at_rest: bool = False


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """`older` is the id to go on from."""

    rows: Sequence[ErrorRow]
    older: int | None


@dataclass(frozen=True, slots=True)
class _Orders:
    """Where the orders of some entries stand: status, next try, form in QuickBooks."""

    statuses: Mapping[int, OrderStatus]
    next_tries: Mapping[int, datetime]
    forms: Mapping[int, str]


def error_page(
    db: Session,
    connection: Connection,
    wanted: ErrorFilter,
    zone: ZoneInfo,
    *,
    before: int | None = None,
) -> ErrorPage:
    """A page of them, in three statements."""
    statement = _matching(connection.id, wanted, zone, before).limit(ROWS_OF_A_PAGE + 1)
    found = list(db.scalars(statement))
    orders = _orders_of(db, connection.id, found)
    rows = [_row(entry, orders, connection) for entry in found[:ROWS_OF_A_PAGE]]
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
    statuses = _orders_of(db, connection_id, entries).statuses
    closed = [entry for entry in entries if _at_rest(entry, statuses)]
    for entry in closed:
        entry.solved_at = now
        title = explained(entry.message, entry.details).title
        text = f"Marked as solved: {title}"
        history.note(db, connection_id, text, now=now, order_id=entry.order_id, who=who)
    return len(closed)


def every_error(
    database: Database, connection: Connection, wanted: ErrorFilter, zone: ZoneInfo
) -> Iterator[ErrorRow]:
    """All rows, read in chunks so that no transaction stays open."""
    before: int | None = None
    while True:
        with database.reading() as db:
            statement = _matching(connection.id, wanted, zone, before)
            chunk = list(db.scalars(statement.limit(_ROWS_OF_A_CHUNK)))
            orders = _orders_of(db, connection.id, chunk)
        yield from (_row(entry, orders, connection) for entry in chunk)
        if len(chunk) < _ROWS_OF_A_CHUNK:
            return
        before = chunk[-1].id


def _matching(
    connection_id: int, wanted: ErrorFilter, zone: ZoneInfo, before: int | None
) -> Select[ErrorEntry]:
    statement = select(ErrorEntry).where(*wanted.conditions(connection_id, zone))
    if before is not None:
        statement = statement.where(ErrorEntry.id < before)
    return statement.order_by(ErrorEntry.id.desc())


def _orders_of(db: Session, connection_id: int, entries: Sequence[ErrorEntry]) -> _Orders:
    order_ids = sorted({entry.order_id for entry in entries if entry.order_id})
    stand = db.execute(
        select(KeapOrder.keap_id, KeapOrder.status, KeapOrder.next_try_at).where(
            KeapOrder.connection_id == connection_id, KeapOrder.keap_id.in_(order_ids)
        )
    ).all()
    forms = db.scalars(
        select(Posting).where(
            Posting.connection_id == connection_id,
            Posting.order_id.in_(order_ids),
            Posting.kind.in_(SALES),
            Posting.state == State.POSTED,
        )
    )
    return _Orders(
        {order_id: status for order_id, status, _ in stand},
        {
            order_id: next_try
            for order_id, status, next_try in stand
            if status is OrderStatus.WILL_RETRY
        },
        {posting.order_id: thing(posting) for posting in forms if posting.order_id},
    )


def _at_rest(entry: ErrorEntry, statuses: Mapping[int, OrderStatus]) -> bool:
    status = statuses.get(entry.order_id or 0)
    return entry.solved_at is None and status is not None and status not in _WAITS


def _row(entry: ErrorEntry, orders: _Orders, connection: Connection) -> ErrorRow:
    message = explained(entry.message, entry.details)
    at_rest = _at_rest(entry, orders.statuses)
    goes_on, goes_on_at = _going_on(entry, message, orders, connection, at_rest=at_rest)
    return ErrorRow(
        entry.id,
        entry.at,
        entry.order_id,
        message,
        entry.times,
        entry.solved_at,
        _changed(entry, orders),
        goes_on,
        goes_on_at,
        entry.order_id in orders.statuses,
        at_rest,
    )


def _changed(entry: ErrorEntry, orders: _Orders) -> str:
    """What of the entry's order QuickBooks has now; of the connection's own: what it changed."""
    order_id = entry.order_id or 0
    if order_id in orders.forms:
        return f"{orders.forms[order_id]} is there"
    is_open = entry.message in _OPEN_OUTCOME and entry.solved_at is None
    if is_open or orders.statuses.get(order_id) is OrderStatus.SENT:
        return _UNKNOWN
    return _UNCHANGED


def _going_on(
    entry: ErrorEntry, message: Message, orders: _Orders, connection: Connection, *, at_rest: bool
) -> tuple[str, datetime | None]:
    """In words, and the time where one is known."""
    if entry.solved_at is not None:
        return "", None
    if next_try := orders.next_tries.get(entry.order_id or 0):
        return "", next_try
    if at_rest or message.nothing_waits:
        return "Nothing waits for it", None
    if entry.message == connection.last_sync_trouble and connection.next_sync_at:
        return "", connection.next_sync_at
    return _GOES_ON[message.who], None
