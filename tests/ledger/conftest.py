"""An empty ledger on each kind of database; PostgreSQL where a server of this machine lets us in.

TEST_POSTGRES_URL names another server. One database a test session, emptied before each test.
"""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from qbwc_service.connections import add_connection, find_connection
from qbwc_service.database import Database
from qbwc_service.ledger.columns import Base
from qbwc_service.ledger.models import Connection
from qbwc_service.secrecy import Secrecy
from tests.ledger_rows import NOON

SERVER = os.environ.get(
    "TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Database]:
    """A throw-away database with all tables."""
    name = f"qbwc_ledger_{uuid.uuid4().hex[:12]}"
    try:
        _on_server(f"CREATE DATABASE {name}")
    except OperationalError as error:
        pytest.skip(f"no PostgreSQL at {make_url(SERVER).host}: {str(error.orig).splitlines()[0]}")
    made = Database(make_url(SERVER).set(database=name).render_as_string(hide_password=False))
    Base.metadata.create_all(made.engine)
    yield made
    made.close()
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres(postgres: Database) -> Database:
    tables = ", ".join(Base.metadata.tables)
    with postgres.writing("test") as db:
        db.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A ledger with the connections "acme" and "other", nothing else."""
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path / 'service.db'}")
        Base.metadata.create_all(made.engine)
    else:
        made = request.getfixturevalue("empty_postgres")
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
    if request.param == "sqlite":
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


def _on_server(statement: str) -> None:
    engine = create_engine(
        SERVER, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3}
    )
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
