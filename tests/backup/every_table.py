"""Rows in every table, with all that its columns may hold; all rows of a database, to compare."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import JSON

from qbwc_service.database import Database
from qbwc_service.ledger.columns import Base, stored_type

ROWS = 7
TABLES = Base.metadata.sorted_tables
_TEXTS = (
    *("", "Ann Lee", 'Zoë O\'Neil "& Söhne"', "日本語のテキスト", "🙂 \u2028 \u00a0"),
    *("tab\tnew\nline\r\n", "\\N", "\\.", "back\\slash", "a,b;c|d", "null", "\x01\x1f\x7f"),
)
_BIG = "Ünï\n" * 100_000
_DOCUMENTS: tuple[Any, ...] = (
    *({}, [], {"ü": [1, 2.5, None, True, {"deep": ["\\N", "🙂"]}]}, [1, "two", {}]),
    *({"big": 2**53 + 1, "small": -(2**62), "text": "\u0001\n\\"}, {"nul": "a\u0000b"}),
)


def fill(db: Session, seed: int = 1) -> None:
    """So many rows in each table; the first bears the greatest values, the second the emptiest."""
    dice = random.Random(seed)
    known: dict[str, list[Any]] = {}
    for table in TABLES:
        rows = [_row(table, number, dice, known) for number in range(ROWS)]
        db.execute(table.insert(), rows)
        known[table.name] = [row[next(iter(table.primary_key)).name] for row in rows]


def all_rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table as the models read it, in the order of the keys."""
    with database.reading() as db:
        return {
            table.name: [
                tuple(row) for row in db.execute(select(table).order_by(*table.primary_key))
            ]
            for table in TABLES
        }


def _row(
    table: Table, number: int, dice: random.Random, known: dict[str, list[Any]]
) -> dict[str, Any]:
    unique = {
        column.name
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
        for column in constraint.columns
    }
    indexed = unique | {column.name for column in table.primary_key}
    indexed |= {column.name for index in table.indexes for column in index.columns}
    row: dict[str, Any] = {}
    for column in table.columns:
        key = next(iter(column.foreign_keys), None)
        if key is not None:
            referred = known[key.column.table.name]
            is_key = column.primary_key or column.name in unique
            row[column.name] = referred[number] if is_key else dice.choice(referred)
        elif column.primary_key or column.name in unique:
            row[column.name] = _distinct(column, number)
        elif column.nullable and (number == 1 or dice.random() < 0.2):
            row[column.name] = None
        else:
            row[column.name] = _value(column, number, dice)
    big = [c for c in table.columns if isinstance(stored_type(c), Text) and c.name not in indexed]
    if number == 0:
        # PostgreSQL has no room for it in an index.
        row |= {column.name: _BIG for column in big}
    return row


def _distinct(column: Column[Any], number: int) -> Any:
    match stored_type(column):
        case Enum():
            members = list(column.type.enum_class or ())
            return members[number % len(members)]
        case Integer():
            # With gaps, so that counting the rows does not give the next id.
            return (number + 1) * 1000
        case String(length=int(length)):
            return f"{number}-ü🙂"[:length]
        case _:
            return f"{number}-ü🙂"


def _value(column: Column[Any], number: int, dice: random.Random) -> Any:
    match stored_type(column):
        case Enum():
            return dice.choice(list(column.type.enum_class or ()))
        case Boolean():
            return dice.random() < 0.5
        case DateTime():
            if number == 0:
                return datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=dice.randrange(2**51))
        case Date():
            return date(1900, 1, 1) + timedelta(days=dice.randrange(90_000))
        case JSON():
            return dice.choice(_DOCUMENTS)
        case Text():
            return dice.choice(_TEXTS)
        case String(length=int(length)):
            return "ü" * length if number == 0 else dice.choice(_TEXTS)[:length]
        case String():
            return dice.choice(_TEXTS)
        case Integer():
            top = 2**31 - 1 if column.type.__class__ is Integer else 2**63 - 1
            return top if number == 0 else dice.randrange(-(2**31), 2**31)
        case _:
            raise NotImplementedError(column)
