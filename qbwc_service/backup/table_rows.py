"""Rows out of a database and into it, as plain values that mean the same in each kind of database.

Past SQLAlchemy's rows, because its types are those of this version's tables, and a backup may be of
an older one: what a column holds is asked of the database. One row at a time goes through, whatever
its size: sqlite3 steps, PostgreSQL sends (`stream`) and takes (`COPY`) row by row.

Exception
  RowsRefused    the database does not take a row of the backup
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.types import JSON, Boolean, Date, DateTime, TypeEngine

from qbwc_service.backup.archive import Row, Value
from qbwc_service.ledger.columns import Base


class RowsRefused(Exception):
    """A row fits the backup and not the database; `table` and the database's own reason."""

    def __init__(self, table: str, reason: object) -> None:
        first = (str(reason).strip().splitlines() or ["no reason given"])[0].rstrip(".")
        super().__init__(
            f"The database does not take the rows of {table}: {first}. Nothing was changed."
        )


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table as the database has it now."""

    name: str
    columns: tuple[str, ...]
    types: tuple[TypeEngine[Any], ...]


def our_tables(connection: Connection) -> list[TableShape]:
    """Those of our tables that are there, each after those that it refers to."""
    there = inspect(connection)
    names = set(there.get_table_names())
    return [
        shape_of(connection, str(table.name))
        for table in Base.metadata.sorted_tables
        if table.name in names
    ]


def shape_of(connection: Connection, table: str) -> TableShape:
    """Raises NoSuchTableError."""
    columns = inspect(connection).get_columns(table)
    return TableShape(
        table,
        tuple(str(column["name"]) for column in columns),
        tuple(column["type"] for column in columns),
    )


def read_rows(connection: Connection, table: TableShape) -> Iterator[Row]:
    """Every row, in no order that anybody may count on."""
    rows = _stream(connection, table)
    turned = [
        (place, turn)
        for place, kind in enumerate(table.types)
        if (turn := _turned(kind, is_sqlite=_is_sqlite(connection))) is not None
    ]
    if not turned:
        yield from rows
        return
    for each in rows:
        row = list(each)
        for place, turn in turned:
            if row[place] is not None:
                row[place] = turn(row[place])
        yield row


def write_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Row]
) -> None:
    """Raises RowsRefused; whatever `rows` raises goes through."""
    named = ", ".join(_quoted(connection, name) for name in columns)
    into = f"{_quoted(connection, table)} ({named})"
    cursor = _driver(connection).cursor()
    try:
        if _is_sqlite(connection):
            values = ", ".join("?" * len(columns))
            cursor.executemany(f"INSERT INTO {into} VALUES ({values})", rows)  # noqa: S608 # nosec B608 # names are quoted
        else:
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    except _driver_errors(connection) as error:
        raise RowsRefused(table, error) from error
    finally:
        cursor.close()


def has_rows(connection: Connection, table: str) -> bool:
    found = connection.execute(text(f"SELECT 1 FROM {_quoted(connection, table)} LIMIT 1"))  # noqa: S608 # nosec B608 # names are quoted
    return found.first() is not None


def count_past_rows(connection: Connection, table: str) -> None:
    """PostgreSQL's counters know nothing of rows that brought their own ids; SQLite has none."""
    if _is_sqlite(connection) or "id" not in shape_of(connection, table).columns:
        return
    counter = connection.scalar(
        text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": _quoted(connection, table)}
    )
    if counter is not None:
        highest = f"SELECT coalesce(max(id), 0) + 1 FROM {_quoted(connection, table)}"  # noqa: S608 # nosec B608 # names are quoted
        connection.execute(
            text(f"SELECT setval(:counter, ({highest}), false)"),
            {"counter": counter},
        )


def drop_tables(connection: Connection, tables: Sequence[str]) -> None:
    """All at once, so that none is in the way of another. SQLite: foreign keys are off."""
    named = [_quoted(connection, table) for table in tables]
    if _is_sqlite(connection):
        for table in named:
            connection.exec_driver_sql(f"DROP TABLE {table}")
    elif named:
        connection.exec_driver_sql(f"DROP TABLE {', '.join(named)}")


def _stream(connection: Connection, table: TableShape) -> Iterator[Sequence[Any]]:
    is_sqlite = _is_sqlite(connection)
    wanted = [
        _quoted(connection, name) + ("::text" if not is_sqlite and isinstance(kind, JSON) else "")
        for name, kind in zip(table.columns, table.types, strict=True)
    ]
    asked = f"SELECT {', '.join(wanted)} FROM {_quoted(connection, table.name)}"  # noqa: S608 # nosec B608 # names are quoted
    cursor = _driver(connection).cursor()
    try:
        yield from cursor.execute(asked) if is_sqlite else cursor.stream(asked)
    finally:
        cursor.close()


def _turned(kind: TypeEngine[Any], *, is_sqlite: bool) -> Callable[[Any], Value] | None:
    """How the driver's value becomes a plain one; None where it is one."""
    match kind:
        case Boolean():
            return bool if is_sqlite else None
        case DateTime():
            return None if is_sqlite else _time_text
        case Date():
            return None if is_sqlite else str
        case _:
            return None


def _time_text(at: datetime) -> str:
    """As SQLite keeps it."""
    return at.isoformat(" ", "microseconds")


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _driver_errors(connection: Connection) -> tuple[type[Exception], ...]:
    if _is_sqlite(connection):
        return (sqlite3.Error,)
    from psycopg import Error  # the extra "postgres"

    return (Error,)
