"""How Keap's lists are asked: filters, order, pages. What it does not know is refused with 400."""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from operator import attrgetter
from typing import Any, Literal, TypeVar

import msgspec

from qbwc_service.demo.keap.filters import Condition, Field, QueryRefused
from qbwc_service.demo.keap.tables import Row, Table, Value

MAX_PAGE_SIZE = 1000
_DEFAULT_PAGE_SIZE = 100
#: so few rows are found and sorted faster than the table is read in order
_FEW_ROWS = 3000
_CLAUSE = re.compile(r"([A-Za-z_]\w*)(==|!=|<=|>=|<|>)(.*)", re.DOTALL)


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class ListRules:
    """What one list may be filtered by, and the column for each name it may be ordered by."""

    filters: Mapping[str, Field]
    order_by: Mapping[str, str]
    default_column: str = "id"


@dataclass(frozen=True, slots=True)
class Found:
    """One page: its rows, and the token of the next one, "" where this is the last.

    `end_token` stands for its end whether anything comes after it or not.
    """

    rows: tuple[Row, ...]
    next_page_token: str
    end_token: str


def list_page(
    name: str,
    table: Table[R],
    rules: ListRules,
    parameters: Mapping[str, str],
    tokens: Literal["after-row", "offset"] = "after-row",
) -> Found:
    """The page of a list that is asked for. Raises QueryRefused.

    Parameters that Keap does not know are ignored, as Keap does.
    """
    conditions = _conditions(parameters.get("filter", ""), rules)
    column, is_descending = _order(parameters.get("order_by", ""), rules)
    size = _page_size(parameters.get("page_size", ""))
    query = f"{name} {parameters.get('filter', '')} {parameters.get('order_by', '')}"
    place = _place_of(parameters.get("page_token", ""), query)
    in_order = _InOrder(table, conditions, column, is_descending)
    if tokens == "offset":
        skipped = place[1] if place else 0
        rows = list(islice(in_order.rows(None), skipped, skipped + size + 1))
        end: tuple[Value, int] = (0, skipped + size)
    else:
        rows = list(islice(in_order.rows(place), size + 1))
        end = (getattr(rows[:size][-1], column), rows[:size][-1].id) if rows else place or (0, 0)
    token = _token(end, query)
    return Found(tuple(rows[:size]), token if len(rows) > size else "", token)


@dataclass(frozen=True, slots=True)
class _InOrder:
    """The rows that fulfil every condition, in the order that is asked for."""

    table: Table[Any]
    conditions: tuple[Condition, ...]
    column: str
    is_descending: bool

    def rows(self, place: tuple[Value, int] | None) -> Iterator[Any]:
        """Those behind `place`; all of them for None."""
        few = self._few()
        if few is None and self.table.is_sorted_by(self.column):
            found: Iterable[Any] = self._as_sorted(place)
        else:
            found = self._sorted_now(self.table.rows() if few is None else few, place)
        for condition in self.conditions:
            found = filter(condition.test, found)
        return iter(found)

    def _few(self) -> Iterable[Any] | None:
        """The rows that an index or the lowest value leave, where these are few."""
        for condition in self.conditions:
            if condition.keys is not None:
                return self.table.with_key(condition.column, condition.keys)
        for column, low in self._bounds():
            if self.table.count_from(column, low) <= _FEW_ROWS:
                entries = self.table.from_value(column, low, descending=False)
                return [row for _, _, row in entries]
        return None

    def _bounds(self) -> list[tuple[str, int | Decimal]]:
        return [
            (condition.column, condition.lowest)
            for condition in self.conditions
            if condition.lowest is not None and self.table.is_sorted_by(condition.column)
        ]

    def _as_sorted(self, place: tuple[Value, int] | None) -> Iterator[Any]:
        lows = [low for column, low in self._bounds() if column == self.column]
        down = self.is_descending
        if place is None:
            low = max(lows, default=None)
            entries = self.table.from_value(self.column, low, descending=down)
        else:
            entries = self.table.after(self.column, *place, descending=down)
        return (row for _, _, row in entries)

    def _sorted_now(self, rows: Iterable[Any], place: tuple[Value, int] | None) -> list[Any]:
        read, down = attrgetter(self.column, "id"), self.is_descending
        found = sorted(rows, key=read, reverse=down)
        if place is None:
            return found
        return [row for row in found if (read(row) < place if down else read(row) > place)]


def _conditions(wanted: str, rules: ListRules) -> tuple[Condition, ...]:
    conditions = []
    for clause in filter(None, wanted.split(";")):
        match = _CLAUSE.fullmatch(clause)
        if match is None:
            raise QueryRefused(f"Invalid filter: {clause}")
        name, sign, value = match.groups()
        field = rules.filters.get(name)
        if field is None:
            raise QueryRefused(f"Unrecognized filter: {name}")
        if sign not in field.operators:
            raise QueryRefused(f"Operator {sign} is not allowed for {name}")
        conditions.append(field.make(sign, value))
    return tuple(conditions)


def _order(wanted: str, rules: ListRules) -> tuple[str, bool]:
    if not wanted:
        return rules.default_column, False
    name, _, direction = wanted.partition(" ")
    if name not in rules.order_by or direction not in {"", "asc", "desc"}:
        raise QueryRefused(f"Invalid order_by: {wanted}")
    return rules.order_by[name], direction == "desc"


def _page_size(wanted: str) -> int:
    if not wanted:
        return _DEFAULT_PAGE_SIZE
    if not (wanted.isascii() and wanted.isdigit()) or int(wanted) > MAX_PAGE_SIZE:
        raise QueryRefused(f"page_size must be from 0 to {MAX_PAGE_SIZE}")
    return int(wanted) or _DEFAULT_PAGE_SIZE


def _token(place: tuple[Value, int], query: str) -> str:
    value, row_id = place
    content = [isinstance(value, str), str(value), row_id, _fingerprint(query)]
    return base64.urlsafe_b64encode(msgspec.json.encode(content)).decode()


def _place_of(token: str, query: str) -> tuple[Value, int] | None:
    if not token:
        return None
    try:
        content = base64.b64decode(token, altchars=b"-_", validate=True)
        is_text, value, row_id, fingerprint = msgspec.json.decode(
            content, type=tuple[bool, str, int, str]
        )
    except ValueError:
        raise QueryRefused("Invalid page_token") from None
    if fingerprint != _fingerprint(query):
        raise QueryRefused("page_token belongs to another query")
    return (value if is_text else Decimal(value)), row_id


def _fingerprint(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()[:12]
