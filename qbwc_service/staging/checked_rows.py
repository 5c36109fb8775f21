"""Orders that were read, held against their payments: which are not yet, and which differ."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, exists, func, or_, select, update
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import KeapOrder, KeapOrderPayment, KeapPayment
from qbwc_service.planning.order import PaymentKind
from qbwc_service.planning.paid import possible_sums

#: among so many newest paid orders those are sought that tell the unit
_LOOKED_AT = 1000


@dataclass(frozen=True, slots=True)
class Unchecked:
    """An order to check. `lacks_parts`: the feed alone does not tell what its payments gave it."""

    order_id: int
    lacks_parts: bool


def unchecked(db: Session, connection_id: int, above: int, limit: int) -> list[Unchecked]:
    """The next ones with an id above that, by id."""
    statement = (
        select(KeapOrder.keap_id)
        .where(
            KeapOrder.connection_id == connection_id,
            ~KeapOrder.is_checked,
            KeapOrder.keap_id > above,
        )
        .order_by(KeapOrder.keap_id)
        .limit(limit)
    )
    order_ids = list(db.scalars(statement))
    lacking = _lacking_parts(db, connection_id, order_ids)
    return [Unchecked(order_id, order_id in lacking) for order_id in order_ids]


def differing(db: Session, connection_id: int, order_ids: Collection[int]) -> set[int]:
    """Those whose payments do not come to what they say was paid."""
    sums: dict[int, dict[PaymentKind, int]] = defaultdict(dict)
    wanted = sorted(order_ids)
    is_refund = KeapPayment.kind == PaymentKind.REFUND
    size = case((is_refund, func.abs(KeapPayment.amount)), else_=KeapPayment.amount)
    amounts = db.execute(
        select(KeapPayment.order_id, KeapPayment.kind, func.sum(size))
        .where(KeapPayment.connection_id == connection_id, KeapPayment.order_id.in_(wanted))
        .group_by(KeapPayment.order_id, KeapPayment.kind)
    )
    for order_id, kind, amount in amounts:
        sums[order_id][kind] = int(amount)
    return {
        order_id
        for order_id, total_paid in paid(db, connection_id, wanted).items()
        if total_paid not in possible_sums(sums[order_id])
    }


def paid(db: Session, connection_id: int, order_ids: Collection[int]) -> dict[int, int]:
    """What these orders say was paid, in minor units; without those that do not tell."""
    found = db.execute(
        select(KeapOrder.keap_id, KeapOrder.total_paid).where(
            KeapOrder.connection_id == connection_id,
            KeapOrder.keap_id.in_(sorted(order_ids)),
            KeapOrder.total_paid.is_not(None),
        )
    )
    return {order_id: total_paid or 0 for order_id, total_paid in found}


def mark_checked(db: Session, connection_id: int, order_ids: Collection[int]) -> None:
    """They may be planned and sent."""
    _set_checked(db, connection_id, KeapOrder.keap_id.in_(sorted(order_ids)), True)


def check_again(db: Session, connection_id: int, cause: str) -> None:
    """Those that are held for this cause are asked for anew."""
    _set_checked(db, connection_id, KeapOrder.cause == cause, False)


def orders_for_the_unit(db: Session, connection_id: int, limit: int) -> list[int]:
    """Orders whose rows can only be read one way: paid by one payment of one order.

    Looked for among orders, not among payments: the newest payments may all be instalments.
    """
    newest = (
        select(KeapOrder.keap_id)
        .where(
            KeapOrder.connection_id == connection_id,
            KeapOrder.total_paid > 0,
            KeapOrder.deleted_at.is_(None),
        )
        .order_by(KeapOrder.keap_id.desc())
        .limit(_LOOKED_AT)
    )
    is_plain = (
        (KeapPayment.kind == PaymentKind.CASH) & (KeapPayment.amount > 0) & ~KeapPayment.is_shared
    )
    statement = (
        select(KeapPayment.order_id)
        .where(
            KeapPayment.connection_id == connection_id,
            KeapPayment.order_id.in_(newest.scalar_subquery()),
        )
        .group_by(KeapPayment.order_id)
        .having(func.count() == 1, func.sum(case((is_plain, 1), else_=0)) == 1)
        .order_by(KeapPayment.order_id.desc())
        .limit(limit)
    )
    return list(db.scalars(statement))


def _lacking_parts(db: Session, connection_id: int, order_ids: Collection[int]) -> set[int]:
    """Orders with a refund, or a payment over several orders, whose own rows were not read."""
    read = exists().where(
        KeapOrderPayment.connection_id == connection_id,
        KeapOrderPayment.order_id == KeapPayment.order_id,
        KeapOrderPayment.payment_id == KeapPayment.payment_id,
    )
    statement = select(KeapPayment.order_id).where(
        KeapPayment.connection_id == connection_id,
        KeapPayment.order_id.in_(sorted(order_ids)),
        or_(KeapPayment.is_shared, KeapPayment.kind == PaymentKind.REFUND),
        ~read,
    )
    return set(db.scalars(statement))


def _set_checked(db: Session, connection_id: int, which: ColumnElement[bool], value: bool) -> None:
    db.execute(
        update(KeapOrder)
        .where(KeapOrder.connection_id == connection_id, which)
        .values(is_checked=value),
        execution_options={"synchronize_session": False},
    )
