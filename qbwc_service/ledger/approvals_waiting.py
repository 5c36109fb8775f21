"""Orders that wait for a person's approval."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import KeapOrder, OrderStatus
from qbwc_service.planning.approval import APPROVAL


@dataclass(frozen=True, slots=True)
class OrderToApprove:
    """One order as it would be approved now; `total` in minor units."""

    keap_id: int
    placed_on: date | None
    customer: str
    total: int
    currency: str
    #: what a person sees of it: an approval of anything else is refused
    content_hash: str


def orders_to_approve(db: Session, connection_id: int, *, limit: int) -> Sequence[OrderToApprove]:
    """The oldest first."""
    found = db.execute(
        select(
            KeapOrder.keap_id,
            KeapOrder.order_date,
            KeapOrder.customer_name,
            KeapOrder.total,
            KeapOrder.currency,
            KeapOrder.content_hash,
        )
        .where(
            KeapOrder.connection_id == connection_id,
            KeapOrder.status == OrderStatus.HELD,
            KeapOrder.cause == APPROVAL,
        )
        .order_by(KeapOrder.keap_id)
        .limit(limit)
    )
    return [OrderToApprove(*row) for row in found]


def count_waiting(db: Session, connection_id: int) -> int:
    """How many there are."""
    counted = select(func.count()).where(
        KeapOrder.connection_id == connection_id,
        KeapOrder.cause == APPROVAL,
        KeapOrder.status == OrderStatus.HELD,
    )
    return db.scalar(counted) or 0
