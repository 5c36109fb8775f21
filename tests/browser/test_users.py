"""A colleague is added, chooses a password, and may do what their role says; viewer may not."""

import pytest

from tests.browser.conftest import PASSWORD, Service
from tests.browser.person import come_in, look, sees
from tests.browser.test_connect_keap import add_connection

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect
Page = playwright.Page

pytestmark = pytest.mark.slow
OWN = "of my own choice"


def add_user(page: Page, service: Service, name: str, role: str) -> str:
    """By the owner; the one-time password."""
    page.goto(f"{service.url}/users")
    look(page, "users")
    page.get_by_role("link", name="Add a user").click()
    page.get_by_label("Name to sign in with").fill(name)
    page.get_by_label(role).check()
    page.get_by_label("Only these:").check()
    page.get_by_label("acme").check()
    look(page, "user-add")
    page.get_by_role("button", name="Add user").click()
    expect(page.get_by_role("heading", name=f"One-time password of {name}")).to_be_visible()
    look(page, "user-password")
    return page.locator(".secret").inner_text()


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def choose_password(page: Page, old: str) -> None:
    expect(page.get_by_role("heading", name="Choose your own password")).to_be_visible()
    look(page, "own-password")
    page.get_by_label("The one-time password").fill(old)
    page.get_by_label("New password", exact=True).fill(OWN)
    page.get_by_label("New password, once more").fill(OWN)
    page.get_by_role("button", name="Change my password").click()
    sees(page, "Your password is changed.")


def test_a_viewer_reads_and_a_bookkeeper_changes_settings(page: Page, service: Service) -> None:
    come_in(page, service.url)
    add_connection(page, "other")
    page.goto(service.url)
    add_connection(page, "acme")
    passwords = {
        name: add_user(page, service, name, role)
        for name, role in (("vic", "Viewer"), ("bea", "Bookkeeper"))
    }
    sign_in(page, "vic", passwords["vic"])
    choose_password(page, passwords["vic"])
    expect(page.get_by_role("link", name="other", exact=True)).to_have_count(0)
    page.goto(f"{service.url}/c/acme")
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    look(page, "connection-of-a-viewer")
    page.goto(f"{service.url}/c/acme/settings")
    expect(page.get_by_role("button", name="Save settings")).to_have_count(0)
    look(page, "settings-of-a-viewer")
    page.goto(f"{service.url}/users")
    sees(page, "Your role does not allow that")
    look(page, "not-allowed")

    sign_in(page, "bea", passwords["bea"])
    choose_password(page, passwords["bea"])
    page.goto(f"{service.url}/c/acme/settings")
    look(page, "settings")
    page.get_by_label("Find a setting").fill("number prefix")
    page.get_by_role("button", name="Find").click()
    page.get_by_label("Number prefix").fill("K-")
    page.get_by_role("button", name="Save settings").click()
    sees(page, "Settings saved.")
    sees(page, "bea changed it on")
    look(page, "settings-found")

    sign_in(page, "owner", PASSWORD)
    page.goto(f"{service.url}/audit?connection=acme")
    sees(page, "Settings changed")
    look(page, "audit")
    page.goto(f"{service.url}/users")
    page.get_by_role("link", name="bea").click()
    look(page, "user")
    page.get_by_role("button", name="Disable bea").click()
    sees(page, "bea is signed out and cannot come in any more.")
