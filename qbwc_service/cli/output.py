"""How results are shown: a table for a person, plain lines for a pipe, one JSON document."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document, for scripts."
)


def print_json(value: Any) -> None:
    """A dataclass, or lists and mappings; amounts as text with two decimals, times as ISO 8601."""
    click.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Columns on a terminal, lines of tab-separated fields elsewhere; `empty` where no row is."""
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not texts:
        click.echo(empty)
    elif sys.stdout.isatty():
        table = Table(*columns, box=SIMPLE_HEAD)
        for cells in texts:
            table.add_row(*(Text(cell) for cell in cells))
        Console().print(table)
    else:
        for cells in [list(columns), *texts]:
            click.echo("\t".join(" ".join(cell.split()) for cell in cells))


def shown_time(at: datetime | None, never: str = "never") -> str:
    """2026-11-23 10:00 UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else never


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
