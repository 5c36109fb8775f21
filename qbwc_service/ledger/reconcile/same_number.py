"""What QuickBooks has under the numbers of chosen orders, as it was read last: evidence for a
person who says that an order is there already."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import SALES, Connection, KeapOrder, QuickbooksTxn
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.matching.keys import name_key


@dataclass(frozen=True, slots=True)
class Found:
    """A form of QuickBooks with the order's number; the amount is in minor units."""

    txn_id: str
    number: str
    customer: str
    day: date | None
    total: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """An order, and all that has its number."""

    order: KeapOrder
    found: Sequence[Found]

    @property
    def only(self) -> Found | None:
        """The one record there is, where its total is the order's."""
        one = self.found[0] if len(self.found) == 1 else None
        return one if one is not None and one.total == self.order.total else None


def with_same_number(
    db: Session, connection: Connection, order_ids: Collection[int]
) -> Sequence[Numbered]:
    """Those of the orders that were read, by number, in two statements."""
    orders = db.scalars(
        select(KeapOrder)
        .where(KeapOrder.connection_id == connection.id, KeapOrder.keap_id.in_(order_ids))
        .order_by(KeapOrder.keap_id)
    ).all()
    numbers = {order.keap_id: _numbers(connection, order) for order in orders}
    by_number: dict[str, list[Found]] = defaultdict(list)
    for row in db.execute(
        select(
            QuickbooksTxn.txn_id,
            QuickbooksTxn.ref_number,
            QuickbooksTxn.number_key,
            QuickbooksTxn.customer_name,
            QuickbooksTxn.txn_date,
            QuickbooksTxn.total,
        )
        .where(
            QuickbooksTxn.connection_id == connection.id,
            QuickbooksTxn.number_key.in_(sorted(set().union(*numbers.values()))),
            QuickbooksTxn.kind.in_(SALES),
        )
        .order_by(QuickbooksTxn.txn_date, QuickbooksTxn.txn_id)
    ):
        by_number[row.number_key].append(
            Found(row.txn_id, row.ref_number, row.customer_name, row.txn_date, row.total)
        )
    return [
        Numbered(order, [each for key in sorted(numbers[order.keap_id]) for each in by_number[key]])
        for order in orders
    ]


def _numbers(connection: Connection, order: KeapOrder) -> set[str]:
    """The order's two numbers in Keap, as they are and with the prefixes that we would give."""
    prefixes = {"", order.own_prefix, effective_settings(connection).number_prefix}
    own = {str(order.keap_id), order.invoice_id} - {""}
    return {name_key(f"{prefix}{number}") for prefix in prefixes for number in own}
