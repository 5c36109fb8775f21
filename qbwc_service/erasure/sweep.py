"""Takes the texts of a person out of columns that tell of many people: history, messages, errors.

What the contact's own rows are is known by their ids (contact.py); another person of the same name
keeps theirs. No id, key, choice, rule or product is touched: they name goods and people alike.

Transaction: erase.sweep.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import JSON, Column, ColumnElement, Table, Text, cast, or_, select, update
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.erasure.person_texts import PersonTexts
from qbwc_service.ledger.columns import Base, stored_type

#: columns in which a sentence, a message or a record may name a person; a test demands that every
#: other one is judged
SWEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "alert": ("title", "text"),
    "audit_entry": ("what", "details"),
    "connection": ("last_contact_result",),
    "error_entry": ("details",),
    "event": ("text",),
    "manual_sync": ("found", "trouble_details"),
    "message_set": ("request", "answer", "message"),
    "unreadable_record": ("raw", "reason"),
    "update_session": ("trouble_details", "result"),
}
#: SQLite takes no expression that is deeper than 1,000
NEEDLES_AT_ONCE: Final = 100


def sweep(database: Database, connection_id: int, texts: PersonTexts, batch: int) -> None:
    """Take these texts out of every row of the connection that may hold them, so many rows in a
    transaction."""
    for name, columns in SWEPT.items():
        table = Base.metadata.tables[name]
        swept = [table.c[each] for each in columns]
        for some in _parts(_found(database, connection_id, table, swept, texts.needles), batch):
            with database.writing("erase.sweep") as db:
                for row in some:
                    _clean_row(db, table, swept, row, texts)


def _found(
    database: Database,
    connection_id: int,
    table: Table,
    columns: Sequence[Column[Any]],
    needles: Sequence[str],
) -> list[tuple[Any, ...]]:
    """The keys of rows that may hold one of them."""
    key = tuple(table.primary_key.columns)
    mine = table.c.id if table.name == "connection" else table.c.connection_id
    found: set[tuple[Any, ...]] = set()
    for some in _parts(needles, NEEDLES_AT_ONCE):
        holds = or_(*(_may_hold(column, each) for column in columns for each in some))
        with database.reading() as db:
            rows = db.execute(select(*key).where(mine == connection_id, holds))
            found.update(tuple(row) for row in rows)
    return sorted(found)


def _may_hold(column: Column[Any], text: str) -> ColumnElement[bool]:
    """Whether it is in there in any case. A letter beyond ASCII stands for any: SQLite, and
    PostgreSQL in the locale C, know no capitals of those; the cleaning does."""
    as_text = cast(column, Text) if isinstance(stored_type(column), JSON) else column
    escaped = re.sub(r"[/%_]", r"/\g<0>", text)
    pattern = "".join(each if each.isascii() else "_" for each in escaped)
    return as_text.ilike(f"%{pattern}%", escape="/")


def _clean_row(
    db: Session, table: Table, columns: Sequence[Any], key: Sequence[Any], texts: PersonTexts
) -> None:
    mine = [column == value for column, value in zip(table.primary_key.columns, key, strict=True)]
    row = db.execute(select(*columns).where(*mine).with_for_update()).first()
    if row is None:
        return
    values = {}
    for column, value in zip(columns, row, strict=True):
        is_text = isinstance(value, str)
        clean = texts.cleaned(value) if is_text else texts.cleaned_json(value)
        if clean != value:
            values[column.name] = clean
    if values:
        db.execute(update(table).where(*mine).values(values))


def _parts(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
