"""Which orders and payments Keap should still have, as far as we know."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import KeapOrder, KeapPayment, OrderStatus
from qbwc_service.planning.order import PaymentKind


def orders_between(db: Session, connection_id: int, above: int, up_to: int | None) -> set[int]:
    """Ids of orders above the one and up to the other (None: to the end), without deleted ones."""
    statement = select(KeapOrder.keap_id).where(
        KeapOrder.connection_id == connection_id,
        KeapOrder.keap_id > above,
        KeapOrder.deleted_at.is_(None),
    )
    if up_to is not None:
        statement = statement.where(KeapOrder.keap_id <= up_to)
    return set(db.scalars(statement))


def payments_between(db: Session, connection_id: int, above: int, up_to: int | None) -> set[int]:
    """The same for payments; one that is no money may vanish unnoticed."""
    statement = select(KeapPayment.payment_id).where(
        KeapPayment.connection_id == connection_id,
        KeapPayment.payment_id > above,
        KeapPayment.kind != PaymentKind.NOT_COMPLETED,
    )
    if up_to is not None:
        statement = statement.where(KeapPayment.payment_id <= up_to)
    return set(db.scalars(statement))


def first_order(db: Session, connection_id: int, since: date | None = None) -> int | None:
    """The lowest id of an order dated on that day or later (None: of all)."""
    statement = select(func.min(KeapOrder.keap_id)).where(KeapOrder.connection_id == connection_id)
    if since is not None:
        statement = statement.where(KeapOrder.order_date >= since)
    return db.scalar(statement)


def first_payment(db: Session, connection_id: int, since: date | None = None) -> int | None:
    """The same for payments."""
    statement = select(func.min(KeapPayment.payment_id)).where(
        KeapPayment.connection_id == connection_id
    )
    if since is not None:
        statement = statement.where(KeapPayment.paid_on >= since)
    return db.scalar(statement)


def last_order(db: Session, connection_id: int) -> int:
    """The highest id of an order; 0 where there is none."""
    statement = select(func.max(KeapOrder.keap_id)).where(KeapOrder.connection_id == connection_id)
    return db.scalar(statement) or 0


def last_payment(db: Session, connection_id: int) -> int:
    """The same for payments."""
    statement = select(func.max(KeapPayment.payment_id)).where(
        KeapPayment.connection_id == connection_id
    )
    return db.scalar(statement) or 0


def order_after(db: Session, connection_id: int, above: int, count: int) -> int | None:
    """The id of the order that is so many orders above that id; None where there are fewer."""
    return db.scalar(
        select(KeapOrder.keap_id)
        .where(KeapOrder.connection_id == connection_id, KeapOrder.keap_id > above)
        .order_by(KeapOrder.keap_id)
        .offset(count - 1)
        .limit(1)
    )


def payment_after(db: Session, connection_id: int, above: int, count: int) -> int | None:
    """The same for payments; one over several orders counts as often as it has orders."""
    return db.scalar(
        select(KeapPayment.payment_id)
        .where(KeapPayment.connection_id == connection_id, KeapPayment.payment_id > above)
        .order_by(KeapPayment.payment_id)
        .offset(count - 1)
        .limit(1)
    )


def contacts_that_wait(db: Session, connection_id: int) -> Sequence[str]:
    """The contacts of held orders: somebody may have corrected them in Keap."""
    return db.scalars(
        select(KeapOrder.contact_id)
        .where(
            KeapOrder.connection_id == connection_id,
            KeapOrder.status == OrderStatus.HELD,
            KeapOrder.contact_id != "",
        )
        .distinct()
        .order_by(KeapOrder.contact_id)
    ).all()
