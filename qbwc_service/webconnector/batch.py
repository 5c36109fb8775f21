"""The postings of a batch of orders, loaded at once, with what they refer to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import State
from qbwc_service.webconnector.outcome import list_ids
from qbwc_service.webconnector.render import made_by_keys
from qbwc_service.webconnector.turn import Turn


@dataclass(slots=True)
class OrderPostings:
    """One order's invoice and payments that may be sent."""

    order_id: int
    invoice: Posting
    payments: list[Posting] = field(default_factory=list)

    @property
    def ready(self) -> list[Posting]:
        """What may go now: the invoice, and its payments if the invoice goes or is there."""
        parts = [self.invoice, *self.payments]
        if self.invoice.state not in {State.READY, State.POSTED}:
            return []
        return [part for part in parts if part.state is State.READY]


@dataclass(slots=True)
class Batch:
    """Some orders with their postings and the customers and items that these still need."""

    orders: list[OrderPostings]
    customers: dict[str, Posting]
    items: dict[str, Posting]

    @property
    def ready(self) -> list[Posting]:
        return [posting for order in self.orders for posting in order.ready]

    @property
    def new_names(self) -> list[Posting]:
        """Customers and items that are to be made, each once."""
        return [
            posting
            for posting in (*self.customers.values(), *self.items.values())
            if posting.state is State.READY
        ]

    def names_of(self, order: OrderPostings) -> list[Posting]:
        """The customer and items that this order's unsent invoice needs."""
        if order.invoice.state is not State.READY or not order.invoice.payload:
            return []
        customer, items = made_by_keys(order.invoice.payload)
        found = [self.customers.get(customer), *(self.items.get(item) for item in items)]
        return [posting for posting in found if posting is not None]

    @property
    def paid_invoices(self) -> list[str]:
        """TxnIDs of the invoices in QuickBooks that ready payments pay."""
        return [
            order.invoice.record_id
            for order in self.orders
            if order.invoice.state is State.POSTED and order.ready
        ]


def load_batch(turn: Turn, order_ids: Sequence[int]) -> Batch:
    """Three queries, however many orders."""
    if not order_ids:
        return Batch([], {}, {})
    found = turn.db.scalars(
        select(Posting).where(
            Posting.connection_id == turn.connection.id, Posting.order_id.in_(order_ids)
        )
    )
    by_order: dict[int, list[Posting]] = {}
    for posting in current(found).values():
        by_order.setdefault(posting.order_id or 0, []).append(posting)
    orders = [
        order
        for order_id in order_ids
        if (order := _order_postings(order_id, by_order.get(order_id, []))) is not None
    ]
    keys = [
        made_by_keys(order.invoice.payload)
        for order in orders
        if order.invoice.state is State.READY and order.invoice.payload
    ]
    customers = [customer for customer, _ in keys if customer]
    items = [item for _, needed in keys for item in needed]
    return Batch(orders, list_ids(turn, Kind.CUSTOMER, customers), list_ids(turn, Kind.ITEM, items))


def _order_postings(order_id: int, postings: Iterable[Posting]) -> OrderPostings | None:
    invoice = None
    payments = []
    for posting in postings:
        if posting.kind is Kind.INVOICE:
            invoice = posting
        else:
            payments.append(posting)
    if invoice is None:
        return None
    payments.sort(key=lambda posting: posting.id)
    return OrderPostings(order_id, invoice, payments)
