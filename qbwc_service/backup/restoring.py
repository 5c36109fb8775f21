"""A backup becomes the database again: all of it in one transaction, or nothing changes.

The tables are made as they were in the version of the backup, its rows are loaded, and the
migrations since are run over them, as they would have been where it was made. So a backup of an
older version fits, and a database of the other kind.

Exception
  RestoreRefused    the database is in use, or has something in it; nothing was changed
"""

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import NoSuchTableError

from qbwc_service import __version__, database_schema
from qbwc_service.backup import check_first
from qbwc_service.backup.archive import (
    Archive,
    BackupTooNew,
    BackupUnreadable,
    Holdings,
    TableMember,
)
from qbwc_service.backup.table_rows import (
    count_past_rows,
    drop_tables,
    has_rows,
    our_tables,
    shape_of,
    write_rows,
)
from qbwc_service.database import Database
from qbwc_service.database_engines import DEFAULT_PATIENCE

#: where the migrations keep how far they are
_REVISIONS = "alembic_version"


class RestoreRefused(Exception):
    """Nothing was changed; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What is in the database now."""

    connections: Sequence[str]
    rows: int
    #: the tables were of that revision before they were brought up to this version
    schema_revision: str


def in_database(database: Database) -> Holdings | None:
    """None where there is nothing at all: no tables, or tables without rows."""
    with database.engine.connect() as connection:
        names = [table.name for table in our_tables(connection)]
        if not any(has_rows(connection, name) for name in names):
            return None
        connections = connection.execute(text("SELECT name FROM connection ORDER BY name"))
        orders = connection.scalar(text("SELECT count(*) FROM keap_order"))
        return Holdings(tuple(connections.scalars()), orders or 0)


def verify(archive: Archive) -> None:
    """Whether it could be restored by this version. Raises BackupUnreadable, BackupTooNew."""
    manifest = archive.manifest
    if not database_schema.is_known(manifest.schema_revision):
        raise BackupTooNew(archive.path, manifest.version, __version__)
    archive.verify()


def restore(
    database: Database, archive: Archive, *, who: str, now: datetime, replace: bool = False
) -> Restored:
    """Verify the backup, then put it in the place of what is there.

    Raises BackupUnreadable, BackupTooNew, RestoreRefused, RowsRefused, DatabaseBusy,
    DatabaseNotMigrated.
    """
    manifest = archive.manifest
    there = in_database(database)
    if there is not None and not replace:
        raise RestoreRefused(
            f"The database has something in it: {there}. Nothing was changed. To lose that and "
            f"have the backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC instead, make a backup of "
            "it, then add --replace."
        )
    verify(archive)
    database.close()
    _refuse_while_open(database)
    with database_schema.rebuilding(database, "restore", DEFAULT_PATIENCE) as session:
        connection = session.connection()
        _refuse_while_connected(connection)
        database_schema.known_revision(connection)
        _drop(connection)
        database_schema.migrate_to(connection, manifest.schema_revision)
        for table in manifest.tables:
            _load(connection, archive, table)
        _check_references(connection, archive)
        database_schema.migrate_to(connection, "head")
        for shape in our_tables(connection):
            count_past_rows(connection, shape.name)
        names = check_first.begin(session, made_at=manifest.made_at, who=who, now=now)
    _learn_sizes(database)
    return Restored(names, manifest.rows, manifest.schema_revision)


def _drop(connection: Connection) -> None:
    """Tables of ours alone: a database of PostgreSQL may hold others."""
    tables = [table.name for table in our_tables(connection)]
    if database_schema.revisions(connection):
        tables.append(_REVISIONS)
    drop_tables(connection, tables)


def _load(connection: Connection, archive: Archive, table: TableMember) -> None:
    try:
        columns = shape_of(connection, table.name).columns
    except NoSuchTableError:
        columns = ()
    if sorted(columns) != sorted(table.columns):
        reason = (
            f"its table {table.name} is not that of revision {archive.manifest.schema_revision}"
        )
        raise BackupUnreadable(archive.path, reason)
    write_rows(connection, table.name, table.columns, archive.rows(table))


def _check_references(connection: Connection, archive: Archive) -> None:
    """PostgreSQL checked each row; SQLite did not, while tables are rebuilt."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            reason = f"a row of {broken[0]} refers to one of {broken[2]} that is not in it"
            raise BackupUnreadable(archive.path, reason)


def _refuse_while_open(database: Database) -> None:
    """SQLite leaves write-ahead logging only for somebody who is alone with the file."""
    path = make_url(database.url).database
    if not database.is_sqlite or path is None or not Path(path).exists():
        return
    alone = sqlite3.connect(path, timeout=0)
    try:
        alone.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise RestoreRefused(_IN_USE) from error
    finally:
        alone.close()


def _refuse_while_connected(connection: Connection) -> None:
    """PostgreSQL knows who else is connected, by the name that our connections bear. The connection
    of a program that has just ended is there for a moment more."""
    if connection.dialect.name != "postgresql":
        return
    until = time.monotonic() + _ENDS_WITHIN_SECONDS
    while connection.scalar(text(_OTHERS_OF_OURS)):
        if time.monotonic() > until:
            raise RestoreRefused(_IN_USE)
        time.sleep(0.2)
        # What it told is what it goes on to tell within one transaction.
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))


def _learn_sizes(database: Database) -> None:
    """What PostgreSQL plans by; until it has looked by itself, it takes every table for small."""
    if not database.is_sqlite:
        with database.engine.begin() as connection:
            for table in our_tables(connection):
                connection.exec_driver_sql(f'ANALYZE "{table.name}"')


_ENDS_WITHIN_SECONDS = 3.0
_IN_USE = (
    "The service, or another program, has the database open. Stop it (every process: up, stage), "
    "then run the command again. Nothing was changed."
)
_OTHERS_OF_OURS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND (application_name LIKE 'qbwc-service %'
           OR application_name = current_setting('application_name'))
"""
