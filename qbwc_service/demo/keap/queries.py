"""How Keap's lists are asked: filters, order, pages. What it does not know is refused with 400.

Played here, where Keap's documents are silent: since-bounds and until-bounds include the moment;
the token names the last row given, so that rows added or deleted meanwhile shift nothing.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

import msgspec

from qbwc_service.demo.keap.shapes import Json

MAX_PAGE_SIZE = 1000
_DEFAULT_PAGE_SIZE = 100
_CLAUSE = re.compile(r"([A-Za-z_]\w*)(==|!=|<=|>=|<|>)(.*)", re.DOTALL)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:?\d\d)")

C = TypeVar("C", Decimal, datetime)

Test = Callable[[Json], bool]
Sorting = tuple[Decimal | str, int]


class QueryRefused(ValueError):
    """What Keap answers with 400."""


@dataclass(frozen=True, slots=True)
class Field:
    """A filter field: its operators, and how its text becomes a test of a row."""

    make: Callable[[str, str], Test]
    operators: frozenset[str] = frozenset({"=="})


@dataclass(frozen=True, slots=True)
class ListRules:
    """What one list may be filtered and ordered by; `order_by` maps a name to the row's value."""

    filters: Mapping[str, Field]
    order_by: Mapping[str, Callable[[Json], Decimal | str]]
    default_order: str = "id"


def text(read: Callable[[Json], str], *, wildcard: bool = False) -> Field:
    """Equality without regard to case; with `wildcard`, a final * means "begins with"."""

    def make(_: str, wanted: str) -> Test:
        if wildcard and wanted.endswith("*"):
            return lambda row: read(row).casefold().startswith(wanted[:-1].casefold())
        return lambda row: read(row).casefold() == wanted.casefold()

    return Field(make)


def flag(read: Callable[[Json], bool]) -> Field:
    """true or false."""

    def make(_: str, wanted: str) -> Test:
        if wanted not in {"true", "false"}:
            raise QueryRefused(f"Invalid boolean: {wanted}")
        return lambda row: read(row) is (wanted == "true")

    return Field(make)


def one_of(read: Callable[[Json], Sequence[str]]) -> Field:
    """A set field: `ids==1,2,3` takes rows that have any of them."""

    def make(_: str, wanted: str) -> Test:
        values = {value.strip() for value in wanted.split(",")}
        return lambda row: not values.isdisjoint(read(row))

    return Field(make)


def number(read: Callable[[Json], Decimal | str], operators: str = "== < <= > >=") -> Field:
    """Comparisons of ids and amounts as numbers."""

    def make(operator: str, wanted: str) -> Test:
        try:
            limit = Decimal(wanted)
        except InvalidOperation:
            raise QueryRefused(f"Invalid number: {wanted}") from None
        return lambda row: _compares(Decimal(read(row)), operator, limit)

    return Field(make, frozenset(operators.split()))


def since(read: Callable[[Json], str]) -> Field:
    """At this moment or later."""
    return _bound(read, ">=")


def until(read: Callable[[Json], str]) -> Field:
    """At this moment or earlier."""
    return _bound(read, "<=")


def list_page(
    name: str, rows: Sequence[Json], rules: ListRules, parameters: Mapping[str, str]
) -> Json:
    """The answer of a list: `{name: [...], "next_page_token": ""}`. Raises QueryRefused.

    Parameters that Keap does not know are ignored, as Keap does.
    """
    tests = _tests(parameters.get("filter", ""), rules)
    sorting, descending = _order(parameters.get("order_by", ""), rules)
    found = sorted(
        (row for row in rows if all(test(row) for test in tests)), key=sorting, reverse=descending
    )
    query = f"{name} {parameters.get('filter', '')} {parameters.get('order_by', '')}"
    token = parameters.get("page_token", "")
    if token:
        last = _last_given(token, query)
        found = [
            row for row in found if (sorting(row) < last if descending else sorting(row) > last)
        ]
    size = _page_size(parameters.get("page_size", ""))
    page = found[:size]
    more = _token(sorting(page[-1]), query) if len(found) > size else ""
    return {name: page, "next_page_token": more}


def _tests(wanted: str, rules: ListRules) -> list[Test]:
    tests = []
    for clause in filter(None, wanted.split(";")):
        match = _CLAUSE.fullmatch(clause)
        if match is None:
            raise QueryRefused(f"Invalid filter: {clause}")
        name, operator, value = match.groups()
        field = rules.filters.get(name)
        if field is None:
            raise QueryRefused(f"Unrecognized filter: {name}")
        if operator not in field.operators:
            raise QueryRefused(f"Operator {operator} is not allowed for {name}")
        tests.append(field.make(operator, value))
    return tests


def _order(wanted: str, rules: ListRules) -> tuple[Callable[[Json], Sorting], bool]:
    name, _, direction = (wanted or rules.default_order).partition(" ")
    if name not in rules.order_by or direction not in {"", "asc", "desc"}:
        raise QueryRefused(f"Invalid order_by: {wanted}")
    read = rules.order_by[name]
    return lambda row: (read(row), int(row["id"])), direction == "desc"


def _page_size(wanted: str) -> int:
    if not wanted:
        return _DEFAULT_PAGE_SIZE
    if not (wanted.isascii() and wanted.isdigit()) or int(wanted) > MAX_PAGE_SIZE:
        raise QueryRefused(f"page_size must be from 0 to {MAX_PAGE_SIZE}")
    return int(wanted) or _DEFAULT_PAGE_SIZE


def _token(last: Sorting, query: str) -> str:
    value, row_id = last
    content = [isinstance(value, Decimal), str(value), row_id, _fingerprint(query)]
    return base64.urlsafe_b64encode(msgspec.json.encode(content)).decode()


def _last_given(token: str, query: str) -> Sorting:
    try:
        content = base64.b64decode(token, altchars=b"-_", validate=True)
        is_number, value, row_id, fingerprint = msgspec.json.decode(
            content, type=tuple[bool, str, int, str]
        )
    except ValueError:
        raise QueryRefused("Invalid page_token") from None
    if fingerprint != _fingerprint(query):
        raise QueryRefused("page_token belongs to another query")
    return (Decimal(value) if is_number else value), row_id


def _fingerprint(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()[:12]


def _bound(read: Callable[[Json], str], operator: str) -> Field:
    def make(_: str, wanted: str) -> Test:
        if not _INSTANT.fullmatch(wanted):
            raise QueryRefused(f"Invalid date-time: {wanted}")
        limit = datetime.fromisoformat(wanted)
        return lambda row: _compares(datetime.fromisoformat(read(row)), operator, limit)

    return Field(make)


def _compares(value: C, operator: str, limit: C) -> bool:
    match operator:
        case "==":
            return value == limit
        case "!=":
            return value != limit
        case "<":
            return value < limit
        case "<=":
            return value <= limit
        case ">":
            return value > limit
        case _:
            return value >= limit
