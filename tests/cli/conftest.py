"""The command line as a script meets it: arguments in; exit code and both streams out."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qbwc_service import database_schema
from qbwc_service.cli.entry import run
from qbwc_service.config import make_key_file
from qbwc_service.database import Database
from tests.databases import empty_url


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


class Shell:
    """Runs commands in this process, against one database file."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.url = empty_url(folder)
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Outcome:
        code = run(arguments)
        out, err = self._capsys.readouterr()
        return Outcome(code, out, err)

    def database(self) -> Database:
        return Database(self.url)


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    """A machine on which nothing was set up yet."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    key_file = tmp_path / "secret.key"
    make_key_file(key_file)
    made = Shell(tmp_path, capsys)
    monkeypatch.setenv("QBWC_SECRET_KEY_FILE", str(key_file))
    monkeypatch.setenv("QBWC_DATABASE_URL", made.url)
    # Nobody answers there: no test asks the real Keap.
    monkeypatch.setenv("KEAP_API_URL", "http://127.0.0.1:9/crm")
    yield made
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def migrated(shell: Shell) -> Iterator[Database]:
    """The tables, with nothing in them."""
    database = shell.database()
    database_schema.upgrade(database)
    yield database
    database.close()


@pytest.fixture
def acme(shell: Shell, migrated: Database) -> dict[str, str]:
    """The connection "acme", as `connection add --json` told of it."""
    made: dict[str, str] = shell("connection", "add", "acme", "--json").document
    return made
