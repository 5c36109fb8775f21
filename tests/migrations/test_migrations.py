"""The migrations make the tables that the models describe, and can be taken back."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text

from qbwc_service import database_schema, first_owner
from qbwc_service.database import Database
from qbwc_service.ledger.columns import Base
from qbwc_service.ledger.models import Person
from tests.databases import only_sqlite
from tests.ledger_rows import NOON

TABLES = set(Base.metadata.tables) | {"alembic_version"}


def tables(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def differences(database: Database) -> list[Any]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def index_texts(database: Database) -> dict[str, str]:
    """What compare_metadata leaves out: the WHERE of partial indexes (SQLite)."""
    with database.engine.connect() as connection:
        found = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        ).all()
    return {name: " ".join(sql.split()) for name, sql in found}


def test_metadata_and_migrations_agree(empty: Database) -> None:
    database_schema.upgrade(empty)
    assert differences(empty) == []
    assert tables(empty) == TABLES


@only_sqlite
def test_partial_indexes_agree_too(tmp_path: Path) -> None:
    migrated = Database(f"sqlite:///{tmp_path / 'migrated.db'}")
    made = Database(f"sqlite:///{tmp_path / 'made.db'}")
    try:
        database_schema.upgrade(migrated)
        Base.metadata.create_all(made.engine)
        assert index_texts(migrated) == index_texts(made)
    finally:
        migrated.close()
        made.close()


def test_up_down_up(empty: Database) -> None:
    database_schema.upgrade(empty)
    database_schema.downgrade(empty, "base")
    assert tables(empty) == {"alembic_version"}
    assert database_schema.is_empty(empty)
    database_schema.upgrade(empty)
    assert differences(empty) == []


def test_upgrading_again_keeps_the_rows(empty: Database) -> None:
    database_schema.upgrade(empty)
    with empty.writing("test") as db:
        first_owner.ensure_owner(db, now=NOON)
    database_schema.upgrade(empty)
    with empty.reading() as db:
        assert [(person.name, person.created_at) for person in db.scalars(select(Person))] == [
            ("owner", NOON)
        ]


def test_two_programs_that_upgrade_at_once_both_succeed(empty: Database) -> None:
    assert database_schema.is_empty(empty)
    program = (
        "import sys; from qbwc_service import database_schema; "
        "from qbwc_service.database import Database; "
        "database = Database(sys.argv[1]); database_schema.upgrade(database); database.close()"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program, empty.url],
            cwd=Path(__file__).parents[2],
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    assert [(one.communicate(timeout=60)[1], one.returncode) for one in both] == [("", 0)] * 2
    database_schema.check_schema(empty)


def test_no_server_ends_a_migration_that_takes_long(empty: Database) -> None:
    if empty.is_sqlite:
        pytest.skip("only a server ends transactions")
    limits = ("statement_timeout", "idle_in_transaction_session_timeout")
    found = []

    def look(config: Any, _revision: str) -> None:
        connection = config.attributes["connection"]
        found.extend(connection.scalar(text(f"SHOW {limit}")) for limit in limits)

    database_schema._migrate(empty, look, "head")
    assert found == ["0", "0"]


def test_tables_that_are_not_ours_stay(empty: Database) -> None:
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE somebody_elses (id INTEGER)"))
    database_schema.upgrade(empty)
    database_schema.downgrade(empty, "base")
    assert "somebody_elses" in tables(empty)


def test_check_tells_missing_and_newer_tables(empty: Database) -> None:
    with pytest.raises(database_schema.DatabaseNotMigrated, match="has no tables yet"):
        database_schema.check_schema(empty)
    database_schema.upgrade(empty)
    database_schema.check_schema(empty)
    with empty.writing("test") as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(database_schema.DatabaseNotMigrated, match="from a newer version"):
        database_schema.check_schema(empty)


def test_foreign_keys_hold_after_an_upgrade(empty: Database) -> None:
    if not empty.is_sqlite:
        pytest.skip("only SQLite can switch them off")
    database_schema.upgrade(empty)
    with empty.engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_failed_migration_leaves_nothing_behind(empty: Database) -> None:
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE posting (id INTEGER)"))
    with pytest.raises(Exception, match="posting"):
        database_schema.upgrade(empty)
    assert tables(empty) - {"alembic_version"} == {"posting"}
    assert database_schema.is_empty(empty)


def test_it_runs_from_any_working_directory(
    empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    database_schema.upgrade(empty)
    database_schema.check_schema(empty)
