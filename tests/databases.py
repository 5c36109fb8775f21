"""Where every test gets its database: the one place that knows which kind it is.

SQLite, a file in the test's own folder, unless QBWC_TEST_DATABASE=postgresql. QBWC_TEST_POSTGRES
names another server than the one of this machine; its databases are emptied and given to the next
test, and dropped when the run ends (dropping one takes PostgreSQL as long as twenty tests).
"""

import atexit
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from qbwc_service.database import Database
from qbwc_service.ledger import models


class Engine(StrEnum):
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


#: what tests run on that do not choose
ENGINE = Engine(os.environ.get("QBWC_TEST_DATABASE", "") or Engine.SQLITE)
#: what tests run on that are about both
ENGINES = [ENGINE] if os.environ.get("QBWC_TEST_DATABASE") else list(Engine)
SERVER = os.environ.get(
    "QBWC_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)

_TABLES = models.Connection.metadata

only_sqlite = pytest.mark.skipif(ENGINE is not Engine.SQLITE, reason="this is about SQLite alone")


def empty_url(folder: Path, engine: Engine = ENGINE) -> str:
    """The address of a database without any tables; the same one for the same folder."""
    return _url(folder, engine, with_tables=False)


def url_with_tables(folder: Path, engine: Engine = ENGINE) -> str:
    """The address of a database with all tables and no rows; the same one for the same folder."""
    return _url(folder, engine, with_tables=True)


def new_database(folder: Path, engine: Engine = ENGINE) -> Database:
    """A database with all tables and no rows. Close it at the end."""
    return Database(url_with_tables(folder, engine))


@contextmanager
def one_on_postgresql() -> Iterator[str]:
    """The address of an empty database of one's own on PostgreSQL, dropped at the end: for long
    runs and their processes. Raises OperationalError where no server answers."""
    name = f"qbwc_test_{uuid.uuid4().hex[:12]}"
    _run(f"CREATE DATABASE {name}")
    try:
        yield _address(name)
    finally:
        _run(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def given_back() -> Iterator[None]:
    """What is asked for inside is free for the next test afterwards."""
    before = set(_server.in_use)
    yield
    for folder in set(_server.in_use) - before:
        _server.take_back(folder)


def _url(folder: Path, engine: Engine, *, with_tables: bool) -> str:
    if engine is Engine.POSTGRESQL:
        return _server.url(folder, with_tables=with_tables)
    url = f"sqlite:///{folder / 'service.db'}"
    if with_tables:
        made = Database(url)
        _TABLES.create_all(made.engine)
        made.close()
    return url


class _Server:
    """The databases of this process on PostgreSQL."""

    def __init__(self) -> None:
        self._prefix = f"qbwc_test_{uuid.uuid4().hex[:12]}"
        self._count = 0
        #: by whether they have tables; without rows
        self._free: dict[bool, list[str]] = {False: [], True: []}
        self.in_use: dict[Path, tuple[str, bool]] = {}

    def url(self, folder: Path, *, with_tables: bool) -> str:
        if folder not in self.in_use:
            free = self._free[with_tables]
            name = free.pop() if free else self._new(with_tables=with_tables)
            self.in_use[folder] = name, with_tables
        name, has_tables = self.in_use[folder]
        assert has_tables >= with_tables, f"{folder} has a database without tables"
        return _address(name)

    def take_back(self, folder: Path) -> None:
        name, has_tables = self.in_use.pop(folder)
        _run(_EMPTIED if has_tables else _WITHOUT_TABLES, name)
        self._free[has_tables].append(name)

    def drop_all(self) -> None:
        names = [*self._free[False], *self._free[True]]
        for name in [*names, *(name for name, _ in self.in_use.values())]:
            _run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _new(self, *, with_tables: bool) -> str:
        self._count += 1
        name = f"{self._prefix}_{self._count}"
        try:
            _run(f"CREATE DATABASE {name}")
        except OperationalError as error:
            reason = str(error.orig).splitlines()[0]
            if ENGINE is Engine.POSTGRESQL:
                raise
            pytest.skip(f"no PostgreSQL at {make_url(SERVER).host}: {reason}")
        if self._count == 1:
            atexit.register(self.drop_all)
        if with_tables:
            made = Database(_address(name))
            _TABLES.create_all(made.engine)
            made.close()
        return name


_server = _Server()

# Whoever is still connected may hold locks that emptying would wait for.
_ALONE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_EMPTIED = "; ".join(
    [
        _ALONE,
        # Faster than TRUNCATE, which makes every table's files anew.
        *(f"DELETE FROM {table.name}" for table in reversed(_TABLES.sorted_tables)),
        "SELECT setval(seqrelid, 1, false) FROM pg_sequence",
    ]
)
_WITHOUT_TABLES = f"{_ALONE}; DROP SCHEMA public CASCADE; CREATE SCHEMA public"


def _address(name: str) -> str:
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)


def _run(statement: str, name: str = "") -> None:
    engine = create_engine(
        _address(name) if name else SERVER,
        isolation_level="AUTOCOMMIT",
        connect_args={"connect_timeout": 3},
    )
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
