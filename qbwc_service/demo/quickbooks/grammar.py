"""A small content-model language for qbXML requests, and the check of a request against it.

A shape is a line of words: `Name` (once), `Name?`, `Name*`, `Name+`, each with `:type` and, where
the element is younger than the request, `~since`; `( a | b )` with an optional `? * +` is a choice.
Types: s41 text of at most 41 characters, r159 a reference whose FullName has at most 159,
amt price qty pct float int date dt bool id guid, macro (an id or a useMacro), =A,B one of these
values, @Shape another shape.  Element order counts (qbXML OSR); a breach refuses the whole set.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lxml import etree

Version = tuple[int, int]
Element = etree._Element

ANY_VERSION: Version = (0, 0)


class Malformed(Exception):
    """The element does not fit its shape."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """A text over its limit: refuses its own request only (status 3070)."""

    value: str
    field: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element that holds a value."""

    kind: str
    max_length: int | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """ListID and/or FullName (qbXML OSR: every ...Ref)."""

    max_length: int


@dataclass(frozen=True, slots=True)
class Nested:
    """An element that holds elements, by the name of its shape."""

    shape: str


Content = Leaf | Reference | Nested


@dataclass(frozen=True, slots=True)
class Member:
    content: Content
    since: Version


@dataclass(frozen=True, slots=True)
class Shape:
    """The children of one aggregate: their order as a pattern over "Name;" and their contents."""

    order: re.Pattern[str]
    members: Mapping[str, Member]


_LEAF_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "amt": re.compile(r"[+-]?\d{1,13}(\.\d\d)?"),
    "price": re.compile(r"[+-]?\d{1,10}(\.\d{1,5})?"),
    "qty": re.compile(r"[+-]?\d{1,10}(\.\d{1,5})?"),
    "pct": re.compile(r"[+-]?\d{1,10}(\.\d{1,5})?"),
    "float": re.compile(r"[+-]?\d+(\.\d+)?"),
    "int": re.compile(r"[+-]?\d+"),
    "bool": re.compile(r"true|false|1|0"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "dt": re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?([+-]\d\d:\d\d)?"),
    "id": re.compile(r".{1,36}"),
    "macro": re.compile(r".{0,36}"),
    "guid": re.compile(r"0|\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}"),
}
_WORD = re.compile(r"([A-Za-z0-9]+)([?*+]?)(?::([^~\s]+))?(?:~([\d.]+))?")
_REFERENCE_ORDER = re.compile(r"(?:ListID;)?(?:FullName;)?")


def parse_version(text: str) -> Version:
    major, _, minor = text.partition(".")
    return int(major), int(minor or 0)


def parse_shape(text: str) -> Shape:
    """Compiles one line of the content-model language."""
    order: list[str] = []
    members: dict[str, Member] = {}
    for word in text.split():
        if word[0] in "(|)":
            order.append("(?:" if word == "(" else word)
            continue
        match = _WORD.fullmatch(word)
        if match is None:
            raise ValueError(word)
        name, repeat, kind, since = match.groups()
        order.append(f"(?:{name};){repeat}")
        version = parse_version(since) if since else ANY_VERSION
        members[name] = Member(_content(kind or "s"), version)
    return Shape(re.compile("".join(order)), members)


def _content(kind: str) -> Content:
    if kind.startswith("@"):
        return Nested(kind[1:])
    if kind.startswith("="):
        return Leaf("enum", choices=tuple(kind[1:].split(",")))
    if re.fullmatch(r"r\d+", kind):
        return Reference(int(kind[1:]))
    if re.fullmatch(r"s\d*", kind):
        return Leaf("text", int(kind[1:]) if kind[1:] else None)
    if kind not in _LEAF_PATTERNS:
        raise ValueError(kind)
    return Leaf(kind)


def children(element: Element) -> list[Element]:
    """Child elements, without comments and processing instructions."""
    return [child for child in element if isinstance(child.tag, str)]


def tag_of(element: Element) -> str:
    return str(element.tag)


def text_of(element: Element) -> str:
    return "".join(element.itertext()) if len(element) else element.text or ""


class Grammar:
    """Named shapes, checked together."""

    def __init__(self, shapes: Mapping[str, str], macros_at: frozenset[str]) -> None:
        self._shapes = {name: parse_shape(text) for name, text in shapes.items()}
        self._macros_at = macros_at

    def __contains__(self, name: str) -> bool:
        return name in self._shapes

    def check(self, element: Element, version: Version) -> TooLong | None:
        """Checks a request element against the shape of its name.

        Returns the first text over its limit; raises Malformed for everything else.
        """
        return next(self._breaches(element, self._shapes[tag_of(element)], version), None)

    def _breaches(self, element: Element, shape: Shape, version: Version) -> Iterator[TooLong]:
        if (element.text or "").strip():
            raise Malformed(f"text inside {tag_of(element)}")
        found = children(element)
        sequence = "".join(f"{tag_of(child)};" for child in found)
        if shape.order.fullmatch(sequence) is None:
            raise Malformed(f"order, unknown or missing element in {tag_of(element)}: {sequence}")
        breaches: list[TooLong] = []
        for child in found:
            member = shape.members[tag_of(child)]
            if member.since > version:
                raise Malformed(f"{tag_of(child)} is not known in this version")
            self._check_attributes(child, member.content)
            breaches.extend(self._content_breaches(child, member.content, version))
        yield from breaches

    def _content_breaches(
        self, element: Element, content: Content, version: Version
    ) -> Iterator[TooLong]:
        match content:
            case Nested(shape):
                yield from self._breaches(element, self._shapes[shape], version)
            case Reference(limit):
                yield from _reference_breaches(element, limit)
            case Leaf():
                yield from _leaf_breaches(element, content)

    def _check_attributes(self, element: Element, content: Content) -> None:
        allowed: set[str] = set()
        if isinstance(content, Leaf) and content.kind == "macro":
            allowed.add("useMacro")
        if element.tag in self._macros_at:
            allowed.add("defMacro")
        if unknown := {str(name) for name in element.attrib} - allowed:
            raise Malformed(f"attribute {min(unknown)} on {tag_of(element)}")


def _reference_breaches(element: Element, limit: int) -> Iterator[TooLong]:
    found = children(element)
    if _REFERENCE_ORDER.fullmatch("".join(f"{tag_of(child)};" for child in found)) is None:
        raise Malformed(f"reference {tag_of(element)}")
    for child in found:
        yield from _leaf_breaches(child, Leaf("id") if child.tag == "ListID" else Leaf("text"))
        if child.tag == "FullName" and len(text_of(child)) > limit:
            yield TooLong(text_of(child), tag_of(element))


def _leaf_breaches(element: Element, leaf: Leaf) -> Iterator[TooLong]:
    if children(element):
        raise Malformed(f"elements inside {tag_of(element)}")
    value = text_of(element)
    if leaf.kind == "text":
        if leaf.max_length is not None and len(value) > leaf.max_length:
            yield TooLong(value, tag_of(element))
        return
    if not _fits(value, leaf) or (leaf.kind == "macro" and not value and not element.attrib):
        raise Malformed(f"value {value!r} in {tag_of(element)}")


def _fits(value: str, leaf: Leaf) -> bool:
    if leaf.choices:
        return value in leaf.choices
    if _LEAF_PATTERNS[leaf.kind].fullmatch(value) is None:
        return False
    return leaf.kind not in {"date", "dt"} or _is_calendar_date(value[:10])


def _is_calendar_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).year >= 1901
    except ValueError:
        return False
