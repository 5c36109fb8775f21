"""Live parts of a page are new without a reload, and in nobody's way."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from qbwc_service.ledger import states
from qbwc_service.ledger.models import Posting
from tests.admin.site import PASSWORD, Site
from tests.browser.conftest import PATIENCE_MS, served

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect
Page = playwright.Page

pytestmark = pytest.mark.slow

#: longer than the time between two asks of any part
A_WHILE = "00:16"


@pytest.fixture
def live(site: Site, browser: "playwright.Browser") -> Iterator[Page]:
    """Signed in at the list of connections; the browser's clock goes on when it is told to."""
    site.add_person()
    site.add_connection()
    with served(site) as url:
        context = browser.new_context(base_url=url)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.clock.install()
        page.goto("/")
        page.get_by_label("Name").fill("owner")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="My connections")).to_be_visible()
        yield page
        context.close()


def new_order(site: Site, number: int) -> None:
    with site.books() as books:
        books.invoice(books.order(number))


def hold(site: Site, number: int) -> None:
    with site.books() as books:
        posting = books.db.scalars(select(Posting).where(Posting.order_id == number)).one()
        states.hold(posting, "item-not-in-quickbooks", {"order": str(number), "sku": "BED-4"})
        books.order_ids.append(number)


def hide(page: Page, hidden: bool) -> None:
    page.evaluate(
        "value => Object.defineProperty(document, 'hidden', { value, configurable: true })", hidden
    )


def test_home_says_what_needs_you_and_the_focus_stays(live: Page, site: Site) -> None:
    new_order(site, 1048)
    live.get_by_role("link", name="acme", exact=True).focus()
    hold(site, 1048)
    live.clock.run_for(A_WHILE)
    expect(live.get_by_text("1 order needs you.")).to_be_visible()
    expect(live.get_by_role("link", name="acme", exact=True)).to_be_focused()


def test_the_status_of_an_order_changes_and_its_tick_stays(live: Page, site: Site) -> None:
    new_order(site, 1048)
    live.goto("/c/acme/orders")
    live.get_by_label("Order 1048").check()
    hold(site, 1048)
    live.clock.run_for(A_WHILE)
    row = live.get_by_role("row", name="1048")
    expect(row.get_by_text("Held - needs you")).to_be_visible()
    expect(row.get_by_text('QuickBooks has no item "BED-4"')).to_be_visible()
    expect(live.get_by_label("Order 1048")).to_be_checked()
    expect(live.locator("#needs-you-count")).to_have_text("1")


def test_an_opened_part_of_the_connection_page_stays_open(live: Page, site: Site) -> None:
    live.goto("/c/acme")
    live.get_by_text("Technical part").click()
    new_order(site, 1048)
    hold(site, 1048)
    live.clock.run_for(A_WHILE)
    expect(live.get_by_text("1 order needs you.")).to_be_visible()
    expect(live.get_by_text("FileID")).to_be_visible()
    expect(live.get_by_text("Technical part")).to_be_focused()


def test_the_set_up_turns_green_but_not_under_the_fingers(live: Page, site: Site) -> None:
    with site.books() as books:
        books.message_set("<QBXML/>", "<QBXML/>")
    live.goto("/c/acme/set-up/quickbooks")
    sleeps = live.get_by_label("It does not go to sleep")
    sleeps.check()
    with site.books() as books:
        books.connection.company_name = "Acme Ltd"
    live.clock.run_for(A_WHILE)
    expect(live.get_by_text("Connected to Acme Ltd")).to_be_visible()
    expect(sleeps).to_be_checked()


def test_a_hidden_tab_asks_nothing(live: Page, site: Site) -> None:
    asked: list[str] = []
    live.on("request", lambda request: asked.append(request.url))
    hide(live, True)
    live.clock.run_for("10:00")
    assert asked == []
    hide(live, False)
    with live.expect_response(lambda response: response.ok):
        live.clock.run_for(A_WHILE)


def test_a_service_that_does_not_answer_is_asked_ever_less(live: Page) -> None:
    asked: list[str] = []
    live.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
    for _ in range(60):
        live.clock.run_for("00:10")
    notice = live.get_by_text("The service does not answer just now")
    expect(notice).to_be_visible()
    assert 3 < len(asked) < 10
    live.unroute("**/*")
    # The longest pause, and the next time that the slowest part of the page is asked for.
    for _ in range(20):
        live.clock.run_for("00:10")
    expect(notice).to_be_hidden()


def test_after_the_sign_out_elsewhere_the_sign_in_is_shown(live: Page) -> None:
    live.context.clear_cookies()
    live.clock.run_for(A_WHILE)
    expect(live.get_by_role("heading", name="Sign in")).to_be_visible()
    live.get_by_label("Name").fill("owner")
    live.get_by_label("Password").fill(PASSWORD)
    live.get_by_role("button", name="Sign in").click()
    expect(live.get_by_role("heading", name="My connections")).to_be_visible()


def test_who_is_signed_out_while_typing_keeps_what_was_typed(live: Page) -> None:
    live.goto("/c/acme/set-up/quickbooks")
    live.get_by_label("It does not go to sleep").check()
    live.context.clear_cookies()
    live.clock.run_for(A_WHILE)
    expect(live.get_by_text("You were signed out meanwhile.")).to_be_visible()
    expect(live.get_by_label("It does not go to sleep")).to_be_checked()


def test_nothing_of_it_breaks_the_rules_that_the_page_has_for_scripts(live: Page) -> None:
    told: list[str] = []
    live.on("console", lambda message: told.append(message.text))
    live.on("pageerror", lambda error: told.append(str(error)))
    for address in ("/", "/c/acme", "/c/acme/orders", "/c/acme/set-up"):
        live.goto(address)
        live.clock.run_for(A_WHILE)
        live.wait_for_load_state("networkidle")
    assert told == []


def test_a_double_click_is_sent_once(live: Page) -> None:
    sent: list[str] = []
    live.on("request", lambda request: sent.append(request.method))
    live.goto("/c/acme")
    live.get_by_role("button", name="Pause").dblclick()
    expect(live.get_by_role("button", name="Resume")).to_be_visible()
    assert sent.count("POST") == 1
