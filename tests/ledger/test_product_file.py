"""The table of products as a file: taken as a whole or not at all, and each wrong line is told."""

import pytest
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.product_file import (
    COLUMNS,
    ProductFileRefused,
    cells_of,
    read_product_file,
)
from qbwc_service.ledger.product_reports import product_reports
from tests.ledger.test_item_slice import mirrored
from tests.ledger.test_products import record
from tests.world import product, sale

HEADER = ["SKU", "Keap product", "QuickBooks item"]


@pytest.fixture(autouse=True)
def lists(db: Session, acme: Connection) -> None:
    for name in ("Saw", "Tools:Axe", "HAMMER"):
        mirrored(db, acme, name)
    mirrored(db, acme, "Retired", is_active=False)
    record(db, acme, sale(1, product("HAMMER"), product("SPADE")))


def chosen(db: Session, acme: Connection, *rows: list[str]) -> list[tuple[str, str]]:
    return [
        (choice.key, choice.full_name) for choice in read_product_file(db, acme.id, [HEADER, *rows])
    ]


def problems(db: Session, acme: Connection, *rows: list[str]) -> tuple[str, ...]:
    with pytest.raises(ProductFileRefused) as refused:
        read_product_file(db, acme.id, list(rows))
    assert str(refused.value).endswith("Nothing was changed.")
    return refused.value.problems


def test_each_line_with_an_item_is_a_choice(db: Session, acme: Connection) -> None:
    assert chosen(
        db, acme, ["SPADE", "", "tools:axe"], ["", "Gold", "Saw"], ["NEW", "x", "Saw"]
    ) == [
        ("sku:spade", "Tools:Axe"),
        ("name:gold", "Saw"),
        ("sku:new", "Saw"),
    ]


def test_an_empty_cell_and_what_is_so_already_change_nothing(db: Session, acme: Connection) -> None:
    assert chosen(db, acme, ["SPADE", "", " "], ["HAMMER", "", "hammer"], [], ["X"]) == []


def test_the_same_line_twice_is_no_contradiction(db: Session, acme: Connection) -> None:
    assert chosen(db, acme, ["SPADE", "", "Saw"], ["spade", "", "SAW"])[0] == ("sku:spade", "Saw")


def test_every_wrong_line_is_told_with_its_number(db: Session, acme: Connection) -> None:
    misspelt, inactive = problems(
        db, acme, HEADER, ["SPADE", "", "Saw"], ["A", "", "Sow"], ["B", "", "Retired"]
    )
    assert misspelt.startswith("Line 3: QuickBooks had no item with the")
    assert misspelt.endswith('full name "Sow" when its lists were last read. Did you mean Saw?')
    assert inactive == 'Line 4: The item "Retired" is inactive in QuickBooks.'


def test_a_line_without_product_or_with_a_second_item_is_told(
    db: Session, acme: Connection
) -> None:
    assert problems(db, acme, HEADER, ["", "", "Saw"]) == (
        "Line 2: neither SKU nor name says which product is meant.",
    )
    assert problems(db, acme, HEADER, ["A", "", "Saw"], ["a", "", "HAMMER"]) == (
        'Line 3: line 2 has another item for "a" already.',
    )


@pytest.mark.parametrize("rows", [[], [["SKU", "Item"]], [["QuickBooks item"]]])
def test_a_file_without_the_columns_is_told(
    db: Session, acme: Connection, rows: list[list[str]]
) -> None:
    (problem,) = problems(db, acme, *rows)
    assert problem.startswith("The first line has to name the columns")


def test_what_is_written_can_be_read_again(db: Session, acme: Connection) -> None:
    rows = [
        [str(cell) for cell in cells_of(report)] for report in product_reports(db, acme.id, limit=9)
    ]
    assert [row[:4] for row in rows] == [
        ["Hammer product", "HAMMER", "1", "HAMMER"],
        ["Spade product", "SPADE", "1", ""],
    ]
    assert read_product_file(db, acme.id, [list(COLUMNS), *rows]) == []
