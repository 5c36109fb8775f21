"""Nothing ends in a traceback: one sentence on standard error, and a code that tells who erred."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from qbwc_service import database_schema
from qbwc_service.cli import entry
from qbwc_service.database import Database
from tests.cli.conftest import Outcome, Shell


def no_tables(shell: Shell) -> str:
    """On SQLite there is not even a file, and none is made."""
    if shell.url.startswith("sqlite:"):
        file = shell.url.removeprefix("sqlite:///")
        return (
            f'There is no database {file} yet. "qbwc-service migrate" makes it; if it is '
            "elsewhere, correct QBWC_DATABASE_URL."
        )
    return 'The database has no tables yet. "qbwc-service migrate" makes them.'


def assert_one_sentence(outcome: Outcome, code: int, sentence: str) -> None:
    assert (outcome.code, outcome.out, outcome.err) == (code, "", sentence + "\n")


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        (
            "QBWC_DATABASE_URL",
            "mysql://db.example/service",
            (
                "QBWC_DATABASE_URL in the environment: write sqlite:////path/to/service.db or "
                "postgresql+psycopg://user@host/name"
            ),
        ),
        (
            "QBWC_DATABASE_URL",
            "sqlite:////nowhere/at/all/service.db",
            (
                'There is no database /nowhere/at/all/service.db yet. "qbwc-service migrate" makes '
                "it; if it is elsewhere, correct QBWC_DATABASE_URL."
            ),
        ),
        (
            "QBWC_DATABASE_URL",
            "postgresql://host:port/name",
            "QBWC_DATABASE_URL in the environment: this is no address of a database",
        ),
        (
            "QBWC_LOG_LEVEL",
            "LOUD",
            "QBWC_LOG_LEVEL in the environment: write DEBUG, INFO, WARNING or ERROR",
        ),
        (
            "QBWC_TRUSTED_PROXIES",
            "all",
            "QBWC_TRUSTED_PROXIES in the environment: write a whole number from 0 to 10",
        ),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert_one_sentence(shell("status", "acme"), 1, sentence)


def test_a_file_that_is_no_database_is_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = shell.folder / "notes.txt"
    notes.write_text("not a database\n" * 100)
    monkeypatch.setenv("QBWC_DATABASE_URL", f"sqlite:///{notes}")
    for command in (("status", "acme"), ("migrate",), ("backup", str(shell.folder / "x.zip"))):
        assert_one_sentence(
            shell(*command),
            1,
            f"QBWC_DATABASE_URL: {notes} cannot be read as a SQLite database (file is not a "
            "database). Name another file.",
        )


def test_a_folder_that_no_command_can_make_is_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QBWC_DATABASE_URL", "sqlite:////nowhere/at/all/service.db")
    assert_one_sentence(
        shell("migrate"),
        1,
        "The database does not answer: unable to open database file. Check QBWC_DATABASE_URL.",
    )


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    "command",
    [
        ("backup", "{}/x.zip"),
        ("export", "acme", "-o", "{}/x.zip"),
        ("qwc", "acme", "-o", "{}/acme.qwc"),
        ("support-file", "acme", "-o", "{}/x.zip"),
        ("settings-export", "acme", "{}/x.json"),
    ],
    ids=" ".join,
)
def test_a_folder_that_does_not_exist_is_named(shell: Shell, command: tuple[str, ...]) -> None:
    folder = shell.folder / "nofolder"
    assert_one_sentence(
        shell(*(word.format(folder) for word in command)),
        1,
        f"The folder {folder} does not exist. Nothing was written. Make it, or name another.",
    )


def test_a_database_server_that_is_down_is_no_mistake_of_ours(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QBWC_DATABASE_URL", "postgresql://owner:hidden@127.0.0.1:1/service")
    outcome = shell("status", "acme")
    assert outcome.code == 1
    assert outcome.err.startswith("The database does not answer: ")
    assert "hidden" not in outcome.err
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize(
    "command",
    [
        ("status", "acme"),
        ("orders", "acme"),
        ("errors", "acme"),
        ("connection", "list"),
        ("set", "acme"),
        ("requeue", "acme", "101"),
        ("migrate", "--check"),
    ],
    ids=" ".join,
)
def test_missing_tables_are_told_with_the_way_to_make_them(
    shell: Shell, command: tuple[str, ...]
) -> None:
    assert_one_sentence(shell(*command), 1, no_tables(shell))
    # A mistyped name leaves no empty database behind.
    assert list(shell.folder.glob("*.db*")) == []


def test_migrate_makes_the_tables(shell: Shell) -> None:
    assert shell("migrate").code == 0
    assert shell("migrate", "--check").code == 0
    assert shell("connection", "list", "--json").document == []


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize(
    "command",
    [
        ("status", "nobody"),
        ("orders", "nobody", "--json"),
        ("errors", "nobody"),
        ("connection", "show", "nobody"),
        ("connection", "pause", "nobody"),
        ("connection", "password", "nobody"),
        ("connection", "login", "nobody"),
        ("qwc", "nobody", "-o", "nobody.qwc"),
        ("set", "nobody", "sync_minutes=5"),
        ("requeue", "nobody", "101"),
        ("link", "nobody", "101", "1-2"),
        ("sync", "nobody"),
    ],
    ids=" ".join,
)
def test_an_unknown_connection_is_told_with_the_way_to_find_one(
    shell: Shell, command: tuple[str, ...]
) -> None:
    assert_one_sentence(
        shell(*command),
        1,
        "There is no connection called 'nobody'. "
        '"qbwc-service connection list" shows the ones there are.',
    )


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("status",), ("orders", "acme", "--status", "lost"), ("set", "acme", "x")],
    ids=" ".join,
)
def test_a_command_that_is_written_wrongly_ends_with_2(
    shell: Shell, arguments: tuple[str, ...]
) -> None:
    outcome = shell(*arguments)
    assert outcome.code == 2
    assert "Error: " in outcome.err


def test_a_mistake_of_ours_is_one_sentence_and_70(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(entry.commands.commands, "status", _command_that_raises(KeyError("x")))
    assert_one_sentence(
        shell("status"),
        70,
        "The service met an error of its own (KeyError: 'x'). "
        "Set QBWC_LOG_LEVEL=DEBUG to see more.",
    )


def test_ctrl_c_ends_with_130(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        entry.commands.commands, "status", _command_that_raises(KeyboardInterrupt())
    )
    outcome = shell("status")
    assert (outcome.code, outcome.err.strip()) == (130, "Stopped.")


def test_a_newer_database_is_left_alone(shell: Shell, migrated: Database) -> None:
    with migrated.writing("test") as db:
        db.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert_one_sentence(
        shell("connection", "add", "acme"),
        1,
        "The database is from a newer version of this service. Install that version again.",
    )


def test_the_traceback_is_shown_at_debug_alone(tmp_path: Path) -> None:
    program = (
        "import click; from qbwc_service.cli import entry\n"
        "def broken(): raise LookupError('odd')\n"
        "entry.commands.commands['broken'] = click.Command('broken', callback=broken)\n"
        "from qbwc_service.logs import set_up_logging; set_up_logging({level!r})\n"
        "entry.main(['broken'])"
    )
    quiet, loud = (
        subprocess.run(
            [sys.executable, "-c", program.format(level=level)],
            cwd=Path(__file__).parents[2],
            env={"QBWC_LOG_LEVEL": level, "PATH": "", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
        )
        for level in ("INFO", "DEBUG")
    )
    assert (quiet.returncode, loud.returncode) == (70, 70)
    assert "Traceback" not in quiet.stderr
    assert "LookupError: odd" in loud.stderr.partition("Traceback")[2]


def test_the_module_is_the_same_program(shell: Shell) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "qbwc_service", "status", "acme"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert_one_sentence(Outcome(ended.returncode, ended.stdout, ended.stderr), 1, no_tables(shell))


def test_a_start_finds_old_tables_by_their_revision(shell: Shell, migrated: Database) -> None:
    database_schema.downgrade(migrated, "base")
    assert database_schema.is_empty(migrated)
    assert shell("connection", "add", "acme").code == 0


def _command_that_raises(error: BaseException) -> click.Command:
    def callback() -> None:
        raise error

    return click.Command("status", callback=callback)
