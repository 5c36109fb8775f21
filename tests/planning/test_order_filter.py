"""Which orders settings leave out, by what they are, what is paid, what they sell and come from."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.order import LineKind, Override, PaymentKind, ReceivedPayment, SalesOrder
from qbwc_service.planning.order_filter import skip_by_settings
from qbwc_service.planning.orders import plan_order
from tests.matching.company_file import company_file, settings
from tests.world import line, paid, product, sale

ORDER = replace(sale(7, product("HAMMER", 10000)), source="Order Form", order_type="ONLINE")


def reason(
    order: SalesOrder = ORDER, payments: tuple[ReceivedPayment, ...] = (), **chosen: Any
) -> str:
    return skip_by_settings(order, payments, settings(**chosen))


def test_by_default_every_order_since_the_start_goes_paid_or_not() -> None:
    assert reason() == ""
    assert reason(replace(ORDER, total_paid=0)) == ""
    assert reason(payments=(paid(7, 10000, kind=PaymentKind.NOT_COMPLETED),)) == ""


def test_the_day_of_the_start_goes_and_the_day_before_does_not() -> None:
    assert reason(replace(ORDER, placed_on=date(2026, 11, 1))) == ""
    assert reason(replace(ORDER, placed_on=date(2026, 10, 31))) == "before-start-date"


def test_an_order_of_nothing_is_left_out_unless_it_is_wanted() -> None:
    free = sale(7, product(price=0))
    assert reason(free) == "zero-total"
    assert reason(free, zero_orders="post") == ""
    assert reason(sale(7, product(price=1))) == ""


@pytest.mark.parametrize(
    ("drafts", "skip"), [("skip", "still-a-draft"), ("hold", ""), ("send", "")]
)
def test_a_draft_is_left_out_only_where_settings_say_so(drafts: str, skip: str) -> None:
    assert reason(replace(ORDER, is_draft=True), drafts=drafts) == skip
    assert reason(ORDER, drafts=drafts) == ""


def test_an_order_paid_by_tests_alone_is_no_order() -> None:
    test = paid(7, 10000, payment_id=1, kind=PaymentKind.TEST)
    failed = paid(7, 10000, payment_id=2, kind=PaymentKind.NOT_COMPLETED)
    real = paid(7, 100, payment_id=3)
    assert reason(payments=(test,)) == "test-order"
    assert reason(payments=(test, failed)) == "test-order"
    assert reason(payments=(test, real)) == ""


@pytest.mark.parametrize(
    ("chosen", "skip"),
    [
        ("hammer", ""),
        ("Saw, HAMMER", ""),
        ("hammer  product", ""),
        ("saw", "order-products"),
        ("Shipping", "order-products"),
        ("ham", "order-products"),
    ],
    ids=["SKU", "one of two", "name", "another", "no product line", "part of a SKU"],
)
def test_only_orders_that_sell_one_of_the_chosen_products_go(chosen: str, skip: str) -> None:
    order = sale(7, product("HAMMER", 10000), line(LineKind.SHIPPING, 500))
    assert reason(order, order_products=chosen) == skip


@pytest.mark.parametrize(
    ("chosen", "skip"),
    [
        ("order form", ""),
        ("Shopping Cart, online", ""),
        ("Shopping Cart", "order-sources"),
        ("order", "order-sources"),
    ],
)
def test_only_orders_of_the_chosen_sources_go(chosen: str, skip: str) -> None:
    assert reason(order_sources=chosen) == skip


@pytest.mark.parametrize(
    ("least", "most", "skip"),
    [
        ("100.00", "", ""),
        ("100.01", "", "order-amount"),
        ("", "100", ""),
        ("", "99.99", "order-amount"),
        ("50", "150", ""),
    ],
)
def test_only_orders_between_two_amounts_go(least: str, most: str, skip: str) -> None:
    assert reason(order_min_total=least, order_max_total=most) == skip


def test_what_a_person_wants_goes_whatever_the_filters_say() -> None:
    wanted = Circumstances(overrides=frozenset({Override.SETTINGS}))
    chosen = settings(order_products="saw", order_min_total="500")
    assert plan_order(ORDER, [], company_file(), chosen).skip == "order-products"
    assert plan_order(ORDER, [], company_file(), chosen, wanted).sale
    assert plan_order(ORDER, [], company_file(), chosen, Circumstances(is_sent=True)).sale


def test_the_money_of_an_order_that_is_filtered_out_waits_for_a_person() -> None:
    chosen = settings(order_status="unpaid")
    rows = [paid(7, 10000, payment_id=1), paid(7, 1, payment_id=2, kind=PaymentKind.NOT_COMPLETED)]
    plan = plan_order(replace(ORDER, total_paid=10000), rows, company_file(), chosen)
    assert plan.skip == "order-status"
    money, failed = plan.payments
    assert money.hold
    assert money.hold.cause == "payment-without-order"
    assert failed.skip == "not-a-payment"
