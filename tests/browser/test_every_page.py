"""Every page that can be opened, with something on it: usable by everybody, nothing cut off, and a
picture of each in the folder screenshots beside this file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from qbwc_service.demo.run import NAME, Demo
from tests.admin.site import Site
from tests.browser.conftest import PATIENCE_MS

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
Page = playwright.Page

SCREENSHOTS = Path(__file__).parent / "screenshots"
AXE = Path(__file__).parent / "axe" / "axe.min.js"

#: where a page with something on it is, by its endpoint; {order} and {update} come from the demo
PAGES = {
    "home.show": "/",
    "adding.show": "/connections/add",
    "help.show": "/help",
    "help.entry": "/help/number-taken",
    "people.show": "/users",
    "people.ask_to_add": "/users/add",
    "people.show_one": "/users/1",
    "invitations.ask_to_invite": "/users/invitations/new",
    "joining.show": "{invitation}",
    "own_password.show": "/my-password",
    "audit.show": "/audit",
    "connection_home.show": "/c/demo/home",
    "preview.show": "/c/demo/preview",
    "payments.show": "/c/demo/payments",
    "refunds.show": "/c/demo/refunds",
    "runs.show": "/c/demo/updates",
    "runs.show_one": "/c/demo/updates/{update}",
    "runs.show_message": "/c/demo/updates/{update}/messages/1",
    "activity.show": "/c/demo/activity",
    "link_many.show": "/c/demo/orders/link?order={held}",
    "settings.show": "/c/demo/settings",
    "alerts.show": "/c/demo/alerts",
    "alerts.ask_for_signing_key": "/c/demo/alerts/signing-key",
    "set_up.show": "/c/second/set-up",
    "set_up.show_step": "/c/second/set-up/quickbooks",
    "set_up.ask": "/c/second/set-up/settings/which-orders",
    "keap_login.show": "/c/second/keap",
    "keap_login.ask_to_disconnect": "/c/demo/keap/disconnect",
    "needs_you.show": "/c/demo/needs-you",
    "orders.show": "/c/demo/orders",
    "order.show": "/c/demo/orders/{order}",
    "undo.show": "/c/demo/orders/{order}/undo",
    "undo_many.show_ticked": "/c/demo/orders/undo?order={order}",
    "undo_many.show_update": "/c/demo/updates/{update}/undo",
    "products.show": "/c/demo/products",
    "unknown_item.show": "/c/demo/products/{product}/unknown",
    "customers.show": "/c/demo/customers",
    "rules.show": "/c/demo/rules",
    "reconcile.show": "/c/demo/reconcile",
    "manual_sync.show": "/c/demo/sync",
    "manual_sync.show_one": "/c/demo/sync/1",
    "errors.show": "/c/demo/errors",
    "connection.show": "/c/demo",
    "accounts.show": "/c/demo/accounts",
    "upkeep.ask_for_password": "/c/demo/password",
    "company_file.show": "/c/demo/company-file",
    "sign_in.show": "/sign-in",
}
#: other looks of pages that have several
LOOKS = {
    "order-held": "/c/demo/orders/{held}",
    "orders-filtered": "/c/demo/orders?status=held",
    "orders-none": "/c/demo/orders?q=nobody",
    "connection-new": "/c/second",
    "not-found": "/c/nothing",
    "home-new": "/c/second/home",
    "order-technical": "/c/demo/orders/{order}?tab=technical",
    "order-keap": "/c/demo/orders/{order}?tab=keap",
    "help-found": "/help?q=3140",
    "set-up-keap": "/c/second/set-up/keap",
    "set-up-products": "/c/second/set-up/products",
    "set-up-preview": "/c/second/set-up/preview",
    "set-up-send-three": "/c/second/set-up/send-three",
    "set-up-switch-on": "/c/second/set-up/switch-on",
    "signed-out": "/c/demo/orders",
}
#: what people print
ON_PAPER = {"order.show", "reconcile.show"}
#: what is no page: files, parts of pages, and what leads on at once
NO_PAGES = {
    "sign_in.static",
    "needs_you.count",
    "orders.export",
    "products.export",
    "rules.export",
    "reconcile.export",
    "reconcile.export_payments",
    "reconcile.export_days",
    "errors.export",
    "audit.export",
    "payments.export",
    "support_file.choose",
    "support_file.save",
    "upkeep.web_connector_file",
    # with "Sign in with Keap": test_connect_keap walks through them
    "keap_sign_in.ask",
    "keap_sign_in.come_back",
    "keap_sign_in.show_account",
}


def test_no_page_is_missing_here(site: Site) -> None:
    opened = {rule.endpoint for rule in site.app.url_map.iter_rules() if "GET" in rule.methods}
    assert opened == set(PAGES) | NO_PAGES


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo after its first day, with a second connection that is new."""
    running = Demo(tmp_path_factory.mktemp("demo"), orders=40, bulk=None, port=0)
    try:
        running.start()
        running.sync()
        running.sessions(add=True)
        running.command("connection", "add", "second", "--json")
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def visit(demo: Demo, browser: "playwright.Browser") -> Iterator[Page]:
    """Somebody who has signed in."""
    context = browser.new_context(base_url=demo.url, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Name").fill("owner")
    page.get_by_label("Password").fill(demo.admin_password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    fill(page)
    demo.sync()
    demo.sessions()
    yield page
    context.close()


@pytest.fixture(scope="module")
def known(demo: Demo) -> dict[str, int | str]:
    """The ids in addresses, and the address of an invitation."""
    orders = demo.orders()
    link = demo.command("person", "invite", "viewer", "--json")["link"]
    return {
        "invitation": urlsplit(link).path,
        "order": next(order["keap_id"] for order in orders if order["status"] == "posted"),
        "held": next(order["keap_id"] for order in orders if order["status"] == "held"),
        "update": 1,
        "product": 1,
    }


def fill(page: Page, url: str = "") -> None:
    """What the first day does not bring: a manual sync, a rule, a reading of the books."""
    page.goto(f"{url}/c/{NAME}/sync")
    page.get_by_label("Order number").fill("20101, 1")
    page.get_by_role("button", name="Sync now").click()
    page.goto(f"{url}/c/{NAME}/rules")
    page.get_by_label("Name").fill("Wholesale")
    page.get_by_label("Value 1").fill("500.00")
    page.get_by_label("The order").select_option("is held")
    page.get_by_role("button", name="Save rule").click()
    page.goto(f"{url}/c/{NAME}/reconcile")
    page.get_by_role("button", name="Read QuickBooks now").click()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_everybody_can_use_every_page_and_nothing_is_cut_off(
    visit: Page, known: dict[str, int | str]
) -> None:
    """One test, so that one demo does for all pages however many processes test."""
    problems: dict[str, list[str]] = {}
    for name, address in {**PAGES, **LOOKS}.items():
        if name == "signed-out":
            visit.context.clear_cookies()
        answer = visit.goto(address.format(**known))
        assert answer is not None
        if answer.status != (404 if name == "not-found" else 200):
            problems[name] = [f"answers {answer.status}"]
            continue
        found = _problems(visit, name)
        if name in ON_PAPER:
            found += _on_paper(visit)
        if found:
            problems[name] = found
    told = [f"{name}: {each}" for name, found in problems.items() for each in found]
    assert not told, "\n".join(told)


def _problems(page: Page, name: str) -> list[str]:
    found: list[str] = []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for width, height in ((1280, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        found += _cut_off(page, width)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            _picture(page, f"{name.replace('.', '-')}-{width}-{scheme}")
            found += _shut_out(page)
    return found


def _on_paper(page: Page) -> list[str]:
    """What is told is there, and nothing to press."""
    page.emulate_media(media="print", color_scheme="dark")
    pressed = [kind for kind in ("navigation", "button") if page.get_by_role(kind).count()]
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    told = page.get_by_role("heading", level=1).is_visible()
    page.emulate_media(media="screen")
    problems = [f"on paper there is a {kind}" for kind in pressed]
    if paper != "rgb(255, 255, 255)" or not told:
        problems.append(f"paper is {paper}, its heading is {'there' if told else 'missing'}")
    return problems


def _picture(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def _cut_off(page: Page, width: int) -> list[str]:
    """A page wider than its window, and a table wider than its box."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    page_too_wide = [f"{wide} wide in a window of {width}"] if wide > width else []
    hidden: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".scroll")]
            .filter((box) => box.scrollWidth > box.clientWidth + 1)
            .map((box) => `a table is ${box.scrollWidth} wide in ${box.clientWidth}`)"""
    )
    return [*page_too_wide, *(f"{each} at {width}" for each in hidden)]


def _shut_out(page: Page) -> list[str]:
    found: list[dict[str, Any]] = page.evaluate(
        """async () => (await axe.run({ resultTypes: ["violations"] })).violations"""
    )
    return [
        f"{each['id']}: {each['help']}: {[node['target'] for node in each['nodes']][:3]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]
