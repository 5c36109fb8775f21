"""Keap's text as QuickBooks Desktop can hold it: Windows-1252, trimmed, within the lengths.

Nothing is lost without being named: every function returns what it had to change beside the text.
"""

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from qbxml_builders.addresses import (
    CITY_LIMIT,
    COUNTRY_LIMIT,
    LINE_LIMIT,
    LINES,
    POSTAL_CODE_LIMIT,
    STATE_LIMIT,
    Address,
)
from qbxml_builders.letters import LOOK_ALIKES, SPELLINGS

LOST = "?"
BLANKS = re.compile(r"\s+")
LINE_BREAKS = re.compile("\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")

# Controls, joiners, lone surrogates and marks: nothing to see, nothing to spell.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Mn", "Me"})


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text that QuickBooks can hold. ``changed`` names, once each, the characters that were
    spelled with other letters or became "?", without plainly written quotes, dashes and blanks.
    """

    text: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """A list name: an identity. ``cut`` says that it is shorter than it was."""

    text: str
    cut: bool
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shortened:
    """A text within its limit. ``cut`` says that the rest is gone."""

    text: str
    cut: bool


@dataclass(frozen=True, slots=True)
class FittedAddress:
    """An address within QuickBooks' limits. ``cut`` holds the words that found no place."""

    address: Address
    cut: tuple[str, ...] = ()


def to_quickbooks(text: str, *, keep_lines: bool = False) -> Cleaned:
    """The text in Windows-1252, without control characters, blanks collapsed, trimmed.

    ``keep_lines`` keeps line breaks: only Desc and Memo take them.
    """
    changed: dict[str, None] = {}
    lines = LINE_BREAKS.split(unicodedata.normalize("NFC", text))
    written = [_line(line, changed) for line in lines]
    if keep_lines:
        return Cleaned("\n".join(written).strip(), tuple(changed))
    return Cleaned(BLANKS.sub(" ", " ".join(written)).strip(), tuple(changed))


def list_name(text: str, limit: int, suffix: str = "") -> Name:
    """The text as a list name of at most ``limit`` characters; a colon becomes "-" (status 3090).

    Where the name had to be cut, or characters became "?", two people could end up with one name:
    then ``suffix`` (such as " (K4417)") is added, inside the limit. Raises ValueError where the
    suffix fills the limit.
    """
    if len(suffix) >= limit:
        raise ValueError(f"the suffix {suffix!r} leaves no room in {limit} characters")
    cleaned = to_quickbooks(text)
    name = cleaned.text.replace(":", "-")
    lost = any(_spelled(char) == LOST for char in cleaned.changed)
    if len(name) <= limit and not lost:
        return Name(name, False, cleaned.changed)
    kept = name[: limit - len(suffix)].rstrip()
    return Name((kept + suffix).strip(), len(kept) < len(name), cleaned.changed)


def shorten(text: str, limit: int) -> Shortened:
    """At most ``limit`` characters of a text that identifies nothing."""
    kept = text[:limit].rstrip()
    return Shortened(kept, len(text.rstrip()) > limit)


def address_lines(
    lines: Sequence[str],
    *,
    city: str = "",
    state: str = "",
    postal_code: str = "",
    country: str = "",
) -> FittedAddress:
    """The address within 5 lines of 41 and its city, state, postal code and country.

    A part that is too long for its field moves, whole, to a line of its own; long lines are broken
    between words, and lines are joined, before anything is cut.
    """
    rows = [row for line in lines if (row := to_quickbooks(line).text)]
    parts: list[str] = []
    for part, limit in (
        (city, CITY_LIMIT),
        (state, STATE_LIMIT),
        (postal_code, POSTAL_CODE_LIMIT),
        (country, COUNTRY_LIMIT),
    ):
        cleaned = to_quickbooks(part).text
        if len(cleaned) > limit:
            rows.append(cleaned)
            cleaned = ""
        parts.append(cleaned)
    kept, cut = _fit(rows)
    return FittedAddress(Address(tuple(kept), *parts), tuple(cut))


def _line(line: str, changed: dict[str, None]) -> str:
    return BLANKS.sub(" ", "".join(_written(char, changed) for char in line)).strip()


def _written(char: str, changed: dict[str, None]) -> str:
    if char.isascii() and char.isprintable():
        return char
    if char.isspace():
        return " "
    if char in LOOK_ALIKES:
        return LOOK_ALIKES[char]
    if _holds(char):
        return char
    spelled = _spelled(char)
    if unicodedata.category(char) not in UNSEEN:
        changed[char] = None
    return spelled


def _spelled(char: str) -> str:
    """The character in Windows-1252: by table, by its compatibility form, without marks, or "?"."""
    if char in SPELLINGS:
        return SPELLINGS[char]
    if unicodedata.category(char) in UNSEEN:
        return ""
    taken_apart = unicodedata.normalize("NFKD", char)
    bare = "".join(part for part in taken_apart if unicodedata.category(part) not in UNSEEN)
    letters = "".join(SPELLINGS.get(part, LOOK_ALIKES.get(part, part)) for part in bare)
    return letters if letters and all(map(_holds, letters)) else LOST


def _holds(char: str) -> bool:
    """Whether Windows-1252 holds the character, control characters not counted."""
    try:
        char.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return char.isprintable()


def _fit(rows: list[str]) -> tuple[list[str], list[str]]:
    """Broken between words, joined where two fit in one, and what is still over the five lines."""
    broken = [piece for row in rows for piece in textwrap.wrap(row, LINE_LIMIT)]
    while len(broken) > LINES and (place := _joinable(broken)) is not None:
        broken[place : place + 2] = [f"{broken[place]}, {broken[place + 1]}"]
    return broken[:LINES], broken[LINES:]


def _joinable(rows: list[str]) -> int | None:
    """The last neighbours that fit in one line: name and street stay apart longest."""
    for place in range(len(rows) - 2, -1, -1):
        if len(rows[place]) + len(rows[place + 1]) + 2 <= LINE_LIMIT:
            return place
    return None
