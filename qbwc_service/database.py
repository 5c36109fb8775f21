"""The database: one engine, short transactions, each write transaction with a name.

SQLite and PostgreSQL behave the same from here on up: a write transaction holds the database
(SQLite, BEGIN IMMEDIATE) or the connection's row (PostgreSQL, see connections.lock_connection).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection as DatabaseConnection
from sqlalchemy.orm import Session, sessionmaker

from qbwc_service.crash import reach

_WRITES = "qbwc_writes"
_CAN_BE_MADE_AGAIN = "qbwc_can_be_made_again"


class Database:
    """Sessions on one engine. `close()` when done."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _make_engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading; whatever it changed is rolled back."""
        with self._sessions() as session:
            yield session

    @contextmanager
    def writing(self, name: str, *, can_be_made_again: bool = False) -> Iterator[Session]:
        """A transaction that commits at the end of the block and rolls back on any exception.

        `name` names its two crash points: `<name>.before-commit` and `<name>.after-commit`. One
        that `can_be_made_again` may be forgotten by a power cut, unless one that may not was
        committed after it (SQLite, WAL: commits reach the disk in their order).
        """
        with self._sessions() as session:
            options = {_WRITES: True, _CAN_BE_MADE_AGAIN: can_be_made_again}
            session.connection(execution_options=options)
            yield session
            session.flush()
            reach(f"{name}.before-commit")
            session.commit()
        reach(f"{name}.after-commit")

    def close(self) -> None:
        self.engine.dispose()


def _make_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_pre_ping=url.startswith("postgresql"),
        # Ten times as fast as the standard library, which counts where pages of orders are stored.
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_on_sqlite)
    return engine


def _set_up_sqlite(dbapi_connection: Any, _record: Any) -> None:
    # synchronous=FULL: with NORMAL a power cut can forget that a message set was sent.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in (
        "busy_timeout=10000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        # A page of a thousand orders is some megabytes: not to be copied at every commit.
        "wal_autocheckpoint=8000",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_on_sqlite(connection: DatabaseConnection) -> None:
    options = connection.get_execution_options()
    if not options.get(_WRITES, False):
        connection.exec_driver_sql("BEGIN")
        return
    level = "NORMAL" if options.get(_CAN_BE_MADE_AGAIN, False) else "FULL"
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    # A deferred BEGIN that reads and then writes fails at once when another wrote in between.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
