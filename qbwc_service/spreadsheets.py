"""Tables as spreadsheet files (CSV): no cell can be a formula, and what Excel saves is read."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

Cell = str | int | Decimal | date | None
_STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FORMULA_WITHIN = re.compile(r"([;\t\r\n] *)('*[=+\-@＝＋－＠])")
_DEFUSED_WITHIN = re.compile(r"([;\t\r\n] *)'('*[=+\-@＝＋－＠])")
#: the byte order mark makes Excel read names as UTF-8
BYTE_ORDER_MARK = "\ufeff"


class SpreadsheetUnreadable(Exception):
    """It is no table of text; the sentence says why."""


def defused(text: str) -> str:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP).

    So does what would be one in a cell of its own, because in many countries a spreadsheet takes
    semicolons for what stands between cells, whatever is quoted around them.
    """
    return _FORMULA_WITHIN.sub(r"\1'\2", _defused_at_its_start(text))


def as_meant(text: str) -> str:
    """What `defused` was given: the apostrophe before a formula was ours."""
    text = _DEFUSED_WITHIN.sub(r"\1\2", text)
    bare = text[1:]
    return bare if text.startswith("'") and _defused_at_its_start(bare) == text else text


def _defused_at_its_start(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS_OF_FORMULAS) else text


def lines_of(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The file, line by line."""
    yield BYTE_ORDER_MARK + _line(columns)
    for row in rows:
        yield _line([defused(cell) if isinstance(cell, str) else cell for cell in row])


def read_rows(content: bytes) -> list[list[str]]:
    """All rows of a file, the columns' names first; raises SpreadsheetUnreadable.

    Excel in some countries writes semicolons or tabs between the cells: the first line tells.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpreadsheetUnreadable(
            "Save it as CSV UTF-8; this file is in another code."
        ) from error
    if "\0" in text:
        raise SpreadsheetUnreadable("This is not a CSV file.")
    first = text.split("\n", maxsplit=1)[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise SpreadsheetUnreadable(f"This is not a CSV file: {error}.") from error
    return [[as_meant(cell) for cell in row] for row in rows]


def _line(cells: Sequence[Cell]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
