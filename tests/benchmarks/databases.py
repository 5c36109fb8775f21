"""An empty database for a benchmark, gone afterwards."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from qbwc_service.database import Database
from qbwc_service.database_schema import upgrade

SERVER = os.environ.get(
    "TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
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
    name = f"qbwc_bench_{uuid.uuid4().hex[:12]}"
    try:
        _on_server(f"CREATE DATABASE {name}")
    except OperationalError as error:
        raise NoServer(str(error.orig).splitlines()[0]) from error
    database = Database(make_url(SERVER).set(database=name).render_as_string(hide_password=False))
    try:
        upgrade(database)
        yield database
    finally:
        database.close()
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


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


def _on_server(statement: str) -> None:
    engine = create_engine(
        SERVER, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3}
    )
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
