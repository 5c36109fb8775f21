"""The members of all lists, in one table."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

from .body import Body
from .records import ListElement, ListName
from .values import key_of, timestamp

_COLUMNS: Final = (
    "list_name, list_id, name, full_name, parent_id, is_active, created, modified, "
    "edit_sequence, body"
)
_SELECT: Final = f"SELECT {_COLUMNS} FROM list_element"  # noqa: S608 # nosec B608 # words of ours alone
_SAVE: Final = (
    "INSERT INTO list_element VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (list_id) DO UPDATE SET name = excluded.name, "
    "full_name = excluded.full_name, full_name_key = excluded.full_name_key, "
    "parent_id = excluded.parent_id, is_active = excluded.is_active, "
    "modified = excluded.modified, edit_sequence = excluded.edit_sequence, body = excluded.body"
)


class ListTable:
    """Reads and writes list elements."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, list_id: str) -> ListElement | None:
        row = self._connection.execute(f"{_SELECT} WHERE list_id = ?", (list_id,)).fetchone()
        return None if row is None else _element(row)

    def named(self, full_name: str, lists: Sequence[ListName]) -> ListElement | None:
        """By full name in one of the lists, letter case ignored, inactive ones too."""
        rows = self._connection.execute(
            f"{_SELECT} WHERE full_name_key = ? ORDER BY rowid", (key_of(full_name),)
        )
        return next((e for e in map(_element, rows) if e.list_name in lists), None)

    def all(self, lists: Sequence[ListName], since: str = "") -> list[ListElement]:
        """List by list, each in the order in which it was made; changed since then or later."""
        found: list[ListElement] = []
        for list_name in lists:
            rows = self._connection.execute(
                f"{_SELECT} WHERE list_name = ? AND substr(modified, 1, 19) >= ? ORDER BY rowid",
                (list_name, since),
            )
            found.extend(_element(row) for row in rows)
        return found

    def children(self, parent_id: str) -> list[ListElement]:
        rows = self._connection.execute(
            f"{_SELECT} WHERE parent_id = ? ORDER BY rowid", (parent_id,)
        )
        return [_element(row) for row in rows]

    def save(self, element: ListElement) -> None:
        """Adds the element, or puts it in the place of the one with its ListID."""
        values = (
            element.list_id,
            element.list_name,
            element.name,
            element.full_name,
            key_of(element.full_name),
            element.parent_id,
            element.is_active,
            element.created,
            element.modified,
            element.edit_sequence,
            json.dumps(element.body),
        )
        self._connection.execute(_SAVE, values)

    def delete(self, element: ListElement, at: datetime) -> None:
        """Removes it; ListDeletedQuery tells of it from now on."""
        self._connection.execute("DELETE FROM list_element WHERE list_id = ?", (element.list_id,))
        self._connection.execute(
            "INSERT INTO deletion VALUES (1, ?, ?, ?, ?, ?)",
            (
                element.list_name,
                element.list_id,
                element.full_name,
                element.created,
                timestamp(at),
            ),
        )


def _element(row: tuple[str, ...]) -> ListElement:
    list_name, list_id, name, full_name, parent_id, active, made, changed, sequence, body = row
    return ListElement(
        ListName(list_name),
        list_id,
        name,
        full_name,
        parent_id,
        bool(active),
        made,
        changed,
        sequence,
        cast("Body", json.loads(body)),
    )
