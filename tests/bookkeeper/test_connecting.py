"""R1-R16: how Keap is connected, by signing in or by key. The steps themselves are tested in
tests/admin and tests/cli; here is what each is for."""

import json
from pathlib import Path

import pytest

from qbwc_service.demo.keap import SimulatedKeap
from qbwc_service.ledger.models import Connection
from tests.admin.conftest import keap, keap_site
from tests.admin.site import Site
from tests.admin.test_keap_login import NEW_KEY, key_on_file, signed_in
from tests.admin.test_keap_sign_in import answer, begin, connect, follow, way_back
from tests.bookkeeper.shop_and_books import ShopAndBooks
from tests.cli.conftest import Shell, acme, migrated, shell

__all__ = ["acme", "keap", "keap_site", "migrated", "shell"]
SENTENCE = "lease obtain an API key from Infusionsoft and replace the one we have on file"


@pytest.fixture
def site(keap_site: Site) -> Site:
    """A new connection that nobody has joined to Keap."""
    keap_site.add_connection(keap_account="", keap_key="")
    return keap_site


def connection(site: Site) -> Connection:
    with site.database.reading() as db:
        return db.query(Connection).filter_by(name="acme").one()


# -- by signing in ---------------------------------------------------------------------------------


def test_r1_keap_is_only_read_nothing_is_written_or_installed_there(business: ShopAndBooks) -> None:
    business.order()
    business.run()
    assert business.world.books().invoices
    asked = {request.partition(" ")[0] for request in business.keap.requests}
    assert asked == {"GET"}


def test_r2_it_is_read_as_the_person_who_allowed_it_and_only_after_the_account_was_confirmed(
    site: Site,
) -> None:
    visitor = site.bookkeeper()
    page = follow(visitor, way_back(visitor))
    assert "Is this the right account?" in page
    assert connection(site).keap_tenant == ""
    answer(site, visitor, "yes")
    assert connection(site).keap_tenant == "ab103.infusionsoft.com"


def test_r3_nobody_gets_to_the_connections_without_signing_in_to_the_service(site: Site) -> None:
    site.add_person()
    visitor = site.visitor()
    for address in ("/", "/c/acme", "/c/acme/keap/sign-in"):
        response = visitor.get(address)
        assert response.status_code == 302
        assert "/sign-in" in response.location


def test_r4_the_connections_are_listed_and_another_can_be_added(site: Site) -> None:
    visitor = site.bookkeeper()
    visitor.get("/")
    assert "acme" in visitor.page
    page = visitor.press("/connections/add", "/connections/add", {"name": "second"})
    assert "Set-up of second" in page


def test_r5_r6_a_page_with_continue_stands_before_the_way_to_keap(
    site: Site, keap: SimulatedKeap
) -> None:
    visitor = site.bookkeeper()
    visitor.get("/c/acme/keap/sign-in")
    assert "Continue" in visitor.page
    assert keap.requests == []
    assert begin(visitor).startswith(keap.authorize_url)


def test_r7_the_password_is_typed_at_keap_and_never_with_us(site: Site) -> None:
    visitor = site.bookkeeper()
    visitor.get("/c/acme/keap/sign-in")
    assert "we never see your Keap password" in visitor.page
    assert 'type="password"' not in visitor.page


def test_r8_who_does_not_allow_it_has_changed_nothing(site: Site) -> None:
    visitor = site.bookkeeper()
    follow(visitor, way_back(visitor, "deny"))
    assert not signed_in(site)


def test_r9_from_keap_the_way_leads_on_with_the_set_up(site: Site) -> None:
    visitor = connect(site)
    assert "Keap is connected." in visitor.page
    assert "Set-up of acme" in visitor.page


# -- by key ----------------------------------------------------------------------------------------


def test_r10_a_key_that_keap_refuses_is_told_by_the_sentence_that_people_search_for(
    site: Site,
) -> None:
    visitor = site.bookkeeper()
    visitor.get("/c/acme/keap")
    visitor.post("/c/acme/keap/key", {"keap_key": "KeapAK-wrong"})
    assert SENTENCE in visitor.page
    visitor.get("/c/acme/errors")
    assert SENTENCE in visitor.page


def test_r11_the_login_is_updated_from_the_page_of_the_connection(site: Site) -> None:
    visitor = connect(site)
    visitor.get("/c/acme")
    assert '<a class="button" href="/c/acme/keap">Update login</a>' in visitor.page


@pytest.mark.parametrize(
    "typed", ["ab103", "ab103.infusionsoft.com", "https://ab103.infusionsoft.com/"]
)
def test_r12_the_account_is_understood_however_it_is_written(site: Site, typed: str) -> None:
    visitor = site.bookkeeper()
    visitor.press("/c/acme/keap", "/c/acme/keap/key", NEW_KEY | {"keap_account": typed})
    assert connection(site).keap_account == "ab103"


def test_r13_r15_a_key_that_works_is_saved_and_never_shown_again(site: Site) -> None:
    page = site.bookkeeper().press("/c/acme/keap", "/c/acme/keap/key", NEW_KEY)
    assert key_on_file(site) == "KeapAK-simulated"
    assert "KeapAK-simulated" not in page


def test_r14_the_key_takes_the_place_of_a_sign_in_without_a_token_to_be_blanked(
    site: Site,
) -> None:
    visitor = connect(site)
    assert signed_in(site)
    visitor.press("/c/acme/keap", "/c/acme/keap/key", NEW_KEY)
    assert not signed_in(site)


def test_r16_by_key_the_same_order_becomes_the_same_invoice(business: ShopAndBooks) -> None:
    order_id = business.order()
    business.run()
    assert business.world.invoices() == [(str(order_id), "Ann Lee", "100.00")]


def test_r16_a_script_can_do_what_the_pages_can(shell: Shell, acme: dict[str, str]) -> None:
    listed = shell("connection", "list", "--json")
    assert [each["connection"] for each in json.loads(listed.out)] == [acme["connection"]]
    file = Path(shell.folder) / "acme.qwc"
    assert shell("qwc", "acme", "-o", str(file)).code == 0
    assert acme["username"] in file.read_text(encoding="utf-8")
