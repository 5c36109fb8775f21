"""Keap's query grammar: `field==value` clauses joined by `;` in one `filter` parameter.

A plain parameter such as `contact_id=5` is silently ignored by Keap, and an order of words it
does not know is refused, so that every query is made here. Source: v2 OpenAPI, List Orders.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Filter:
    """An immutable filter; `str()` gives the text before percent-encoding, "" for no clause."""

    clauses: tuple[str, ...] = ()

    def equal(self, field: str, value: str | int | datetime) -> Self:
        """`field==value`; a datetime is written with milliseconds and offset.

        Raises ValueError for text that the grammar cannot carry, or a datetime without a zone.
        """
        return self._and(field, "==", _value_text(value))

    def above(self, field: str, value: int) -> Self:
        """`field>value`."""
        return self._and(field, ">", str(value))

    def one_of(self, field: str, values: Iterable[str]) -> Self:
        """`field==1,2,3`, for the set fields (`ids`, `order_ids`, `product_ids`)."""
        texts = [_value_text(value) for value in values]
        if not texts or any("," in text or not text for text in texts):
            raise ValueError(f"not a list of ids for {field}: {texts}")
        return self._and(field, "==", ",".join(texts))

    def _and(self, field: str, operator: str, text: str) -> Self:
        return type(self)((*self.clauses, f"{field}{operator}{text}"))

    def __str__(self) -> str:
        """The clauses in the order in which they were added."""
        return ";".join(self.clauses)


def instant_text(moment: datetime) -> str:
    """`2026-01-01T00:00:00.000Z`; Keap refuses date-only values. Needs an aware datetime."""
    if moment.utcoffset() is None:
        raise ValueError(f"a time without a zone: {moment.isoformat()}")
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def query_text(parameters: Mapping[str, str]) -> str:
    """The query of a URL, everything percent-encoded (a space as %20), empty values left out."""
    return "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}"
        for name, value in parameters.items()
        if value
    )


def _value_text(value: str | int | datetime) -> str:
    text = instant_text(value) if isinstance(value, datetime) else str(value)
    if ";" in text:
        raise ValueError(f"a filter value cannot hold a semicolon: {text!r}")
    return text
