"""The file of variables: NAME=value, a line each, as systemd and compose read it too.

What these two read differently (a $, a backslash, a # after a blank, quotes inside) is refused with
what to write, so that one file means the same to all three.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)")
_BETWEEN_QUOTES = re.compile(r"""'([^']*)'|"([^"$`\\]*)\"""")
_READ_DIFFERENTLY = re.compile(r"""['"$`\\]|\s#""")


@dataclass(frozen=True, slots=True)
class Line:
    """`wrong` "": it can be read. `number` counts from 1."""

    number: int
    name: str
    text: str = ""
    wrong: str = ""


def lines_of(content: str) -> Iterator[Line]:
    """Every line that is neither empty nor a remark."""
    for number, line in enumerate(content.splitlines(), start=1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield _read(number, stripped)


def _read(number: int, line: str) -> Line:
    match = _LINE.fullmatch(line)
    if match is None:
        return Line(number, "", wrong=_what_else(line))
    name, text = match[1], match[2].strip()
    quoted = _BETWEEN_QUOTES.fullmatch(text)
    if quoted is not None:
        return Line(number, name, quoted[1] if quoted[1] is not None else quoted[2])
    if _READ_DIFFERENTLY.search(text):
        reason = f"put the value between single quotes: {name}='...', with no such quote inside"
        return Line(number, name, wrong=reason)
    return Line(number, name, text)


def _what_else(line: str) -> str:
    if line.startswith("export "):
        return "leave out the word export"
    if re.match(r"[A-Za-z_][A-Za-z0-9_]*\s+=", line):
        return "leave out the blanks before the equals sign"
    return "write NAME=value; a remark begins with #"
