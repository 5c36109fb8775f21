"""Lenient reading of one element: a missing or bad value is "" or None, never an exception."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from lxml import etree

from qbxml_builders.addresses import LINES, Address

# QuickBooks on a PC with a comma locale writes "0,00". Amounts have 13 digits before the point at
# most; with 16 their cents would fit in no column.
NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,10})?")
WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
SWITCHES = {"true": True, "1": True, "false": False, "0": False}


class Fields:
    """The children of an element by tag, from one pass over them; of a repeated tag the first."""

    __slots__ = ("_children", "_element")

    def __init__(self, element: etree._Element | None) -> None:
        self._element = element
        children: dict[str, etree._Element] = {}
        if element is not None:
            for child in element:
                children.setdefault(str(child.tag), child)
        self._children = children

    def __contains__(self, tag: str) -> bool:
        return tag in self._children

    def __iter__(self) -> Iterator[str]:
        return iter(self._children)

    def text(self, tag: str) -> str:
        """The child's text, trimmed; "" without one."""
        child = self._children.get(tag)
        return "" if child is None else (child.text or "").strip()

    def first_of(self, *tags: str) -> str:
        """The first of these texts that is not empty."""
        return next((text for tag in tags if (text := self.text(tag))), "")

    def under(self, tag: str) -> "Fields":
        """The children of that child; no fields at all where it is missing."""
        return Fields(self._children.get(tag))

    def ref_id(self, tag: str) -> str:
        """The ListID of a reference."""
        return self.under(tag).text("ListID") if tag in self._children else ""

    def ref_name(self, tag: str) -> str:
        """The FullName of a reference."""
        return self.under(tag).text("FullName") if tag in self._children else ""

    def number(self, tag: str) -> Decimal | None:
        """A decimal, with a point or a comma."""
        text = self.text(tag)
        return Decimal(text.replace(",", ".")) if NUMBER.fullmatch(text) else None

    def whole(self, tag: str) -> int | None:
        """A whole number."""
        text = self.text(tag)
        return int(text) if WHOLE.fullmatch(text) else None

    def switch(self, tag: str) -> bool | None:
        """A boolean."""
        return SWITCHES.get(self.text(tag).lower())

    def day(self, tag: str) -> date | None:
        """A date; the time behind it is ignored."""
        try:
            return date.fromisoformat(self.text(tag)[:10])
        except ValueError:
            return None

    def address(self, tag: str) -> Address:
        """An address aggregate; its gaps are closed."""
        if tag not in self._children:
            return Address()
        part = self.under(tag)
        lines = (part.text(f"Addr{number}") for number in range(1, LINES + 1))
        return Address(
            tuple(line for line in lines if line),
            part.text("City"),
            part.text("State"),
            part.text("PostalCode"),
            part.text("Country"),
        )

    def each(self, *tags: str) -> "Iterator[Fields]":
        """All children of these repeated tags, in the order in which they stand."""
        if self._element is not None and any(tag in self._children for tag in tags):
            for child in self._element.iterchildren(*tags):
                yield Fields(child)

    def texts(self, tag: str) -> tuple[str, ...]:
        """The texts of all children of a repeated tag."""
        if self._element is None or tag not in self._children:
            return ()
        return tuple((child.text or "").strip() for child in self._element.iterchildren(tag))

    def plain(self, but: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Tag and text of the children that hold text, and the full names of references."""
        for tag, child in self._children.items():
            if tag in but:
                continue
            if not len(child):
                yield tag, (child.text or "").strip()
            elif name := self.ref_name(tag):
                yield tag, name
