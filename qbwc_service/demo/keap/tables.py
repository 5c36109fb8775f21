"""Records kept as the JSON that is sent, sorted and indexed for the lists that are asked for.

What is read from here is a copy: put it back to change the record.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from decimal import Decimal
from itertools import islice
from typing import Generic, Protocol, TypeVar

from qbwc_service.demo.keap.encoding import from_json, to_json
from qbwc_service.demo.keap.values import Json

Value = int | str | Decimal


class Row(Protocol):
    """A record's number, its JSON, and beside them whatever it is filtered and sorted by."""

    @property
    def id(self) -> int:
        """What decides between equals."""
        ...

    @property
    def body(self) -> bytes:
        """The JSON."""
        ...


R = TypeVar("R", bound=Row)
Entry = tuple[Value, int, R]


class Table(MutableMapping[str, Json], Generic[R]):
    """Records by their id. Finding, and reading in order, never looks at all of them."""

    def __init__(
        self,
        read: Callable[[str, Json, bytes], R],
        *,
        sorted_by: Mapping[str, Callable[[R], Value]],
        indexed_by: Mapping[str, Callable[[R], Iterable[str]]] = {},
    ) -> None:
        """`read` makes the row of id, record and JSON; the names are those of the columns."""
        self._read = read
        self._rows: dict[str, R] = {}
        self._values = dict(sorted_by)
        self._sorted: dict[str, list[Entry[R]]] = {name: [] for name in sorted_by}
        self._keys = dict(indexed_by)
        self._found: dict[str, dict[str, list[str]]] = {name: {} for name in indexed_by}

    def __getitem__(self, identity: str) -> Json:
        """A copy of the record."""
        record: Json = from_json(self._rows[identity].body)
        return record

    def __setitem__(self, identity: str, record: Json) -> None:
        """Puts a record in its place, new or changed."""
        old = self._rows.get(identity)
        row = self._read(identity, record, to_json(record))
        self._rows[identity] = row
        for name, value in self._values.items():
            before = None if old is None else (value(old), old.id, old)
            self._sort(self._sorted[name], before, (value(row), row.id, row))
        for name, keys in self._keys.items():
            if old is None or set(keys(old)) != set(keys(row)):
                self._forget(name, identity, old)
                for key in keys(row):
                    self._found[name].setdefault(key, []).append(identity)

    def __delitem__(self, identity: str) -> None:
        """The record is gone."""
        row = self._rows.pop(identity)
        for name, value in self._values.items():
            entries = self._sorted[name]
            del entries[_place(entries, value(row), row.id)]
        for name in self._keys:
            self._forget(name, identity, row)

    def __iter__(self) -> Iterator[str]:
        """The ids, in the order in which they were first put in."""
        return iter(self._rows)

    def __len__(self) -> int:
        """How many records there are."""
        return len(self._rows)

    def __contains__(self, identity: object) -> bool:
        """Whether there is a record of that id."""
        return identity in self._rows

    def change(self, identity: str, **fields: object) -> None:
        """Other values for some fields of a record. Raises KeyError."""
        self[identity] = self[identity] | fields

    def row(self, identity: str) -> R:
        """The record's row. Raises KeyError."""
        return self._rows[identity]

    def rows(self) -> Iterable[R]:
        """Every row, in no order that matters."""
        return self._rows.values()

    def is_sorted_by(self, name: str) -> bool:
        """Whether `from_value` and `count_from` know this column."""
        return name in self._sorted

    def from_value(self, name: str, low: Value | None, *, descending: bool) -> Iterator[Entry[R]]:
        """In the order of a sorted column, those whose value is `low` or more (None: all)."""
        entries = self._sorted[name]
        start = 0 if low is None else bisect_left(entries, (low, -1))
        if not descending:
            return islice(entries, start, None)
        return (entries[place] for place in range(len(entries) - 1, start - 1, -1))

    def after(
        self, name: str, value: Value, number: int, *, descending: bool
    ) -> Iterator[Entry[R]]:
        """In the order of a sorted column, those behind the row of this value and number."""
        entries = self._sorted[name]
        if descending:
            end = bisect_left(entries, (value, number))
            return (entries[place] for place in range(end - 1, -1, -1))
        return islice(entries, bisect_left(entries, (value, number + 1)), None)

    def count_from(self, name: str, low: Value) -> int:
        """How many rows have `low` or more in a sorted column."""
        return len(self._sorted[name]) - bisect_left(self._sorted[name], (low, -1))

    def with_key(self, name: str, keys: Iterable[str]) -> list[R]:
        """The rows that an index has under any of the keys; "id" is an index of every table."""
        if name == "id":
            return [self._rows[key] for key in keys if key in self._rows]
        index = self._found[name]
        found = dict.fromkeys(identity for key in keys for identity in index.get(key, ()))
        return [self._rows[identity] for identity in found]

    @staticmethod
    def _sort(entries: list[Entry[R]], old: Entry[R] | None, new: Entry[R]) -> None:
        if old is None:
            insort(entries, new)
        elif old[:2] == new[:2]:
            entries[_place(entries, old[0], old[1])] = new
        else:
            del entries[_place(entries, old[0], old[1])]
            insort(entries, new)

    def _forget(self, name: str, identity: str, row: R | None) -> None:
        if row is None:
            return
        index = self._found[name]
        for key in self._keys[name](row):
            index[key].remove(identity)
            if not index[key]:
                del index[key]


class EncodedLists(MutableMapping[str, list[Json]]):
    """Lists of records by a key, kept as JSON."""

    def __init__(self) -> None:
        """Empty."""
        self._bodies: dict[str, bytes] = {}

    def __getitem__(self, key: str) -> list[Json]:
        """A copy of the list."""
        records: list[Json] = from_json(self._bodies[key])
        return records

    def __setitem__(self, key: str, records: list[Json]) -> None:
        """Puts a list in its place."""
        self._bodies[key] = to_json(records)

    def __delitem__(self, key: str) -> None:
        """The list is gone."""
        del self._bodies[key]

    def __iter__(self) -> Iterator[str]:
        """The keys."""
        return iter(self._bodies)

    def __len__(self) -> int:
        """How many lists there are."""
        return len(self._bodies)

    def __contains__(self, key: object) -> bool:
        """Whether there is a list, be it empty."""
        return key in self._bodies

    def bodies(self) -> Mapping[str, bytes]:
        """The JSON of every list."""
        return self._bodies


def _place(entries: list[Entry[R]], value: Value, number: int) -> int:
    # The row at the end of an entry is never compared: no two have the same value and number.
    return bisect_left(entries, (value, number))
