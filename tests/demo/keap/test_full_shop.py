"""Shops of any size with every kind of order, and a day in one."""

import inspect
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from qbwc_service.demo.keap import (
    Account,
    Line,
    Shop,
    day_of_trade,
    full_shop,
    kinds,
    kinds_later,
    kinds_rare,
)
from qbwc_service.demo.keap.mix import KINDS, PAIRS
from tests.demo.keap.asking import Clock

COUNT = 3000


@pytest.fixture(scope="module")
def shop() -> Shop:
    """Only looked at."""
    return full_shop(COUNT, seed=1)


@pytest.fixture(scope="module")
def orders(shop: Shop) -> list[dict[str, Any]]:
    return list(shop.orders.values())


@pytest.fixture(scope="module")
def payments(shop: Shop) -> list[dict[str, Any]]:
    return list(shop.payments.values())


@pytest.mark.parametrize("count", [0, 1, 2, 45, 60, 500])
def test_there_are_as_many_orders_as_were_asked_for(count: int) -> None:
    assert len(full_shop(count).orders) == count


def test_the_same_seed_gives_the_same_shop_and_another_another() -> None:
    first = full_shop(80, seed=5)
    assert full_shop(80, seed=5).dump_json() == first.dump_json()
    assert full_shop(80, seed=6).dump_json() != first.dump_json()


def test_every_kind_that_is_written_has_its_share() -> None:
    written = {
        function
        for module in (kinds, kinds_later, kinds_rare)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert written == set(KINDS)
    assert written > PAIRS


def test_the_mix_is_that_of_a_shop(
    shop: Shop, orders: list[dict[str, Any]], payments: list[dict[str, Any]]
) -> None:
    paid = [one for one in orders if one["total_paid"]["amount"] >= one["total"]["amount"] > 0]
    assert 0.6 < len(paid) / COUNT < 0.95
    assert 0.8 < len(payments) / COUNT < 1.2
    assert 2.5 < COUNT / len(shop.contacts) < 3.5
    assert max(Counter(one["contact"]["id"] for one in orders).values()) > 5


def test_every_case_of_money_is_there(shop: Shop, payments: list[dict[str, Any]]) -> None:
    types = {payment["type"] for payment in payments}
    assert types == {
        "Credit Card", "Check", "Cash", "Adjustment", "Credit", "Refund", "Barter",
    }  # fmt: skip
    statuses = {row["pay_status"] for rows in shop.order_payments.values() for row in rows}
    assert statuses == {
        "APPROVED", "MANUAL_PAID", "REFUNDED", "VOIDED", "FAILED", "ERROR", "PENDING",
    }  # fmt: skip
    assert any(len(payment["order_ids"]) == 2 for payment in payments)
    assert any(payment.get("merchant_account_id") == "7" for payment in payments)
    assert any(row["status"] == "FAILED" for row in shop.transactions.values())
    refunds = Counter(
        row["refund_invoice_payment_id"]
        for rows in shop.order_payments.values()
        for row in rows
        if row["amount"] < 0
    )
    assert max(refunds.values()) > 1
    assert any(payment["refund_payment_id"] != "0" for payment in payments)
    edited = [
        payment
        for payment in payments
        if payment["type"] == "Check" and payment["amount"] == 10 and payment["status"] == "NONE"
    ]
    assert edited


def test_every_case_of_an_order_is_there(orders: list[dict[str, Any]]) -> None:
    items = [item for order in orders for item in order["order_items"]]
    assert {item["item_type"] for item in items} == {
        *("PRODUCT", "SERVICE", "SUBSCRIPTION", "TAX", "SHIPPING", "FINANCE_CHARGE", "TIP", "FEE"),
        *("DISCOUNT", "DISCOUNT_ORDER_TOTAL", "DISCOUNT_PRODUCT", "DISCOUNT_PRODUCT_CATEGORY"),
        *("DISCOUNT_SHIPPING", "DISCOUNT_FREE_TRIAL", "HOLOGRAM"),
    }
    assert {item["product"]["taxable"] for item in items if "product" in item} == {True, False}
    assert all(
        any(order[name] for order in orders)
        for name in ("notes", "promo_code", "due_time", "custom_fields")
    )
    assert any(isinstance(item["quantity"], int) is False for item in items)
    assert {0, 200} <= {len(order["order_items"]) for order in orders}
    assert {"DRAFT", "SENT", "PAID", "ARCHIVED"} == {order["status"] for order in orders}
    assert {order["source_type"] for order in orders} == {
        *("CHECKOUT_FORM", "API", "INVOICE", "MANUAL_PAYMENT", "UNKNOWN"),
        *("QUICKBOOKS", "TELEPATHY"),
    }
    assert {"USD", "CAD"} == {order["total"]["currency_code"] for order in orders}
    assert any(order["refund_status"] == "FULL" for order in orders)
    assert any(order["payment_plan"]["number_of_payments"] == 3 for order in orders)
    assert any(order["total_paid"]["amount"] > order["total"]["amount"] > 0 for order in orders)
    assert any(order["order_time"] < order["creation_time"] for order in orders)


def test_every_case_of_a_contact_is_there(shop: Shop) -> None:
    contacts = list(shop.contacts.values())
    emails = Counter(
        address["email"] for contact in contacts for address in contact["email_addresses"]
    )
    assert max(emails.values()) > 1
    assert any(not contact["email_addresses"] for contact in contacts)
    assert {len(contact["tag_ids"]) for contact in contacts} == {0, 1, 2, 3}
    assert 60 in {len(one["company"]["company_name"]) for one in contacts if "company" in one}
    names = "".join(contact["given_name"] for contact in contacts)
    assert "Анна" in names
    assert "🦊" in names


def test_ids_were_given_out_that_are_not_there_any_more(shop: Shop) -> None:
    numbers = sorted(int(key) for key in shop.orders)
    assert numbers[-1] - numbers[0] + 1 > len(numbers)


def test_ids_came_out_of_order(shop: Shop) -> None:
    for records in (shop.orders, shop.payments):
        ids = [int(key) for key in records]
        assert ids != sorted(ids)


def test_hundreds_of_orders_have_the_same_modification_time(orders: list[dict[str, Any]]) -> None:
    times = Counter(order["modification_time"] for order in orders)
    assert max(times.values()) > 200


def test_the_account_of_a_full_shop_can_be_chosen() -> None:
    account = Account(feed_statuses="documented", payments_touch_orders=False)
    shop = full_shop(200, account=account)
    assert {payment["status"] for payment in shop.payments.values()} <= {
        "PENDING", "APPROVED", "COMPLETED", "NONE",
    }  # fmt: skip


@pytest.fixture
def open_shop() -> tuple[Shop, Clock]:
    shop = full_shop(300, start=datetime(2025, 1, 1, tzinfo=UTC).date())
    clock = Clock()
    shop.clock = clock
    return shop, clock


def test_a_day_brings_new_orders_step_by_step(open_shop: tuple[Shop, Clock]) -> None:
    shop, clock = open_shop
    known, placed = set(shop.orders), set()
    for step in day_of_trade(shop, 200, steps=24):
        placed.update(step.placed)
        for order_id in set(step.placed) & set(shop.orders):
            order = shop.orders[order_id]
            assert order["modification_time"] <= clock().isoformat().replace("+00:00", "Z")
            assert order["total_paid"]["amount"] >= order["total"]["amount"]
        clock.now += timedelta(hours=1)
    assert len(placed) == 200
    assert placed.isdisjoint(known)


def test_a_day_brings_edits_late_checks_refunds_and_deletions(
    open_shop: tuple[Shop, Clock],
) -> None:
    shop, clock = open_shop
    known, payments = set(shop.orders), set(shop.payments)
    changed: set[str] = set()
    deleted: set[str] = set()
    for step in day_of_trade(shop, 200, steps=10):
        clock.now += timedelta(hours=2)
        changed.update(step.changed)
        deleted.update(step.deleted)
    assert len(deleted) == 2
    assert deleted.isdisjoint(shop.orders)
    assert changed & known
    new = [shop.payments[key] for key in shop.payments if key not in payments]
    assert len([one for one in new if one["type"] == "Check"]) == 6
    assert [one for one in new if one["type"] == "Check" and one["payment_time"] < "2026-11-02"]
    assert [one for one in new if one["type"] == "Refund"]


def test_a_day_shows_some_records_after_others_with_higher_ids(
    open_shop: tuple[Shop, Clock],
) -> None:
    shop, clock = open_shop
    orders, payments = set(shop.orders), set(shop.payments)
    for _ in day_of_trade(shop, 200, steps=20, late_by=3):
        clock.now += timedelta(minutes=5)
    late_orders = [shop.orders[key] for key in _overtaken(shop.orders, orders)]
    assert [one["title"] for one in late_orders] == ["Saved late"] * 10
    assert {one["status"] for one in late_orders} == {"PAID"}
    late_payments = [shop.payments[key]["type"] for key in _overtaken(shop.payments, payments)]
    assert Counter(late_payments) == {"Cash": 10, "Credit Card": 10}


def _overtaken(seen: Iterable[str], known: set[str]) -> list[str]:
    """Those that are not known and came after one with a higher id, in the order of coming."""
    highest, late = 0, []
    for identity in seen:
        if identity not in known:
            late += [identity] if int(identity) < highest else []
            highest = max(highest, int(identity))
    return late


def test_a_day_in_an_empty_shop_is_one_of_new_orders() -> None:
    shop = Shop(clock=Clock())
    steps = list(day_of_trade(shop, 7, steps=3))
    # One of the second step is seen in the last.
    assert [len(step.placed) for step in steps] == [2, 1, 4]
    assert len(shop.orders) == 7


def test_a_day_uses_the_products_that_the_shop_has() -> None:
    shop = full_shop(50)
    products = list(shop.products)
    list(day_of_trade(shop, 10, steps=1))
    assert list(shop.products) == products
    shop.add_order(next(iter(shop.contacts)), [Line("Widget", 1)])
