"""Spreadsheet files (CSV): streamed, readable by Excel, and no cell can be a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from flask import Response, stream_with_context

Cell = str | int | Decimal | date | None
_STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defused(text: str) -> str:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP)."""
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS_OF_FORMULAS) else text


def download(file_name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """The rows as a file to save; the byte order mark makes Excel read names as UTF-8."""
    return Response(
        stream_with_context(_lines(columns, rows)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )


def _lines(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield "\ufeff" + _line(columns)
    for row in rows:
        yield _line([defused(cell) if isinstance(cell, str) else cell for cell in row])


def _line(cells: Sequence[Cell]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
