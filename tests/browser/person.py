"""What a person does at a page: looks, reads, presses, follows a link."""

import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.browser.conftest import PASSWORD

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect
Page = playwright.Page

#: seconds a person may look again before something must have come
PATIENCE = 60.0


def come_in(page: Page, url: str) -> None:
    """As the owner, to the list of connections or to what stands in its place."""
    page.goto(url)
    page.get_by_label("Name").fill("owner")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.click()
    page.wait_for_load_state()


def follow_in_menu(page: Page, name: str) -> None:
    """On a phone the menu is folded away. A count may follow a name: "Needs you 7"."""
    menu = page.get_by_text("All pages")
    if menu.is_visible():
        menu.click()
    named = re.compile(rf"^{re.escape(name)}( \d+)?$")
    page.get_by_role("navigation").get_by_role("link", name=named).first.click()
    page.wait_for_load_state()


def sees(page: Page, text: str) -> None:
    expect(page.get_by_role("main").get_by_text(text).first).to_be_visible()


def look_until(page: Page, is_there: Callable[[], bool], patience: float = PATIENCE) -> None:
    """The person looks again now and then, for so many seconds."""
    deadline = time.monotonic() + patience
    while not is_there():
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        time.sleep(0.5)
        # A page that is new by itself may be on its way already; that one does.
        with suppress(playwright.Error):
            page.reload()
        page.wait_for_load_state()


def look(page: Page, name: str) -> None:
    """Nothing is cut off at the side; SCREENSHOTS names a folder that keeps a picture."""
    narrow = page.viewport_size["width"] if page.viewport_size else 0
    # A click returns as soon as the next page is on its way: wait until all of it is there.
    page.wait_for_load_state()
    for take in CAMERAS:
        take(page, name)
    wide = max(box["x"] + box["width"] for box in _boxes(page))
    assert wide <= narrow + 1, name


def _keep_all(page: Page, name: str) -> None:
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


#: what is shown each look
CAMERAS: list[Callable[[Page, str], None]] = [_keep_all]


def _boxes(page: Page) -> list[dict[str, float]]:
    found = [part.bounding_box() for part in page.locator("main > *").all()]
    return [dict(box) for box in found if box]
