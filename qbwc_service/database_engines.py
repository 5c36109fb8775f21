"""How each kind of database is opened: what it may forget, and how long it may keep us waiting."""

import os
import socket
import sqlite3
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection as DatabaseConnection
from sqlalchemy.exc import DBAPIError

from qbwc_service.ledger.columns import MASKS

#: options of a transaction: it writes; a power cut may forget it; seconds to wait for a lock
WRITES = "qbwc_writes"
CAN_BE_MADE_AGAIN = "qbwc_can_be_made_again"
PATIENCE = "qbwc_patience"

#: seconds that a transaction waits for what another holds, unless it says otherwise
DEFAULT_PATIENCE = 10.0
#: seconds to wait for a connection of the pool
_POOL_SECONDS = 5
#: seconds after which a connection is opened anew, so that a server's memory of it does not grow
_RECYCLE_SECONDS = 1800

#: PostgreSQL gave up on one of us, and the same thing may well succeed the next time: lock not
#: available, deadlock, serialization failure, statement timeout, idle in transaction
_PASSING_STATES = frozenset({"55P03", "40P01", "40001", "57014", "25P03"})


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """What one process takes of a PostgreSQL server."""

    #: connections that are kept open: 8 threads answer calls, 3 read Keap with a heartbeat each
    pool_size: int = 12
    #: opened beyond these for a moment
    overflow: int = 4
    #: the longest that one statement may take; 0: as long as it likes
    statement_seconds: int = 60
    #: after which the server ends a transaction whose process says nothing any more, so that one
    #: that was stopped or lost its network holds no row for longer than its lease; 0: never
    silent_seconds: int = 30


def make_engine(url: str, limits: ServerLimits, *, masks_people: bool = False) -> Engine:
    """With `masks_people`, columns that tell of people are read blotted out (ledger.columns).

    Raises ArgumentError or ValueError for what is no address of a database.
    """
    parsed = make_url(url)
    is_server = parsed.get_backend_name() == "postgresql"
    engine = create_engine(
        parsed,
        # Ten times as fast as the standard library, which counts where pages of orders are stored.
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
        # An error is logged; what people bought, and their names, are not.
        hide_parameters=True,
        **(_server_options(parsed, limits) if is_server else {}),
    )
    # Before the first statement: how a column is read is settled once for a dialect.
    setattr(engine.dialect, MASKS, masks_people)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_on_sqlite)
    elif is_server:
        event.listen(engine, "connect", _set_up_postgresql)
        event.listen(engine, "begin", _begin_on_postgresql)
    return engine


def may_succeed_next_time(error: DBAPIError) -> bool:
    """Whether others were in the way, or the server took too long: nothing of ours is wrong."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        code = getattr(original, "sqlite_errorcode", 0) & 0xFF
        return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return getattr(original, "sqlstate", None) in _PASSING_STATES


def _server_options(url: URL, limits: ServerLimits) -> dict[str, Any]:
    settings = {
        # Whatever the server is set to: else a crash there forgets that a set was sent.
        "synchronous_commit": "on",
        "lock_timeout": _milliseconds(DEFAULT_PATIENCE),
        "statement_timeout": limits.statement_seconds * 1000,
        "idle_in_transaction_session_timeout": limits.silent_seconds * 1000,
    }
    options = [str(url.query.get("options", ""))]
    options += [f"-c {name}={value}" for name, value in settings.items()]
    connect_args: dict[str, Any] = {
        "options": " ".join(options).strip(),
        "connect_timeout": 5,
        # A server that vanished is noticed within half a minute.
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    }
    if "application_name" not in url.query:
        name = f"qbwc-service {socket.gethostname()[:30]}:{os.getpid()}"
        connect_args["application_name"] = name
    return {
        "connect_args": connect_args,
        "pool_pre_ping": True,
        "pool_size": limits.pool_size,
        "max_overflow": limits.overflow,
        "pool_timeout": _POOL_SECONDS,
        "pool_recycle": _RECYCLE_SECONDS,
        # The newest first, so that what a quiet service does not need is closed by the server.
        "pool_use_lifo": True,
    }


def _set_up_sqlite(dbapi_connection: Any, _record: Any) -> None:
    # synchronous=FULL: with NORMAL a power cut can forget that a message set was sent.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in (
        f"busy_timeout={_milliseconds(DEFAULT_PATIENCE)}",
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
    if not options.get(WRITES, False):
        connection.exec_driver_sql("BEGIN")
        return
    level = "NORMAL" if options.get(CAN_BE_MADE_AGAIN, False) else "FULL"
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    patience = options.get(PATIENCE, DEFAULT_PATIENCE)
    if connection.info.get(PATIENCE, DEFAULT_PATIENCE) != patience:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_milliseconds(patience)}")
        connection.info[PATIENCE] = patience
    # A deferred BEGIN that reads and then writes fails at once when another wrote in between.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _set_up_postgresql(dbapi_connection: Any, _record: Any) -> None:
    """Text without NUL characters, which PostgreSQL refuses: one in the name of a product of Keap
    would stop its account for good. QuickBooks cannot be sent one either."""
    from psycopg.types.string import StrDumperUnknown  # the extra "postgres"

    class WithoutNul(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", ""))

    dbapi_connection.adapters.register_dumper(str, WithoutNul)


def _begin_on_postgresql(connection: DatabaseConnection) -> None:
    """Only what differs from what the connection was opened with costs a statement."""
    options = connection.get_execution_options()
    different = {}
    if options.get(CAN_BE_MADE_AGAIN, False):
        different["synchronous_commit"] = "off"
    if (patience := options.get(PATIENCE, DEFAULT_PATIENCE)) != DEFAULT_PATIENCE:
        different["lock_timeout"] = str(_milliseconds(patience))
    if different:
        calls = [f"set_config('{name}', '{value}', true)" for name, value in different.items()]
        connection.exec_driver_sql(f"SELECT {', '.join(calls)}")


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
