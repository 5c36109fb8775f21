"""The tables as the migrations make them: brought up to date, or found not to be.

Exception
  DatabaseNotMigrated    the tables are not those that this version works with
"""

from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.engine import Connection

import migrations
from qbwc_service.database import Database
from qbwc_service.database_engines import ServerLimits

#: another program may be migrating a big database at this moment
_PATIENCE_SECONDS = 3600.0


class DatabaseNotMigrated(Exception):
    """The tables are missing, older or newer; the text says which and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)


def upgrade(database: Database) -> None:
    """Bring the tables up to this version, in one transaction; safe when two start at once."""
    _migrate(database, command.upgrade, "head")


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
    newest, known = _of_this_version()
    if current == newest:
        return
    if not current:
        raise DatabaseNotMigrated(
            'The database has no tables yet. "qbwc-service migrate" makes them.'
        )
    if current <= known:
        raise DatabaseNotMigrated(
            "The database is from an older version of this service. Make a copy of it, "
            'then run "qbwc-service migrate".'
        )
    raise DatabaseNotMigrated(
        "The database is from a newer version of this service. Install that version again."
    )


def revisions(connection: Connection) -> set[str]:
    """The newest migrations that were run here; none where the tables are not ours to migrate."""
    return set(MigrationContext.configure(connection).get_current_heads())


@cache
def _of_this_version() -> tuple[frozenset[str], frozenset[str]]:
    """The newest migrations, and all: files, which are read once."""
    scripts = ScriptDirectory.from_config(_config())
    known = frozenset(script.revision for script in scripts.walk_revisions())
    return frozenset(scripts.get_heads()), known


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
    # A separate engine: SQLite changes a table by making it anew, and dropping the old one must
    # not cascade. The pragma that prevents it has no effect inside a transaction.
    own = Database(database.url, ServerLimits(statement_seconds=0))
    patient = own.waiting_at_most(_PATIENCE_SECONDS)
    try:
        if own.is_sqlite:
            event.listen(own.engine, "connect", _without_foreign_keys)
        with patient.writing("schema.migrate") as session:
            run(_config(session.connection()), revision)
    finally:
        own.close()


def _without_foreign_keys(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute("PRAGMA foreign_keys=OFF")
