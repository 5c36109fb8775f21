"""Orders whose lines went to the unknown item: found, sent again with the right one, or corrected.

Nothing is deleted in QuickBooks by this service. An order that is there already is sent anew only
after a person deleted its form and said beforehand that it is to be: as a new generation, which
passes the look-up like every other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_service.ledger import history, queue
from qbwc_service.ledger.decisions import Decisions
from qbwc_service.ledger.kind_words import form_word
from qbwc_service.ledger.models import (
    SALES,
    Connection,
    ErrorEntry,
    KeapOrder,
    KeapOrderProduct,
    Posting,
)
from qbwc_service.ledger.sendable import sale_of
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import State
from qbwc_service.matching.reasons import CORRECTED_BY_HAND, TO_UNKNOWN_ITEM
from qbwc_service.planning.order import Override

#: what the error log says of lines that go to the unknown item
_TOLD = ("unknown-item-used", "unknown-item-for-sku")


@dataclass(frozen=True, slots=True)
class UnknownItemOrder:
    """An order that sells the product and has the unknown item for it."""

    order_id: int
    customer: str
    #: of its form; "" while none was planned
    number: str
    in_quickbooks: bool
    #: sent, and QuickBooks has not answered yet
    on_its_way: bool
    #: a person said that it is sent again once its form is deleted
    is_remembered: bool
    #: "invoice", "sales receipt" or "sales order"
    form: str


def orders_with_unknown_item(
    db: Session, connection_id: int, key: str, limit: int
) -> Sequence[UnknownItemOrder]:
    """The newest orders whose lines of this product went, or go, to the unknown item."""
    orders = db.scalars(
        select(KeapOrder)
        .join(
            KeapOrderProduct,
            (KeapOrderProduct.connection_id == KeapOrder.connection_id)
            & (KeapOrderProduct.order_id == KeapOrder.keap_id),
        )
        .where(
            KeapOrderProduct.connection_id == connection_id,
            KeapOrderProduct.key == key,
            KeapOrderProduct.rule.in_(sorted(TO_UNKNOWN_ITEM)),
        )
        .order_by(KeapOrder.keap_id.desc())
        .limit(limit)
    ).all()
    sales = _sales(db, connection_id, [order.keap_id for order in orders])
    return [_described(order, sales.get(order.keap_id)) for order in orders]


def plan_unsent_again(
    db: Session, connection_id: int, keys: Collection[str], now: datetime
) -> None:
    """Orders with the unknown item for these products that are not sent yet follow the choice.

    What the error log says of them is true no more; planning tells what still is.
    """
    selling = select(KeapOrderProduct.order_id).where(
        KeapOrderProduct.connection_id == connection_id,
        KeapOrderProduct.key.in_(sorted(keys)),
        KeapOrderProduct.rule.in_(sorted(TO_UNKNOWN_ITEM)),
    )
    unsent = select(KeapOrder.keap_id).where(
        KeapOrder.connection_id == connection_id,
        KeapOrder.keap_id.in_(selling),
        KeapOrder.status.in_(sorted(queue.UNSENT)),
    )
    follows = KeapOrder.connection_id == connection_id, KeapOrder.keap_id.in_(unsent)
    told = (
        ErrorEntry.connection_id == connection_id,
        ErrorEntry.order_id.in_(unsent),
        ErrorEntry.message.in_(_TOLD),
        ErrorEntry.solved_at.is_(None),
    )
    options = {"synchronize_session": "fetch"}
    db.execute(
        update(KeapOrder).where(*follows).values(needs_plan=True, has_work=True),
        execution_options=options,
    )
    db.execute(update(ErrorEntry).where(*told).values(solved_at=now), execution_options=options)


def corrected_by_hand(
    db: Session,
    connection: Connection,
    key: str,
    order_ids: Collection[int],
    *,
    who: str,
    now: datetime,
) -> int:
    """A person corrected the item on these forms in QuickBooks; gives how many there were."""
    found = db.scalars(
        select(KeapOrderProduct).where(
            KeapOrderProduct.connection_id == connection.id,
            KeapOrderProduct.key == key,
            KeapOrderProduct.order_id.in_(sorted(order_ids)),
            KeapOrderProduct.rule.in_(sorted(TO_UNKNOWN_ITEM)),
        )
    ).all()
    for row in found:
        row.rule = CORRECTED_BY_HAND
        text = "The item was corrected in QuickBooks"
        history.note(db, connection.id, text, now=now, order_id=row.order_id, who=who)
    return len(found)


def after_deletion(
    db: Session, connection: Connection, deleted: Iterable[Posting], now: datetime
) -> None:
    """Forms that were just deleted in QuickBooks: those that wait for it are sent again."""
    order_ids = {posting.order_id for posting in deleted if posting.kind.is_sale} - {None}
    orders = db.scalars(
        select(KeapOrder)
        .where(
            KeapOrder.connection_id == connection.id,
            KeapOrder.keap_id.in_(sorted(order_id for order_id in order_ids if order_id)),
        )
        .order_by(KeapOrder.keap_id)
    ).all()
    for order in orders:
        if Override.SEND_AGAIN in order.overrides:
            Decisions(db, connection, history.SERVICE, now).requeue(order.keap_id)


def _sales(db: Session, connection_id: int, order_ids: Sequence[int]) -> dict[int, Posting | None]:
    found = current(
        db.scalars(
            select(Posting).where(
                Posting.connection_id == connection_id,
                Posting.order_id.in_(order_ids),
                Posting.kind.in_(SALES),
            )
        )
    )
    of_order: dict[int, list[Posting]] = defaultdict(list)
    for posting in found.values():
        of_order[posting.order_id or 0].append(posting)
    return {order_id: sale_of(postings) for order_id, postings in of_order.items()}


def _described(order: KeapOrder, sale: Posting | None) -> UnknownItemOrder:
    state = sale.state if sale else None
    return UnknownItemOrder(
        order.keap_id,
        order.customer_name,
        sale.number if sale else "",
        in_quickbooks=state is State.POSTED,
        on_its_way=state is State.SENT,
        is_remembered=Override.SEND_AGAIN in order.overrides,
        form=form_word(sale),
    )
