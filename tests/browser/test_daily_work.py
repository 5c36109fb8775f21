"""A minute a day: what waits for the bookkeeper, and what she presses, in a browser.

A connected Keap and QuickBooks, with the Web Connector's password in `day.password`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qbwc_service.demo.keap import Account, Line, Shop
from tests.browser.person import (
    come_in,
    follow,
    follow_in_menu,
    look,
    look_until,
    press,
    sees,
)
from tests.browser.scene import Scene, scene_of

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect
Page = playwright.Page

pytestmark = pytest.mark.slow


@dataclass
class Day:
    """A connection that is set up and at work."""

    scene: Scene
    shop: Shop
    password: str

    def update(self) -> dict[str, Any]:
        """The Web Connector calls, until QuickBooks has all there is."""
        return self.scene.update_selected(self.password)

    def read_keap(self) -> None:
        """Now, and not at the next minute."""
        self.scene.command("sync", "acme")

    def invoices(self) -> list[dict[str, Any]]:
        return list(self.scene.books()["invoices"])

    def payments(self) -> list[dict[str, Any]]:
        return list(self.scene.books()["payments"])


@contextmanager
def day_of(folder: Path, shop: Shop, *, items: list[str]) -> Iterator[Day]:
    """All that is in the shop was read, and the Web Connector has been added."""
    with scene_of(folder, shop, items=items) as scene:
        (folder / "keap.key").write_text(scene.keap.key, encoding="ascii")
        added = scene.command(
            *("connection", "add", "acme", "--keap-account", "ab103", "--json"),
            *("--keap-key-file", str(folder / "keap.key")),
        )
        scene.command("set", "acme", "income_account=Sales", "tax_account=Sales Tax Payable")
        scene.command("qwc", "acme", "-o", str(scene.pc / "acme.qwc"))
        day = Day(scene, shop, json.loads(added)["password"])
        day.update()
        day.read_keap()
        yield day


@pytest.fixture
def shop() -> Shop:
    return Shop(Account(name="Acme Studio"))


@pytest.fixture
def ann(shop: Shop) -> str:
    return shop.add_contact("Ann", "Lee", email="ann@example.com")


@pytest.fixture
def hammer(shop: Shop) -> Line:
    return Line("Hammer", 4500, product_id=shop.add_product("Hammer", 4500, sku="HAMMER"))


def open_order(page: Page, order: str) -> None:
    """By its number, in the search of Orders."""
    follow_in_menu(page, "Orders")
    page.get_by_label("Number, name").fill(order)
    press(page, "Show")
    follow(page, order)


def open_needs_you(page: Page, day: Day) -> None:
    """As every morning: from the first sentence of the home page."""
    come_in(page, day.scene.url)
    follow(page, "acme")
    follow(page, "Show what")


def test_a_failed_invoice_is_found_fixed_and_requeued(
    page: Page, tmp_path: Path, shop: Shop, ann: str, hammer: Line
) -> None:
    order = shop.add_order(ann, [hammer])
    shop.pay(order, kind="Credit Card")
    with day_of(tmp_path, shop, items=["HAMMER"]) as day:
        day.scene.in_quickbooks("set_closing_date", on=datetime.now(UTC).date().isoformat())
        day.update()
        assert day.invoices() == []

        open_needs_you(page, day)
        sees(page, "is in a closed period")
        sees(page, "Ask who keeps the books: reopen the period, enter it by hand, or skip it.")
        look(page, "daily-1-needs-you")
        follow_in_menu(page, "Error log")
        sees(page, "Nothing was changed")
        look(page, "daily-2-error-log")

        day.scene.in_quickbooks("set_closing_date", on="")
        follow(page, order)
        look(page, "daily-3-order")
        press(page, "Requeue")
        sees(page, "What is not in QuickBooks yet is tried again with the next update.")
        day.update()
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_contain_text("In QuickBooks")
        sees(page, "Solved:")
        look(page, "daily-4-in-quickbooks")
        assert [each["number"] for each in day.invoices()] == [order]
        assert len(day.payments()) == 1
        follow_in_menu(page, "Needs you")
        sees(page, "Nothing needs you.")


def test_one_product_is_mapped_and_seven_orders_are_released(
    page: Page, tmp_path: Path, shop: Shop
) -> None:
    gold = Line("Gold Plan", 12000, product_id=shop.add_product("Gold Plan", 12000, sku="GOLD"))
    for number in range(7):
        guest = shop.add_contact(f"Guest {number}", "Day", email=f"guest{number}@example.com")
        shop.pay(shop.add_order(guest, [gold]), kind="Credit Card")
    with day_of(tmp_path, shop, items=["Yearly plan"]) as day:
        day.update()
        assert day.invoices() == []

        open_needs_you(page, day)
        sees(page, 'QuickBooks has no item "GOLD"')
        sees(page, "7 orders")
        look(page, "daily-5-no-item")
        page.get_by_label("QuickBooks item for GOLD").fill("Yearly plan")
        press(page, "Use this item")
        sees(page, "GOLD goes to Yearly plan.")
        sees(page, "All of them are tried again with the next update")
        look(page, "daily-6-item-chosen")
        day.update()
        follow_in_menu(page, "Orders")
        expect(page.locator(".orders .chip", has_text="In QuickBooks")).to_have_count(7)
        look(page, "daily-7-seven-orders")
        assert len(day.invoices()) == len(day.payments()) == 7
        assert {Decimal(each["total"]) for each in day.invoices()} == {Decimal(120)}


def test_an_older_order_is_sent_by_its_number(
    page: Page, tmp_path: Path, shop: Shop, ann: str, hammer: Line
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=40)
    order = shop.add_order(ann, [hammer], on=long_ago)
    shop.pay(order, kind="Credit Card", on=long_ago)
    with day_of(tmp_path, shop, items=["HAMMER"]) as day:
        come_in(page, day.scene.url)
        follow(page, "acme")
        follow(page, "Send by number")
        page.get_by_label("Order number").fill(order)
        press(page, "Sync now")
        even_so = page.get_by_role("button", name=f"Send order {order} even so")
        look_until(page, even_so.is_visible)
        sees(page, "is from before the start date")
        look(page, "daily-8-by-number")
        even_so.click()
        sees(page, f"Order {order} goes with the next update, whatever the settings say.")
        day.update()
        page.reload()
        sees(page, f"as invoice {order}")
        look(page, "daily-9-sent-by-number")
        assert [each["number"] for each in day.invoices()] == [order]
        assert len(day.payments()) == 1


def test_what_was_sent_is_undone_and_sent_anew(
    page: Page, tmp_path: Path, shop: Shop, ann: str, hammer: Line
) -> None:
    order = shop.add_order(ann, [hammer])
    shop.pay(order, kind="Credit Card")
    with day_of(tmp_path, shop, items=["HAMMER"]) as day:
        day.update()
        come_in(page, day.scene.url)
        follow(page, "acme")
        open_order(page, order)
        follow(page, "Undo")
        sees(page, "Deleted in QuickBooks with the next update, in this order")
        sees(page, f"Invoice {order}, 45.00 USD")
        look(page, "daily-10-undo")
        press(page, "Undo it")
        sees(page, "Being undone")
        assert len(day.invoices()) == 1
        day.update()
        page.reload()
        sees(page, "Undone: what we made for it was deleted in QuickBooks.")
        look(page, "daily-11-undone")
        assert day.invoices() == day.payments() == []

        press(page, "Requeue")
        day.update()
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_contain_text("In QuickBooks")
        assert len(day.invoices()) == len(day.payments()) == 1
