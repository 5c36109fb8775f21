"""Takes the texts of a person out of tables that tell of many people: history, messages, errors.

Transaction: erase.sweep.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import JSON, ColumnElement, Enum, String, Table, Text, cast, or_, select, update
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.erasure.person_texts import PersonTexts
from qbwc_service.ledger.columns import Base, stored_type

#: whose rows of the contact are known by its ids; another person of the same name keeps theirs
OWN_TABLES = frozenset(
    {
        *("connection", "keap_contact", "keap_order", "keap_payment", "keap_order_payment"),
        *("posting", "quickbooks_txn", "mirror_record", "mirror_key", "mapping"),
        *("contact_customer", "person_connection", "invitation_connection"),
    }
)


def sweep(database: Database, connection_id: int, texts: PersonTexts, batch: int) -> None:
    """Take these texts out of every row of the connection that may hold them, so many rows in a
    transaction."""
    if not texts.needles:
        return
    for table in Base.metadata.sorted_tables:
        columns = _texts_of(table)
        if "connection_id" not in table.c or table.name in OWN_TABLES or not columns:
            continue
        with database.reading() as db:
            key = tuple(table.primary_key.columns)
            found = db.execute(
                select(*key).where(
                    table.c.connection_id == connection_id,
                    or_(*(_holds(column, each) for column in columns for each in texts.needles)),
                )
            ).all()
        for some in _parts(found, batch):
            with database.writing("erase.sweep") as db:
                for row in some:
                    _clean_row(db, table, columns, row, texts)


def _texts_of(table: Table) -> list[ColumnElement[Any]]:
    return [
        column
        for column in table.columns
        if isinstance(stored_type(column), String | JSON)
        and not isinstance(column.type, Enum)
        and not column.primary_key
    ]


def _holds(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    as_text = cast(column, Text) if isinstance(stored_type(column), JSON) else column
    return as_text.icontains(text, autoescape=True)


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
