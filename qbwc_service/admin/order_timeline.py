"""What happened to one order, oldest first, and by whom: read, matched, sent, answered, held,
decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.admin.loaded_order import LoadedOrder
from qbwc_service.admin.words import explained
from qbwc_service.ledger.history import SERVICE
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import ErrorEntry, Event, MessageSet
from qbwc_service.staging.from_keap import made_at

_KEAP = "Keap"
_QUICKBOOKS = "QuickBooks"


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One thing that happened; `who` is a person, the service, Keap or QuickBooks."""

    at: datetime
    who: str
    text: str


def timeline(db: Session, loaded: LoadedOrder) -> tuple[TimelineStep, ...]:
    """In three statements, however much happened."""
    steps = [
        *_from_keap(loaded),
        *_matched(loaded),
        *_messages(db, loaded),
        *_trouble(db, loaded),
        *_events(db, loaded),
    ]
    return tuple(sorted(steps, key=lambda step: step.at))


def _from_keap(loaded: LoadedOrder) -> Iterator[TimelineStep]:
    if made := made_at(loaded.order.raw):
        yield TimelineStep(made, _KEAP, "Made in Keap")
    yield TimelineStep(loaded.order.read_at, SERVICE, "Read from Keap, as it is shown here")


def _matched(loaded: LoadedOrder) -> Iterator[TimelineStep]:
    sale, planned = loaded.sale, loaded.planned
    if sale is None or planned is None:
        return
    customer = loaded.called(planned.customer, "Customer")
    yield TimelineStep(sale.created_at, SERVICE, f"Matched: {thing(sale)} for {customer}")


def _messages(db: Session, loaded: LoadedOrder) -> Iterator[TimelineStep]:
    carried: dict[int, list[str]] = {}
    for posting in (*loaded.list_postings, *loaded.postings):
        if posting.message_set_id is not None:
            carried.setdefault(posting.message_set_id, []).append(thing(posting))
    found = db.execute(
        select(MessageSet.id, MessageSet.sent_at, MessageSet.answered_at).where(
            MessageSet.connection_id == loaded.connection.id,
            MessageSet.id.in_(sorted(carried)),
        )
    )
    for row in found:
        things = ", ".join(carried[row.id])
        if row.sent_at:
            yield TimelineStep(row.sent_at, SERVICE, f"Sent to QuickBooks: {things}")
        if row.answered_at:
            yield TimelineStep(row.answered_at, _QUICKBOOKS, f"Answered: {things}")


def _trouble(db: Session, loaded: LoadedOrder) -> Iterator[TimelineStep]:
    """Its entries of the error log, and when each was over."""
    found = db.execute(
        select(ErrorEntry.at, ErrorEntry.solved_at, ErrorEntry.message, ErrorEntry.details)
        .where(
            ErrorEntry.connection_id == loaded.connection.id,
            ErrorEntry.order_id == loaded.order.keap_id,
        )
        .order_by(ErrorEntry.id)
    )
    for row in found:
        title = explained(row.message, row.details).title
        yield TimelineStep(row.at, SERVICE, f"In the error log: {title}")
        if row.solved_at:
            yield TimelineStep(row.solved_at, SERVICE, f"Solved: {title}")


def _events(db: Session, loaded: LoadedOrder) -> Iterator[TimelineStep]:
    found = db.execute(
        select(Event.at, Event.who, Event.text)
        .where(
            Event.connection_id == loaded.connection.id,
            Event.order_id == loaded.order.keap_id,
        )
        .order_by(Event.id)
    )
    for row in found:
        yield TimelineStep(row.at, row.who, row.text)
