"""From the sign-in to our pages to a connected Keap account, as a person does it."""

import pytest

from qbwc_service.demo.keap import OTHER_TENANT
from tests.browser.conftest import Service
from tests.browser.person import come_in, follow_in_menu, look, sees

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect
Page = playwright.Page

pytestmark = pytest.mark.slow


def add_connection(page: Page, name: str = "acme") -> None:
    look(page, "01-my-connections")
    page.get_by_role("link", name="Add connection").click()
    look(page, "02-add")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add connection").click()
    expect(page.get_by_role("heading", name=f"Set-up of {name}")).to_be_visible()
    look(page, "03-set-up")


def go_to_keap(page: Page) -> None:
    page.get_by_role("link", name="Sign in with Keap").click()
    look(page, "04-confirm")
    page.get_by_role("button", name="Continue to Keap").click()
    expect(page.get_by_role("heading", name="Simulated Keap")).to_be_visible()


def connect(page: Page, service: Service) -> None:
    come_in(page, service.url)
    add_connection(page)
    go_to_keap(page)
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", name="Is this the right account?")).to_be_visible()
    sees(page, "Acme <b>Studio</b>")
    sees(page, "ab103")
    look(page, "05-right-account")
    page.get_by_role("button", name="Yes, this one").click()


def test_sign_in_allow_and_back_in_the_set_up_at_step_2(page: Page, service: Service) -> None:
    connect(page, service)
    expect(page).to_have_url(f"{service.url}/c/acme/set-up")
    expect(page.locator("[aria-current=step]")).to_contain_text("2. Connect QuickBooks")
    look(page, "06-step-2")
    page.get_by_role("link", name="1. Connect Keap").click()
    sees(page, "Acme <b>Studio</b> (ab103), signed in with Keap")

    follow_in_menu(page, "Connection")
    page.get_by_role("button", name="Test").click()
    expect(
        page.get_by_text("It works. Keap answers as Acme <b>Studio</b> (ab103).")
    ).to_be_visible()
    look(page, "07-connection")
    follow_in_menu(page, "My connections")
    look(page, "08-my-connections")


def test_who_does_not_allow_it_is_back_at_the_two_ways(page: Page, service: Service) -> None:
    come_in(page, service.url)
    add_connection(page)
    go_to_keap(page)
    page.get_by_role("button", name="Deny").click()
    expect(
        page.get_by_text("You did not allow access in Keap. Nothing was changed.")
    ).to_be_visible()
    expect(page.get_by_label("API key")).to_be_visible()
    look(page, "10-denied")


def test_another_account_than_before_changes_nothing(page: Page, service: Service) -> None:
    connect(page, service)
    page.get_by_role("link", name="1. Connect Keap").click()
    page.get_by_role("link", name="Update login").click()
    look(page, "20-update-login")
    go_to_keap(page)
    page.get_by_label("Account").select_option(OTHER_TENANT)
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", name="That is another Keap account")).to_be_visible()
    expect(
        page.get_by_text("You allowed xy999, but this connection belongs to ab103")
    ).to_be_visible()
    look(page, "21-other-account")
    page.get_by_role("link", name="Sign in with ab103").click()
    page.get_by_role("button", name="Continue to Keap").click()
    page.get_by_role("button", name="Allow").click()
    sees(page, "Keap is connected.")


def test_an_api_key_instead(page: Page, service: Service) -> None:
    connect(page, service)
    page.get_by_role("link", name="1. Connect Keap").click()
    page.get_by_role("link", name="Update login").click()
    page.get_by_label("API key").fill("KeapAK-wrong")
    page.get_by_role("button", name="Save key").click()
    sees(page, "please obtain an API key from Infusionsoft")
    look(page, "30-refused")
    page.get_by_label("API key").fill(service.keap.key)
    page.get_by_role("button", name="Save key").click()
    sees(page, "The key works: Keap answers as")
    follow_in_menu(page, "Connection")
    look(page, "31-by-key")
    page.get_by_role("link", name="Disconnect").click()
    look(page, "32-disconnect")
    page.get_by_role("button", name="Disconnect").click()
    sees(page, "Disconnected from Keap: key")
    look(page, "33-disconnected")
