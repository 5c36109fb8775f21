"""What the command line and the pages show: counts, orders with their postings, the error log.

Every report takes a constant number of statements, and each of them names its connection.
Amounts are integer minor units; times are aware UTC.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    KeapOrder,
    KeapPayment,
    Kind,
    OrderStatus,
    PaymentStatus,
    Posting,
    UnreadableRecord,
)
from qbwc_service.ledger.states import State
from qbwc_service.messages import CATALOGUE, message

#: an order in one of these goes on by itself
WAITING = frozenset({OrderStatus.NEW, OrderStatus.READY, OrderStatus.SENT, OrderStatus.WILL_RETRY})

_Status = TypeVar("_Status", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Figure:
    """How many, and their amounts added up."""

    count: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class StatusReport:
    """One connection at a glance; every status is there, also where its count is 0."""

    connection: str
    orders: Mapping[OrderStatus, Figure]
    payments: Mapping[PaymentStatus, Figure]
    #: what is to be done in QuickBooks, and the same by what it is
    postings: Mapping[State, int]
    kinds: Mapping[Kind, Mapping[State, int]]
    #: records of Keap that could not be read and still cannot
    unreadable: int
    last_contact: datetime | None
    last_sync: datetime | None
    #: when the order was read that has waited longest for QuickBooks
    oldest_waiting: datetime | None
    write_block: str


@dataclass(frozen=True, slots=True)
class PostingReport:
    """One posting of an order; `error` is a sentence, "" where nothing is wrong."""

    kind: Kind
    state: State
    txn_id: str
    ref_number: str
    amount: int
    error: str


@dataclass(frozen=True, slots=True)
class OrderReport:
    """One order as read from Keap, where it stands, and all its postings, oldest first."""

    keap_id: int
    number: str
    status: OrderStatus
    cause: str
    total: int
    customer: str
    postings: tuple[PostingReport, ...]


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """One entry of the error log in words."""

    id: int
    when: datetime
    order: int | None
    message: str
    what: str
    why: str
    what_to_do: str
    times: int
    solved: datetime | None


def status_report(db: Session, connection: Connection) -> StatusReport:
    """Counts and amounts of everything ever read; they add up to what was read."""
    kinds = _postings_by_kind(db, connection.id)
    return StatusReport(
        connection=connection.name,
        orders=_figures(db, OrderStatus, KeapOrder.status, KeapOrder.total, connection.id),
        payments=_figures(db, PaymentStatus, KeapPayment.status, KeapPayment.amount, connection.id),
        postings={state: sum(counts[state] for counts in kinds.values()) for state in State},
        kinds=kinds,
        unreadable=_unreadable(db, connection.id),
        last_contact=connection.last_contact_at,
        last_sync=connection.last_sync_at,
        oldest_waiting=_oldest_waiting(db, connection.id),
        write_block=connection.write_block,
    )


def order_reports(
    db: Session, connection_id: int, status: OrderStatus | None = None
) -> list[OrderReport]:
    """The orders in the order of their Keap ids, all of them or those of one status."""
    chosen: list[ColumnElement[bool]] = [KeapOrder.connection_id == connection_id]
    if status is not None:
        chosen.append(KeapOrder.status == status)
    postings = _postings_of(db, connection_id, chosen)
    rows = db.execute(
        select(
            KeapOrder.keap_id,
            KeapOrder.status,
            KeapOrder.cause,
            KeapOrder.total,
            KeapOrder.customer_name,
        )
        .where(*chosen)
        .order_by(KeapOrder.keap_id)
    )
    return [
        OrderReport(
            keap_id=row.keap_id,
            number=_number(postings[row.keap_id]),
            status=row.status,
            cause=row.cause,
            total=row.total,
            customer=row.customer_name,
            postings=tuple(postings[row.keap_id]),
        )
        for row in rows
    ]


def error_reports(db: Session, connection_id: int, *, only_open: bool = False) -> list[ErrorReport]:
    """The error log, newest first."""
    statement = select(ErrorEntry).where(ErrorEntry.connection_id == connection_id)
    if only_open:
        statement = statement.where(ErrorEntry.solved_at.is_(None))
    return [
        _error(entry)
        for entry in db.scalars(statement.order_by(ErrorEntry.at.desc(), ErrorEntry.id.desc()))
    ]


def _figures(
    db: Session,
    statuses: type[_Status],
    status: InstrumentedAttribute[_Status],
    amount: InstrumentedAttribute[int],
    connection_id: int,
) -> dict[_Status, Figure]:
    table = status.class_
    found: Iterable[Sequence[Any]] = db.execute(
        select(status, func.count(), func.sum(amount))
        .where(table.connection_id == connection_id)
        .group_by(status)
    )
    figures = {key: Figure(count, int(total)) for key, count, total in found}
    return {key: figures.get(key, Figure()) for key in statuses}


def _postings_by_kind(db: Session, connection_id: int) -> dict[Kind, dict[State, int]]:
    """The kinds of which there is any, each with every state; nothing waits for the update of a
    customer, so it is not counted."""
    found: Iterable[Sequence[Any]] = db.execute(
        select(Posting.kind, Posting.state, func.count())
        .where(Posting.connection_id == connection_id, Posting.kind != Kind.CUSTOMER_UPDATE)
        .group_by(Posting.kind, Posting.state)
    )
    counted = {(Kind(kind), State(state)): int(count) for kind, state, count in found}
    present = {kind for kind, _ in counted}
    return {
        kind: {state: counted.get((kind, state), 0) for state in State}
        for kind in Kind
        if kind in present
    }


def _unreadable(db: Session, connection_id: int) -> int:
    statement = (
        select(func.count())
        .select_from(UnreadableRecord)
        .where(
            UnreadableRecord.connection_id == connection_id,
            UnreadableRecord.readable_since.is_(None),
        )
    )
    return db.scalar(statement) or 0


def _oldest_waiting(db: Session, connection_id: int) -> datetime | None:
    return db.scalar(
        select(func.min(KeapOrder.read_at)).where(
            KeapOrder.connection_id == connection_id, KeapOrder.status.in_(sorted(WAITING))
        )
    )


def _postings_of(
    db: Session, connection_id: int, chosen: Sequence[ColumnElement[bool]]
) -> dict[int, list[PostingReport]]:
    found = db.execute(
        select(
            Posting.order_id,
            Posting.kind,
            Posting.state,
            Posting.record_id,
            Posting.number,
            Posting.amount,
            Posting.cause,
            Posting.details,
        )
        .where(
            Posting.connection_id == connection_id,
            Posting.order_id.in_(select(KeapOrder.keap_id).where(*chosen)),
        )
        .order_by(Posting.id)
    )
    grouped: dict[int, list[PostingReport]] = defaultdict(list)
    for row in found:
        error = message(row.cause, row.details).title if row.cause in CATALOGUE else row.cause
        grouped[row.order_id].append(
            PostingReport(row.kind, row.state, row.record_id, row.number, row.amount, error)
        )
    return grouped


def _number(postings: Sequence[PostingReport]) -> str:
    """The number in QuickBooks: that of the newest form, "" where none was planned."""
    numbers = [posting.ref_number for posting in postings if posting.kind.is_sale]
    return numbers[-1] if numbers else ""


def _error(entry: ErrorEntry) -> ErrorReport:
    known = entry.message in CATALOGUE
    words = message(entry.message, entry.details) if known else None
    return ErrorReport(
        id=entry.id,
        when=entry.at,
        order=entry.order_id,
        message=entry.message,
        what=words.title if words else entry.message,
        why=words.why if words else "",
        what_to_do=words.do if words else "",
        times=entry.times,
        solved=entry.solved_at,
    )


def unreadable_counts(db: Session, connection_ids: Sequence[int]) -> dict[int, int]:
    """Records of Keap that cannot be read, by connection; those without any are left out."""
    rows = db.execute(
        select(UnreadableRecord.connection_id, func.count())
        .where(
            UnreadableRecord.connection_id.in_(connection_ids),
            UnreadableRecord.readable_since.is_(None),
        )
        .group_by(UnreadableRecord.connection_id)
    )
    return dict(rows.all())
