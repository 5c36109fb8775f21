"""Which orders are looked up next: those with work, planned first where that is due."""

from collections.abc import Sequence

from qbwc_service.ledger import queue
from qbwc_service.ledger.models import KeapOrder
from qbwc_service.ledger.plan_orders import plan_orders
from qbwc_service.webconnector import look_up
from qbwc_service.webconnector.batch import Batch, load_batch
from qbwc_service.webconnector.pipeline import Pipeline
from qbwc_service.webconnector.turn import Turn
from qbxml_builders.elements import Request

#: batches that planning may find empty of work before the next message goes without a look-up
TRIES = 4


def next_look_up(
    turn: Turn, line: Pipeline, exclude: set[int]
) -> tuple[list[int], tuple[Request, ...]]:
    """Claim the next batch and ask what QuickBooks has of it."""
    if not line.has_room:
        return [], ()
    batch = _claim(turn, line, exclude | line.orders)
    if not batch.ready:
        return [], ()
    requests = look_up.questions([*batch.ready, *batch.new_names], batch.paid_invoices)
    return [order.order_id for order in batch.orders], requests


def _claim(turn: Turn, line: Pipeline, exclude: set[int]) -> Batch:
    """The next orders that have something ready, planned first where that is due."""
    for _ in range(TRIES):
        orders = queue.orders_with_work(
            turn.db, turn.connection.id, turn.now, limit=line.limit, exclude=exclude
        )
        orders = _alone_if_suspicious(line, orders, in_company=bool(exclude))
        if not orders:
            break
        plan_orders(
            turn.db,
            turn.connection,
            [o for o in orders if queue.needs_plan(turn.connection, o)],
            turn.now,
        )
        batch = load_batch(turn, [o.keap_id for o in orders if o.has_work])
        if batch.ready:
            return batch
    return Batch([], {}, {})


def _alone_if_suspicious(
    line: Pipeline, orders: Sequence[KeapOrder], *, in_company: bool
) -> Sequence[KeapOrder]:
    limits = [order.group_limit for order in orders if order.group_limit]
    if not limits:
        return orders
    if in_company:
        return []
    line.solo = True
    return orders[: min(limits)]
