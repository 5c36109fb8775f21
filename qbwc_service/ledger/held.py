"""Held orders by their cause: what one fix releases together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import KeapOrder, OrderStatus, Posting


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """Orders that wait for the same thing: the same cause about the same subject.

    `tried_again` of them the next update plans anew, because somebody has chosen or pressed
    something. `details` are those of `first_order`, for the words of the message.
    """

    cause: str
    subject: str
    orders: int
    tried_again: int
    first_order: int
    details: Mapping[str, Any] = field(default_factory=dict)


def held_groups(db: Session, connection_id: int, *, limit: int) -> Sequence[HeldGroup]:
    """The largest groups first, at most `limit` of them, in two statements."""
    counted = func.count().label("orders")
    rows = db.execute(
        select(
            KeapOrder.cause,
            KeapOrder.subject,
            counted,
            func.count().filter(KeapOrder.needs_plan).label("tried_again"),
            func.min(KeapOrder.keap_id).label("first"),
        )
        .where(KeapOrder.connection_id == connection_id, KeapOrder.status == OrderStatus.HELD)
        .group_by(KeapOrder.cause, KeapOrder.subject)
        .order_by(counted.desc(), KeapOrder.cause, KeapOrder.subject)
        .limit(limit)
    ).all()
    details = _details(db, connection_id, {(row.first, row.cause) for row in rows})
    return [
        HeldGroup(
            row.cause,
            row.subject,
            row.orders,
            row.tried_again,
            row.first,
            details.get((row.first, row.cause), {}),
        )
        for row in rows
    ]


def orders_of(
    db: Session, connection_id: int, cause: str, subject: str, *, limit: int, above: int = 0
) -> Sequence[int]:
    """The next orders of one group, by number."""
    return db.scalars(
        select(KeapOrder.keap_id)
        .where(
            KeapOrder.connection_id == connection_id,
            KeapOrder.cause == cause,
            KeapOrder.subject == subject,
            KeapOrder.status == OrderStatus.HELD,
            KeapOrder.keap_id > above,
        )
        .order_by(KeapOrder.keap_id)
        .limit(limit)
    ).all()


def _details(
    db: Session, connection_id: int, wanted: set[tuple[int, str]]
) -> dict[tuple[int, str], dict[str, Any]]:
    found = db.execute(
        select(Posting.order_id, Posting.cause, Posting.details)
        .where(
            Posting.connection_id == connection_id,
            Posting.order_id.in_(sorted({order for order, _ in wanted})),
            Posting.cause != "",
        )
        .order_by(Posting.id.desc())
    )
    return {(order or 0, cause): details for order, cause, details in found}
