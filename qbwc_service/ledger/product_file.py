"""The table of products as a spreadsheet file: written out, filled in by a person, read again.

A file is taken as a whole or not at all. An empty cell changes nothing, and neither does an item
that the product goes to already: what matched by itself stays a match and is not pinned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.mappings import Choice, MappingRefused, ProductChoice, item_choices
from qbwc_service.ledger.models import KeapProduct
from qbwc_service.ledger.product_reports import STATE_WORDS, ProductReport
from qbwc_service.matching.keys import name_key, product_key
from qbwc_service.spreadsheets import Cell

COLUMNS: Final = ("Keap product", "SKU", "Orders", "QuickBooks item", "Why", "State")
_NAME, _SKU, _ITEM = "keap product", "sku", "quickbooks item"
_LONGEST = 20_000
_LONGEST_CELL = 1_000
_KEYS_A_QUERY = 500
_NO_COLUMNS = (
    'The first line has to name the columns: "QuickBooks item", and "SKU" or "Keap product", as in '
    "the file that is exported here."
)
#: more would not be read
_PROBLEMS_TOLD = 50


class ProductFileRefused(Exception):
    """`problems` are sentences, one a line of the file; nothing was changed."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems[:_PROBLEMS_TOLD])
        more = len(problems) - len(self.problems)
        if more:
            self.problems += (f"And {more} more lines.",)
        super().__init__("\n".join((*self.problems, "Nothing was changed.")))


@dataclass(frozen=True, slots=True)
class _Row:
    """What one line of the file asks for."""

    line: int
    choice: ProductChoice
    key: str


def cells_of(product: ProductReport) -> tuple[Cell, ...]:
    """One product in the order of COLUMNS."""
    return (
        product.name,
        product.sku,
        product.orders,
        product.item,
        product.why,
        STATE_WORDS[product.state],
    )


def read_product_file(
    db: Session, connection_id: int, rows: Sequence[Sequence[str]]
) -> list[Choice]:
    """The choices that the file changes; raises ProductFileRefused where any line is wrong."""
    asked = _asked(rows)
    _refuse_two_items(asked)
    known = _items_now(db, connection_id, [row.key for row in asked])
    wanted = [row for row in asked if known.get(row.key) != name_key(row.choice.item)]
    found = item_choices(db, connection_id, [row.choice for row in wanted])
    problems = [
        f"Line {row.line}: {choice.reason}{'' if choice.reason.endswith('?') else '.'}"
        for row, choice in zip(wanted, found, strict=True)
        if isinstance(choice, MappingRefused)
    ]
    if problems:
        raise ProductFileRefused(problems)
    return [choice for choice in found if isinstance(choice, Choice)]


def _asked(rows: Sequence[Sequence[str]]) -> list[_Row]:
    """The lines that name an item."""
    places = _places(rows[0] if rows else ())
    if len(rows) > _LONGEST:
        raise ProductFileRefused([f"The file has more than {_LONGEST:,} lines."])
    asked: list[_Row] = []
    problems: list[str] = []
    for line, cells in enumerate(rows[1:], start=2):
        row, problem = _row(line, cells, places)
        if problem:
            problems.append(f"Line {line}: {problem}")
        elif row is not None:
            asked.append(row)
    if problems:
        raise ProductFileRefused(problems)
    return asked


def _places(header: Sequence[str]) -> Mapping[str, int]:
    """Where the columns stand that are read."""
    places = {name_key(cell): place for place, cell in enumerate(header)}
    if _ITEM not in places or not {_NAME, _SKU} & set(places):
        raise ProductFileRefused([_NO_COLUMNS])
    return places


def _row(line: int, cells: Sequence[str], places: Mapping[str, int]) -> tuple[_Row | None, str]:
    """What the line asks for, or None; and what is wrong with it, or ""."""
    sku, name, item = (_cell(cells, places, column) for column in (_SKU, _NAME, _ITEM))
    if not item:
        return None, ""
    if any(len(text) > _LONGEST_CELL for text in (sku, name, item)):
        return None, "one of its cells is too long."
    key = product_key(sku, name)
    if not key:
        return None, "neither SKU nor name says which product is meant."
    return _Row(line, ProductChoice(sku, name, item), key), ""


def _cell(cells: Sequence[str], places: Mapping[str, int], column: str) -> str:
    place = places.get(column, len(cells))
    return cells[place].strip() if place < len(cells) else ""


def _refuse_two_items(asked: Iterable[_Row]) -> None:
    first: dict[str, _Row] = {}
    problems = []
    for row in asked:
        before = first.setdefault(row.key, row)
        if name_key(before.choice.item) != name_key(row.choice.item):
            shown = row.choice.sku or row.choice.name
            problems.append(
                f'Line {row.line}: line {before.line} has another item for "{shown}" already.'
            )
    if problems:
        raise ProductFileRefused(problems)


def _items_now(db: Session, connection_id: int, keys: Sequence[str]) -> dict[str, str]:
    """The folded full name of the item that each of these products goes to."""
    found: dict[str, str] = {}
    for start in range(0, len(keys), _KEYS_A_QUERY):
        rows = db.execute(
            select(KeapProduct.key, KeapProduct.item).where(
                KeapProduct.connection_id == connection_id,
                KeapProduct.key.in_(keys[start : start + _KEYS_A_QUERY]),
            )
        )
        found |= {key: name_key(item) for key, item in rows}
    return found
