"""connection key, login, test and disconnect, against a simulated Keap."""

import threading
from collections.abc import Iterator

import pytest

from qbwc_service.cli import keap_login
from qbwc_service.config import Config
from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.demo.keap import Shop, SimulatedKeap
from qbwc_service.keap_access import sign_ins
from qbwc_service.keap_access.access import Access
from qbwc_service.ledger.models import Connection
from tests.allowing import allowed_code
from tests.cli.conftest import Shell

pytestmark = pytest.mark.usefixtures("acme")


@pytest.fixture
def keap(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedKeap]:
    """The simulated Keap, and a service that has a client id."""
    with SimulatedKeap(Shop()) as made:
        secret = shell.folder / "client"
        secret.write_text(made.sign_in.secret, encoding="ascii")
        for name, value in {
            "KEAP_API_URL": made.url,
            "KEAP_TOKEN_URL": made.token_url,
            "KEAP_AUTHORIZE_URL": made.authorize_url,
            "KEAP_CLIENT_ID": made.sign_in.client_id,
            "KEAP_CLIENT_SECRET_FILE": str(secret),
        }.items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.fixture
def opened_pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser was told to open; no browser opens."""
    pages: list[str] = []
    monkeypatch.setattr(keap_login.webbrowser, "open", pages.append)
    monkeypatch.setattr(keap_login, "_LOOK_EVERY_SECONDS", 0.01)
    return pages


def row(database: Database) -> Connection:
    with database.reading() as db:
        return find_connection(db, "acme")


def key_file(shell: Shell, key: str) -> str:
    path = shell.folder / "keap.key"
    path.write_text(key, encoding="ascii")
    return str(path)


def sign_in(database: Database, keap: SimulatedKeap) -> None:
    """What the pages do when a person allows access and says yes."""
    config = Config.from_environment()
    access = Access(database, config.secrecy(), config)
    uri = config.keap_redirect_uri
    tokens = access.token_endpoint().exchange(
        allowed_code(keap, uri), redirect_uri=uri, verifier="v"
    )
    with database.writing("test") as db:
        connection = find_connection(db, "acme")
        pending = sign_ins.keep_pending(db, access.secrecy, connection, tokens, "owner")
        pending.tenant, pending.account_name = keap.shop.account.tenant, "Acme Studio"
        sign_ins.put_in_force(db, connection, pending, "owner", access.clock())


def test_a_key_is_tried_before_it_is_stored(
    shell: Shell, migrated: Database, keap: SimulatedKeap
) -> None:
    wrong = shell("connection", "key", "acme", "--keap-key-file", key_file(shell, "KeapAK-wrong"))
    assert wrong.code == 1
    assert "lease obtain an API key from Infusionsoft" in wrong.err
    assert row(migrated).keap_key == ""
    right = shell("connection", "key", "acme", "--keap-key-file", key_file(shell, keap.key))
    assert (right.code, right.err) == (0, "")
    assert "Keap answers as Acme Studio." in right.out
    assert row(migrated).keap_tenant == "ab103.infusionsoft.com"
    assert keap.key not in right.out


def test_a_key_that_cannot_be_tried_is_stored_and_that_is_said(
    shell: Shell, migrated: Database
) -> None:
    outcome = shell("connection", "key", "acme", "--keap-key-file", key_file(shell, "KeapAK-x"))
    assert outcome.code == 0
    assert "Saved, but Keap could not be asked" in outcome.out
    assert row(migrated).keap_key


def test_login_opens_our_page_and_waits_for_the_sign_in(
    shell: Shell, migrated: Database, keap: SimulatedKeap, opened_pages: list[str]
) -> None:
    person = threading.Thread(target=sign_in, args=(migrated, keap))
    person.start()
    outcome = shell("connection", "login", "acme", "--wait", "60")
    person.join()
    page = "http://localhost:8000/c/acme/keap/sign-in"
    assert (outcome.code, outcome.err) == (0, "")
    assert opened_pages == [page]
    assert page in outcome.out
    assert outcome.out.endswith("Signed in: Acme Studio (ab103)\n")
    shown = shell("connection", "show", "acme", "--json").document
    assert (shown["keap_login"], shown["keap_account_name"]) == ("sign-in", "Acme Studio")
    assert "signed in with Keap" in shell("connection", "list").out


def test_login_waits_for_another_sign_in_than_the_one_in_force(
    shell: Shell, migrated: Database, keap: SimulatedKeap, opened_pages: list[str]
) -> None:
    sign_in(migrated, keap)
    outcome = shell("connection", "login", "acme", "--wait", "0")
    assert outcome.code == 1
    assert "Nobody signed in within 0 seconds. Nothing was changed" in outcome.err
    assert len(opened_pages) == 1


def test_test_tells_the_account_or_the_trouble(
    shell: Shell, migrated: Database, keap: SimulatedKeap
) -> None:
    assert "No Keap account is connected." in shell("connection", "test", "acme").err
    sign_in(migrated, keap)
    outcome = shell("connection", "test", "acme")
    assert (outcome.code, outcome.out) == (
        0,
        "It works. Keap answers as Acme Studio.\nApp id: ab103\n",
    )
    keap.sign_in.revoke()
    refused = shell("connection", "test", "acme")
    assert refused.code == 1
    assert refused.err.startswith("Somebody has to sign in with Keap again.")
    assert shell("connection", "show", "acme", "--json").document["keap_login"] == "sign-in-ended"


def test_disconnect_forgets_the_login(
    shell: Shell, migrated: Database, keap: SimulatedKeap
) -> None:
    assert shell("connection", "disconnect", "acme", "--yes").code == 1
    sign_in(migrated, keap)
    assert shell("connection", "disconnect", "acme", "--yes").code == 0
    assert shell("connection", "show", "acme", "--json").document["keap_login"] == "none"
    assert row(migrated).keap_tenant == "ab103.infusionsoft.com"


@pytest.mark.parametrize("command", ["key", "login", "test", "disconnect"])
def test_an_unknown_connection_is_told(shell: Shell, keap: SimulatedKeap, command: str) -> None:
    more = {"key": ["--keap-account", "iq146"], "disconnect": ["--yes"]}.get(command, [])
    outcome = shell("connection", command, "nobody", *more)
    assert outcome.code == 1
    assert "There is no connection called 'nobody'." in outcome.err
