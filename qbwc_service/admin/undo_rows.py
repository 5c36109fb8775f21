"""Many orders that are to be undone, and what became of each, as plain values."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.admin.undo_view import planned_or_why
from qbwc_service.admin.words import explained
from qbwc_service.ledger.models import Connection, KeapOrder, Kind, OrderStatus, Posting
from qbwc_service.ledger.sendable import is_undo
from qbwc_service.ledger.states import State
from qbwc_service.ledger.undo import UndoPreview
from qbwc_service.ledger.undo_runs import MadeForOrder
from qbwc_service.planning.plan import removal_from

#: orders undone by one press of the button, so that a page never works for long
AT_ONCE = 200
_OPEN = (State.READY, State.SENT, State.HELD)


class Progress(StrEnum):
    """What an undo comes to for one order, those to decide about first."""

    TO_DO = "to-do"
    REFUSED = "refused"
    STOPPED = "stopped"
    UNDER_WAY = "under-way"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class UndoRow:
    """One order. `planned` only where it is still to do; `reason` where it is not done."""

    order_id: int
    progress: Progress
    planned: UndoPreview | None = None
    reason: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True)
class UndoList:
    """`rows`: those to do first, at most `AT_ONCE` of each progress; `beyond`: how many orders more
    another press of the button is for."""

    rows: tuple[UndoRow, ...]
    counts: Mapping[Progress, int]
    beyond: int

    @property
    def records(self) -> int:
        """How many records of QuickBooks one press has deleted."""
        return sum(len(row.planned.removed) for row in self.rows if row.planned)


def undo_list(
    db: Session, connection: Connection, made: Sequence[MadeForOrder], done: Iterable[int] = ()
) -> UndoList:
    """`made`: what is to be undone; `done`: orders that are undone already."""
    asked = _asked(db, connection.id)
    rows: list[UndoRow] = []
    to_do = beyond = 0
    for each in made:
        if to_do == AT_ONCE:
            beyond += 1
            continue
        row = _row(db, connection, each, _about(each, asked.get(each.order_id, ())))
        to_do += row.progress is Progress.TO_DO
        rows.append(row)
    named = {each.order_id for each in made}
    rows += [UndoRow(order_id, Progress.DONE) for order_id in sorted(set(done) - named)]
    counts = {progress: sum(row.progress is progress for row in rows) for progress in Progress}
    shown = [
        row
        for progress in Progress
        for row in [each for each in rows if each.progress is progress][:AT_ONCE]
    ]
    return UndoList(_with_customers(db, connection.id, shown), counts, beyond)


def _orders(db: Session, connection_id: int, order_ids: Collection[int]) -> list[KeapOrder]:
    """Those of the orders that were read from this connection's Keap, by number."""
    return list(
        db.scalars(
            select(KeapOrder)
            .where(KeapOrder.connection_id == connection_id, KeapOrder.keap_id.in_(order_ids))
            .order_by(KeapOrder.keap_id)
        )
    )


def ticked_list(db: Session, connection: Connection, order_ids: Collection[int]) -> UndoList:
    """Orders that a person ticked, each as a whole."""
    orders = _orders(db, connection.id, order_ids)
    undone = [order.keap_id for order in orders if order.status is OrderStatus.UNDONE]
    made = [MadeForOrder(order.keap_id, None) for order in orders if order.keap_id not in undone]
    return undo_list(db, connection, made, undone)


def _asked(db: Session, connection_id: int) -> dict[int, list[Posting]]:
    """What is to be deleted on a person's word and is not yet, by order."""
    found = db.scalars(
        select(Posting).where(
            Posting.connection_id == connection_id,
            Posting.kind == Kind.REMOVAL,
            Posting.state.in_(_OPEN),
        )
    )
    by_order: dict[int, list[Posting]] = {}
    for posting in found:
        if is_undo(posting) and posting.payload:
            by_order.setdefault(posting.order_id or 0, []).append(posting)
    return by_order


def _about(made: MadeForOrder, asked: Sequence[Posting]) -> list[Posting]:
    """Those of the removals that take away what is asked about."""
    return [
        posting
        for posting in asked
        if made.only is None or removal_from(posting.payload).posting_id in made.only
    ]


def _row(
    db: Session, connection: Connection, made: MadeForOrder, asked: Sequence[Posting]
) -> UndoRow:
    stopped = next((posting for posting in asked if posting.state is State.HELD), None)
    if stopped is not None:
        message = explained(stopped.cause, {"order": made.order_id} | stopped.details)
        return UndoRow(made.order_id, Progress.STOPPED, reason=message.title)
    if asked:
        return UndoRow(made.order_id, Progress.UNDER_WAY)
    planned, refusal = planned_or_why(db, connection, made.order_id, made.only)
    progress = Progress.TO_DO if planned else Progress.REFUSED
    return UndoRow(made.order_id, progress, planned, refusal)


def _with_customers(
    db: Session, connection_id: int, rows: Sequence[UndoRow]
) -> tuple[UndoRow, ...]:
    orders = _orders(db, connection_id, [row.order_id for row in rows])
    names = {order.keap_id: order.customer_name for order in orders}
    return tuple(replace(row, customer=names.get(row.order_id, "")) for row in rows)
