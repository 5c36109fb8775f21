"""How far the walks through Keap's lists have come, so that each goes on where it was left.

A walk is under way from its first page until `end`; what it was last time stays known afterwards.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import KeapWalk


class Walk(StrEnum):
    """One for each thing that is read in the order of ids."""

    ORDERS = "orders"
    PAYMENTS = "payments"
    #: the nightly look at the last weeks, for edits and deletions that no feed shows
    RECHECK_ORDERS = "recheck-orders"
    RECHECK_PAYMENTS = "recheck-payments"
    #: the same for what is older, a part every night
    SWEEP_ORDERS = "sweep-orders"
    SWEEP_PAYMENTS = "sweep-payments"
    #: not walks: up to which id the part goes that is under way
    SWEEP_ORDERS_UP_TO = "sweep-orders-up-to"
    SWEEP_PAYMENTS_UP_TO = "sweep-payments-up-to"
    #: not a walk: that the unit of order payments was asked for
    UNIT = "unit"
    #: not a walk: when Keap last refused to be asked by ids
    NO_ORDERS_BY_ID = "no-orders-by-id"
    NO_PAYMENTS_BY_ID = "no-payments-by-id"


def find(db: Session, connection_id: int, walk: Walk) -> KeapWalk | None:
    """The walk as it is or was; None where it never began."""
    return db.scalars(
        select(KeapWalk).where(KeapWalk.connection_id == connection_id, KeapWalk.name == walk),
        execution_options={"populate_existing": True},
    ).first()


def record(
    db: Session,
    connection_id: int,
    walk: Walk,
    *,
    above: int,
    since: datetime | None,
    began_at: datetime,
) -> None:
    """It is under way and has come so far. `began_at` is Keap's clock when it began: what changes
    later may be missed by this walk."""
    row = find(db, connection_id, walk)
    if row is None:
        row = KeapWalk(connection_id=connection_id, name=walk)
        db.add(row)
    row.above, row.since, row.began_at, row.ended_at = above, since, began_at, None
    db.flush()


def end(db: Session, connection_id: int, walk: Walk, now: datetime) -> None:
    """It came to the end of the list."""
    row = find(db, connection_id, walk)
    if row is not None:
        row.ended_at = now


def forget(db: Session, connection_id: int) -> None:
    """What is to be read has changed: the next reading begins all walks anew."""
    db.execute(delete(KeapWalk).where(KeapWalk.connection_id == connection_id))
