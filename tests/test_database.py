"""Transactions: all or nothing, one writer at a time, and settings that survive a power cut."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from qbwc_service import database as under_test
from qbwc_service.connections import add_connection, find_connection, lock_connection
from qbwc_service.database import Database, DatabaseBusy
from qbwc_service.database_engines import ServerLimits
from qbwc_service.ledger.models import ErrorEntry, Lease
from qbwc_service.secrecy import Secrecy
from tests.databases import ENGINE, ENGINES, Engine, new_database, only_sqlite
from tests.ledger_rows import NOON


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = new_database(tmp_path)
    yield made
    made.close()


def a_lease(expires_at: datetime = NOON) -> Lease:
    return Lease(name="sync:1", owner="one", expires_at=expires_at)


def leases(database: Database) -> list[tuple[str, datetime]]:
    with database.reading() as db:
        return [(lease.name, lease.expires_at) for lease in db.query(Lease)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_snapshot_stays_as_it_was_whatever_is_written_meanwhile(
    engine: Engine, tmp_path: Path
) -> None:
    database = new_database(tmp_path, engine)
    try:
        with database.snapshot() as db:
            assert db.query(Lease).count() == 0
            with database.writing("test") as other:
                other.add(a_lease())
            assert db.query(Lease).count() == 0
        assert leases(database) == [("sync:1", NOON)]
    finally:
        database.close()


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


@only_sqlite
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


@only_sqlite
def test_what_can_be_made_again_does_not_wait_for_the_disk_and_what_cannot_does(
    database: Database,
) -> None:
    def level() -> int:
        return db.execute(text("PRAGMA synchronous")).scalar_one()

    for can_be_made_again, expected in ((True, 1), (False, 2), (True, 1)):
        with database.writing("test", can_be_made_again=can_be_made_again) as db:
            assert level() == expected


@only_sqlite
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
    assert database.is_sqlite == (ENGINE is Engine.SQLITE)
    server = Database("postgresql+psycopg://postgres@127.0.0.1:1/none")
    assert not server.is_sqlite
    server.close()


# -- PostgreSQL ------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Database]:
    made = new_database(tmp_path / "postgres", Engine.POSTGRESQL)
    yield made
    made.close()


def shown(db: Session, name: str) -> str:
    return str(db.scalar(text(f"SHOW {name}")))


def test_a_server_that_forgets_commits_in_a_crash_is_told_not_to(server: Database) -> None:
    name = server.engine.url.database
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    again = Database(server.url)
    try:
        with again.writing("test") as db:
            assert shown(db, "synchronous_commit") == "on"
        with again.writing("test", can_be_made_again=True) as db:
            assert shown(db, "synchronous_commit") == "off"
        with again.writing("test") as db:
            assert shown(db, "synchronous_commit") == "on"
    finally:
        again.close()
        with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"ALTER DATABASE {name} RESET synchronous_commit"))


def test_a_server_shows_who_is_connected_and_lets_nobody_hold_it_up(server: Database) -> None:
    short = Database(server.url, ServerLimits(statement_seconds=7))
    try:
        with short.reading() as db:
            assert shown(db, "application_name").startswith("qbwc-service ")
            assert shown(db, "statement_timeout") == "7s"
            assert shown(db, "lock_timeout") == "10s"
            assert shown(db, "idle_in_transaction_session_timeout") == "30s"
        with short.waiting_at_most(1.5).writing("test") as db:
            assert shown(db, "lock_timeout") == "1500ms"
    finally:
        short.close()


def test_a_statement_that_takes_too_long_is_ended_and_writes_nothing(server: Database) -> None:
    short = Database(server.url, ServerLimits(statement_seconds=1))
    try:
        with pytest.raises(DatabaseBusy):
            add_slowly(short)
        assert leases(short) == []
    finally:
        short.close()


def add_slowly(database: Database) -> None:
    with database.writing("test") as db:
        db.add(a_lease())
        db.flush()
        db.execute(text("SELECT pg_sleep(5)"))


def test_a_process_takes_no_more_connections_than_it_may(server: Database) -> None:
    small = Database(server.url, ServerLimits(pool_size=1, overflow=1))
    small.engine.pool._timeout = 0.1  # type: ignore[attr-defined]
    try:
        with small.reading() as one, small.reading() as two:
            one.execute(text("SELECT 1"))
            two.execute(text("SELECT 1"))
            with pytest.raises(DatabaseBusy), small.writing("test"):
                pass
        with small.writing("test") as db:
            db.add(a_lease())
    finally:
        small.close()


def test_a_text_with_a_nul_character_is_stored_without_it(server: Database) -> None:
    with server.writing("test") as db:
        db.add(Lease(name="sync\0:1", owner="o\0ne", expires_at=NOON))
    with server.reading() as db:
        found = db.scalars(select(Lease).where(Lease.owner == "one\0")).one()
    assert (found.name, found.owner) == ("sync:1", "one")


def test_connections_that_the_server_has_ended_are_opened_anew(server: Database) -> None:
    with server.reading() as db:
        own = db.scalar(text("SELECT pg_backend_pid()"))
    other = Database(server.url)
    with other.reading() as db:
        db.execute(text(f"SELECT pg_terminate_backend({own})"))
    other.close()
    with server.writing("test") as db:
        db.add(a_lease())
    assert leases(server) == [("sync:1", NOON)]


# -- both ------------------------------------------------------------------------------------------


@pytest.fixture(params=ENGINES)
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    made = new_database(tmp_path, request.param)
    with made.writing("test") as db:
        add_connection(
            db, Secrecy(bytes(32)), name="acme", keap_account="", keap_key="", company_file="",
            start_date=None, clock=lambda: NOON,
        )  # fmt: skip
    yield made
    made.close()


def test_who_waits_in_vain_is_refused_and_has_written_nothing(shared: Database) -> None:
    hasty = shared.waiting_at_most(0.1)
    with shared.writing("test") as db:
        lock_connection(db, "acme").company_name = "first"
        with pytest.raises(DatabaseBusy, match="Nothing was changed; try again"):
            rename(hasty, "second")
    assert company_name(shared) == "first"
    rename(hasty, "second")
    assert company_name(shared) == "second"


def rename(database: Database, name: str) -> None:
    with database.writing("test") as db:
        lock_connection(db, "acme").company_name = name


def company_name(database: Database) -> str:
    with database.reading() as db:
        return find_connection(db, "acme").company_name


def test_who_writes_page_after_page_lets_those_who_wait_go_first(shared: Database) -> None:
    """As planning does, which has all the time that the Web Connector's calls have not."""
    is_over = threading.Event()

    def page_after_page() -> None:
        while not is_over.is_set():
            with shared.writing("test") as db:
                lock_connection(db, "acme")
                is_over.wait(0.1)

    job = threading.Thread(target=page_after_page)
    job.start()
    try:
        for call in range(10):
            rename(shared.waiting_at_most(1.5), str(call))
            assert company_name(shared) == str(call)
    finally:
        is_over.set()
        job.join()


def test_a_slow_transaction_is_told_in_the_log(
    shared: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(under_test, "SLOW_SECONDS", 0.0)
    caplog.set_level("INFO")
    rename(shared, "slowly")
    rename(shared.waiting_at_most(1), "while a call waits")
    assert [(record.levelname, record.message[:26]) for record in caplog.records] == [
        ("INFO", "The transaction test took "),
        ("WARNING", "The transaction test took "),
    ]


def test_an_error_does_not_say_what_was_to_be_written(database: Database) -> None:
    """Errors are logged: no name, amount or key may be in them."""
    with database.writing("test") as db:
        db.add(a_lease())
    with pytest.raises(IntegrityError) as told, database.writing("test") as db:
        db.add(Lease(name="sync:1", owner="Ann Lee", expires_at=NOON))
    assert "Ann Lee" not in str(told.value)
