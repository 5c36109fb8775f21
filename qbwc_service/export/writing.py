"""An export as files in a folder, or in a zip file; a row at a time.

Exception
  ExportRefused    there is something in that place already
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, TextIO

from sqlalchemy.orm import Session

from qbwc_service import __version__, private_files
from qbwc_service.export.columns import TABLES, Row, Table
from qbwc_service.ledger.models import Connection
from qbwc_service.spreadsheets import Cell, lines_of

#: of the form of the files; another where a column means something else
VERSION = 1

#: opens a file of that name, for text
_Opened = Callable[[str], AbstractContextManager[TextIO]]


class ExportRefused(Exception):
    """There is something in that place already."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} is there already and not empty. Nothing was written; name a new folder or "
            "zip file."
        )


class Format(StrEnum):
    """JSON: a file of JSON lines a table. CSV: a spreadsheet a table, no cell of it a formula."""

    JSON = "json"
    CSV = "csv"


def export(
    db: Session, connection: Connection, path: Path, format_: Format, now: datetime
) -> dict[str, int]:
    """Write all tables of a connection; how many rows each has. A path that ends in ".zip" becomes
    a zip file, any other a folder, with `export.json` that tells what every column means.

    The session should see one moment of the database (`Database.snapshot`). Raises ExportRefused,
    and OSError where it cannot be written.
    """
    if path.exists() and (path.is_file() or any(path.iterdir())):
        raise ExportRefused(path)
    with _zip(path) if path.suffix.casefold() == ".zip" else _folder(path) as opened:
        counts = {}
        for table in TABLES:
            with opened(f"{table.name}.{_ENDINGS[format_]}") as file:
                counts[table.name] = _write(file, table, table.rows(db, connection), format_)
        with opened("export.json") as file:
            file.write(json.dumps(_contents(connection, format_, now, counts), indent=2) + "\n")
    return counts


_ENDINGS: Mapping[Format, str] = {Format.JSON: "jsonl", Format.CSV: "csv"}


def _contents(
    connection: Connection, format_: Format, now: datetime, counts: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "version": VERSION,
        "connection": connection.name,
        "at": now.isoformat(),
        "made_by": f"qbwc-service {__version__}",
        "tables": {
            table.name: {
                "file": f"{table.name}.{_ENDINGS[format_]}",
                "rows": counts[table.name],
                "is_about": table.is_about,
                "columns": dict(table.columns),
            }
            for table in TABLES
        },
    }


def _write(file: TextIO, table: Table, rows: Iterable[Row], format_: Format) -> int:
    count = 0

    def counted() -> Iterator[Row]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    if format_ is Format.JSON:
        file.writelines(
            json.dumps(row, default=_as_text, ensure_ascii=False) + "\n" for row in counted()
        )
    else:
        cells = ([_cell(row[name]) for name in table.columns] for row in counted())
        file.writelines(lines_of(list(table.columns), cells))
    return count


def _as_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _cell(value: Any) -> Cell:
    match value:
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat()
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case None | str() | int() | Decimal() | date():
            return value
        case _:
            return str(value)


@contextmanager
def _folder(path: Path) -> Iterator[_Opened]:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    yield lambda name: _as_text_file(private_files.created(path / name))


@contextmanager
def _zip(path: Path) -> Iterator[_Opened]:
    """Under another name until it is whole."""
    with private_files.beside(path) as part:
        with (
            private_files.created(part) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            yield lambda name: _as_text_file(archive.open(name, "w", force_zip64=True))
        part.replace(path)


def _as_text_file(file: IO[bytes]) -> TextIO:
    return io.TextIOWrapper(file, encoding="utf-8", newline="")
