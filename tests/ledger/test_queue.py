"""Which orders go next, which sets are unresolved, and what is planned again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import queue
from qbwc_service.ledger.causes import MIRROR_CAUSES
from qbwc_service.ledger.models import Connection, KeapOrder, MessageSet, UpdateSession
from tests.ledger_rows import NOON, add_order

SOON = NOON + timedelta(minutes=1)
BEFORE = NOON - timedelta(minutes=1)


def work(db: Session, connection: Connection, order_id: int, **changes: Any) -> None:
    add_order(db, connection.id, order_id, has_work=True, **changes)
    db.flush()


def next_orders(
    db: Session, connection: Connection, limit: int = 10, exclude: tuple[int, ...] = ()
) -> list[int]:
    found = queue.orders_with_work(db, connection.id, NOON, limit=limit, exclude=exclude)
    return [order.keap_id for order in found]


def test_the_longest_waiting_goes_first_then_the_lowest_number(
    db: Session, acme: Connection
) -> None:
    work(db, acme, 3)
    work(db, acme, 1, next_try_at=BEFORE)
    work(db, acme, 2)
    assert next_orders(db, acme) == [2, 3, 1]
    assert next_orders(db, acme, limit=2) == [2, 3]
    assert next_orders(db, acme, exclude=(2, 1)) == [3]


def test_what_has_no_work_is_not_due_or_belongs_to_another_waits(
    db: Session, acme: Connection, other: Connection
) -> None:
    work(db, acme, 1, next_try_at=SOON)
    work(db, other, 2)
    add_order(db, acme.id, 3, has_work=False)
    assert next_orders(db, acme) == []
    assert not queue.what_waits(db, acme.id, NOON).work
    assert queue.what_waits(db, acme.id, SOON).work
    assert queue.count_work(db, acme.id) == 1


def test_an_order_due_now_is_work(db: Session, acme: Connection) -> None:
    work(db, acme, 1, next_try_at=NOON)
    assert queue.what_waits(db, acme.id, NOON).work


def test_an_order_whose_payments_were_not_read_yet_is_no_work(
    db: Session, acme: Connection
) -> None:
    work(db, acme, 1, is_checked=False)
    assert queue.count_work(db, acme.id) == 0
    assert not queue.what_waits(db, acme.id, SOON).work


def test_suspects_of_an_unreadable_message_come_last_and_alone(
    db: Session, acme: Connection
) -> None:
    work(db, acme, 1, group_limit=2)
    work(db, acme, 2)
    assert next_orders(db, acme) == [2]
    assert next_orders(db, acme, exclude=(2,)) == [1]


def test_a_set_is_unresolved_while_it_was_sent_to_write_and_is_not_settled(
    db: Session, acme: Connection, other: Connection
) -> None:
    for connection in (acme, other):
        db.add(
            UpdateSession(
                connection_id=connection.id,
                ticket_digest=connection.name,
                remote_address="10.0.0.5",
                started_at=NOON,
                last_call_at=NOON,
            )
        )
    db.flush()
    sessions = {one.connection_id: one.id for one in db.scalars(select(UpdateSession))}

    def add(connection: Connection, request: str, **changes: Any) -> None:
        values = {"writes": True, "sent_at": NOON, "resolved_at": None} | changes
        db.add(
            MessageSet(
                connection_id=connection.id,
                session_id=sessions[connection.id],
                phase="post",
                request=request,
                prepared_at=NOON,
                **values,
            )
        )
        db.flush()

    add(acme, "first")
    add(acme, "settled", resolved_at=NOON)
    add(acme, "read", writes=False)
    add(acme, "never handed out", sent_at=None)
    add(other, "of another")
    add(acme, "second")
    assert [one.request for one in queue.unresolved_sets(db, acme.id)] == ["first", "second"]


# -- planning again --------------------------------------------------------------------------------


def again(db: Session) -> dict[int, bool]:
    found = db.scalars(select(KeapOrder).order_by(KeapOrder.keap_id))
    return {order.keap_id: order.needs_plan and order.has_work for order in found}


def test_orders_that_planning_holds_are_planned_again_and_no_other(
    db: Session, acme: Connection, other: Connection
) -> None:
    for order_id, cause in enumerate(("no-lines", "item-not-in-quickbooks", "held-by-you", ""), 1):
        add_order(db, acme.id, order_id, cause=cause, has_work=False)
    add_order(db, other.id, 9, cause="no-lines", has_work=False)
    db.flush()
    queue.plan_again(db, acme, NOON)
    assert again(db) == {1: True, 2: True, 3: False, 4: False, 9: False}
    assert (acme.plans_stale_since, other.plans_stale_since) == (NOON, None)


def test_a_change_of_the_lists_concerns_only_what_waits_for_the_lists(
    db: Session, acme: Connection
) -> None:
    for order_id, cause in enumerate(("no-lines", "item-not-in-quickbooks"), 1):
        add_order(db, acme.id, order_id, cause=cause, has_work=False)
    db.flush()
    queue.plan_again(db, acme, NOON, MIRROR_CAUSES)
    assert again(db) == {1: False, 2: True}


@pytest.mark.parametrize(
    ("stale_since", "order", "expected"),
    [
        (None, {"planned_at": NOON}, False),
        (None, {"planned_at": NOON, "needs_plan": True}, True),
        (None, {"planned_at": None}, True),
        (SOON, {"planned_at": NOON}, True),
        (NOON, {"planned_at": NOON}, False),
        (BEFORE, {"planned_at": NOON}, False),
    ],
    ids=["planned", "changed", "never planned", "stale", "of the same moment", "fresh"],
)
def test_an_order_is_planned_when_it_is_new_changed_or_stale(
    stale_since: Any, order: dict[str, Any], expected: bool
) -> None:
    connection = Connection(plans_stale_since=stale_since)
    row = KeapOrder(**({"needs_plan": False} | order))
    assert queue.needs_plan(connection, row) is expected
