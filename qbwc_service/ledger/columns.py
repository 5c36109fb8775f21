"""Column types and the base of every table."""

import enum
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Self, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    Insert,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    insert,
    select,
    union_all,
)
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine

#: set on the dialect of every engine: whether it blots people out (database.Database.masked)
MASKS = "qbwc_masks_people"

Blot = Callable[[Any], Any]


class _Masked(TypeDecorator[Any]):
    """What tells of people, read through `blot` by a database that masks them, and as it is by all
    others. It hangs on the column, so that no query and no page can forget it; an expression that
    makes another text of the column (substr, cast) goes past it."""

    cache_ok = True

    def __init__(self, blot: Blot, *arguments: Any) -> None:
        self.blot = blot
        super().__init__(*arguments)

    def copy(self, **_more: Any) -> Self:
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self.impl_instance.coerce_compared_value(op, value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        read = super().result_processor(dialect, coltype)
        if not getattr(dialect, MASKS, False):
            return read
        blot = self.blot

        def masked(value: Any) -> Any:
            plain = read(value) if read else value
            return None if plain is None else blot(plain)

        return masked


class MaskedText(_Masked):
    """A text of any length."""

    impl = Text
    cache_ok = True


class MaskedString(_Masked):
    """A text of at most so many characters."""

    impl = String
    cache_ok = True


class MaskedJson(_Masked):
    """A JSON value."""

    impl = JSON
    cache_ok = True


def stored_type(column: ColumnElement[Any]) -> TypeEngine[Any]:
    """What the database keeps."""
    kind = column.type
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime in, the same out, whatever the database keeps."""

    impl = DateTime(timezone=False)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone was handed to the database")
        if value.tzinfo is not UTC:
            value = value.astimezone(UTC)
        return value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def text_enum(kind: type[enum.Enum]) -> Enum:
    """Store an enum by its value, as plain text that old rows and new code both read."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


#: row ids: SQLite counts only INTEGER primary keys up by itself
RowId = BigInteger().with_variant(Integer, "sqlite")


def rows_of(kind: type["Base"]) -> Insert:
    """Many rows in one statement, past the identity map, which costs as much as the database."""
    return insert(cast("Table", kind.__table__))


def batched(values: Iterable[str], size: int) -> Iterator[list[str]]:
    """The values in lists of at most so many: a statement takes only so many parameters."""
    left = iter(values)
    while some := list(islice(left, size)):
        yield some


def any_of(
    row_id: InstrumentedAttribute[int], *conditions: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Rows for which one of the conditions holds, each of which has an index.

    A SELECT for each: where OR stands between them, SQLite reads the whole table.
    """
    return row_id.in_(union_all(*(select(row_id).where(each) for each in conditions)))


class Base(DeclarativeBase):
    """Every constraint has a name, so that a migration can change it on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain mapping
        datetime: UtcDateTime,
        str: String,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }
