"""Connect Keap by key; test, switch and disconnect; what the Keap card says."""

import pytest

from qbwc_service.demo.keap import Fault, SimulatedKeap
from qbwc_service.ledger.models import Connection, Event, KeapSignIn, SignInState
from tests.admin.site import NOW, Site

NEW_KEY = {"keap_account": "https://ab103.infusionsoft.com/", "keap_key": " KeapAK-simulated "}


@pytest.fixture
def site(keap_site: Site) -> Site:
    keap_site.add_connection(keap_account="")
    return keap_site


def connection(site: Site) -> Connection:
    with site.database.reading() as db:
        return db.query(Connection).filter_by(name="acme").one()


def key_on_file(site: Site) -> str:
    return site.secrecy.decrypt(connection(site).keap_key)


def sign_in(site: Site, **columns: object) -> None:
    """A sign-in in force whose tokens Keap does not know."""
    with site.database.writing("test") as db:
        db.add(
            KeapSignIn(
                connection_id=db.query(Connection).one().id,
                state=SignInState.IN_FORCE,
                access_token=site.secrecy.encrypt("access"),
                refresh_token=site.secrecy.encrypt("refresh"),
                issued_at=NOW,
                expires_at=NOW.replace(day=24),
                signed_in_by="ann",
                **columns,
            )
        )


def signed_in(site: Site) -> bool:
    with site.database.reading() as db:
        return db.query(KeapSignIn).count() > 0


def test_a_key_is_tried_saved_encrypted_and_leads_to_the_next_step(site: Site) -> None:
    visitor = site.bookkeeper()
    page = visitor.press("/c/acme/keap", "/c/acme/keap/key", NEW_KEY)
    assert "The key works: Keap answers as Acme" in page
    assert "Set-up of acme" in page
    assert key_on_file(site) == "KeapAK-simulated"
    row = connection(site)
    assert (row.keap_account, row.keap_tenant) == ("ab103", "ab103.infusionsoft.com")
    assert (row.last_sync_trouble, row.next_sync_at) == ("", None)
    assert "KeapAK-simulated" not in page


def test_a_refused_key_changes_nothing_and_says_the_sentence_that_people_search_for(
    site: Site,
) -> None:
    before = connection(site).keap_key
    visitor = site.bookkeeper()
    visitor.get("/c/acme/keap")
    response = visitor.post("/c/acme/keap/key", {"keap_key": "KeapAK-wrong"})
    assert response.status_code == 422
    told = "lease obtain an API key from Infusionsoft and replace the one we have on file"
    assert told in visitor.page
    assert "KeapAK-wrong" not in visitor.page
    assert connection(site).keap_key == before
    visitor.get("/c/acme/errors")
    assert told in visitor.page


@pytest.mark.parametrize("key", ["", "  ", "k\0y", "schlüssel", "two words", "x" * 4001])
def test_what_cannot_be_a_key_changes_nothing(site: Site, keap: SimulatedKeap, key: str) -> None:
    before = connection(site).keap_key
    visitor = site.bookkeeper()
    visitor.get("/c/acme/keap")
    assert visitor.post("/c/acme/keap/key", {"keap_key": key}).status_code == 422
    assert "Paste the key as Keap shows it" in visitor.page
    assert (connection(site).keap_key, keap.requests) == (before, [])


@pytest.mark.parametrize("account", ["no account", "x" * 300, "<script>", "iq146"])
def test_an_account_that_is_none_or_another_changes_nothing(site: Site, account: str) -> None:
    before = connection(site).keap_key
    visitor = site.bookkeeper()
    visitor.get("/c/acme/keap")
    form = NEW_KEY | {"keap_account": account}
    assert visitor.post("/c/acme/keap/key", form).status_code == 422
    assert "<script>" not in visitor.page
    assert (connection(site).keap_key, connection(site).keap_account) == (before, "")


def test_a_key_that_cannot_be_tried_is_saved_and_that_is_said(
    site: Site, keap: SimulatedKeap
) -> None:
    keap.faults.add(Fault("server-error"))
    sign_in(site)
    page = site.bookkeeper().press("/c/acme/keap", "/c/acme/keap/key", NEW_KEY)
    assert "Keap could not be asked whether it works" in page
    assert "Until then the sign-in stays in force." in page
    assert key_on_file(site) == "KeapAK-simulated"


def test_test_tells_the_account_or_the_trouble(site: Site) -> None:
    visitor = site.bookkeeper()
    assert "Keap does not accept the API key." in visitor.press("/c/acme", "/c/acme/keap/test")
    visitor.press("/c/acme/keap", "/c/acme/keap/key", NEW_KEY)
    page = visitor.press("/c/acme", "/c/acme/keap/test")
    assert "It works. Keap answers as Acme &lt;script&gt;" in page
    assert "(ab103)" in page
    sign_in(site)
    page = visitor.press("/c/acme", "/c/acme/keap/test")
    assert "Somebody has to sign in with Keap again." in page
    assert "ended: somebody has to sign in again" in page


def test_one_click_switches_to_the_key_on_file(site: Site) -> None:
    sign_in(site)
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    assert "signed in with Keap by ann" in visitor.page
    assert "7 Jan 2027" in visitor.page
    page = visitor.press("/c/acme", "/c/acme/keap/use-key")
    assert "The API key on file is used from now on." in page
    assert "by API key, kept encrypted" in page
    assert not signed_in(site)


def test_without_a_key_the_sign_in_stays(site: Site) -> None:
    sign_in(site)
    with site.database.writing("test") as db:
        db.query(Connection).one().keap_key = ""
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    assert "Use the API key instead" not in visitor.page
    page = visitor.press("/c/acme", "/c/acme/keap/use-key")
    assert "There is no API key on file, so nothing was changed." in page
    assert signed_in(site)


def test_disconnect_asks_first_and_forgets_key_and_tokens_but_not_the_account(site: Site) -> None:
    sign_in(site)
    with site.database.writing("test") as db:
        db.query(Connection).one().keap_tenant = "ab103.infusionsoft.com"
    with site.books() as books:
        books.order(1048)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/keap/disconnect")
    assert signed_in(site)
    page = visitor.press("/c/acme/keap/disconnect", "/c/acme/keap/disconnect")
    assert "nothing is read any more" in page
    row = connection(site)
    assert (row.keap_key, row.keap_tenant) == ("", "ab103.infusionsoft.com")
    assert not signed_in(site)
    visitor.get("/c/acme/orders")
    assert "1048" in visitor.page
    page = visitor.press("/c/acme/keap/disconnect", "/c/acme/keap/disconnect")
    assert "It was not connected; nothing was changed." in page
    with site.database.reading() as db:
        assert [event.text for event in db.query(Event)] == ["Disconnected from Keap"]
