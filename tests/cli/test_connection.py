"""connection add, show, list, pause, resume, password, key, login, confirm; and qwc."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from qbwc_service.config import Config
from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger.models import Connection, Event
from qbwc_service.ledger.pausing import ERASING
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.secrecy import Secrecy
from qwc import read
from tests.cli.conftest import Shell

pytestmark = pytest.mark.usefixtures("migrated")


def connection_row(database: Database, name: str = "acme") -> Connection:
    with database.reading() as db:
        return find_connection(db, name)


def secrecy() -> Secrecy:
    return Secrecy(Config.from_environment().secret_key)


def key_file(shell: Shell, text: str = "KeapAK-abc\n") -> str:
    path = shell.folder / "keap.key"
    path.write_text(text)
    return str(path)


def test_add_tells_what_the_web_connector_needs_and_keeps_no_secret_readable(
    shell: Shell, migrated: Database
) -> None:
    outcome = shell(
        *("connection", "add", "acme", "--keap-account", "https://IQ146.infusionsoft.com/app"),
        *("--keap-key-file", key_file(shell), "--company-file", r"C:\Books\acme.qbw"),
        *("--start-date", "2026-11-01", "--json"),
    )
    made = outcome.document
    row = connection_row(migrated)
    assert outcome.code == 0
    assert made == {
        "connection": "acme",
        "username": row.user_name,
        "password": made["password"],
        "file_id": row.file_id,
        "owner_id": row.owner_id,
    }
    assert re.fullmatch("acme-[0-9a-f]{4}", row.user_name)
    assert secrecy().password_matches(made["password"], row.password_digest)
    assert (row.keap_account, row.company_file) == ("iq146", r"C:\Books\acme.qbw")
    assert row.settings == {"start_date": "2026-11-01"}
    assert secrecy().decrypt(row.keap_key) == "KeapAK-abc"
    assert "KeapAK" not in row.keap_key


def test_add_needs_no_more_than_a_name(shell: Shell, migrated: Database) -> None:
    outcome = shell("connection", "add", "acme")
    row = connection_row(migrated)
    assert outcome.code == 0
    assert f"User name:  {row.user_name}\n" in outcome.out
    assert (row.keap_account, row.keap_key, row.company_file, row.settings) == ("", "", "", {})


def test_the_day_of_set_up_is_the_one_where_the_business_is(
    shell: Shell, migrated: Database
) -> None:
    shell("connection", "add", "acme")
    with migrated.writing("test") as db:
        row = db.scalars(select(Connection)).one()
        # Half past midnight in London, the evening before in New York.
        row.created_at = datetime(2026, 11, 27, 0, 30, tzinfo=UTC)
        assert effective_settings(row).start_date == date(2026, 11, 27)
        row.time_zone = "America/New_York"
        assert effective_settings(row).start_date == date(2026, 11, 26)
        row.settings = {"start_date": "2026-12-01"}
        assert effective_settings(row).start_date == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["acme"], "There is a connection called 'acme' already; choose another name."),
        (
            ["Acme Books"],
            (
                "'Acme Books' cannot be the name of a connection: use 1 to 40 small letters, "
                "digits and hyphens, for example acme-books."
            ),
        ),
        (
            ["other", "--keap-account", "iq146@example.com"],
            (
                "'iq146@example.com' is not a Keap account: write it as in the address that you "
                "see after signing in, for example iq146 or iq146.infusionsoft.com."
            ),
        ),
    ],
)
@pytest.mark.usefixtures("acme")
def test_add_refuses_in_a_sentence(shell: Shell, options: list[str], sentence: str) -> None:
    outcome = shell("connection", "add", *options)
    assert (outcome.code, outcome.out, outcome.err) == (1, "", sentence + "\n")
    assert [one["connection"] for one in shell("connection", "list", "--json").document] == ["acme"]


@pytest.mark.parametrize("content", ["", "two words\n", "one\ntwo\n"])
def test_a_key_file_holds_one_key_and_nothing_else(shell: Shell, content: str) -> None:
    path = key_file(shell, content)
    outcome = shell("connection", "add", "acme", "--keap-key-file", path)
    assert outcome.code == 1
    assert outcome.err == f"{path} must hold the Keap key on one line, and nothing else.\n"


def test_show_and_list_tell_no_secret(
    shell: Shell, migrated: Database, acme: dict[str, str]
) -> None:
    shell("connection", "key", "acme", "--keap-key-file", key_file(shell))
    row = connection_row(migrated)
    shown = shell("connection", "show", "acme", "--json").document
    assert shown == shell("connection", "list", "--json").document[0]
    assert shown == {
        "connection": "acme",
        "username": acme["username"],
        "file_id": acme["file_id"],
        "owner_id": acme["owner_id"],
        "paused": False,
        "suspended_because": "",
        "is_on": True,
        "keap_account": "",
        "keap_account_name": "",
        "keap_login": "key",
        "keap_key_on_file": True,
        "company_file": "",
        "company_name": "",
        "shares_file_with": [],
        "write_block": "",
        "last_contact": None,
        "last_contact_result": "",
        "last_sync": None,
        "last_sync_trouble": "",
        "keap_hooks": {
            "is_wanted": False,
            "how_often": "every 15 minutes",
            "is_paused": False,
            "verified": 0,
            "checked_at": None,
            "called_at": None,
            "trouble": "",
        },
    }
    for text in (shell("connection", "show", "acme").out, shell("connection", "list").out):
        assert "acme" in text
        for secret in (row.keap_key, row.password_digest, acme["password"]):
            assert secret not in text


def test_a_new_password_ends_the_old_one(
    shell: Shell, migrated: Database, acme: dict[str, str]
) -> None:
    made = shell("connection", "password", "acme", "--json").document
    digest = connection_row(migrated).password_digest
    assert {**made, "password": ""} == {**acme, "password": ""}
    assert secrecy().password_matches(made["password"], digest)
    assert not secrecy().password_matches(acme["password"], digest)


@pytest.mark.usefixtures("acme")
def test_key_changes_account_and_key_and_has_keap_read_at_once(
    shell: Shell, migrated: Database
) -> None:
    path = key_file(shell, "KeapAK-new")
    outcome = shell(
        *("connection", "key", "acme", "--keap-account", "xy12", "--keap-key-file", path)
    )
    row = connection_row(migrated)
    assert (outcome.code, row.keap_account, row.next_sync_at) == (0, "xy12", None)
    assert secrecy().decrypt(row.keap_key) == "KeapAK-new"
    assert shell("connection", "key", "acme").code == 2


@pytest.mark.usefixtures("acme")
def test_what_the_set_up_left_off_is_switched_on_once(shell: Shell, migrated: Database) -> None:
    with migrated.writing("test") as db:
        find_connection(db, "acme").is_on = False
    assert "not switched on" in shell("connection", "list").out
    assert "sent with the next update" in shell("connection", "switch-on", "acme").out
    assert connection_row(migrated).is_on
    assert "active" in shell("connection", "list").out
    assert "on already" in shell("connection", "switch-on", "acme").out


@pytest.mark.usefixtures("acme")
def test_pause_and_resume_leave_a_line_of_history(shell: Shell, migrated: Database) -> None:
    assert shell("connection", "pause", "acme").code == 0
    assert connection_row(migrated).paused
    assert shell("connection", "resume", "acme").code == 0
    assert not connection_row(migrated).paused
    with migrated.reading() as db:
        notes = db.execute(select(Event.who, Event.text).order_by(Event.id)).all()
    assert [tuple(note) for note in notes] == [
        ("command line", "Paused"),
        ("command line", "Resumed"),
    ]


@pytest.mark.usefixtures("acme")
def test_login_without_a_client_id_says_where_to_get_one_and_the_other_way(shell: Shell) -> None:
    outcome = shell("connection", "login", "acme")
    assert (outcome.code, outcome.out) == (1, "")
    assert "keys.developer.keap.com" in outcome.err
    assert "http://localhost:8000/keap/callback" in outcome.err
    assert "connection key acme --keap-account ACCOUNT --keap-key-file FILE" in outcome.err


@pytest.mark.usefixtures("acme")
def test_confirm_answers_only_a_question_that_was_asked(shell: Shell, migrated: Database) -> None:
    refused = shell("connection", "confirm", "acme", "moved")
    with migrated.writing("test") as db:
        row = find_connection(db, "acme")
        row.write_block = "company-file-moved"
        row.write_block_details = {"found": r"D:\acme.qbw"}
    other = shell("connection", "confirm", "acme", "restored")
    done = shell("connection", "confirm", "acme", "moved")
    row = connection_row(migrated)
    assert (refused.code, other.code, done.code) == (1, 1, 0)
    assert refused.err == 'Nobody asked whether the company file of "acme" was moved.\n'
    assert (row.write_block, row.company_file) == ("", r"D:\acme.qbw")


@pytest.mark.usefixtures("acme")
def test_relink_takes_the_file_that_is_open_next_and_keeps_the_rest(
    shell: Shell, migrated: Database
) -> None:
    with migrated.writing("test") as db:
        row = find_connection(db, "acme")
        row.company_file, row.company_name = r"C:\acme.qbw", "Acme Inc"
        row.quickbooks_clock = "2026-11-23T12:00:00"
    outcome = shell("connection", "relink", "acme")
    row = connection_row(migrated)
    assert outcome.code == 0
    assert "press Update Selected in the Web Connector" in outcome.out
    assert (row.company_file, row.company_name) == ("", "")
    assert row.quickbooks_clock == "2026-11-23T12:00:00"


@pytest.mark.usefixtures("acme")
def test_links_on_the_same_company_file_are_named(shell: Shell, migrated: Database) -> None:
    shell("connection", "add", "beta")
    with migrated.writing("test") as db:
        find_connection(db, "acme").shared_with = [find_connection(db, "beta").id]
    shown = shell("connection", "show", "acme", "--json").document
    assert shown["shares_file_with"] == ["beta"]


def test_the_qwc_file_is_the_same_each_time_and_holds_no_password(
    shell: Shell, acme: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QBWC_PUBLIC_URL", "https://sync.example.com")
    first, second = tmp_path / "1.qwc", tmp_path / "2.qwc"
    for path in (first, second):
        assert shell("qwc", "acme", "-o", str(path)).code == 0
    file = read(first.read_bytes())
    assert first.read_bytes() == second.read_bytes()
    assert acme["password"].encode() not in first.read_bytes()
    assert (file.user_name, file.owner_id, file.file_id, file.app_url, file.app_support) == (
        acme["username"],
        acme["owner_id"],
        acme["file_id"],
        "https://sync.example.com/qbwc/acme",
        "https://sync.example.com/support/acme",
    )


@pytest.mark.usefixtures("acme")
def test_an_address_that_the_web_connector_would_refuse_is_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QBWC_PUBLIC_URL", "https://10.0.0.7")
    outcome = shell("qwc", "acme", "-o", str(tmp_path / "acme.qwc"))
    assert outcome.code == 1
    assert "AppURL must name its host, not give an IP address." in outcome.err
    assert "Correct QBWC_PUBLIC_URL" in outcome.err
    assert not (tmp_path / "acme.qwc").exists()


@pytest.mark.usefixtures("acme")
def test_a_folder_that_is_not_there_is_named(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "no" / "acme.qwc"
    outcome = shell("qwc", "acme", "-o", str(path))
    sentence = "does not exist. Nothing was written. Make it, or name another."
    assert (outcome.code, outcome.err) == (1, f"The folder {path.parent} {sentence}\n")


@pytest.mark.usefixtures("acme")
def test_a_suspended_connection_is_neither_read_nor_resumed(shell: Shell) -> None:
    assert shell("connection", "suspend", "acme", "--because", "It was asked for.").code == 0
    shown = shell("connection", "show", "acme", "--json").document
    assert (shown["paused"], shown["suspended_because"]) == (True, "It was asked for.")
    for command in (("connection", "resume", "acme"), ("sync", "acme")):
        outcome = shell(*command)
        assert (outcome.code, "suspended" in outcome.err) == (1, True), command
        assert "It was asked for." in outcome.err
    assert shell("connection", "reinstate", "acme").code == 0
    refused = shell("connection", "reinstate", "acme")
    assert (refused.code, refused.err) == (1, '"acme" is not suspended. Nothing was changed.\n')
    shell("connection", "pause", "acme")
    shell("connection", "suspend", "acme", "--because", "It was asked for.")
    lifted = shell("connection", "reinstate", "acme")
    assert lifted.out == "Lifted. It is still paused: qbwc-service connection resume acme\n"
    assert shell("connection", "show", "acme", "--json").document["paused"]
    shell("connection", "suspend", "acme", "--because", ERASING)
    refused = shell("connection", "reinstate", "acme")
    assert (refused.code, "connection erase acme" in refused.err) == (1, True)


@pytest.mark.usefixtures("acme")
def test_a_connection_is_erased_after_its_name_was_typed(shell: Shell) -> None:
    refused = shell("connection", "erase", "acme")
    # It is not asked for what is refused anyway.
    assert (refused.code, refused.out, "connection pause acme" in refused.err) == (1, "", True)
    shell("connection", "pause", "acme")
    wrong = shell("connection", "erase", "acme", "--confirm", "acne")
    assert (wrong.code, wrong.err) == (1, "That is another name. Nothing was erased.\n")
    assert shell("connection", "erase", "acme", "--confirm", "acme").code == 0
    assert shell("connection", "list", "--json").document == []
    (entry,) = shell("audit", "--json").document
    assert (entry["who"], entry["what"]) == ("command line", "Connection erased")


@pytest.mark.usefixtures("migrated")
def test_the_next_step_after_adding_is_the_way_into_keap(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "keap.key").write_text("KeapAK-1")
    without = shell("connection", "add", "one").out.splitlines()[-1]
    given = shell("connection", "add", "two", "--keap-key-file", str(tmp_path / "keap.key"))
    assert without == (
        "Next: qbwc-service connection login one, or qbwc-service connection key one "
        "--keap-key-file FILE; then qbwc-service qwc one -o one.qwc"
    )
    # It was stored without being tried.
    assert given.out.splitlines()[-1] == (
        "Next: qbwc-service connection test two; then qbwc-service qwc two -o two.qwc"
    )
