"""/healthz and /readyz: what is looked at, and who may ask."""

from pathlib import Path

import pytest
from sqlalchemy import text

from qbwc_service.database import Database
from qbwc_service.ledger import drain
from tests.ledger_rows import NOON
from tests.watching.conftest import Watched


def test_a_service_that_may_be_called_says_why(migrated: Database) -> None:
    answer = Watched(migrated, beats=lambda: True).client.get("/readyz")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text.splitlines() == [
        "ready",
        "database: answers",
        "tables: those of this version",
        "updates: may begin",
        "reading of Keap: looks for what is due",
    ]


def test_a_process_that_does_not_read_keap_is_ready_without(migrated: Database) -> None:
    answer = Watched(migrated).client.get("/readyz")
    assert answer.status_code == 200
    assert "reading of Keap: not in this process" in answer.text


def test_a_reading_job_that_hangs_makes_its_process_unready(migrated: Database) -> None:
    answer = Watched(migrated, beats=lambda: False).client.get("/readyz")
    assert answer.status_code == 503
    assert answer.text.startswith("not ready\n")
    assert "reading of Keap: has not looked for what is due for minutes" in answer.text


def test_a_drain_is_told_and_keeps_the_process_in_service(migrated: Database) -> None:
    # It holds for all processes: with none left the open updates could never finish.
    with migrated.writing("test") as db:
        drain.begin(db, "Bea", NOON)
    answer = Watched(migrated).client.get("/readyz")
    assert answer.status_code == 200
    assert "updates: none begins, drained since 2026-11-23 12:00 UTC; open ones go on" in (
        answer.text
    )
    assert "Bea" not in answer.text


@pytest.mark.parametrize(
    ("revision", "said"),
    [
        ("0001", "The database is from an older version of this service."),
        ("9999", "The database is from a newer version of this service."),
    ],
)
def test_tables_of_another_version_are_not_ready(
    migrated: Database, revision: str, said: str
) -> None:
    with migrated.writing("test") as db:
        db.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    answer = Watched(migrated).client.get("/readyz")
    assert answer.status_code == 503
    assert f"tables: {said}" in answer.text
    assert Watched(migrated).client.get("/healthz").status_code == 200


def test_a_database_that_is_gone_is_one_word(tmp_path: Path) -> None:
    lost = Database(f"sqlite:///{tmp_path / 'nowhere' / 'service.db'}")
    client = Watched(lost, beats=lambda: True).client
    health, ready = client.get("/healthz"), client.get("/readyz")
    lost.close()
    assert (health.status_code, health.text) == (503, "database\n")
    assert ready.status_code == 503
    assert ready.text.splitlines() == [
        "not ready",
        "database: does not answer; the log says why",
        "reading of Keap: looks for what is due",
    ]


@pytest.mark.parametrize("host", ["10.0.0.7:8000", "localhost:8000", "lb.internal", "[::1]:8000"])
def test_whoever_probes_may_call_us_by_any_name(database: Database, host: str) -> None:
    client = Watched(database).client
    assert client.get("/healthz", headers={"Host": host}).text == "ok\n"
    assert client.head("/healthz", headers={"Host": host}).status_code == 200
    assert "database: answers" in client.get("/readyz", headers={"Host": host}).text


def test_nothing_else_is_there(database: Database) -> None:
    client = Watched(database).client
    assert client.get("/healthz/more").status_code == 404
    assert client.get("/readyz/metrics").status_code == 404
    assert client.post("/readyz").status_code == 405
