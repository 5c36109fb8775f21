"""Orders whose lines went to the unknown item: which are found, planned anew and sent again."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import standing
from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    Event,
    KeapOrder,
    KeapOrderProduct,
    Kind,
    OrderStatus,
    Posting,
)
from qbwc_service.ledger.send_again import (
    UnknownItemOrder,
    after_deletion,
    corrected_by_hand,
    orders_with_unknown_item,
    plan_unsent_again,
)
from qbwc_service.ledger.states import State
from qbwc_service.matching.reasons import (
    CORRECTED_BY_HAND,
    LINE_TO_UNKNOWN,
    SKU_TO_UNKNOWN,
    TAX_CHOSEN,
)
from qbwc_service.planning.order import Override
from tests.ledger_rows import NOON, add_error, add_order, add_posting


def sells(
    db: Session, connection: Connection, order_id: int, key: str, rule: str = SKU_TO_UNKNOWN
) -> None:
    row = KeapOrderProduct(connection_id=connection.id, order_id=order_id, key=key, rule=rule)
    db.add(row)


def has(db: Session, connection: Connection, order_id: int, state: State | None) -> None:
    """An order, and its form in that state."""
    add_order(db, connection.id, order_id)
    if state is not None:
        posted = state is State.POSTED
        record: dict[str, Any] = {"record_id": f"T-{order_id}"} if posted else {}
        add_posting(db, connection.id, order_id, state=state, **record)
    db.flush()
    standing.refresh(db, connection.id, [order_id])


def row(db: Session, connection: Connection, order_id: int) -> KeapOrder:
    of = {"connection_id": connection.id, "keap_id": order_id}
    return db.scalars(select(KeapOrder).filter_by(**of)).one()


# -- found -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (None, UnknownItemOrder(7, "Ann Lee", "", False, False, False, "invoice")),
        (State.READY, UnknownItemOrder(7, "Ann Lee", "7", False, False, False, "invoice")),
        (State.SENT, UnknownItemOrder(7, "Ann Lee", "7", False, True, False, "invoice")),
        (State.POSTED, UnknownItemOrder(7, "Ann Lee", "7", True, False, False, "invoice")),
    ],
)
def test_an_order_is_shown_with_where_its_form_is(
    db: Session, acme: Connection, state: State | None, found: UnknownItemOrder
) -> None:
    has(db, acme, 7, state)
    sells(db, acme, 7, "SOAP")
    assert orders_with_unknown_item(db, acme.id, "SOAP", 5) == [found]


def test_the_newest_orders_of_that_product_alone_are_shown(
    db: Session, acme: Connection, other: Connection
) -> None:
    for order_id in (7, 8, 9, 10):
        has(db, acme, order_id, State.READY)
        has(db, other, order_id, State.READY)
    sells(db, acme, 7, "SOAP")
    sells(db, acme, 8, "SOAP", LINE_TO_UNKNOWN)
    sells(db, acme, 9, "SOAP", TAX_CHOSEN)
    sells(db, acme, 10, "BRUSH")
    sells(db, other, 10, "SOAP")

    def numbers(limit: int) -> Sequence[int]:
        return [each.order_id for each in orders_with_unknown_item(db, acme.id, "SOAP", limit)]

    assert numbers(5) == [8, 7]
    assert numbers(1) == [8]


# -- planned anew ----------------------------------------------------------------------------------


def test_only_unsent_orders_of_those_products_follow_the_choice(
    db: Session, acme: Connection, other: Connection
) -> None:
    orders = {
        1: (acme, State.READY, "SOAP", SKU_TO_UNKNOWN),
        2: (acme, None, "BRUSH", ""),
        3: (acme, State.POSTED, "SOAP", SKU_TO_UNKNOWN),
        4: (acme, State.READY, "SAW", ""),
        5: (acme, State.READY, "SOAP", TAX_CHOSEN),
        6: (other, State.READY, "SOAP", ""),
        7: (acme, State.SENT, "SOAP", LINE_TO_UNKNOWN),
    }
    for order_id, (connection, state, key, rule) in orders.items():
        has(db, connection, order_id, state)
        sells(db, connection, order_id, key, rule or SKU_TO_UNKNOWN)
        add_error(db, connection.id, "unknown-item-used", order_id=order_id)
        add_error(db, connection.id, "item-inactive", order_id=order_id)
    row(db, acme, 2).has_work = False
    db.flush()
    plan_unsent_again(db, acme.id, ["SOAP", "BRUSH"], NOON)
    planned = db.scalars(select(KeapOrder).where(KeapOrder.needs_plan).order_by(KeapOrder.keap_id))
    assert [(each.keap_id, each.has_work) for each in planned] == [(1, True), (2, True)]
    solved = db.scalars(select(ErrorEntry).where(ErrorEntry.solved_at.is_not(None)))
    assert sorted((each.order_id, each.message) for each in solved) == [
        (1, "unknown-item-used"),
        (2, "unknown-item-used"),
    ]


def test_an_order_of_the_same_number_in_another_connection_follows_nothing(
    db: Session, acme: Connection, other: Connection
) -> None:
    for connection in (acme, other):
        has(db, connection, 7, State.READY)
    sells(db, other, 7, "SOAP")
    plan_unsent_again(db, acme.id, ["SOAP"], NOON)
    assert not row(db, acme, 7).needs_plan
    assert not row(db, other, 7).needs_plan


def test_what_was_corrected_by_hand_is_told_and_found_no_more(
    db: Session, acme: Connection, other: Connection
) -> None:
    for connection in (acme, other):
        for order_id in (7, 8):
            has(db, connection, order_id, State.POSTED)
            sells(db, connection, order_id, "SOAP")
    sells(db, acme, 7, "BRUSH")
    assert corrected_by_hand(db, acme, "SOAP", [7], who="Bea", now=NOON) == 1
    db.flush()
    corrected = select(KeapOrderProduct).where(KeapOrderProduct.rule == CORRECTED_BY_HAND)
    assert [(each.connection_id, each.order_id, each.key) for each in db.scalars(corrected)] == [
        (acme.id, 7, "SOAP")
    ]
    assert [(each.who, each.order_id, each.text) for each in db.scalars(select(Event))] == [
        ("Bea", 7, "The item was corrected in QuickBooks")
    ]


# -- sent again ------------------------------------------------------------------------------------


def test_only_what_was_to_be_sent_again_is_once_its_own_form_is_deleted(
    db: Session, acme: Connection
) -> None:
    for order_id in (7, 8, 9):
        has(db, acme, order_id, State.POSTED)
    for order_id in (7, 9):
        row(db, acme, order_id).overrides = [Override.SEND_AGAIN]
    gone = [each for each in db.scalars(select(Posting)) if each.order_id in {7, 8}]
    for posting in gone:
        posting.state = State.GONE
    db.flush()
    after_deletion(db, acme, gone, NOON)
    again = db.scalars(select(Posting).where(Posting.generation == 2))
    assert [(each.order_id, each.state) for each in again] == [(7, State.READY)]
    assert row(db, acme, 8).status is not OrderStatus.READY


def test_a_deleted_payment_sends_no_form_again(db: Session, acme: Connection) -> None:
    has(db, acme, 7, State.POSTED)
    row(db, acme, 7).overrides = [Override.SEND_AGAIN]
    add_posting(db, acme.id, 7, Kind.PAYMENT, State.GONE)
    db.flush()
    gone = db.scalars(select(Posting).where(Posting.kind == Kind.PAYMENT)).all()
    after_deletion(db, acme, gone, NOON)
    assert db.scalars(select(Posting).where(Posting.generation == 2)).all() == []
