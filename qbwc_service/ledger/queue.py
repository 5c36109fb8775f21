"""Which orders go next. The cost of asking does not grow with the queue (index on has_work)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from qbwc_service.ledger.causes import MIRROR_CAUSES, PLAN_CAUSES
from qbwc_service.ledger.columns import UtcDateTime
from qbwc_service.ledger.models import Connection, KeapOrder, MessageSet, OrderStatus

COUNTED = 10_000
#: nothing of such an order was sent yet, and it is not held
UNSENT = frozenset({OrderStatus.NEW, OrderStatus.READY, OrderStatus.WILL_RETRY})


#: asked at every poll: made once
_HAS_WORK = (
    select(KeapOrder.id)
    .where(
        KeapOrder.connection_id == bindparam("connection"),
        KeapOrder.has_work,
        KeapOrder.is_checked,
        KeapOrder.next_try_at <= bindparam("now", type_=UtcDateTime),
    )
    .limit(1)
)
_HAS_UNRESOLVED = (
    select(MessageSet.id)
    .where(
        MessageSet.connection_id == bindparam("connection"),
        MessageSet.writes,
        MessageSet.resolved_at.is_(None),
        MessageSet.sent_at.is_not(None),
    )
    .limit(1)
)
_WAITS_FOR_LISTS = (
    select(KeapOrder.id)
    .where(
        KeapOrder.connection_id == bindparam("connection"),
        KeapOrder.cause.in_(sorted(MIRROR_CAUSES)),
    )
    .limit(1)
)
_WHAT_WAITS = select(
    _HAS_UNRESOLVED.scalar_subquery(),
    _HAS_WORK.scalar_subquery(),
    _WAITS_FOR_LISTS.scalar_subquery(),
)


def orders_with_work(
    db: Session,
    connection_id: int,
    now: datetime,
    *,
    limit: int,
    exclude: Collection[int] = (),
) -> Sequence[KeapOrder]:
    """The orders to plan or send next, oldest first, the excluded Keap ids left out.

    Orders that were part of a message QuickBooks could not read (`group_limit`) come last and
    alone: they travel in ever smaller groups until the bad one is found.
    """
    work = (
        select(KeapOrder)
        .where(
            KeapOrder.connection_id == connection_id,
            KeapOrder.has_work,
            KeapOrder.is_checked,
            KeapOrder.next_try_at <= now,
            KeapOrder.keap_id.not_in(sorted(exclude)),
        )
        .order_by(KeapOrder.next_try_at, KeapOrder.keap_id)
        .limit(limit)
    )
    sound = db.scalars(work.where(KeapOrder.group_limit.is_(None))).all()
    return sound or db.scalars(work.where(KeapOrder.group_limit.is_not(None))).all()


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of a connection an update would find to do."""

    #: a set that was sent and whose outcome is not known
    unresolved_set: bool
    #: an order that can be planned or sent now
    work: bool
    #: an order that a change in QuickBooks' lists may release
    for_lists: bool


def what_waits(db: Session, connection_id: int, now: datetime) -> Waiting:
    """Asked at every poll, so in one statement of three questions, each to its index."""
    found = db.execute(_WHAT_WAITS, {"connection": connection_id, "now": now}).one()
    return Waiting(*(each is not None for each in found))


def count_work(db: Session, connection_id: int) -> int:
    """How many orders have work, now or later; for the progress bar, so counting ends somewhere."""
    some = (
        select(KeapOrder.id)
        .where(KeapOrder.connection_id == connection_id, KeapOrder.has_work, KeapOrder.is_checked)
        .limit(COUNTED)
        .subquery()
    )
    return db.scalar(select(func.count()).select_from(some)) or 0


def has_unresolved_set(db: Session, connection_id: int) -> bool:
    """Whether `unresolved_sets` has any."""
    return db.scalar(_HAS_UNRESOLVED, {"connection": connection_id}) is not None


def unresolved_sets(db: Session, connection_id: int) -> Sequence[MessageSet]:
    """Sets that were sent to write and whose outcome is not in the ledger yet, oldest first."""
    return db.scalars(
        select(MessageSet)
        .where(
            MessageSet.connection_id == connection_id,
            MessageSet.writes,
            MessageSet.resolved_at.is_(None),
            MessageSet.sent_at.is_not(None),
        )
        .order_by(MessageSet.id)
    ).all()


def plan_again(
    db: Session, connection: Connection, now: datetime, causes: Collection[str] = PLAN_CAUSES
) -> None:
    """Something that planning reads has changed. Orders held for one of these causes are planned
    anew soon; ready ones at their turn, so that the cost does not grow with the queue."""
    connection.plans_stale_since = now
    plan_held_again(db, connection.id, causes)


def plan_held_again(db: Session, connection_id: int, causes: Collection[str]) -> None:
    """Orders held for one of these causes are planned anew soon."""
    db.execute(
        update(KeapOrder)
        .where(KeapOrder.connection_id == connection_id, KeapOrder.cause.in_(sorted(causes)))
        .values(needs_plan=True, has_work=True),
        execution_options={"synchronize_session": "fetch"},
    )


def needs_plan(connection: Connection, order: KeapOrder) -> bool:
    """Whether the order was never planned, changed since, or planned from what is stale now."""
    stale_since = connection.plans_stale_since
    if order.needs_plan or order.planned_at is None:
        return True
    return stale_since is not None and order.planned_at < stale_since
