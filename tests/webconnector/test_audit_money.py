"""Traps of an auditor, about money: what Keap, people and settings change after something was sent
is never made twice in QuickBooks, and nothing waits for a reason that is not true."""

import dataclasses
from decimal import Decimal

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.ledger.decisions import Decisions
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from tests.webconnector.test_audit_matching import Before
from tests.webconnector.test_every_kind_of_sale import balances, credited, refunded
from tests.webconnector.test_recovery import updates_until_quiet
from tests.world import World, paid, product, sale

EDITED = "payment-edited-after-sending"


def sold(world: World, *rows: ReceivedPayment, **settings: str) -> None:
    """Order 100 of 100.00 with these rows is in QuickBooks; items and accounts are chosen."""
    chosen = {
        "refunds_to_approve": "0",
        "refund_item": "Keap Refund",
        "credit_item": "Keap Credit",
        "refund_account": "Checking",
    }
    world.set(**chosen | settings)
    world.keap_has(sale(100, product(price=10000)), payments=rows)
    updates_until_quiet(world)


def money(world: World) -> list[tuple[str, Decimal]]:
    """Every record that moves money or credit, with its total."""
    books = world.books()
    return sorted(
        (
            *(("payment", each.total) for each in books.payments),
            *(("memo", each.total) for each in books.credit_memos),
            *((each.kind, each.total) for each in books.refunds),
        )
    )


def skip_payment(world: World, payment_id: int) -> None:
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        Decisions(db, connection, "Bea", world.clock.now).skip_payment(payment_id)


# -- Keap changes its mind -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (credited(100, 2000, 1), paid(100, 2000, payment_id=1)),
        (paid(100, 2000, payment_id=1), credited(100, 2000, 1)),
        (paid(100, 2000, payment_id=1), refunded(100, 2000, 1)),
    ],
    ids=["credit becomes cash", "cash becomes credit", "cash becomes a refund"],
)
def test_what_was_sent_as_one_thing_is_never_sent_as_another_too(
    world: World, before: ReceivedPayment, after: ReceivedPayment
) -> None:
    other = paid(100, 5000, payment_id=9)
    sold(world, before, other, refunds="card-refund")
    there = money(world)
    world.keap_has(payments=[after])
    updates_until_quiet(world)
    assert money(world) == there
    assert balances(world) == {"100": 30}
    assert world.payment_statuses()[1] == ("held", EDITED)


# -- settings change -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [("card-refund", "cheque"), ("cheque", "card-refund"), ("credit-memo", "card-refund")],
)
def test_a_refund_that_is_done_stays_as_it_was_done_whatever_settings_say_later(
    world: World, before: str, after: str
) -> None:
    rows = paid(100, 10000, payment_id=1), refunded(100, 3000, 2)
    sold(world, *rows, refunds=before)
    there = money(world)
    world.set(refunds=after)
    world.keap_has(sale(100, product(price=10000)), payments=rows)
    updates_until_quiet(world)
    assert money(world) == there
    assert world.statuses() == {100: ("posted", "")}
    assert world.errors() == []


def test_a_credit_memo_that_lowered_what_is_due_is_not_paid_out_when_the_payment_comes(
    world: World,
) -> None:
    rows = paid(100, 10100, payment_id=1), refunded(100, 3000, 2)
    sold(world, *rows, refunds="card-refund")
    assert balances(world) == {"100": 70}
    world.set(overpayments="credit")
    updates_until_quiet(world)
    assert money(world) == [("memo", Decimal("30.00"))]
    assert world.payment_statuses() == {
        1: ("held", "invoice-paid-already"),
        2: ("posted", ""),
    }


# -- undone, gone, and sent again ------------------------------------------------------------------


def undone(world: World) -> None:
    world.decide().undo(100)
    updates_until_quiet(world)


def requeued(world: World) -> None:
    world.decide().requeue(100)
    updates_until_quiet(world)


def next_day(world: World) -> None:
    world.clock.pass_time(hours=21)
    updates_until_quiet(world)


def test_an_order_that_was_two_forms_before_comes_back_as_one(world: World) -> None:
    sold(world, paid(100, 10000, payment_id=1), transaction="sales-receipt")
    for form in ("invoice-and-payments", "sales-receipt", "sales-receipt"):
        undone(world)
        world.set(transaction=form)
        requeued(world)
    living = [p for p in world.postings() if p.kind.is_sale and p.state != "undone"]
    assert [p.kind for p in living] == ["sales-receipt"]
    assert [receipt.total for receipt in world.books().sales_receipts] == [100]
    assert world.books().invoices == ()
    assert world.statuses() == {100: ("posted", "")}
    assert world.payment_statuses() == {1: ("posted", "")}


def test_a_refund_that_was_undone_and_went_another_way_shows_as_posted(world: World) -> None:
    rows = paid(100, 10000, payment_id=1), refunded(100, 3000, 2)
    sold(world, *rows, refunds="cheque")
    undone(world)
    world.set(refunds="card-refund")
    requeued(world)
    assert [refund.kind for refund in world.books().refunds] == ["card"]
    assert world.payment_statuses() == {1: ("posted", ""), 2: ("posted", "")}


def test_a_refund_that_was_deleted_and_went_another_way_is_held_no_more(world: World) -> None:
    rows = paid(100, 10000, payment_id=1), refunded(100, 3000, 2)
    sold(world, *rows, refunds="cheque")
    world.human.delete_txn(world.books().refunds[0].txn_id)
    next_day(world)
    assert world.payment_statuses()[2] == ("held", "gone-from-quickbooks")
    world.set(refunds="card-refund")
    requeued(world)
    assert [refund.kind for refund in world.books().refunds] == ["card"]
    assert world.statuses() == {100: ("posted", "")}
    assert world.payment_statuses()[2] == ("posted", "")


def test_a_refund_whose_credit_memo_was_deleted_hangs_loose_and_that_is_shown(
    world: World,
) -> None:
    rows = paid(100, 10000, payment_id=1), refunded(100, 3000, 2)
    sold(world, *rows, refunds="card-refund")
    world.human.delete_txn(world.books().credit_memos[0].txn_id)
    next_day(world)
    requeued(world)
    assert money(world) == [
        ("card", Decimal("30.00")),
        ("memo", Decimal("30.00")),
        ("payment", Decimal("100.00")),
    ]
    assert world.payment_statuses()[2] == ("held", "refund-not-applied")
    assert world.errors() == ["refund-not-applied"]


# -- people decide ---------------------------------------------------------------------------------


def test_what_a_person_skipped_leaves_the_invoice_to_the_other_payment(world: World) -> None:
    world.set(overpayments="hold")
    rows = [paid(100, 10000, payment_id=1), paid(100, 10000, payment_id=2)]
    world.keap_has(sale(100, product(price=10000)), payments=rows)
    skip_payment(world, 1)
    updates_until_quiet(world)
    assert world.payments() == [("K2", "100.00", "100")]
    assert world.payment_statuses() == {1: ("skipped-by-you", ""), 2: ("posted", "")}


def test_a_wrong_refund_that_is_skipped_holds_the_right_one_no_more(world: World) -> None:
    rows = paid(100, 10000, payment_id=1), refunded(100, 15000, 2), refunded(100, 3000, 3)
    sold(world, *rows)
    assert world.payment_statuses()[3] == ("held", "refund-more-than-paid")
    skip_payment(world, 2)
    updates_until_quiet(world)
    assert [memo.total for memo in world.books().credit_memos] == [30]
    assert world.payment_statuses() == {
        1: ("posted", ""),
        2: ("skipped-by-you", ""),
        3: ("posted", ""),
    }
    assert world.errors() == []


def test_a_refund_that_keap_takes_back_before_it_is_approved_is_told_no_more(
    world: World,
) -> None:
    refund = refunded(100, 3000, 2)
    sold(world, paid(100, 10000, payment_id=1), refund, refunds_to_approve="10")
    assert world.errors() == ["refund-to-approve"]
    world.keap_has(payments=[dataclasses.replace(refund, kind=PaymentKind.NOT_COMPLETED)])
    updates_until_quiet(world)
    assert world.errors() == []
    assert world.statuses() == {100: ("posted", "")}


# -- what is left of it in the books ---------------------------------------------------------------


def test_money_paid_too_much_is_not_given_back_by_a_credit_memo(world: World) -> None:
    paid_120 = paid(100, 12000, payment_id=1)
    sold(world, paid_120, overpayments="credit", refunds="card-refund")
    world.keap_has(payments=[refunded(100, 2000, 2)])
    updates_until_quiet(world)
    assert money(world) == [("payment", Decimal("120.00"))]
    assert world.payment_statuses()[2] == ("held", "refund-of-overpayment")


def test_a_refund_that_was_undone_and_is_a_credit_memo_alone_by_now_shows_as_posted(
    world: World,
) -> None:
    rows = paid(100, 10000, payment_id=1), refunded(100, 3000, 2)
    sold(world, *rows, refunds="card-refund")
    undone(world)
    world.set(refunds="credit-memo")
    requeued(world)
    assert [memo.remaining for memo in world.books().credit_memos] == [30]
    assert world.payment_statuses()[2] == ("posted", "")


def test_an_order_that_was_void_is_void_again_when_it_is_made_anew(world: World) -> None:
    rows = paid(100, 10000, payment_id=1), refunded(100, 10000, 2)
    sold(world, *rows, transaction="invoice", refund_unpaid="void")
    assert balances(world) == {"100": 0}
    world.human.delete_invoice(world.books().invoices[0].txn_id)
    requeued(world)
    assert [(each.number, each.total) for each in world.books().invoices] == [("100", 0)]
    assert world.payment_statuses()[2] == ("posted", "")


def test_a_refund_that_keap_corrects_later_gives_back_what_its_credit_memo_has(
    world: World,
) -> None:
    sold(world, paid(100, 10000, payment_id=1), refunds="card-refund")
    other = world.human.type_credit_memo("Ann Lee", [("NAIL", "10.00")], number="Z9")
    in_the_way = world.human.type_card_refund(other, "10.00", number="100")
    world.keap_has(payments=[refunded(100, 1000, 2)])
    updates_until_quiet(world)
    assert world.payment_statuses()[2] == ("held", "memo-number-taken")
    world.human.delete_txn(in_the_way)
    world.keap_has(payments=[refunded(100, 1500, 2)])
    requeued(world)
    memo, refund = world.books().credit_memos[-1], world.books().refunds[-1]
    assert (memo.total, memo.remaining, refund.total) == (10, 0, 10)
    assert world.payment_statuses()[2] == ("held", EDITED)


def test_a_refund_of_an_order_that_was_made_smaller_is_no_overpayment(world: World) -> None:
    sold(world, paid(100, 10000, payment_id=1), edited_orders="update", refunds="card-refund")
    world.keap_has(sale(100, product(price=8000)), payments=[refunded(100, 2000, 2)])
    updates_until_quiet(world)
    world.decide().accept(100)
    updates_until_quiet(world)
    assert [memo.total for memo in world.books().credit_memos] == [20]
    assert [refund.total for refund in world.books().refunds] == [20]
    assert world.statuses() == {100: ("posted", "")}


def test_looks_right_leaves_open_what_another_row_of_the_order_waits_for(world: World) -> None:
    sold(world, paid(100, 10000, payment_id=1), refunds_to_approve="5")
    world.keap_has(payments=[paid(100, 9000, payment_id=1), refunded(100, 1000, 2)])
    updates_until_quiet(world)
    world.decide().accept(100)
    assert world.statuses() == {100: ("held", "refund-to-approve")}
    assert world.errors() == ["refund-to-approve"]


def test_a_credit_memo_that_a_person_made_void_is_not_said_to_be_used_elsewhere(
    world: World,
) -> None:
    sold(world)
    world.keap_has(payments=[credited(100, 1000, 1)])
    act = Before(world, "<CreditMemoAdd", lambda: void_the_memo(world), after=True)
    world.web_connector(quickbooks=act).update()
    updates_until_quiet(world)
    assert world.payment_statuses() == {1: ("held", "credit-memo-void")}
    assert world.errors() == ["credit-memo-void"]


def void_the_memo(world: World) -> None:
    world.human.void_txn(world.books().credit_memos[0].txn_id)
