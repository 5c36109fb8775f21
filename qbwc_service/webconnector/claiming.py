"""Which orders are looked up next: those with work, planned first where that is due."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from qbwc_service.ledger import queue
from qbwc_service.ledger.models import KeapOrder
from qbwc_service.ledger.plan_orders import plan_orders
from qbwc_service.webconnector import look_up, unclaimed
from qbwc_service.webconnector.batch import Batch, load_batch
from qbwc_service.webconnector.pipeline import Pipeline
from qbwc_service.webconnector.turn import Turn
from qbxml_builders.elements import Request

#: orders planned in one call at most, so that the call stays short however many are held
PLANNED_A_CALL = 240


@dataclass(frozen=True, slots=True)
class Claim:
    """The next batch and its questions. `more`: planning found nothing to send among the first
    orders, and there are others behind them."""

    order_ids: list[int] = field(default_factory=list)
    posting_ids: list[int] = field(default_factory=list)
    requests: tuple[Request, ...] = ()
    more: bool = False


def next_look_up(turn: Turn, line: Pipeline, exclude: set[int]) -> Claim:
    """Claim the next batch and ask what QuickBooks has of it."""
    if not line.has_room:
        return Claim()
    batch, more = _claim(turn, line, exclude | line.orders)
    if not batch.ready:
        return Claim(more=more)
    postings = [*batch.ready, *batch.new_names]
    # A number of its own in every message: an answer delivered late clears nothing else.
    prefix = f"{look_up.PREFIX}{turn.session.round_trips}:"
    asked = look_up.questions(
        postings,
        batch.there,
        batch.customers_of_unnumbered,
        batch.payers,
        batch.whole,
        prefix=prefix,
    )
    return Claim(
        [order.order_id for order in batch.orders],
        [posting.id for posting in postings],
        (
            *asked,
            *unclaimed.look_ups(turn, batch.ready, prefix),
            *unclaimed.former_look_ups(turn, batch.ready, prefix),
        ),
    )


def _claim(turn: Turn, line: Pipeline, exclude: set[int]) -> tuple[Batch, bool]:
    """The next orders that have something ready, planned first where that is due."""
    looked_at: set[int] = set()
    while len(looked_at) < PLANNED_A_CALL:
        orders = queue.orders_with_work(
            turn.db, turn.connection.id, turn.now, limit=line.limit, exclude=exclude | looked_at
        )
        orders = _alone_if_suspicious(line, orders, in_company=bool(exclude))
        if not orders:
            return Batch([], {}, {}), False
        due = [order for order in orders if queue.needs_plan(turn.connection, order)]
        plan_orders(turn.db, turn.connection, due, turn.now)
        batch = load_batch(turn, [order.keap_id for order in orders if order.has_work])
        if batch.ready:
            return batch, False
        looked_at |= {order.keap_id for order in orders}
    return Batch([], {}, {}), True


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
