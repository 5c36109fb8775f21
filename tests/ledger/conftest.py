"""An empty ledger on each kind of database; PostgreSQL where a server lets us in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from qbwc_service.connections import add_connection, find_connection
from qbwc_service.database import Database
from qbwc_service.ledger.models import Connection
from qbwc_service.secrecy import Secrecy
from tests.databases import ENGINES, Engine, new_database
from tests.ledger_rows import NOON
from tests.one_connection import every_query_names_one


@pytest.fixture(autouse=True)
def every_query_names_its_connection() -> Iterator[None]:
    with every_query_names_one():
        yield


@pytest.fixture
def empty_postgres(tmp_path: Path) -> Iterator[Database]:
    """On PostgreSQL whatever the others run on."""
    made = new_database(tmp_path / "postgres", Engine.POSTGRESQL)
    yield made
    made.close()


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A ledger with the connections "acme" and "other", nothing else."""
    made = new_database(tmp_path, request.param)
    with made.writing("test") as db:
        for name in ("acme", "other"):
            add_connection(
                db,
                Secrecy(bytes(32)),
                name=name,
                keap_account="",
                keap_key="",
                company_file="",
                start_date=None,
                clock=lambda: NOON,
            )
    yield made
    made.close()


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    """One write transaction that is rolled back."""
    with database.reading() as session:
        yield session


@pytest.fixture
def acme(db: Session) -> Connection:
    return find_connection(db, "acme")


@pytest.fixture
def other(db: Session) -> Connection:
    return find_connection(db, "other")
