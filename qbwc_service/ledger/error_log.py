"""The error log: what a person should read; one open entry for one fact, however often it comes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from qbwc_service.ledger.causes import MIRROR_CAUSES, ROW_CAUSES
from qbwc_service.ledger.models import SALES, ErrorEntry, KeapOrder, KeapPayment, Posting
from qbwc_service.ledger.states import State


@dataclass(frozen=True, slots=True)
class Told:
    """Something that a person should read about one order."""

    message: str
    order_id: int
    details: Mapping[str, object]


def tell_all(db: Session, connection_id: int, told: Sequence[Told], *, now: datetime) -> None:
    """As `tell` does, for many orders with one query."""
    if not told:
        return
    entries: dict[tuple[int | None, str], list[ErrorEntry]] = defaultdict(list)
    for entry in db.scalars(
        select(ErrorEntry).where(
            ErrorEntry.connection_id == connection_id,
            ErrorEntry.order_id.in_(sorted({one.order_id for one in told})),
            ErrorEntry.solved_at.is_(None),
        )
    ):
        entries[entry.order_id, entry.message].append(entry)
    for one in told:
        known = entries[one.order_id, one.message]
        texts = _texts(one.details)
        same = next((entry for entry in known if entry.details == texts), None)
        if same is not None:
            same.times, same.at = same.times + 1, now
            continue
        entry = ErrorEntry(
            connection_id=connection_id,
            at=now,
            order_id=one.order_id,
            message=one.message,
            details=texts,
            times=1,
        )
        db.add(entry)
        known.append(entry)


def _texts(details: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in details.items()}


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
    entries = db.scalars(
        select(ErrorEntry).where(
            ErrorEntry.connection_id == connection_id,
            ErrorEntry.order_id.is_(None) if order_id is None else ErrorEntry.order_id == order_id,
            ErrorEntry.message == message,
            ErrorEntry.solved_at.is_(None),
        )
    ).all()
    texts = _texts(details)
    entry = next((one for one in entries if order_id is None or one.details == texts), None)
    if entry is not None:
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


def keep_open(
    db: Session,
    connection_id: int,
    message: str,
    facts: Iterable[Mapping[str, str]],
    *,
    by: str,
    now: datetime,
) -> None:
    """Have exactly these entries of the connection itself open, and solve the others.

    `by`: the detail that tells one fact from another. What was told already is not told anew.
    """
    wanted = {fact[by]: dict(fact) for fact in facts}
    for entry in db.scalars(
        select(ErrorEntry).where(
            ErrorEntry.connection_id == connection_id,
            ErrorEntry.order_id.is_(None),
            ErrorEntry.message == message,
            ErrorEntry.solved_at.is_(None),
        )
    ):
        fact = wanted.pop(entry.details.get(by, ""), None)
        if fact is None:
            entry.solved_at = now
        elif fact != entry.details:
            entry.details, entry.at = fact, now
    db.add_all(
        ErrorEntry(connection_id=connection_id, at=now, message=message, details=fact)
        for fact in wanted.values()
    )
    db.flush()


@dataclass(frozen=True, slots=True)
class OpenEntries:
    """Of which orders and postings anything was told that is not solved."""

    order_ids: frozenset[int]
    posting_ids: frozenset[int]


def open_about(
    db: Session, connection_id: int, *, order_ids: Collection[int], posting_ids: Collection[int]
) -> OpenEntries:
    """Which of these orders and postings have open entries, in two queries."""
    is_open = (ErrorEntry.connection_id == connection_id, ErrorEntry.solved_at.is_(None))
    of_orders = db.scalars(
        select(ErrorEntry.order_id).where(*is_open, ErrorEntry.order_id.in_(sorted(order_ids)))
    )
    of_postings = db.scalars(
        select(ErrorEntry.posting_id).where(
            *is_open, ErrorEntry.posting_id.in_(sorted(posting_ids))
        )
    )
    return OpenEntries(
        frozenset(order_id for order_id in of_orders if order_id is not None),
        frozenset(posting_id for posting_id in of_postings if posting_id is not None),
    )


def let_go(db: Session, posting: Posting) -> None:
    """Entries outlive the posting that they name, which is about to be deleted."""
    db.execute(
        update(ErrorEntry)
        .where(
            ErrorEntry.connection_id == posting.connection_id,
            ErrorEntry.order_id == posting.order_id,
            ErrorEntry.posting_id == posting.id,
        )
        .values(posting_id=None),
        execution_options={"synchronize_session": "fetch"},
    )


def solve_planned(
    db: Session, connection_id: int, order_ids: Collection[int], *, now: datetime
) -> None:
    """Close what planning told of these orders and what nothing of them waits for any more."""
    held = exists().where(
        KeapOrder.connection_id == connection_id,
        KeapOrder.keap_id == ErrorEntry.order_id,
        KeapOrder.cause == ErrorEntry.message,
    )
    statement = update(ErrorEntry).where(
        ErrorEntry.connection_id == connection_id,
        ErrorEntry.order_id.in_(sorted(order_ids)),
        ErrorEntry.solved_at.is_(None),
        ErrorEntry.message.in_(sorted(ROW_CAUSES | MIRROR_CAUSES)),
        ~held,
        *_nothing_beside_the_form_waits(connection_id),
    )
    db.execute(statement.values(solved_at=now), execution_options={"synchronize_session": "fetch"})


def solve_of_form(
    db: Session, connection_id: int, order_id: int, *, now: datetime, keep: Collection[str]
) -> None:
    """The order's form is in QuickBooks: close what was told of the order, but not what to `keep`
    and what a payment, a refund or another record of it is held for."""
    statement = update(ErrorEntry).where(
        ErrorEntry.connection_id == connection_id,
        ErrorEntry.order_id == order_id,
        ErrorEntry.solved_at.is_(None),
        ErrorEntry.message.not_in(sorted(keep)),
        *_nothing_beside_the_form_waits(connection_id),
    )
    db.execute(statement.values(solved_at=now), execution_options={"synchronize_session": "fetch"})


def _nothing_beside_the_form_waits(connection_id: int) -> tuple[ColumnElement[bool], ...]:
    """No payment row of the entry's order, and no record beside its form, is held for the entry's
    reason."""
    row = exists().where(
        KeapPayment.connection_id == connection_id,
        KeapPayment.order_id == ErrorEntry.order_id,
        KeapPayment.cause == ErrorEntry.message,
    )
    record = exists().where(
        Posting.connection_id == connection_id,
        Posting.order_id == ErrorEntry.order_id,
        Posting.kind.not_in(SALES),
        Posting.state == State.HELD,
        Posting.cause == ErrorEntry.message,
    )
    return ~row, ~record


def solve(
    db: Session,
    connection_id: int,
    *,
    now: datetime,
    order_id: int | None = None,
    messages: Iterable[str] = (),
    posting_id: int | None = None,
    keep: Iterable[str] = (),
) -> None:
    """Close the open entries of an order or of one posting, or the connection's own ones with
    these messages; those to `keep` stay open."""
    statement = update(ErrorEntry).where(
        ErrorEntry.connection_id == connection_id, ErrorEntry.solved_at.is_(None)
    )
    if posting_id is not None:
        statement = statement.where(ErrorEntry.posting_id == posting_id)
    elif order_id is None:
        statement = statement.where(ErrorEntry.order_id.is_(None))
    else:
        statement = statement.where(ErrorEntry.order_id == order_id)
    wanted, kept = list(messages), list(keep)
    if kept:
        statement = statement.where(ErrorEntry.message.not_in(kept))
    if wanted:
        statement = statement.where(ErrorEntry.message.in_(wanted))
    db.execute(statement.values(solved_at=now), execution_options={"synchronize_session": "fetch"})
