"""An order goes to QuickBooks with its payments read, and only if they are all there."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qbwc_service.connections import lock_connection
from qbwc_service.ledger import queue
from qbwc_service.ledger.decisions import Decisions
from qbwc_service.ledger.models import OrderStatus
from qbwc_service.planning.order import PaymentKind
from qbwc_service.staging import checks
from qbwc_service.staging.failures import SyncFailed
from qbwc_service.staging.slices import Slice
from tests.staging.joined import NAME, Joined


def change_account(joined: Joined, **answers: Any) -> None:
    """Play other answers to what Keap's documents leave open."""
    joined.shop.account = replace(joined.shop.account, **answers)


def sendable(joined: Joined) -> set[int]:
    with joined.database.reading() as db:
        now, connection_id = joined.clock(), joined.connection().id
        found = queue.orders_with_work(db, connection_id, now, limit=100)
        return {order.keap_id for order in found}


def test_an_order_whose_payments_could_not_be_read_is_not_sent(joined: Joined) -> None:
    number = joined.order(paid=1000)
    joined.trouble("forbidden", path="sales/payments")
    with pytest.raises(SyncFailed):
        joined.sync()
    assert (set(joined.orders()), sendable(joined)) == ({number}, set())
    joined.keap.faults.clear()
    joined.sync()
    assert sendable(joined) == {number}


def test_payments_that_do_not_come_to_what_keap_says_hold_the_order(joined: Joined) -> None:
    joined.load_mirror()
    number = joined.order(paid=400)
    paid = joined.shop.orders[str(number)]["total_paid"] | {"amount": 700}
    joined.shop.orders.change(str(number), total_paid=paid)
    joined.sync()
    order = joined.orders()[number]
    assert (order.status, order.cause) == (OrderStatus.HELD, "payments-do-not-add-up")
    assert ("payments-do-not-add-up", number) in joined.open_errors()
    with joined.database.writing("test") as db:
        Decisions(db, lock_connection(db, NAME), "Ann", joined.clock()).accept(number)
    joined.sync()
    assert joined.orders()[number].cause != "payments-do-not-add-up"


def test_a_payment_typed_between_the_two_lists_is_asked_for_again(joined: Joined) -> None:
    joined.load_mirror()
    number = joined.order()

    def typed_meanwhile(resource: str, _count: int) -> None:
        if resource == "payments" and not joined.shop.payments:
            return
        if resource == "contacts" and not joined.shop.payments:
            joined.shop.pay(str(number), 1000)

    joined.sync(progress=typed_meanwhile)
    order = joined.orders()[number]
    assert (order.total_paid, order.cause) == (1000, "account-not-chosen")
    assert len(joined.payments()) == 1


def test_a_payment_older_than_what_was_read_comes_with_the_order_that_needs_it(
    joined: Joined,
) -> None:
    number = joined.order(paid=1000)
    joined.change_connection(payments_watermark=40_000)
    joined.sync()
    assert {order_id for _, order_id in joined.payments()} == {number}


@pytest.mark.parametrize("unit", ["major", "minor"])
def test_the_unit_of_an_orders_payments_is_settled_by_five_orders(
    joined: Joined, unit: str
) -> None:
    change_account(joined, order_payments_in=unit)
    for _ in range(4):
        joined.order(paid=1000)
    joined.sync()
    assert joined.connection().order_payment_unit == ""
    joined.order(paid=1000)
    joined.sync()
    assert joined.connection().order_payment_unit == unit
    asked = len(joined.keap.requests)
    joined.sync()
    assert len(joined.keap.requests) == asked + 2


def test_orders_that_cannot_tell_do_not_keep_the_unit_open(joined: Joined) -> None:
    """The newest of them was deleted while they were read."""
    numbers = [joined.order(paid=1000) for _ in range(8)]

    def deleted_meanwhile(resource: str, _count: int) -> None:
        if resource == "payments" and str(numbers[-1]) in joined.shop.orders:
            joined.shop.delete_order(str(numbers[-1]))

    joined.sync(progress=deleted_meanwhile)
    assert joined.connection().order_payment_unit == "major"


def test_hundreds_of_instalments_do_not_hide_the_orders_that_tell_the_unit(
    joined: Joined,
) -> None:
    orders = [joined.order(paid=1000) for _ in range(5)]
    for _ in range(101):
        number = str(joined.order())
        for _ in range(2):
            joined.shop.pay(number, 500)
    joined.sync()
    assert joined.connection().order_payment_unit == "major"
    assert set(orders) <= joined.orders().keys()


def test_what_was_read_before_the_unit_was_known_is_divided_once_it_is(joined: Joined) -> None:
    first, second = joined.order(), joined.order()
    payment = joined.shop.pay_several({str(first): 1000, str(second): 500})
    joined.shop.refund(payment, order_id=str(second))
    joined.sync()
    assert joined.payments()[int(payment), second].amount == 1500
    for _ in range(5):
        joined.order(paid=1000)
    joined.sync()
    rows = joined.payments()
    assert (rows[int(payment), first].amount, rows[int(payment), second].amount) == (1000, 500)


def test_a_refund_of_two_orders_is_divided_once_the_unit_is_known(joined: Joined) -> None:
    """Nothing is left paid, so that the two orders do not tell it themselves."""
    first, second = joined.order(), joined.order()
    parts = {str(first): 1000, str(second): 500}
    back = int(joined.shop.refund_several(joined.shop.pay_several(parts), parts))
    joined.sync()
    assert joined.payments()[back, second].amount == -1500
    for _ in range(5):
        joined.order(paid=1000)
    joined.sync()
    rows = joined.payments()
    assert (rows[back, first].amount, rows[back, second].amount) == (-1000, -500)
    assert {rows[back, order].kind for order in (first, second)} == {PaymentKind.REFUND}


@pytest.mark.parametrize("unit", ["major", "minor"])
def test_a_divided_payment_is_divided_by_the_orders_own_rows(joined: Joined, unit: str) -> None:
    change_account(joined, order_payments_in=unit)
    first, second = joined.order(), joined.order()
    payment = int(joined.shop.pay_several({str(first): 1000, str(second): 250}))
    joined.sync()
    rows = joined.payments()
    assert (rows[payment, first].amount, rows[payment, second].amount) == (1000, 250)


def test_a_void_that_only_the_order_shows_is_no_money(joined: Joined) -> None:
    change_account(joined, feed_statuses="documented")
    number = joined.order()
    payment = joined.shop.pay(str(number), 1000)
    joined.shop.void_payment(payment)
    joined.sync()
    assert joined.payments()[int(payment), number].kind is PaymentKind.NOT_COMPLETED


def test_a_test_order_is_left_out(joined: Joined) -> None:
    joined.load_mirror()
    number = joined.order()
    joined.shop.pay(str(number), 1000, is_test=True)
    joined.sync()
    order = joined.orders()[number]
    assert (order.status, order.skip) == (OrderStatus.SKIPPED_BY_SETTINGS, "test-order")
    [payment] = joined.payments().values()
    assert payment.kind is PaymentKind.TEST


def test_an_order_waits_a_little_for_the_payment_typed_right_after_it(joined: Joined) -> None:
    number = joined.order()
    joined.sync(is_automatic=True)
    assert sendable(joined) == set()
    joined.clock.forward(minutes=3)
    joined.shop.pay(str(number), 1000)
    joined.sync(is_automatic=True)
    assert sendable(joined) == {number}
    assert len(joined.payments()) == 1


def test_an_order_that_is_not_paid_in_time_goes_without(joined: Joined) -> None:
    number = joined.order()
    joined.sync(is_automatic=True)
    joined.clock.forward(minutes=5)
    assert sendable(joined) == {number}


def test_who_reads_keap_by_hand_need_not_wait(joined: Joined) -> None:
    number = joined.order()
    joined.sync(is_automatic=True)
    joined.sync()
    assert sendable(joined) == {number}


def test_an_account_that_cannot_be_asked_by_ids_is_asked_by_time(joined: Joined) -> None:
    change_account(joined, orders_by_id=False, payments_by_id=False)
    number = joined.order(paid=400)
    joined.sync()
    assert set(joined.orders()) == {number}
    assert ("keap-no-walk", None) in joined.open_errors()
    asked = len(joined.keap.requests)
    joined.clock.forward(minutes=5)
    joined.sync()
    assert not any("id%3E" in one for one in joined.keap.requests[asked:])
    # Twenty hours back, and the whole of that day: it began at midnight in New York.
    since = joined.asked("sales/payments")[-1]
    assert "since_time%3D%3D2026-11-01T04%3A00%3A00.000Z" in since
    joined.clock.forward(days=1, minutes=1)
    change_account(joined, orders_by_id=True, payments_by_id=True)
    joined.sync()
    joined.sync()
    assert ("keap-no-walk", None) not in joined.open_errors()


def test_without_the_date_header_our_clock_is_taken_an_hour_early(joined: Joined) -> None:
    change_account(joined, has_date_header=False)
    joined.order()
    joined.sync()
    assert joined.connection().orders_watermark == joined.clock() - timedelta(hours=1)


def test_a_shop_can_be_empty(joined: Joined) -> None:
    assert joined.sync().changed == 0
    assert joined.connection().currency == joined.shop.account.currency


def test_many_orders_that_differ_are_done_with_slice_by_slice(
    joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "PARTS_TOGETHER", 2)
    for _ in range(7):
        number = joined.order(paid=400)
        paid = joined.shop.orders[str(number)]["total_paid"] | {"amount": 700}
        joined.shop.orders.change(str(number), total_paid=paid)
    slices = 1
    while joined.sync(piece=Slice(pages=3)).is_unfinished:
        slices += 1
        assert slices < 20
    assert all(order.is_checked for order in joined.orders().values())
