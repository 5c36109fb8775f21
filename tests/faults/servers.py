"""Throw-away databases on PostgreSQL, one for each process of a long run."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.databases import SERVER as SERVER


@contextmanager
def throwaway_database(server: str) -> Iterator[str]:
    """The address of an empty database, which is dropped at the end."""
    name = f"qbwc_faults_{uuid.uuid4().hex[:12]}"
    _on_server(server, f"CREATE DATABASE {name}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(server: str, statement: str) -> None:
    engine = create_engine(
        server, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3}
    )
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
