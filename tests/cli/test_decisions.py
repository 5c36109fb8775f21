"""requeue, hold, skip, link, renumber, approve, accept, undo."""

import pytest
from sqlalchemy import select

from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger.models import (
    KeapOrder,
    KeapPayment,
    OrderStatus,
    PaymentStatus,
    Posting,
)
from qbwc_service.ledger.states import State
from tests.cli.conftest import Shell
from tests.ledger_rows import add_order, add_payment, add_posting


@pytest.fixture(autouse=True)
def books(migrated: Database, acme: dict[str, str]) -> None:
    """101 and 102 are held, 103 waits unplanned, 104 is in QuickBooks, 105 is on its way."""
    with migrated.writing("test") as db:
        own = find_connection(db, "acme").id
        for order_id in (101, 102):
            add_order(db, own, order_id, status=OrderStatus.HELD, cause="number-taken")
            add_posting(db, own, order_id, state=State.HELD, cause="number-taken")
        add_order(db, own, 103, status=OrderStatus.NEW, needs_plan=True)
        add_order(db, own, 104, status=OrderStatus.POSTED)
        add_posting(db, own, 104, state=State.POSTED, record_id="1-A")
        add_order(db, own, 105, status=OrderStatus.SENT)
        add_posting(db, own, 105, state=State.SENT)


def statuses(database: Database) -> dict[int, str]:
    with database.reading() as db:
        rows = db.execute(select(KeapOrder.keap_id, KeapOrder.status)).all()
    return {keap_id: status.value for keap_id, status in rows}


def test_each_order_is_told_and_one_refusal_does_not_stop_the_others(
    shell: Shell, migrated: Database
) -> None:
    outcome = shell("requeue", "acme", "101-102,104", "105", "999")
    assert outcome.out == (
        "Order 101 will be sent.\n"
        "Order 102 will be sent.\n"
        "Order 104 was not changed: it is in QuickBooks already; sending it again would make it "
        "twice.\n"
        "Order 105 was not changed: it was sent and its answer is not known yet; that is settled "
        "at the next update.\n"
        "Order 999 was not changed: no such order was read from Keap.\n"
    )
    assert (outcome.code, outcome.err) == (1, "")
    assert statuses(migrated) == {
        101: "ready",
        102: "ready",
        103: "new",
        104: "posted",
        105: "sent",
    }


def test_exit_code_is_0_when_all_was_done(shell: Shell) -> None:
    assert shell("requeue", "acme", "101", "102").code == 0


@pytest.mark.parametrize(
    ("command", "line", "after"),
    [
        ("hold", "Order 103 is held.\n", "held"),
        ("skip", "Order 103 is skipped.\n", "skipped-by-you"),
        ("undo", "Order 103 is taken back.\n", "skipped-by-you"),
    ],
)
def test_what_is_not_sent_can_be_held_skipped_and_taken_back(
    shell: Shell, migrated: Database, command: str, line: str, after: str
) -> None:
    outcome = shell(command, "acme", "103")
    assert (outcome.code, outcome.out) == (0, line)
    assert statuses(migrated)[103] == after


@pytest.mark.parametrize("command", ["hold", "skip", "accept"])
def test_what_a_refused_decision_began_is_rolled_back(
    shell: Shell, migrated: Database, command: str
) -> None:
    before = statuses(migrated)
    assert shell(command, "acme", "104").code == 1
    assert statuses(migrated) == before


def test_link_says_that_the_order_is_that_invoice(shell: Shell, migrated: Database) -> None:
    outcome = shell("link", "acme", "101", "4B2-1")
    assert (outcome.code, outcome.out) == (0, "Order 101 is linked to 4B2-1.\n")
    with migrated.reading() as db:
        posting = db.scalars(select(Posting).where(Posting.order_id == 101)).one()
    assert (posting.state, posting.record_id, posting.linked) == (State.POSTED, "4B2-1", True)
    again = shell("link", "acme", "102", "4B2-1")
    assert (again.code, again.out) == (
        1,
        "Order 102 was not changed: 4B2-1 belongs to order 101 already.\n",
    )


def test_accept_says_that_a_difference_is_right(shell: Shell, migrated: Database) -> None:
    with migrated.writing("test") as db:
        order = db.scalars(select(KeapOrder).where(KeapOrder.keap_id == 104)).one()
        order.content_hash = "edited"
    outcome = shell("accept", "acme", "104")
    assert (outcome.code, outcome.out) == (0, "Order 104 is accepted as it is.\n")
    with migrated.reading() as db:
        posting = db.scalars(select(Posting).where(Posting.order_id == 104)).one()
    assert posting.planned_hash == "edited"


def test_renumber_gives_one_order_a_prefix_of_its_own(shell: Shell, migrated: Database) -> None:
    outcome = shell("renumber", "acme", "101", "K-")
    assert (outcome.code, outcome.out) == (0, "Order 101 gets the prefix K-.\n")
    with migrated.reading() as db:
        order = db.scalars(select(KeapOrder).where(KeapOrder.keap_id == 101)).one()
    assert (order.own_prefix, order.needs_plan) == ("K-", True)


@pytest.mark.parametrize(
    ("order", "prefix", "reason"),
    [
        ("102", "much-too-long", "at most 6 characters, so that the number still fits"),
        ("102", " ", "write the letters that go before its number"),
        ("104", "K-", "it is in QuickBooks already"),
    ],
)
def test_renumber_is_refused_with_the_reason(
    shell: Shell, migrated: Database, order: str, prefix: str, reason: str
) -> None:
    before = statuses(migrated)
    outcome = shell("renumber", "acme", order, prefix)
    assert (outcome.code, outcome.out) == (1, f"Order {order} was not changed: {reason}.\n")
    assert statuses(migrated) == before


def test_refunds_are_approved_by_their_payment_numbers(shell: Shell, migrated: Database) -> None:
    with migrated.writing("test") as db:
        own = find_connection(db, "acme").id
        add_payment(db, own, 70, 104, amount=-500, status=PaymentStatus.HELD)
        add_payment(db, own, 71, 104, amount=500, status=PaymentStatus.HELD)
    outcome = shell("approve", "acme", "70", "71", "72")
    assert outcome.out.splitlines() == [
        "Refund 70 is approved.",
        "Payment 71 was not changed: it is no refund.",
        "Payment 72 was not changed: no such payment was read from Keap.",
    ]
    assert outcome.code == 1
    assert shell("approve", "acme", "70").out == (
        "Payment 70 was not changed: it is approved already.\n"
    )


def test_numbers_that_cannot_be_read_change_nothing(shell: Shell, migrated: Database) -> None:
    before = statuses(migrated)
    outcome = shell("requeue", "acme", "101", "x")
    assert outcome.code == 2
    assert '"x" is not an order number like 1001 or a range like 1001-1010.' in outcome.err
    assert statuses(migrated) == before


def test_a_payment_alone_is_skipped(shell: Shell, migrated: Database) -> None:
    with migrated.writing("test") as db:
        own = find_connection(db, "acme").id
        add_payment(db, own, 123, 12, status=PaymentStatus.HELD)
    outcome = shell("skip", "acme", "103", "--payment", "123", "--payment", "9")
    assert outcome.out == (
        "Order 103 is skipped.\n"
        "Payment 123 is skipped.\n"
        "Payment 9 was not changed: no such payment was read from Keap.\n"
    )
    assert outcome.code == 1
    with migrated.reading() as db:
        row = db.scalars(select(KeapPayment)).one()
    assert row.status is PaymentStatus.SKIPPED_BY_YOU


def test_skip_of_nothing_asks_for_an_order_or_a_payment(shell: Shell) -> None:
    outcome = shell("skip", "acme")
    assert outcome.code == 2
    assert "Name an order, or a payment with --payment." in outcome.err


def test_only_what_is_in_quickbooks_is_sent_again_once_it_is_deleted(
    shell: Shell, migrated: Database
) -> None:
    outcome = shell("send-again", "acme", "104,101")
    assert outcome.code == 1
    assert outcome.out.splitlines() == [
        "Order 104 is sent again once it is deleted in QuickBooks.",
        "Order 101 was not changed: its invoice is not in QuickBooks.",
    ]
    with migrated.reading() as db:
        order = db.scalars(select(KeapOrder).where(KeapOrder.keap_id == 104)).one()
    assert order.overrides == ["send-again"]


def test_undo_shows_first_and_then_has_it_deleted(shell: Shell, migrated: Database) -> None:
    shown = shell("undo", "acme", "104", "--preview")
    assert shown.out.startswith(
        "Order 104 would be deleted in QuickBooks at the next update:\n  Invoice"
    )
    assert statuses(migrated)[104] == "posted"
    done = shell("undo", "acme", "104")
    assert done.out.startswith("Order 104 will be deleted in QuickBooks at the next update:\n")
    assert (done.code, statuses(migrated)[104]) == (0, "ready")


def test_undo_of_an_update_that_posted_nothing_says_so(shell: Shell) -> None:
    outcome = shell("undo", "acme", "--run", "57")
    assert outcome.out == "Nothing that update 57 posted is in QuickBooks.\n"
    assert outcome.code == 0


def test_undo_needs_orders_or_an_update(shell: Shell) -> None:
    assert shell("undo", "acme").code == 2
    assert shell("undo", "acme", "104", "--run", "57").code == 2
