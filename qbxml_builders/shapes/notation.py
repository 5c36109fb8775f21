"""The notation in which the shapes of our requests are written down, and its reader.

One element a line, children indented by two blanks, in the order that QuickBooks demands:

    Name! str 41 v8.0       required, text of at most 41 characters, known since qbXML 8.0
    TxnID+ id               at least once;  * any number;  no mark: optional, once
    ActiveStatus =A|B       one of these values;
      |C|D                  a line that begins with | goes on with them
    ExternalGUID guid       types: str name id guid amt price qty date dt bool int
    CustomerRef ref 209     a reference: ListID or FullName (at most 209 characters)
    BillAddress             an aggregate when lines below are indented
      &address              the lines of a named fragment, which may name earlier ones
    InvoiceAdd @defMacro:4.0   an attribute and its first version
    either? … or …          at most one of the branches;  either! exactly one

``name`` is text without a colon (status 3090): the colon separates the levels of a FullName.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

Version = tuple[int, int]

ALWAYS: Version = (1, 0)


class Kind(StrEnum):
    """The value types of qbXML that we write; AGGREGATE holds elements instead of text."""

    AGGREGATE = "aggregate"
    TEXT = "str"
    NAME = "name"
    ID = "id"
    GUID = "guid"
    AMOUNT = "amt"
    PRICE = "price"
    QUANTITY = "qty"
    DATE = "date"
    DATETIME = "dt"
    BOOLEAN = "bool"
    INTEGER = "int"
    ENUM = "enum"


@dataclass(frozen=True, slots=True)
class Field:
    """One element in its place. ``limit`` counts characters; ``values`` belong to an enum."""

    tag: str
    kind: Kind
    required: bool = False
    repeats: bool = False
    limit: int | None = None
    since: Version = ALWAYS
    values: tuple[str, ...] = ()
    attributes: tuple[tuple[str, Version], ...] = ()
    children: "tuple[Particle, ...]" = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Exactly one branch where ``required``, otherwise at most one."""

    required: bool
    branches: "tuple[tuple[Particle, ...], ...]"


Particle = Field | Choice


@dataclass(slots=True)
class _Line:
    indent: int
    words: list[str]
    below: "list[_Line]" = field(default_factory=list)


def version_of(text: str) -> Version:
    """ "13.0" as (13, 0): versions compare as numbers, never as text or floats."""
    major, minor = text.split(".")
    return int(major), int(minor)


def read(text: str, fragments: dict[str, str] | None = None) -> tuple[Particle, ...]:
    """The particles that a text in the notation above describes."""
    named: dict[str, tuple[Particle, ...]] = {}
    for name, body in (fragments or {}).items():
        named[name] = tuple(_particles(_tree(body), named))
    return tuple(_particles(_tree(text), named))


def _tree(text: str) -> list[_Line]:
    top: list[_Line] = []
    open_lines: list[_Line] = []
    for row in text.splitlines():
        if not row.strip():
            continue
        if row.lstrip().startswith("|"):
            open_lines[-1].words[-1] += row.strip()
            continue
        line = _Line(len(row) - len(row.lstrip()), row.split())
        while open_lines and open_lines[-1].indent >= line.indent:
            open_lines.pop()
        (open_lines[-1].below if open_lines else top).append(line)
        open_lines.append(line)
    return top


def _particles(lines: list[_Line], named: dict[str, tuple[Particle, ...]]) -> Iterator[Particle]:
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        head = line.words[0]
        if head.startswith("&"):
            yield from named[head[1:]]
        elif head.startswith("either"):
            branches = [tuple(_particles(line.below, named))]
            while position < len(lines) and lines[position].words == ["or"]:
                branches.append(tuple(_particles(lines[position].below, named)))
                position += 1
            yield Choice(head.endswith("!"), tuple(branches))
        else:
            yield _field(line, named)


def _field(line: _Line, named: dict[str, tuple[Particle, ...]]) -> Field:
    head, *words = line.words
    tag = head.rstrip("!*+")
    mark = head[len(tag) :]
    kind, limit, since = Kind.AGGREGATE, None, ALWAYS
    values: tuple[str, ...] = ()
    attributes: list[tuple[str, Version]] = []
    children = tuple(_particles(line.below, named))
    for word in words:
        if word.startswith("="):
            kind, values = Kind.ENUM, tuple(word[1:].split("|"))
        elif word.startswith("@"):
            name, _, first = word[1:].partition(":")
            attributes.append((name, version_of(first)))
        elif word[0] == "v" and word[1:2].isdigit():
            since = version_of(word[1:])
        elif word.isdigit():
            limit = int(word)
        elif word != "ref":
            kind = Kind(word)
    if "ref" in words:
        children, limit = _reference(limit), None
    return Field(
        tag, kind, mark in ("!", "+"), mark in ("*", "+"), limit, since, values,
        tuple(attributes), children,
    )  # fmt: skip


def _reference(limit: int | None) -> tuple[Particle, ...]:
    list_id = Field("ListID", Kind.ID, required=True)
    full_name = Field("FullName", Kind.TEXT, required=True, limit=limit)
    return (Choice(True, ((list_id,), (full_name,))),)
