"""What QuickBooks would get of an order, before anything is sent.

Planned by the code that plans for sending, as if every word that the order waits for had been
said. Nothing is written, and neither QuickBooks nor Keap is asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select, union_all
from sqlalchemy.orm import Session

from qbwc_service.ledger.entry_names import (
    Entry,
    EntryNames,
    entries_of_row,
    entries_of_sale,
    entry_names,
)
from qbwc_service.ledger.form_picture import FormPicture, form_picture
from qbwc_service.ledger.models import SALES, Connection, KeapOrder, OrderStatus, Posting
from qbwc_service.ledger.plan_orders import PlannedOrders, plan_only
from qbwc_service.ledger.states import State
from qbwc_service.matching.customer_index import Customer
from qbwc_service.planning.order import SalesOrder
from qbwc_service.planning.plan import Hold, OrderPlan, PaymentDecision, PlannedOfRow
from qbwc_service.settings import Settings

#: how many the page lists
NEWEST = 10
#: nothing of these was sent, and nobody left them out
_ELIGIBLE = (OrderStatus.NEW, OrderStatus.HELD, OrderStatus.READY, OrderStatus.WILL_RETRY)


@dataclass(frozen=True, slots=True)
class RowLeft:
    """A payment or refund of Keap that would not go with the order: held, or left out."""

    payment_id: int
    amount: int
    paid_on: date | None
    hold: Hold | None
    skip: str


@dataclass(frozen=True, slots=True)
class Preview:
    """One order. Exactly one of `form`, `hold` and `skip` says what would become of it."""

    order: KeapOrder
    #: with its contact as last read
    sale: SalesOrder
    settings: Settings
    plan: OrderPlan
    form: FormPicture | None
    hold: Hold | None
    skip: str
    rows_left: tuple[RowLeft, ...]
    #: the customer of QuickBooks that it would go to; None for a new one, and where it is held
    customer: Customer | None
    #: the generation that its form would be
    generation: int

    @property
    def matches(self) -> bool:
        """QuickBooks would come to Keap's total."""
        return self.form is not None and self.form.total == self.order.total


def newest_eligible(db: Session, connection_id: int) -> Sequence[int]:
    """Keap ids of the newest orders that may still be sent, at most ten: each status by its own
    index, so that it does not matter how many wait."""
    in_quickbooks = exists().where(
        Posting.connection_id == connection_id,
        Posting.order_id == KeapOrder.keap_id,
        Posting.kind.in_(SALES),
        Posting.state.in_([State.SENT, State.POSTED]),
    )
    parts = [
        select(
            select(KeapOrder.keap_id)
            .where(
                KeapOrder.connection_id == connection_id,
                KeapOrder.status == status,
                KeapOrder.is_checked,
                ~in_quickbooks,
            )
            .order_by(KeapOrder.keap_id.desc())
            .limit(NEWEST)
            .subquery()
            .c.keap_id
        )
        for status in _ELIGIBLE
    ]
    return sorted(db.scalars(union_all(*parts)), reverse=True)[:NEWEST]


def previews(
    db: Session, connection: Connection, order_ids: Sequence[int], now: datetime
) -> Mapping[int, Preview]:
    """By Keap id, as one update would take them together; what is unknown, or in QuickBooks
    already, is left out. The number of statements does not depend on how many are asked for."""
    orders = db.scalars(
        select(KeapOrder)
        .where(KeapOrder.connection_id == connection.id, KeapOrder.keap_id.in_(order_ids))
        .order_by(KeapOrder.keap_id)
    ).all()
    if not orders:
        return {}
    planned = plan_only(db, connection, orders, now)
    unsent = [order for order in orders if order.keap_id in planned.unsent]
    plans = [planned.plans[order.keap_id] for order in unsent]
    entries = [entry for plan in plans for entry in _entries(plan)]
    names = entry_names(db, connection.id, entries, _made(planned))
    return {order.keap_id: _preview(order, planned, names) for order in unsent}


def _preview(order: KeapOrder, planned: PlannedOrders, names: EntryNames) -> Preview:
    plan = planned.plans[order.keap_id]
    sale = planned.writer.sale(order.keap_id)
    list_id = plan.sale.customer.list_id if plan.sale else ""
    return Preview(
        order=order,
        sale=planned.sales[order.keap_id],
        settings=planned.settings,
        plan=plan,
        form=form_picture(plan.sale, rows_of(plan), names) if plan.sale else None,
        hold=plan.hold,
        skip=plan.skip,
        rows_left=tuple(_left(order.keap_id, plan.payments, planned)),
        customer=planned.company.customers.of_list_id(list_id) if list_id else None,
        generation=sale.generation if sale is not None else 1,
    )


def rows_of(plan: OrderPlan) -> list[PlannedOfRow]:
    """The records of its payment rows, in the order in which they came."""
    return [record for decision in plan.payments for record in decision.planned]


def _left(
    order_id: int, decisions: Sequence[PaymentDecision], planned: PlannedOrders
) -> Iterator[RowLeft]:
    rows = {row.payment_id: row for row in planned.rows[order_id]}
    for decision in decisions:
        if decision.hold or decision.skip:
            row = rows[decision.payment_id]
            yield RowLeft(row.payment_id, row.amount, row.paid_on, decision.hold, decision.skip)


def _entries(plan: OrderPlan) -> Iterator[Entry]:
    if plan.sale:
        yield from entries_of_sale(plan.sale)
    for record in rows_of(plan):
        yield from entries_of_row(record)


def _made(planned: PlannedOrders) -> dict[str, str]:
    """Names of what is still to be made, by source key."""
    made = {each.made_by: each.full_name for each in planned.company.customers if each.made_by}
    for plan in planned.plans.values():
        if plan.customer:
            made[plan.customer.source_key] = plan.customer.name
        items = [*plan.items, *(item for row in plan.payments for item in row.items)]
        made |= {item.source_key: item.name for item in items}
    return made
