"""The first hour: from an empty database to three invoices, by the pages' own words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qbwc_service.demo.keap import Account, Line, Shop
from tests.browser.person import come_in, follow, look, look_until, press, sees
from tests.browser.scene import Scene, scene_of

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect
Page = playwright.Page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize(
        "page", [(1280, 900), (390, 844)], indirect=True, ids=["desk", "phone"]
    ),
]


def shop() -> Shop:
    """Orders of the last weeks, and four of today."""
    made = Shop(Account(name="Acme Studio"))
    ann = made.add_contact("Ann", "Lee", email="ann@example.com")
    bob = made.add_contact("Bob", "Stone", email="bob@example.com")
    hammer = Line("Hammer", 4500, product_id=made.add_product("Hammer", 4500, sku="HAMMER"))
    plan = Line("Gold Plan", 12000, product_id=made.add_product("Gold Plan", 12000, sku="GOLD"))
    now = datetime.now(UTC)
    for days in (3, 9, 20):
        order = made.add_order(ann, [hammer], on=now - timedelta(days=days))
        made.pay(order, kind="Credit Card", on=now - timedelta(days=days))
    made.add_order(bob, [Line("Talk", 10000)], on=now - timedelta(days=5))
    today = [made.add_order(who, [line]) for who, line in ((ann, hammer), (bob, plan), (ann, plan))]
    for order in today:
        made.pay(order, kind="Credit Card")
    made.add_order(bob, [hammer], status="DRAFT")
    return made


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with scene_of(tmp_path, shop(), items=["HAMMER"], taken_numbers=["1"]) as made:
        yield made


def of_today(scene: Scene) -> list[str]:
    """The three finished orders of today."""
    return list(scene.keap.shop.orders)[-4:-1]


def welcome(page: Page, scene: Scene) -> None:
    come_in(page, scene.url)
    sees(page, "seven steps follow, and nothing is sent before you say so")
    follow(page, "Add connection")
    look(page, "first-hour-1-welcome")
    page.get_by_label("Name", exact=True).fill("acme")
    page.get_by_label("I have made a QuickBooks back-up today").check()
    press(page, "Add connection")


def connect_keap(page: Page) -> None:
    sees(page, "Step 1 of 7.")
    follow(page, "Sign in with Keap")
    press(page, "Continue to Keap")
    press(page, "Allow")
    press(page, "Yes, this one")
    follow(page, "1. Connect Keap")
    press(page, "Count my last 30 days")
    sees(page, "8 orders in the last 30 days, 6 of them paid in full")
    look(page, "first-hour-2-keap")
    follow(page, "This is the right account: go on")


def connect_quickbooks(page: Page, scene: Scene) -> str:
    sees(page, "2. Connect QuickBooks")
    with page.expect_download() as download:
        press(page, "Download connection file (.qwc)")
    download.value.save_as(scene.pc / "acme.qwc")
    follow(page, "Make the password")
    press(page, "Make the password")
    password = page.locator(".secret").inner_text()
    follow(page, "Back to the set-up")
    sees(page, "Waiting for the Web Connector to call")
    look(page, "first-hour-3-waiting")

    scene.update_selected("not the password")
    follow(page, "Look again")
    sees(page, "It called, but the password was wrong.")
    scene.update_selected(password)
    follow(page, "Look again")
    sees(page, "Connected to Blue Sky Demo")
    sees(page, "Lists read: Customers 1, Items")
    sees(page, "Is this the right company?")
    look(page, "first-hour-4-company")
    press(page, "Yes")
    sees(page, "Blue Sky Demo it is.")
    follow(page, "Go on to the six questions")
    return password


def answer_six_questions(page: Page) -> None:
    follow(page, "Begin")
    sees(page, "In the last 30 days you had 8 orders: 6 paid in full, 0 part paid, 2 unpaid.")
    look(page, "first-hour-5-form")
    press(page, "Save and go on")
    sees(page, "Never sent: test orders")
    page.get_by_label("Leave them out until they are finished").or_(
        page.get_by_label("Leave them out")
    ).first.check()
    look(page, "first-hour-6-which")
    press(page, "Save and go on")
    look(page, "first-hour-7-customer")
    press(page, "Save and go on")
    page.get_by_label("Income account").select_option("Sales")
    sees(page, "How you were paid")
    look(page, "first-hour-8-payments")
    press(page, "Save and go on")
    page.get_by_label("Account for sales tax").select_option("Sales Tax Payable")
    look(page, "first-hour-9-tax")
    press(page, "Save and go on")
    page.get_by_label("Prefix").fill("KP-")
    press(page, "Show the number with this prefix")
    sees(page, "An order then gets the number KP-")
    look(page, "first-hour-10-numbers")
    press(page, "Save and go on")
    sees(page, "All six are answered. Nothing is sent yet.")
    follow(page, "Go on to the products")


def match_products(page: Page, scene: Scene, password: str) -> None:
    """The Gold Plan has no item of its name: it is sold as "Counter sale"."""
    scene.update_selected(password)
    look_until(page, lambda: page.get_by_text("1 product left.").is_visible())
    look(page, "first-hour-11-products")
    follow(page, "Match the products")
    page.locator("input[name^=item-]").first.fill("Counter sale")
    press(page, "Save items")
    page.goto(f"{scene.url}/c/acme/home")
    follow(page, "Go on with the set-up")
    sees(page, "Nothing is left to do.")
    press(page, "Go on to the preview")


def send_three(page: Page, scene: Scene, password: str) -> None:
    press(page, "I have compared some orders: go on")
    look_until(page, lambda: page.get_by_label("Send order").count() == 3)
    look(page, "first-hour-12-choose")
    press(page, "Send these")
    sees(page, "0 of 3 orders in QuickBooks so far.")
    assert scene.books()["payments"] == []
    scene.update_selected(password)
    look_until(page, lambda: page.get_by_text("3 of 3 orders in QuickBooks.").is_visible())
    for order in of_today(scene):
        expect(page.get_by_text(f"KP-{order}", exact=True)).to_be_visible()
    look(page, "first-hour-13-sent")


def test_from_an_empty_database_to_three_invoices(page: Page, scene: Scene) -> None:
    welcome(page, scene)
    connect_keap(page)
    password = connect_quickbooks(page, scene)
    answer_six_questions(page)
    match_products(page, scene, password)
    send_three(page, scene, password)

    numbers = {invoice["number"] for invoice in scene.books()["invoices"]}
    assert numbers == {"1", *(f"KP-{order}" for order in of_today(scene))}
    assert len(scene.books()["payments"]) == 3

    follow(page, "Go on: look at them in QuickBooks")
    page.get_by_label("They look right").check()
    look(page, "first-hour-14-switch-on")
    press(page, "Switch on")
    sees(page, "All good. 3 orders and 3 payments sent today")
    look(page, "first-hour-15-home")
