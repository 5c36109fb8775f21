"""Databases of both kinds, and the two acts on them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from qbwc_service import database_schema
from qbwc_service.backup import restoring, taking
from qbwc_service.backup.archive import opened_archive
from qbwc_service.backup.restoring import Restored
from qbwc_service.backup.taking import Taken
from qbwc_service.database import Database
from qbwc_service.secrecy import Secrecy
from tests.databases import Engine, empty_url, url_with_tables
from tests.ledger_rows import NOON
from tests.world import KEY

Made = Callable[..., Database]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    """`made(engine, name)`: a database of that kind with the tables of this version."""
    with ExitStack() as stack:

        def make(engine: Engine, name: str) -> Database:
            url = url_with_tables(_folder(tmp_path, name), engine)
            database = stack.enter_context(closing(Database(url)))
            stack.enter_context(_as_if_migrated(database))
            return database

        yield make


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Made]:
    """`empty(engine, name)`: a database of that kind without any tables."""
    with ExitStack() as stack:

        def make(engine: Engine, name: str) -> Database:
            url = empty_url(_folder(tmp_path, name), engine)
            return stack.enter_context(closing(Database(url)))

        yield make


def _folder(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    return folder


@contextmanager
def _as_if_migrated(database: Database) -> Iterator[None]:
    """To run all migrations takes as long as many tests."""
    with database.writing("test") as db:
        db.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        head = {"head": database_schema.newest_revision()}
        db.execute(text("INSERT INTO alembic_version VALUES (:head)"), head)
    yield
    with database.writing("test") as db:
        db.execute(text("DROP TABLE alembic_version"))


def back_up(
    database: Database, path: Path, *, now: datetime = NOON, replace: bool = False
) -> Taken:
    return taking.take(database, Secrecy(KEY), path, now=now, replace=replace)


def restore(
    database: Database, path: Path, *, now: datetime = NOON, replace: bool = False
) -> Restored:
    with opened_archive(path) as archive:
        return restoring.restore(database, archive, who="Bea", now=now, replace=replace)
