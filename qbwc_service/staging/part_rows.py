"""The rows of /orders/*/payments in the table, and the payments as they tell them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from keap import OrderPayment
from qbwc_service.ledger.models import Connection, KeapOrder, KeapOrderPayment, KeapPayment
from qbwc_service.staging.parts import Part, Unit, judge_unit, refined
from qbwc_service.staging.payment_rows import StagedPayment


@dataclass(frozen=True, slots=True)
class StagedPart:
    """A row of an order as read, and what it says."""

    row: OrderPayment
    part: Part


def write_parts(
    db: Session,
    connection_id: int,
    parts: Mapping[int, Sequence[StagedPart]],
    now: datetime,
) -> None:
    """What these orders' lists of payments hold now, in place of what they held before."""
    row_ids = {one.part.row_id for staged in parts.values() for one in staged}
    db.execute(
        delete(KeapOrderPayment).where(
            KeapOrderPayment.connection_id == connection_id,
            or_(
                KeapOrderPayment.order_id.in_(sorted(parts)),
                KeapOrderPayment.row_id.in_(sorted(row_ids)),
            ),
        )
    )
    values = [
        {
            "connection_id": connection_id,
            "row_id": one.part.row_id,
            "order_id": order_id,
            "payment_id": one.part.payment_id,
            "amount": str(one.part.amount),
            "pay_status": one.part.pay_status,
            "raw": one.row.raw.decode(),
            "read_at": now,
        }
        for order_id, staged in parts.items()
        for one in {one.part.row_id: one for one in staged}.values()
    ]
    if values:
        db.execute(insert(KeapOrderPayment), values)


def as_orders_tell(
    db: Session, connection: Connection, staged: Iterable[StagedPayment]
) -> list[StagedPayment]:
    """The payments with their kinds and parts as far as rows of their orders were read."""
    payments = list(staged)
    ids = {one.rows[0].payment_id for one in payments}
    parts = _parts(db, connection.id, ids)
    orders = {order_id for by_order in parts.values() for order_id in by_order}
    units = _units(db, connection, orders)
    return [
        replace(
            one,
            rows=refined(one.rows, parts.get(one.rows[0].payment_id, {}), units),
        )
        for one in payments
    ]


def parts_of_orders(
    db: Session, connection_id: int, order_ids: Collection[int]
) -> dict[int, list[Part]]:
    """All rows that were read of these orders."""
    found: dict[int, list[Part]] = defaultdict(list)
    statement = select(KeapOrderPayment).where(
        KeapOrderPayment.connection_id == connection_id,
        KeapOrderPayment.order_id.in_(sorted(order_ids)),
    )
    for row in db.scalars(statement):
        found[row.order_id].append(_part(row))
    return found


def divided_payments(db: Session, connection_id: int) -> list[int]:
    """The payments over several orders of which rows were read."""
    found = (
        select(KeapPayment.payment_id)
        .distinct()
        .join(
            KeapOrderPayment,
            (KeapOrderPayment.connection_id == KeapPayment.connection_id)
            & (KeapOrderPayment.payment_id == KeapPayment.payment_id),
        )
        .where(KeapPayment.connection_id == connection_id, KeapPayment.is_shared)
    )
    return list(db.scalars(found))


def _parts(
    db: Session, connection_id: int, payment_ids: Collection[int]
) -> dict[int, dict[int, list[Part]]]:
    """By payment and order."""
    found: dict[int, dict[int, list[Part]]] = defaultdict(lambda: defaultdict(list))
    statement = select(KeapOrderPayment).where(
        KeapOrderPayment.connection_id == connection_id,
        KeapOrderPayment.payment_id.in_(sorted(payment_ids)),
    )
    for row in db.scalars(statement):
        found[row.payment_id][row.order_id].append(_part(row))
    return found


def _units(db: Session, connection: Connection, order_ids: Collection[int]) -> dict[int, Unit]:
    """The unit of each order's rows: the account's, or where that is open the order's own."""
    if not order_ids:
        return {}
    if connection.order_payment_unit:
        return dict.fromkeys(order_ids, Unit(connection.order_payment_unit))
    parts = parts_of_orders(db, connection.id, order_ids)
    paid = db.execute(
        select(KeapOrder.keap_id, KeapOrder.total_paid).where(
            KeapOrder.connection_id == connection.id, KeapOrder.keap_id.in_(sorted(order_ids))
        )
    )
    return {order_id: judge_unit(parts[order_id], total_paid) for order_id, total_paid in paid}


def _part(row: KeapOrderPayment) -> Part:
    return Part(row.row_id, row.order_id, row.payment_id, Decimal(row.amount), row.pay_status)
