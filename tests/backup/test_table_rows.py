"""Rows keep every value on their way from one database into another, of the same kind or not."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from qbwc_service import database_schema
from qbwc_service.backup.table_rows import RowsRefused, our_tables, read_rows, write_rows
from qbwc_service.backup.taking import one_state
from qbwc_service.database import Database
from qbwc_service.ledger.columns import Base
from tests.backup.conftest import Made
from tests.backup.every_table import all_rows, fill
from tests.databases import ENGINES, Engine, empty_url

BOTH_WAYS = [(one, other) for one in ENGINES for other in ENGINES]


def carry(source: Database, target: Database) -> None:
    with one_state(source) as read, target.writing("test") as db:
        for table in our_tables(read):
            write_rows(db.connection(), table.name, table.columns, read_rows(read, table))


@pytest.mark.parametrize(("source", "target"), BOTH_WAYS)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_row_of_every_table_stays_what_it_is(
    made: Made, source: Engine, target: Engine, seed: int
) -> None:
    here, there = made(source, "here"), made(target, "there")
    with here.writing("test") as db:
        fill(db, seed)
    carry(here, there)
    assert all_rows(there) == all_rows(here)


@pytest.mark.parametrize("target", ENGINES)
def test_only_what_postgresql_refuses_is_left_out(made: Made, target: Engine) -> None:
    expected = "a\0b" if target is Engine.SQLITE else "ab"
    here, there = made(Engine.SQLITE, "here"), made(target, "there")
    with here.writing("test") as db:
        fill(db)
        db.execute(text("UPDATE keap_order SET title = :title"), {"title": "a\0b"})
    carry(here, there)
    with there.reading() as db:
        assert set(db.scalars(text("SELECT title FROM keap_order"))) == {expected}


def test_a_row_that_the_database_refuses_is_told_with_its_table(made: Made) -> None:
    there = made(Engine.POSTGRESQL, "there")
    columns = ("name", "owner", "expires_at")
    rows = [("sync:1", "o" * 81, "2026-11-23 12:00:00")]
    with there.reading() as db:
        connection = db.connection()
        with pytest.raises(RowsRefused, match="rows of lease: value too long"):
            write_rows(connection, "lease", columns, rows)


def test_no_version_had_a_table_that_would_be_left_out(tmp_path: Path) -> None:
    """The tables of older versions are known by the names of this version's."""
    database = Database(empty_url(tmp_path))
    database_schema.upgrade(database)
    try:
        for revision in ("0016", "0012", "0008", "0004", "0001"):
            database_schema.downgrade(database, revision)
            with database.engine.connect() as connection:
                there = set(inspect(connection).get_table_names())
            assert there - {"alembic_version"} <= set(Base.metadata.tables)
    finally:
        database.close()
