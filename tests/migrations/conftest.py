"""An empty database of each kind; PostgreSQL where a server of this machine lets us in."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from qbwc_service.database import Database

SERVER = os.environ.get(
    "TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        url, drop = f"sqlite:///{tmp_path / '100%' / 'service.db'}", None
        (tmp_path / "100%").mkdir()
    else:
        url, drop = _new_postgres_database()
    database = Database(url)
    yield database
    database.close()
    if drop:
        _on_server(drop)


def _new_postgres_database() -> tuple[str, str]:
    name = f"qbwc_test_{uuid.uuid4().hex[:12]}"
    try:
        _on_server(f"CREATE DATABASE {name}")
    except OperationalError as error:
        pytest.skip(f"no PostgreSQL at {make_url(SERVER).host}: {str(error.orig).splitlines()[0]}")
    url = make_url(SERVER).set(database=name)
    return url.render_as_string(hide_password=False), f"DROP DATABASE {name}"


def _on_server(statement: str) -> None:
    engine = create_engine(
        SERVER, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3}
    )
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
