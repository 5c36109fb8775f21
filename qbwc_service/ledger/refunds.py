"""Refunds that wait for a person's approval."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import KeapOrder, KeapPayment, PaymentStatus

TO_APPROVE = "refund-to-approve"


@dataclass(frozen=True, slots=True)
class RefundToApprove:
    """One refund row of Keap; `amount` in minor units, above 0."""

    payment_id: int
    order_id: int
    paid_on: date | None
    amount: int
    currency: str
    customer: str


def refunds_to_approve(db: Session, connection_id: int, *, limit: int) -> Sequence[RefundToApprove]:
    """The oldest first, whatever else their orders wait for."""
    found = db.execute(
        select(
            KeapPayment.payment_id,
            KeapPayment.order_id,
            KeapPayment.paid_on,
            KeapPayment.amount,
            KeapOrder.currency,
            KeapOrder.customer_name,
        )
        .join(
            KeapOrder,
            and_(
                KeapOrder.connection_id == KeapPayment.connection_id,
                KeapOrder.keap_id == KeapPayment.order_id,
            ),
        )
        .where(
            KeapPayment.connection_id == connection_id,
            KeapPayment.status == PaymentStatus.HELD,
            KeapPayment.cause == TO_APPROVE,
            KeapPayment.approved_at.is_(None),
        )
        .order_by(KeapPayment.paid_on, KeapPayment.payment_id)
        .limit(limit)
    )
    return [
        RefundToApprove(
            row.payment_id,
            row.order_id,
            row.paid_on,
            abs(row.amount),
            row.currency,
            row.customer_name,
        )
        for row in found
    ]
