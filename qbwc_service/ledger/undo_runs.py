"""Taking back all that one update session posted."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.decision_steps import DecisionRefused
from qbwc_service.ledger.models import Connection, MessageSet, Posting
from qbwc_service.ledger.sendable import sale_of
from qbwc_service.ledger.states import State
from qbwc_service.ledger.undo import TRANSACTIONS, UndoPreview, plan_undo, undo_order


@dataclass(frozen=True, slots=True)
class MadeForOrder:
    """What an update posted for one order. `only`: these postings; None: its form, so that the
    whole order goes."""

    order_id: int
    only: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class UndoneRun:
    """What undoing an update does, and the orders that it cannot be done with."""

    undone: tuple[UndoPreview, ...]
    refused: tuple[DecisionRefused, ...] = ()


def preview_run(db: Session, connection: Connection, session_id: int) -> UndoneRun:
    """What `undo_run` would do now."""
    return _each(
        made_in(db, connection.id, session_id),
        lambda order_id, only: plan_undo(db, connection, order_id, only=only),
    )


def undo_run(
    db: Session,
    connection: Connection,
    session_id: int,
    who: str,
    now: datetime,
    *,
    even_so: bool = False,
) -> UndoneRun:
    """Have deleted what that update session posted: orders whose form it made as a whole, of others
    the payments and refunds that it made."""
    return _each(
        made_in(db, connection.id, session_id),
        lambda order_id, only: undo_order(
            db, connection, order_id, who, now, even_so=even_so, only=only
        ),
    )


def made_in(db: Session, connection_id: int, session_id: int) -> list[MadeForOrder]:
    """What the session posted and QuickBooks still has, by order number."""
    by_order: dict[int, list[Posting]] = {}
    for posting in db.scalars(_made(connection_id, [session_id], State.POSTED)):
        by_order.setdefault(posting.order_id or 0, []).append(posting)
    return [
        MadeForOrder(order_id, None if sale_of(some) else frozenset(posting.id for posting in some))
        for order_id, some in by_order.items()
    ]


def undone_of(db: Session, connection_id: int, session_id: int) -> list[int]:
    """Orders of which something that the session posted is undone already."""
    found = db.scalars(_made(connection_id, [session_id], State.UNDONE))
    return list(dict.fromkeys(posting.order_id or 0 for posting in found))


def with_something_to_undo(
    db: Session, connection_id: int, session_ids: Iterable[int]
) -> frozenset[int]:
    """Those of the sessions of which QuickBooks still has something that we made."""
    made = exists().where(
        Posting.message_set_id == MessageSet.id,
        Posting.kind.in_(TRANSACTIONS),
        Posting.state == State.POSTED,
        Posting.linked.is_(False),
    )
    found = db.scalars(
        select(MessageSet.session_id).where(
            MessageSet.connection_id == connection_id,
            MessageSet.session_id.in_(list(session_ids)),
            made,
        )
    )
    return frozenset(found)


def _made(connection_id: int, session_ids: Iterable[int], state: State) -> Select[Posting]:
    # Bound by its sets alone: asked for the connection's postings, SQLite would look through all.
    return (
        select(Posting)
        .join(MessageSet, MessageSet.id == Posting.message_set_id)
        .where(
            MessageSet.connection_id == connection_id,
            MessageSet.session_id.in_(list(session_ids)),
            Posting.kind.in_(TRANSACTIONS),
            Posting.state == state,
        )
        .order_by(Posting.order_id, Posting.id)
    )


def _each(
    orders: Iterable[MadeForOrder],
    act: Callable[[int, Collection[int] | None], UndoPreview],
) -> UndoneRun:
    undone: list[UndoPreview] = []
    refused: list[DecisionRefused] = []
    for each in orders:
        try:
            undone.append(act(each.order_id, each.only))
        except DecisionRefused as refusal:
            refused.append(refusal)
    return UndoneRun(tuple(undone), tuple(refused))
