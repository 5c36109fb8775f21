"""Traps of an auditor, about money: what Keap, people and settings change after something was sent
is never made twice in QuickBooks, and nothing waits for a reason that is not true."""

from decimal import Decimal

import pytest

from qbwc_service.planning.order import ReceivedPayment
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
