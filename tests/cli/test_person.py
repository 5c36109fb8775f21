"""person: who may sign in; audit: who did what, by commands too."""

from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from sqlalchemy import select

from qbwc_service import first_owner, invitations, people
from qbwc_service.cli.audit_words import AUDIT_WORDS, NO_DECISION, ONLY_LOOKS, RECORDED_THERE
from qbwc_service.cli.entry import commands
from qbwc_service.database import Database
from qbwc_service.ledger.models import AuditEntry, Person, PersonConnection, Role
from qbwc_service.secrecy import person_password_matches
from tests.alerts.receivers import mail_sink
from tests.cli.conftest import Shell


@pytest.fixture
def owner(migrated: Database) -> None:
    with migrated.writing("test") as db:
        first_owner.ensure_owner(db, now=datetime.now(UTC))


def _person(database: Database, name: str = "bea") -> Person:
    with database.reading() as db:
        return db.scalars(select(Person).where(Person.name == name)).one()


def _audit(database: Database) -> list[tuple[str, str]]:
    with database.reading() as db:
        rows = db.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(row.who, row.what) for row in rows]


def _paths(group: click.Group, before: str = "") -> list[str]:
    found = []
    for name, command in group.commands.items():
        path = f"{before}{name}"
        found += _paths(command, f"{path} ") if isinstance(command, click.Group) else [path]
    return found


def test_every_command_is_known_to_the_audit() -> None:
    known = [*AUDIT_WORDS, *RECORDED_THERE, *NO_DECISION]
    assert sorted(known) == sorted(_paths(commands))
    assert set(ONLY_LOOKS) <= set(AUDIT_WORDS)


@pytest.mark.parametrize("path", ONLY_LOOKS)
def test_what_only_looks_is_told_by_what_the_command_is_given(path: str) -> None:
    command: click.Command = commands
    for name in path.split():
        assert isinstance(command, click.Group)
        command = command.commands[name]
    ONLY_LOOKS[path]({each.name: None for each in command.params})


@pytest.mark.usefixtures("owner", "acme")
def test_a_person_is_added_with_a_one_time_password(shell: Shell, migrated: Database) -> None:
    made = shell("person", "add", "bea", "bookkeeper", "--connection", "acme", "--json").document
    bea = _person(migrated)
    assert (made["person"], bea.role, bea.sees_all) == ("bea", Role.BOOKKEEPER, False)
    assert bea.password_is_one_time
    assert person_password_matches(made["password"], bea.password_hash)
    assert ("command line", "Person added: bea") in _audit(migrated)
    assert made["password"] not in str(_audit(migrated))
    assert shell("person", "list", "--json").document == [
        {
            "person": "bea", "email": "", "role": "bookkeeper", "connections": ["acme"],
            "disabled": False,
        },
        {"person": "owner", "email": "", "role": "owner", "connections": None, "disabled": False},
    ]  # fmt: skip
    assert "bea\t\tbookkeeper\tacme\tmay sign in" in shell("person", "list").out


@pytest.mark.usefixtures("owner", "acme")
def test_role_and_connections_are_changed(shell: Shell, migrated: Database) -> None:
    shell("person", "add", "bea", "viewer", "--connection", "acme")
    assert shell("person", "role", "bea", "bookkeeper").out == "Changed.\n"
    assert (_person(migrated).role, _person(migrated).sees_all) == (Role.BOOKKEEPER, True)
    with migrated.reading() as db:
        assert db.scalars(select(PersonConnection)).all() == []
    assert "it was so before" in shell("person", "role", "bea", "bookkeeper").out


@pytest.mark.usefixtures("owner")
def test_a_person_is_disabled_and_let_in_again(shell: Shell, migrated: Database) -> None:
    shell("person", "add", "bea", "viewer")
    assert shell("person", "disable", "bea").out == "Disabled.\n"
    assert _person(migrated).disabled_at is not None
    assert "bea\t\tviewer\tall\tdisabled" in shell("person", "list").out
    made = shell("person", "enable", "bea", "--json").document
    assert person_password_matches(made["password"], _person(migrated).password_hash)
    assert shell("person", "enable", "bea").code == 1


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "owner", "viewer"), 'There is somebody called "owner" already.'),
        (("add", "bea", "viewer", "--connection", "nowhere"), "There is no connection called"),
        (("role", "nobody", "viewer"), 'There is nobody called "nobody".'),
        (("role", "owner", "viewer"), "owner is the only owner."),
        (("disable", "owner"), "owner is the only owner."),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    shell: Shell, migrated: Database, arguments: tuple[str, ...], sentence: str
) -> None:
    before = _audit(migrated)
    outcome = shell("person", *arguments)
    assert outcome.code == 1
    assert sentence in outcome.err
    assert _audit(migrated) == before


@pytest.mark.usefixtures("owner")
def test_a_password_that_comes_from_a_file_is_not_made(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QBWC_ADMIN_PASSWORD_FILE", str(tmp_path / "password"))
    assert "QBWC_ADMIN_PASSWORD_FILE" in shell("person", "password", "owner").err
    monkeypatch.delenv("QBWC_ADMIN_PASSWORD_FILE")
    assert "shown this once" in shell("person", "password", "owner").out


@pytest.mark.usefixtures("acme")
def test_commands_are_in_the_audit_and_refused_ones_are_not(shell: Shell, tmp_path: Path) -> None:
    key = tmp_path / "keap.key"
    key.write_text("SeCrEt")
    shell("connection", "key", "acme", "--keap-account", "iq146", "--keap-key-file", str(key))
    shell("connection", "pause", "acme")
    shell("set", "acme", "number_prefix=K-")
    assert shell("connection", "pause", "nowhere").code == 1
    assert shell("status", "acme").code == 0
    found = shell("audit", "--json").document
    assert [(one["who"], one["connection"], one["what"]) for one in found] == [
        ("command line", "acme", "Settings changed"),
        ("command line", "acme", "Paused"),
        ("command line", "acme", "Keap key saved"),
        ("command line", "acme", "Connection added"),
    ]
    assert "SeCrEt" not in str(found)
    assert shell("audit", "--connection", "acme", "--most", "2", "--json").document == found[:2]
    assert shell("audit", "--who", "bea").out == "Nobody did anything that fits.\n"
    assert shell("audit", "--to", "2020-01-01").out == "Nobody did anything that fits.\n"
    today = datetime.now(UTC).date().isoformat()
    assert len(shell("audit", "--from", today, "--to", today).out.splitlines()) == 5


@pytest.mark.usefixtures("acme")
def test_a_command_that_was_refused_in_part_is_in_the_audit(shell: Shell) -> None:
    assert shell("hold", "acme", "101").code == 1
    assert shell("audit", "--json").document[0]["what"] == "Orders held"


@pytest.mark.usefixtures("acme")
def test_an_invitation_is_a_link_that_is_shown_once(shell: Shell, migrated: Database) -> None:
    made = shell("person", "invite", "viewer", "--connection", "acme", "--json").document
    assert made["sent"] is False
    secret = made["link"].removeprefix("http://localhost:8000/join/")
    now = datetime.now(UTC)
    with migrated.reading() as db:
        found = invitations.find(db, secret, now)
    assert found.standing == people.Standing("", Role.VIEWER, ["acme"])
    assert found.invited_by == "command line"
    assert "Link: http://localhost:8000/join/" in shell("person", "invite", "owner").out
    refused = shell("person", "invite", "viewer", "--connection", "nowhere")
    assert (refused.code, "There is no connection called" in refused.err) == (1, True)


@pytest.mark.usefixtures("acme")
def test_an_invitation_is_mailed_from_the_command_line(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_sink() as sink:
        monkeypatch.setenv("QBWC_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("QBWC_SMTP_PORT", str(sink.port))
        monkeypatch.setenv("QBWC_SMTP_SECURITY", "none")
        monkeypatch.setenv("QBWC_SMTP_FROM", "sync@example.com")
        told = shell("person", "invite", "owner", "--email", "bea@example.com")
    assert told.out == "The invitation is on its way to bea@example.com.\n"
    assert "http://localhost:8000/join/" in sink.mails[0].get_content()
