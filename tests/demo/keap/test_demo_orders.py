from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from qbwc_service.demo.keap import (
    COMPANY_ITEMS,
    TAKEN_NUMBERS,
    VENDORS,
    Expected,
    Shop,
    bulk_shop,
    demo_shop,
)
from qbwc_service.demo.keap.records import utc_now
from qbwc_service.demo.keap.shapes import Json

START = date(2026, 11, 1)
CAUSES = {
    "lines-do-not-add-up",
    "item-not-in-quickbooks",
    "draft-order",
    "other-currency",
    "line-type-unknown",
    "customer-name-of-another",
    "number-taken",
    "zero-total",
    "came-from-quickbooks",
    "before-start-date",
}
PAYMENT_CAUSES = {"refund-to-approve"}


@pytest.fixture(scope="module", params=[1, 2])
def demo(request: pytest.FixtureRequest) -> tuple[Shop, tuple[Expected, ...]]:
    return demo_shop(200, seed=request.param, start=START)


def line_sum(order: Json) -> int:
    return sum(
        item["quantity"] * item["price_per_unit"]["amount"] - item["discount"]["amount"]
        for item in order["order_items"]
    )


def test_there_is_one_expectation_for_each_order(
    demo: tuple[Shop, tuple[Expected, ...]],
) -> None:
    shop, expected = demo
    assert [one.order_id for one in expected] == list(shop.orders)
    assert len(expected) == 200
    assert [(one.title, one.total_minor) for one in expected] == [
        (order["title"], order["total"]["amount"]) for order in shop.dump()["orders"]
    ]


def test_every_kind_is_there_and_most_are_posted(
    demo: tuple[Shop, tuple[Expected, ...]],
) -> None:
    _, expected = demo
    assert {one.cause for one in expected} == CAUSES | {""}
    assert {one.payment_cause for one in expected} == PAYMENT_CAUSES | {""}
    outcomes = Counter(one.outcome for one in expected)
    assert outcomes["posted"] >= 170
    assert {one.outcome for one in expected if not one.cause} == {"posted"}


def test_lines_add_up_unless_that_is_the_trouble(
    demo: tuple[Shop, tuple[Expected, ...]],
) -> None:
    shop, expected = demo
    off = [
        (one.cause, one.total_minor - line_sum(shop.orders[one.order_id]))
        for one in expected
        if one.total_minor != line_sum(shop.orders[one.order_id])
    ]
    assert off == [("lines-do-not-add-up", 1)] * 2


def test_paid_is_the_completed_money_of_the_order(
    demo: tuple[Shop, tuple[Expected, ...]],
) -> None:
    shop, expected = demo
    for one in expected:
        rows = [
            row["amount"] * 100
            for row in shop.order_payments[one.order_id]
            if row["pay_status"] not in {"FAILED", "ERROR"}
            and row["amount"] > 0
            and shop.payments[row["payment_id"]]["type"] != "Adjustment"
        ]
        assert sum(rows, Decimal()) == one.paid_minor, one


def test_credited_is_what_adjustments_take_off(demo: tuple[Shop, tuple[Expected, ...]]) -> None:
    shop, expected = demo
    credited = {
        one.order_id: sum(
            int(row["amount"] * 100)
            for row in shop.order_payments[one.order_id]
            if shop.payments[row["payment_id"]]["type"] == "Adjustment"
        )
        for one in expected
    }
    assert {one.order_id: one.credited_minor for one in expected} == credited
    assert max(credited.values()) > 0


def test_orders_are_dated_on_the_side_of_the_start_date_that_is_expected(
    demo: tuple[Shop, tuple[Expected, ...]],
) -> None:
    shop, expected = demo
    zone = ZoneInfo(shop.account.time_zone)
    for one in expected:
        placed = datetime.fromisoformat(shop.orders[one.order_id]["order_time"])
        is_early = placed.astimezone(zone).date() < START
        assert is_early == (one.cause == "before-start-date"), one


def test_the_company_file_has_what_posted_orders_need_and_no_more(
    demo: tuple[Shop, tuple[Expected, ...]],
) -> None:
    shop, expected = demo
    for one in expected:
        skus = {
            item["product"]["sku"]
            for item in shop.orders[one.order_id]["order_items"]
            if "product" in item
        }
        missing = skus - {*COMPANY_ITEMS, ""}
        assert bool(missing) == (one.cause == "item-not-in-quickbooks"), one
    taken = {one.order_id for one in expected if one.cause == "number-taken"}
    assert taken == set(TAKEN_NUMBERS)
    like_vendors = {one.customer_name.partition(" (K")[0] for one in expected}
    assert set(VENDORS) <= like_vendors


def test_one_customer_name_is_one_person_unless_that_is_the_trouble(
    demo: tuple[Shop, tuple[Expected, ...]],
) -> None:
    shop, expected = demo
    emails: dict[str, set[str]] = {}
    for one in expected:
        if one.customer_name and one.cause != "customer-name-of-another":
            email = shop.orders[one.order_id]["contact"]["email"]
            emails.setdefault(one.customer_name.casefold(), set()).add(email)
    assert [name for name, found in emails.items() if len(found) > 1] == []
    namesakes = [one for one in expected if one.cause == "customer-name-of-another"]
    assert all(one.customer_name.casefold() in emails for one in namesakes)


def test_the_promised_oddities_are_there(demo: tuple[Shop, tuple[Expected, ...]]) -> None:
    shop, expected = demo
    lines = [len(shop.orders[one.order_id]["order_items"]) for one in expected]
    contacts = list(shop.contacts.values())
    full_names = [f"{c['given_name']} {c['family_name']}" for c in contacts]
    items = [item for order in shop.orders.values() for item in order["order_items"]]
    buyers = Counter(order["contact"]["id"] for order in shop.orders.values())
    assert max(lines) == 200
    assert any(len(name) == 60 for name in full_names)
    assert any(":" in name for name in full_names)
    assert any("Анна" in name for name in full_names)
    assert any(not c["email_addresses"] and c["given_name"] for c in contacts)
    assert any("company" in c and not c["given_name"] for c in contacts)
    assert any(not item["name"] for item in items)
    assert any(item.get("product", {}).get("sku") == "" for item in items)
    assert any(item["discount"]["amount"] > 0 for item in items)
    assert any(item["price_per_unit"]["amount"] < 0 for item in items)
    assert max(buyers.values()) > 1
    halves = [[row["amount"] for row in rows] for rows in shop.order_payments.values()]
    assert [Decimal("25.0"), Decimal("75.0")] in halves


@pytest.mark.parametrize("count", [0, 1, 5, 12, 13, 20, 23, 24, 25, 26, 50, 79, 120])
def test_shops_of_every_size_keep_the_promises(count: int) -> None:
    shop, expected = demo_shop(count, start=START)
    assert len(shop.orders) == len(expected) == count
    assert sum(one.outcome == "posted" for one in expected) * 100 >= 85 * count
    taken = {one.order_id for one in expected if one.cause == "number-taken"}
    assert taken <= set(TAKEN_NUMBERS)
    assert not set(TAKEN_NUMBERS) & {one.order_id for one in expected} - taken
    shared = [order for order in expected if order.title in {"First of two", "Second of two"}]
    assert len(shared) in {0, 2}


def test_names_stay_apart_when_they_run_out() -> None:
    shop, expected = demo_shop(1400, start=START)
    buyers: dict[str, set[str]] = {}
    for one in expected:
        if one.customer_name and one.title not in {"Namesake", "From the second form"}:
            contact = shop.orders[one.order_id]["contact"]["id"]
            buyers.setdefault(one.customer_name.casefold(), set()).add(contact)
    assert any(name.endswith(" 2") for name in buyers)
    assert [name for name, contacts in buyers.items() if len(contacts) > 1] == []


def test_the_same_seed_gives_the_same_shop() -> None:
    first, second = demo_shop(60, start=START), demo_shop(60, start=START)
    assert (first[0].dump(), first[1]) == (second[0].dump(), second[1])
    assert demo_shop(60, seed=7, start=START)[0].dump() != first[0].dump()


def test_afterwards_the_real_clock_goes_on(demo: tuple[Shop, tuple[Expected, ...]]) -> None:
    shop, _ = demo
    assert shop.clock is utc_now


def test_bulk_orders_are_all_alike_and_all_paid() -> None:
    shop = bulk_shop(30)
    orders = list(shop.orders.values())
    assert len({order["contact"]["id"] for order in orders}) == 30
    assert len({order["modification_time"] for order in orders}) == 30
    assert {len(order["order_items"]) for order in orders} == {3}
    assert all(order["total"] == order["total_paid"] for order in orders)
    assert all(line_sum(order) == order["total"]["amount"] for order in orders)
    skus = {item["product"]["sku"] for order in orders for item in order["order_items"]}
    assert skus <= set(COMPANY_ITEMS)
    names = {f"{c['given_name']} {c['family_name']}" for c in shop.contacts.values()}
    assert len(names) == 30
