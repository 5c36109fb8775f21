"""Transactions: all or nothing, one writer at a time, and settings that survive a power cut."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError, StatementError

from qbwc_service import database as under_test
from qbwc_service.database import Database
from qbwc_service.ledger.columns import Base
from qbwc_service.ledger.models import ErrorEntry, Lease
from tests.ledger_rows import NOON


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'service.db'}")
    Base.metadata.create_all(made.engine)
    yield made
    made.close()


def a_lease(expires_at: datetime = NOON) -> Lease:
    return Lease(name="sync:1", owner="one", expires_at=expires_at)


def leases(database: Database) -> list[tuple[str, datetime]]:
    with database.reading() as db:
        return [(lease.name, lease.expires_at) for lease in db.query(Lease)]


def test_what_was_written_is_there_afterwards(database: Database) -> None:
    with database.writing("test") as db:
        db.add(a_lease())
    assert leases(database) == [("sync:1", NOON)]


def test_what_fails_leaves_nothing_behind(database: Database) -> None:
    def fail_half_way() -> None:
        with database.writing("test") as db:
            db.add(a_lease())
            db.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert leases(database) == []


def test_what_a_reader_changes_is_forgotten(database: Database) -> None:
    with database.reading() as db:
        db.add(a_lease())
        db.flush()
    assert leases(database) == []


def test_rows_can_be_read_after_their_transaction(database: Database) -> None:
    with database.writing("test") as db:
        lease = a_lease()
        db.add(lease)
    assert lease.owner == "one"


def test_both_sides_of_a_commit_are_named(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []
    monkeypatch.setattr(
        under_test, "reach", lambda point: seen.append((point, len(leases(database))))
    )
    with database.writing("receive.raw") as db:
        db.add(a_lease())
    assert seen == [("receive.raw.before-commit", 0), ("receive.raw.after-commit", 1)]


def test_a_writer_takes_the_file_at_once_and_a_reader_does_not(database: Database) -> None:
    begun: list[str] = []

    def note(*arguments: object) -> None:
        begun.append(str(arguments[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.writing("test"):
        pass
    with database.reading() as db:
        db.execute(text("SELECT 1"))
    event.remove(database.engine, "before_cursor_execute", note)
    assert begun == ["PRAGMA synchronous=FULL", "BEGIN IMMEDIATE", "BEGIN", "SELECT 1"]


def test_what_can_be_made_again_does_not_wait_for_the_disk_and_what_cannot_does(
    database: Database,
) -> None:
    def level() -> int:
        return db.execute(text("PRAGMA synchronous")).scalar_one()

    for can_be_made_again, expected in ((True, 1), (False, 2), (True, 1)):
        with database.writing("test", can_be_made_again=can_be_made_again) as db:
            assert level() == expected


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10000)],
)
def test_sqlite_is_set_up_to_survive_a_power_cut(
    database: Database, pragma: str, value: object
) -> None:
    with database.reading() as db:
        assert db.scalar(text(f"PRAGMA {pragma}")) == value


def test_a_row_of_a_connection_that_does_not_exist_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing("test") as db:
        db.add(ErrorEntry(connection_id=99, at=NOON, message="no-lines"))


def test_a_time_comes_back_in_utc(database: Database) -> None:
    phoenix = datetime(2026, 11, 23, 5, 0, tzinfo=timezone(timedelta(hours=-7)))
    with database.writing("test") as db:
        db.add(a_lease(phoenix))
    ((_, expires_at),) = leases(database)
    assert expires_at == NOON
    assert expires_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with (
        pytest.raises(StatementError, match="a time without a zone"),
        database.writing("test") as db,
    ):
        db.add(a_lease(datetime(2026, 11, 23, 12, 0)))  # noqa: DTZ001 - the case


def test_it_knows_which_database_it_is(database: Database) -> None:
    assert database.is_sqlite
    server = Database("postgresql+psycopg://postgres@127.0.0.1:1/none")
    assert not server.is_sqlite
    server.close()
