"""support-file: the same file as on the pages."""

import json
import zipfile

import pytest

from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger import error_log
from tests.cli.conftest import Shell

pytestmark = pytest.mark.usefixtures("migrated")


def test_the_file_is_written_and_says_which_tables_it_is_of(
    shell: Shell, migrated: Database, acme: dict[str, str]
) -> None:
    with migrated.writing("test") as db:
        connection = find_connection(db, "acme")
        error_log.tell(
            db, connection.id, "keap-not-answering", {"reason": acme["password"]}, now=utc_now()
        )
    path = shell.folder / "support.zip"
    outcome = shell("support-file", "acme", "-o", str(path))
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Wrote {path}.")
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    whole = json.loads(texts["support.json"])
    assert len(whole["versions"]["tables"]) == 1
    assert whole["open_errors"][0]["message"] == "keap-not-answering"
    assert acme["password"] not in "".join(texts.values())


@pytest.mark.usefixtures("acme")
def test_an_order_that_is_not_there_is_refused_in_a_sentence(shell: Shell) -> None:
    path = shell.folder / "support.zip"
    outcome = shell("support-file", "acme", "--order", "7", "-o", str(path))
    assert outcome.code == 1
    assert outcome.err.strip() == "This connection has no order 7."
    assert not path.exists()


def test_a_connection_that_is_not_there_is_refused_in_a_sentence(shell: Shell) -> None:
    outcome = shell("support-file", "nobody", "-o", str(shell.folder / "support.zip"))
    assert outcome.code != 0
    assert "nobody" in outcome.err
