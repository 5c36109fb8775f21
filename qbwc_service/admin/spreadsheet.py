"""A table as a file to save, streamed."""

from collections.abc import Iterable, Sequence

from flask import Response, stream_with_context

from qbwc_service.spreadsheets import Cell as Cell
from qbwc_service.spreadsheets import lines_of


def download(file_name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """The rows as a spreadsheet file (CSV)."""
    return Response(
        stream_with_context(lines_of(columns, rows)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )
