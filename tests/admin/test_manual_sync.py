"""The page "Manually sync": what is asked for, what is refused, what became of each number."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from qbwc_service.connections import find_connection
from qbwc_service.ledger import leases, manual_syncs
from qbwc_service.ledger.manual_syncs import By, FoundNumber, FoundOrder, Wanted
from qbwc_service.ledger.models import Event, KeapOrder, ManualSync, ManualSyncState, OrderStatus
from qbwc_service.messages import CATALOGUE
from tests.admin.site import NOW, Site, Visitor

PAGE = "/c/acme/sync"


@pytest.fixture
def visitor(site: Site) -> Visitor:
    site.add_connection()
    return site.bookkeeper()


def words(page: str) -> str:
    """The page as it is read aloud."""
    text = re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(text).split())


def rows(site: Site) -> list[ManualSync]:
    with site.database.reading() as db:
        return list(db.scalars(select(ManualSync).order_by(ManualSync.id)))


def add_run(site: Site, wanted: Wanted, *found: FoundNumber, **values: Any) -> int:
    with site.database.writing("test") as db:
        connection = find_connection(db, "acme")
        row = manual_syncs.ask(db, connection, wanted, who="owner", now=NOW)
        manual_syncs.begin(row, NOW)
        manual_syncs.add_found(row, found)
        for name, value in values.items():
            setattr(row, name, value)
        return row.id


def fits(order_id: int, by: By = By.ORDER) -> FoundOrder:
    return FoundOrder(order_id, by, "1048", "Ann Lee", 1000, "USD", date(2026, 11, 2))


def look_after(site: Site) -> None:
    with site.database.writing("test") as db:
        leases.acquire(db, leases.SCHEDULER, "pc:1:x", NOW, timedelta(minutes=2))


# -- asking ----------------------------------------------------------------------------------------


def test_the_fields_have_the_names_that_people_look_for(site: Site, visitor: Visitor) -> None:
    visitor.get(PAGE)
    assert "<h1>Manually sync</h1>" in visitor.page
    for label in ("Order number", "From", "To", "Even if the settings would skip it"):
        assert re.search(f'<label for="[a-z_]+">{label}</label>', visitor.page), label
    assert "<legend>Order status</legend>" in visitor.page
    assert '<button class="first">Sync now</button>' in visitor.page
    assert "http-equiv" not in visitor.page
    assert '<a href="/c/acme/sync" aria-current="page">Manually sync</a>' in visitor.page


def test_numbers_are_written_down_and_the_job_is_woken(site: Site, visitor: Visitor) -> None:
    page = visitor.press(PAGE, PAGE, {"numbers": "#1001; 1003-1004\n7", "even_if_skipped": "on"})
    [row] = rows(site)
    assert row.state is ManualSyncState.WAITING
    assert row.asked_by == "owner"
    assert manual_syncs.wanted_of(row) == Wanted((1001, 1003, 1004, 7), even_if_skipped=True)
    assert site.woken == 1
    assert "0 of 4 numbers" in words(page)


def test_days_are_written_down(site: Site, visitor: Visitor) -> None:
    visitor.press(PAGE, PAGE, {"from": "2025-01-01", "to": "2026-10-31", "by": "order"})
    [row] = rows(site)
    assert manual_syncs.wanted_of(row) == Wanted(first=date(2025, 1, 1), last=date(2026, 10, 31))


def test_two_clicks_ask_once(site: Site, visitor: Visitor) -> None:
    for _ in range(2):
        visitor.press(PAGE, PAGE, {"numbers": "1001"})
    assert len(rows(site)) == 1


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({}, "Type order numbers, or choose the first day. Nothing was done."),
        ({"numbers": " ,; "}, "Type order numbers, or choose the first day."),
        ({"to": "2026-11-01"}, "Type order numbers, or choose the first day."),
        ({"numbers": "7", "from": "2026-11-01"}, "Give order numbers or days, not both"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "The last day is before the first day."),
        ({"from": "1.11.2026"}, "Write the days like 2026-10-31."),
        ({"from": "2026-02-30"}, "Write the days like 2026-10-31."),
        ({"numbers": "abc"}, '"abc" is not an order number like 1001'),
        ({"numbers": "1-1000000000"}, "is too much: at most 10000 at once. Nothing was done."),
        ({"numbers": "\x00\x1b[31m"}, "is not an order number"),
        ({"numbers": "<img src=x>"}, '"<img" is not an order number'),
        ({"numbers": "9" * 90_000}, "is not an order number"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(
    site: Site, visitor: Visitor, form: dict[str, str], problem: str
) -> None:
    visitor.get(PAGE)
    response = visitor.post(PAGE, form)
    assert response.status_code == 422
    assert problem in words(visitor.page) or problem in unescape(visitor.page)
    assert "<img" not in visitor.page
    assert rows(site) == []
    assert site.woken == 0


def test_a_form_that_no_page_of_ours_sent_is_refused(site: Site, visitor: Visitor) -> None:
    visitor.page = ""
    for address in (PAGE, f"{PAGE}/even-so", f"{PAGE}/order-status"):
        assert visitor.post(address, {"numbers": "1"}).status_code == 400
    visitor.get(PAGE)
    assert visitor.post(PAGE, {"numbers": "1", "by": "magic"}).status_code == 400
    assert rows(site) == []


def test_nobody_else_sees_it(site: Site, visitor: Visitor) -> None:
    row_id = add_run(site, Wanted((1,)))
    site.add_connection("other")
    assert visitor.get(f"/c/other/sync/{row_id}").status_code == 404
    assert site.visitor().get(PAGE).status_code == 302


# -- how it goes on --------------------------------------------------------------------------------


def test_a_running_one_shows_its_progress_by_itself(site: Site, visitor: Visitor) -> None:
    add_run(site, Wanted((1001, 1002, 1003)), FoundNumber(1001))
    visitor.get(PAGE)
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in visitor.page
    assert 'hx-trigger="every 3s" hx-select="#run"' in visitor.page
    assert "1001, 1002, 1003 Running" in words(visitor.page)
    assert "1 of 3 numbers" in words(visitor.page)
    assert 'name="numbers"' not in visitor.page
    visitor.get(f"{PAGE}?new=1")
    assert "http-equiv" not in visitor.page
    assert 'name="numbers"' in visitor.page


def test_a_finished_one_stands_still(site: Site, visitor: Visitor) -> None:
    row_id = add_run(site, Wanted((1001,)), FoundNumber(1001), state=ManualSyncState.DONE)
    visitor.get(f"{PAGE}/{row_id}")
    assert "http-equiv" not in visitor.page
    assert "1001 was not found in Keap." in words(visitor.page)


def test_trouble_is_told_in_words(site: Site, visitor: Visitor) -> None:
    row_id = add_run(
        site, Wanted((1001,)), state=ManualSyncState.FAILED, trouble="keap-key-refused"
    )
    visitor.get(f"{PAGE}/{row_id}")
    assert "Ended early" in words(visitor.page)
    assert CATALOGUE["keap-key-refused"].title in words(visitor.page)


def test_where_nobody_looks_it_says_whom_to_ask(site: Site, visitor: Visitor) -> None:
    visitor.get(PAGE)
    assert "Ask whoever runs this service to start the part that reads Keap" in words(visitor.page)
    look_after(site)
    visitor.get(PAGE)
    assert "Ask whoever runs this service" not in words(visitor.page)
    site.now += timedelta(minutes=2)
    visitor.get(PAGE)
    assert "Ask whoever runs this service" in words(visitor.page)


def test_a_paused_connection_says_that_it_waits(site: Site, visitor: Visitor) -> None:
    with site.database.writing("test") as db:
        find_connection(db, "acme").paused = True
    visitor.get(PAGE)
    assert "This connection is paused: what you ask for here waits" in words(visitor.page)


# -- what became of each number --------------------------------------------------------------------


def test_each_number_is_told_as_it_is_when_the_page_is_loaded_again(
    site: Site, visitor: Visitor
) -> None:
    with site.books() as books:
        order = books.order(1048)
        invoice = books.invoice(order)
    found = FoundNumber(1048, (fits(1048), fits(1048, By.INVOICE)))
    row_id = add_run(site, Wanted((1048,)), found, state=ManualSyncState.DONE)
    visitor.get(f"{PAGE}/{row_id}")
    assert "1048 both Order 1048 goes with the next update of the Web Connector." in words(
        visitor.page
    )
    with site.books() as books:
        books.posted(books.db.merge(invoice), "1A-1")
        books.order_ids.append(1048)
    visitor.get(f"{PAGE}/{row_id}")
    assert "Order 1048 was sent just now, as invoice 1048." in words(visitor.page)


def test_a_number_that_fits_two_has_a_button_for_each(site: Site, visitor: Visitor) -> None:
    found = FoundNumber(1048, (fits(1048), fits(1072, By.INVOICE)))
    wanted = Wanted((1048,), even_if_skipped=True)
    row_id = add_run(site, wanted, found, state=ManualSyncState.DONE)
    visitor.get(f"{PAGE}/{row_id}")
    text = words(visitor.page)
    assert "Send order 1048" in text
    assert "Send the order with invoice number 1048 (order 1072)" in text
    forms = re.findall(r'name="by" value="order">.*?name="numbers" value="(\d+)"', visitor.page)
    assert forms == ["1048", "1072"]
    visitor.post(PAGE, {"numbers": "1072", "by": "order", "even_if_skipped": "on"})
    assert manual_syncs.wanted_of(rows(site)[-1]) == Wanted((1072,), By.ORDER, even_if_skipped=True)


def test_what_settings_skip_can_be_sent_even_so(site: Site, visitor: Visitor) -> None:
    with site.books() as books:
        books.order(1048, skip="before-start-date", needs_plan=False)
    row_id = add_run(site, Wanted((1048,)), FoundNumber(1048, (fits(1048),)), state="done")
    page = f"{PAGE}/{row_id}"
    visitor.get(page)
    assert "Order 1048 is skipped by your settings" in words(visitor.page)
    assert "from before the start date 1 Nov 2026." in words(visitor.page)
    assert "Setting: Start date" in words(visitor.page)
    form = {"order": "1048", "row": str(row_id)}
    assert "Order 1048 goes with the next update" in visitor.press(page, f"{PAGE}/even-so", form)
    assert "is not skipped by the settings now" in visitor.press(page, f"{PAGE}/even-so", form)
    with site.database.reading() as db:
        order = db.scalars(select(KeapOrder)).one()
        texts = list(db.scalars(select(Event.text).where(Event.order_id == 1048)))
    assert (order.overrides, order.needs_plan, order.status) == (
        ["settings"],
        True,
        OrderStatus.NEW,
    )
    assert texts == ["To be sent even if the settings would skip it"]


def test_days_tell_how_many_are_in_each_status_and_who_needs_somebody(
    site: Site, visitor: Visitor
) -> None:
    with site.books() as books:
        books.invoice(books.order(1001))
        books.order(1002, customer="Bob", skip="order-status", needs_plan=False)
        books.order(1003, placed_on=date(2026, 10, 1))
    row_id = add_run(
        site,
        Wanted(first=date(2026, 11, 1), last=date(2026, 11, 30)),
        state=ManualSyncState.DONE,
        done=3,
        found=[1003],
    )
    visitor.get(f"{PAGE}/{row_id}")
    text = words(visitor.page)
    assert "1 Nov 2026 to 30 Nov 2026 Done 3 orders read" in text
    assert "1 order : Ready" in text
    assert "1 order : Skipped by your settings" in text
    assert "1 order of other days changed on these days Order 1003" in text
    link = "/c/acme/orders?status=ready&from=2026-11-01&to=2026-11-30"
    assert link in unescape(visitor.page)


# -- the order status ------------------------------------------------------------------------------


def status_setting(site: Site) -> str:
    with site.database.reading() as db:
        return str(find_connection(db, "acme").settings.get("order_status", ""))


def test_the_order_status_is_a_standing_setting(site: Site, visitor: Visitor) -> None:
    form = {"status": ["paid in full", "unpaid"], "other": "Sent"}
    page = visitor.press(PAGE, f"{PAGE}/order-status", form)
    assert status_setting(site) == "paid in full, unpaid, Sent"
    assert re.findall(r'value="([a-z ]+)" checked', page) == ["paid in full", "unpaid"]
    assert 'name="other" value="Sent"' in page
    assert site.woken == 1
    visitor.press(PAGE, f"{PAGE}/order-status", {"other": " "})
    assert status_setting(site) == ""
    assert "Nothing is chosen: orders of every status are sent." in words(visitor.page)


def test_an_order_status_that_cannot_be_used_changes_nothing(site: Site, visitor: Visitor) -> None:
    page = visitor.press(PAGE, f"{PAGE}/order-status", {"other": "x" * 41})
    assert "The order status was not changed: at most 20 words" in words(page)
    assert status_setting(site) == ""


def test_what_it_hides_is_told_here_on_the_orders_page_and_at_home(
    site: Site, visitor: Visitor
) -> None:
    with site.books() as books:
        for number in (1001, 1002):
            books.order(number, skip="order-status", needs_plan=False)
        books.order(1003, skip="before-start-date", needs_plan=False)
    with site.database.writing("test") as db:
        find_connection(db, "acme").settings = {"order_status": "paid in full"}
    visitor.get(PAGE)
    assert "It hides 2 orders now: show them" in words(visitor.page)
    visitor.get("/c/acme/orders")
    assert (
        "Skipped by your settings: 2 orders without an order status that you send, "
        "1 order from before the start date." in words(visitor.page)
    )
    assert "Only orders of these statuses are sent: paid in full." not in visitor.page
    visitor.get("/")
    assert "2 orders skipped : no order status that you send." in words(visitor.page)
    visitor.get("/c/acme/orders/1001")
    assert "Only orders of these statuses are sent: paid in full." in words(visitor.page)
