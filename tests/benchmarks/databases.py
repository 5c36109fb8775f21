"""An empty database for a benchmark, gone afterwards."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from qbwc_service.database import Database
from qbwc_service.database_schema import upgrade
from tests.databases import one_on_postgresql

ENGINES = ("sqlite", "postgresql")


class NoServer(Exception):
    """There is no PostgreSQL to measure on."""


@contextmanager
def database_of(engine: str, folder: Path) -> Iterator[Database]:
    """With the tables as the migrations make them. Raises NoServer."""
    if engine == "sqlite":
        database = Database(f"sqlite:///{folder / 'service.db'}")
        upgrade(database)
        try:
            yield database
        finally:
            database.close()
        return
    with ExitStack() as stack:
        try:
            url = stack.enter_context(one_on_postgresql())
        except OperationalError as error:
            raise NoServer(str(error.orig).splitlines()[0]) from error
        database = stack.enter_context(closing(Database(url)))
        upgrade(database)
        yield database


def engine_version(database: Database) -> str:
    """SQLite 3.40.1, PostgreSQL 15.18."""
    name = "SQLite" if database.is_sqlite else "PostgreSQL"
    with database.reading() as db:
        dialect = db.connection().dialect
        numbers = getattr(dialect, "server_version_info", None) or ()
        return f"{name} {'.'.join(map(str, numbers))}"


def settle(database: Database) -> None:
    """What a database does by itself in time: statistics for its planner."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not database.is_sqlite:
            connection.execute(text("VACUUM ANALYZE"))
