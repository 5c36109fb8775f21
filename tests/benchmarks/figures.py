"""What a benchmark finds, and the table of it."""

import platform
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("spyne", "lxml", "SQLAlchemy", "psycopg", "waitress", "msgspec")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `holds`: whether the target is met; None where there is none."""

    part: str
    what: str
    measured: str
    target: str = ""
    holds: bool | None = None


def quantile(values: Iterable[float], part: float) -> float:
    """The value that so large a part of them is not above (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def milliseconds(values: Sequence[float]) -> str:
    """p50 and p99 of seconds."""
    return f"p50 {quantile(values, 0.5) * 1000:.1f} ms, p99 {quantile(values, 0.99) * 1000:.1f} ms"


def machine() -> str:
    """What it ran on."""
    processors = Path("/proc/cpuinfo")
    cores = processors.read_text().count("processor\t") if processors.exists() else "?"
    python = f"{platform.python_implementation()} {sys.version.split()[0]}"
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{cores} cores, {platform.system()} {platform.machine()}, {python}, "
        f"SQLite {sqlite3.sqlite_version}, {libraries}"
    )


def table(figures: Sequence[Figure]) -> str:
    """As Markdown, which can be read as it is."""
    head = ("part", "figure", "measured", "target", "")
    rows = [(f.part, f.what, f.measured, f.target, _word(f.holds)) for f in figures]
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    lines = [_line(head, widths), "|" + "|".join("-" * (width + 2) for width in widths) + "|"]
    return "\n".join([*lines, *(_line(row, widths) for row in rows)])


def _word(holds: bool | None) -> str:
    return "" if holds is None else "holds" if holds else "MISSED"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return (
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        + " |"
    )
