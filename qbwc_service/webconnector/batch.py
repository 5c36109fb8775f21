"""The postings of a batch of orders, loaded at once, with what they refer to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.ledger.sendable import open_removals, sale_of, sendable, target_of
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import State
from qbwc_service.webconnector.outcome import list_ids
from qbwc_service.webconnector.render_forms import made_by_keys
from qbwc_service.webconnector.turn import Turn


@dataclass(slots=True)
class OrderPostings:
    """One order's form, and what else of it is, or is to be, in QuickBooks."""

    order_id: int
    sale: Posting
    parts: list[Posting] = field(default_factory=list)

    @property
    def ready(self) -> list[Posting]:
        """What may go now, each after what it refers to."""
        return sorted(sendable(self.sale, self.parts), key=_in_order)

    @property
    def is_being_removed(self) -> bool:
        """Something of it is to be deleted or voided: nothing else goes until that is settled."""
        return bool(open_removals(self.sale, self.parts))

    @property
    def record_ids(self) -> frozenset[str]:
        """TxnIDs of what of it is in QuickBooks: the form, also where a person made it, and what
        else we made."""
        made = (part for part in self.parts if part.state is State.POSTED and not part.linked)
        return frozenset({self.sale.record_id, *(part.record_id for part in made)} - {""})

    def target_of(self, removal: Posting) -> Posting | None:
        """What the removal takes away; None for what is no removal."""
        if removal.kind is not Kind.REMOVAL:
            return None
        return target_of(removal, [self.sale, *self.parts])

    def memo_of(self, part: Posting) -> Posting | None:
        """The credit memo that this use or refund belongs to."""
        memos = (each for each in self.parts if each.kind is Kind.CREDIT_MEMO)
        return next((memo for memo in memos if memo.source_key == part.source_key), None)


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
        """The customer and items that this order's unsent records need."""
        customers, items = _needed(order)
        found = (
            *(self.customers.get(customer) for customer in customers),
            *(self.items.get(item) for item in items),
        )
        return [posting for posting in found if posting is not None]

    @property
    def there(self) -> list[Posting]:
        """The records in QuickBooks that ready ones pay, use or refund."""
        found: dict[int, Posting] = {}
        for order in self.orders:
            if order.is_being_removed:
                continue
            if order.sale.state is State.POSTED and order.ready:
                found[order.sale.id] = order.sale
            for part in order.ready:
                memo = order.memo_of(part) if part.kind is Kind.CREDIT_USE else None
                if memo is not None:
                    found[memo.id] = memo
        return list(found.values())

    @property
    def whole(self) -> list[Posting]:
        """The records in QuickBooks that ready ones change or delete: read with all they have."""
        found: dict[int, Posting] = {}
        for order in self.orders:
            for part in order.ready:
                target = order.sale if part.kind in _READ_WHOLE else order.target_of(part)
                if target is not None:
                    found[target.id] = target
        return list(found.values())

    @property
    def customers_of_unnumbered(self) -> dict[int, str]:
        """ListIDs of the customers of records that QuickBooks numbers, by posting id: such a record
        is sought by customer and date. A customer that is not made yet has none."""
        return {
            posting.id: list_id
            for order in self.orders
            for posting in order.ready
            if not posting.number and not posting.kind.is_change
            if (list_id := self._customer_of(order))
        }

    @property
    def payers(self) -> dict[int, str]:
        """ListIDs of the customers of ready payments, by posting id. One that is not made yet has
        paid nothing in QuickBooks."""
        return {
            posting.id: list_id
            for order in self.orders
            for posting in order.ready
            if posting.kind is Kind.PAYMENT
            if (list_id := self._customer_of(order))
        }

    def _customer_of(self, order: OrderPostings) -> str:
        customer = order.sale.payload.get("customer", {})
        made = self.customers.get(str(customer.get("made_by", "")))
        return str(customer.get("list_id") or (made.record_id if made else ""))


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
    needed = [_needed(order) for order in orders]
    customers = [customer for some, _ in needed for customer in some]
    items = [item for _, some in needed for item in some]
    return Batch(orders, list_ids(turn, Kind.CUSTOMER, customers), list_ids(turn, Kind.ITEM, items))


def _needed(order: OrderPostings) -> tuple[list[str], list[str]]:
    """Source keys of the customer and the items that the order's unsent records refer to. A payment
    refers to the customer of its form, which may be there already."""
    customers: list[str] = []
    items: dict[str, None] = {}
    if any(posting.kind is Kind.PAYMENT for posting in order.ready):
        payer, _ = made_by_keys(order.sale)
        customers += [payer] if payer else []
    for posting in order.ready:
        customer, some = made_by_keys(posting)
        customers += [customer] if customer else []
        items |= dict.fromkeys(some)
    return customers, list(items)


def _order_postings(order_id: int, postings: Iterable[Posting]) -> OrderPostings | None:
    postings = list(postings)
    sale = sale_of(postings)
    if sale is None:
        return None
    parts = [posting for posting in postings if not posting.kind.is_sale]
    return OrderPostings(order_id, sale, sorted(parts, key=lambda posting: posting.id))


#: they change the form as it is in QuickBooks now
_READ_WHOLE = frozenset({Kind.SALE_UPDATE, Kind.CUSTOM_FIELDS})
_PLACE = {kind: place for place, kind in enumerate(Kind)}


def _in_order(posting: Posting) -> tuple[int, int]:
    return _PLACE[posting.kind], posting.id
