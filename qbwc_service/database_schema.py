"""The tables as the migrations make them: brought up to date, or found not to be.

Exception
  DatabaseNotMigrated    the tables are not those that this version works with
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

import migrations
from qbwc_service.database import Database
from qbwc_service.database_engines import ServerLimits

#: another program may be migrating a big database at this moment
_PATIENCE_SECONDS = 3600.0
_NEWER = "The database is from a newer version of this service. Install that version again."


class DatabaseNotMigrated(Exception):
    """The tables are missing, older or newer; the text says which and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the tables up to this version, or to an older revision of it, in one transaction;
    safe when two start at once."""
    _migrate(database, command.upgrade, revision)


def downgrade(database: Database, revision: str) -> None:
    """Back to an older revision ("base": no tables at all). What the newer ones held is lost."""
    _migrate(database, command.downgrade, revision)


def is_empty(database: Database) -> bool:
    """Whether no migration was ever run here."""
    return not _current(database)


def check_schema(database: Database) -> None:
    """Raises DatabaseNotMigrated unless the tables are those of this version."""
    check_revisions(_current(database))


def check_revisions(current: set[str]) -> None:
    """The same by what `revisions` has found."""
    if current == {newest_revision()}:
        return
    if not current:
        raise DatabaseNotMigrated(
            'The database has no tables yet. "qbwc-service migrate" makes them.'
        )
    if all(is_known(revision) for revision in current):
        raise DatabaseNotMigrated(
            "The database is from an older version of this service. Make a backup "
            '("qbwc-service backup"), then run "qbwc-service migrate".'
        )
    raise DatabaseNotMigrated(_NEWER)


def known_revision(connection: Connection) -> str:
    """The migration that was run last here; "" where none was. Raises DatabaseNotMigrated where it
    is not one of this version."""
    current = revisions(connection)
    if not all(is_known(revision) for revision in current):
        raise DatabaseNotMigrated(_NEWER)
    return "".join(current)


def newest_revision() -> str:
    """That of this version's tables."""
    return _of_this_version()[0]


def is_known(revision: str) -> bool:
    """Whether this version can bring tables of that revision up to its own."""
    return revision in _of_this_version()[1]


@contextmanager
def rebuilding(database: Database, name: str, patience: float) -> Iterator[Session]:
    """A transaction in which tables are made and dropped: all of it, or nothing.

    On SQLite nothing that is dropped takes along what refers to it. Raises DatabaseBusy.
    """
    # A separate engine: SQLite changes a table by making it anew, and dropping the old one must
    # not cascade. The pragma that prevents it has no effect inside a transaction.
    # And nobody ends one that computes, on a busy computer, for longer than a call may.
    own = Database(database.url, ServerLimits(statement_seconds=0, silent_seconds=0))
    try:
        if own.is_sqlite:
            event.listen(own.engine, "connect", _without_foreign_keys)
        with own.waiting_at_most(patience).writing(name) as session:
            yield session
    finally:
        own.close()


def migrate_to(connection: Connection, revision: str) -> None:
    """Up to that revision, or to this version's ("head"), in the transaction that is open."""
    command.upgrade(_config(connection), revision)


def revisions(connection: Connection) -> set[str]:
    """The newest migrations that were run here; none where the tables are not ours to migrate."""
    return set(MigrationContext.configure(connection).get_current_heads())


@cache
def _of_this_version() -> tuple[str, frozenset[str]]:
    """The newest migration, and all: files, which are read once."""
    scripts = ScriptDirectory.from_config(_config())
    known = frozenset(script.revision for script in scripts.walk_revisions())
    return str(scripts.get_current_head()), known


def _current(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return revisions(connection)


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    folder = Path(migrations.__file__).parent
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _migrate(database: Database, run: Any, revision: str) -> None:
    with rebuilding(database, "schema.migrate", _PATIENCE_SECONDS) as session:
        run(_config(session.connection()), revision)


def _without_foreign_keys(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute("PRAGMA foreign_keys=OFF")
