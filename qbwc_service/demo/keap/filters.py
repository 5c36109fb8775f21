"""The filters of Keap's lists: what may be asked of a field, and the test of a row it becomes.

Played here, where Keap's documents are silent: since-bounds and until-bounds include the moment.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from operator import attrgetter
from typing import Any

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:?\d\d)")
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

Test = Callable[[Any], bool]


class QueryRefused(ValueError):
    """What Keap answers with 400."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One clause: the test of a row, and what is known of the rows before they are looked at.

    `keys` are the only ones that fit in the column, `lowest` is the least value that fits.
    """

    column: str
    test: Test
    keys: frozenset[str] | None = None
    lowest: int | Decimal | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A filter field: its operators, and how its text becomes a condition."""

    make: Callable[[str, str], Condition]
    operators: frozenset[str] = frozenset({"=="})


def text(column: str, *, wildcard: bool = False, is_indexed: bool = False) -> Field:
    """Equality without regard to case; with `wildcard`, a final * means "begins with".

    An indexed column holds ids.
    """
    read = attrgetter(column)

    def make(_: str, wanted: str) -> Condition:
        keys = frozenset({wanted}) if is_indexed else None
        if wildcard and wanted.endswith("*"):
            return Condition(
                column, lambda row: read(row).casefold().startswith(wanted[:-1].casefold())
            )
        return Condition(column, lambda row: read(row).casefold() == wanted.casefold(), keys)

    return Field(make)


def flag(column: str) -> Field:
    """true or false."""
    read = attrgetter(column)

    def make(_: str, wanted: str) -> Condition:
        if wanted not in {"true", "false"}:
            raise QueryRefused(f"Invalid boolean: {wanted}")
        return Condition(column, lambda row: read(row) is (wanted == "true"))

    return Field(make)


def own_id() -> Field:
    """`ids==1,2,3` takes the records of these ids."""

    def make(_: str, wanted: str) -> Condition:
        keys = _set(wanted)
        return Condition("id", lambda row: str(row.id) in keys, keys)

    return Field(make)


def any_of(column: str, *, is_indexed: bool = False) -> Field:
    """`order_ids==1,2,3` takes records that name any of them in a column of several."""
    read = attrgetter(column)

    def make(_: str, wanted: str) -> Condition:
        keys = _set(wanted)
        return Condition(
            column, lambda row: not keys.isdisjoint(read(row)), keys if is_indexed else None
        )

    return Field(make)


def number(column: str, operators: str = "== < <= > >=") -> Field:
    """Comparisons of ids and amounts as numbers."""
    read = attrgetter(column)

    def make(sign: str, wanted: str) -> Condition:
        try:
            exact = Decimal(wanted)
        except InvalidOperation:
            raise QueryRefused(f"Invalid number: {wanted}") from None
        if not exact.is_finite():
            raise QueryRefused(f"Invalid number: {wanted}")
        limit = int(exact) if exact == exact.to_integral_value() else exact
        lowest = limit if sign in {"==", ">", ">="} else None
        compare = _COMPARISONS[sign]
        return Condition(column, lambda row: compare(read(row), limit), lowest=lowest)

    return Field(make, frozenset(operators.split()))


def since(column: str) -> Field:
    """At this moment or later."""
    read = attrgetter(column)

    def make(_: str, wanted: str) -> Condition:
        # Rows have whole seconds: the first that is not before the moment.
        limit = math.ceil(_instant(wanted).timestamp())
        return Condition(column, lambda row: read(row) >= limit, lowest=limit)

    return Field(make)


def until(column: str) -> Field:
    """At this moment or earlier."""
    read = attrgetter(column)

    def make(_: str, wanted: str) -> Condition:
        limit = math.floor(_instant(wanted).timestamp())
        return Condition(column, lambda row: read(row) <= limit)

    return Field(make)


def _set(wanted: str) -> frozenset[str]:
    return frozenset(value.strip() for value in wanted.split(","))


def _instant(wanted: str) -> datetime:
    if not _INSTANT.fullmatch(wanted):
        raise QueryRefused(f"Invalid date-time: {wanted}")
    return datetime.fromisoformat(wanted)
