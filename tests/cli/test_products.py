"""items, map-item, unmap-item, export-items, import-items."""

import pytest
from sqlalchemy import select

from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger.models import Mapping as MappingRow
from tests.cli.conftest import Shell
from tests.ledger.test_item_slice import mirrored
from tests.ledger.test_products import record
from tests.world import product, sale


@pytest.fixture(autouse=True)
def lists(migrated: Database, acme: dict[str, str]) -> None:
    """Two items, and orders that sell one of them, something unknown, and a formula."""
    with migrated.writing("test") as db:
        own = find_connection(db, "acme")
        mirrored(db, own, "HAMMER")
        mirrored(db, own, "Tools:Spade")
        record(db, own, sale(1, product("HAMMER"), product("SPADE-1")), sale(2, product("=1+1")))


def chosen(database: Database) -> dict[str, str]:
    with database.reading() as db:
        return {row.key: row.full_name for row in db.scalars(select(MappingRow))}


def test_products_are_listed_with_orders_item_and_reason(shell: Shell) -> None:
    found = {one["sku"]: one for one in shell("items", "acme", "--json").document}
    assert set(found) == {"HAMMER", "SPADE-1", "=1+1"}
    assert found["HAMMER"] == {
        "sku": "HAMMER",
        "name": "Hammer product",
        "orders": 1,
        "item": "HAMMER",
        "why": "Its SKU is the name of the item",
        "state": "matched",
        "state_words": "Matched",
        "chosen": False,
        "orders_with_unknown_item": 0,
    }
    assert "HAMMER" not in shell("items", "acme", "--needs-match").out


def test_an_item_is_chosen_and_forgotten(shell: Shell, migrated: Database) -> None:
    outcome = shell("map-item", "acme", "spade-1", "tools:spade")
    assert (outcome.code, outcome.out) == (0, '"spade-1" goes to the item "Tools:Spade".\n')
    assert chosen(migrated) == {"sku:spade-1": "Tools:Spade"}
    assert "already" in shell("map-item", "acme", "SPADE-1", "Tools:Spade").out
    (spade,) = (one for one in shell("items", "acme", "--json").document if one["chosen"])
    assert (spade["item"], spade["why"]) == ("Tools:Spade", "You chose this item")

    outcome = shell("unmap-item", "acme", "SPADE-1")
    assert (outcome.code, chosen(migrated)) == (0, {})
    outcome = shell("unmap-item", "acme", "SPADE-1")
    assert (outcome.code, outcome.err) == (
        1,
        'No item was chosen for "SPADE-1". Nothing was changed.\n',
    )


def test_a_product_without_sku_goes_by_its_name(shell: Shell, migrated: Database) -> None:
    assert shell("map-item", "acme", "Gold Plan", "HAMMER", "--by-name").code == 0
    assert chosen(migrated) == {"name:gold plan": "HAMMER"}
    assert shell("unmap-item", "acme", "gold plan", "--by-name").code == 0


def test_an_item_that_quickbooks_lacks_is_refused_with_names_that_come_near(
    shell: Shell, migrated: Database
) -> None:
    outcome = shell("map-item", "acme", "SPADE-1", "Tools:Spde")
    assert outcome.code == 1
    assert outcome.err.endswith("Did you mean Tools:Spade? Nothing was changed.\n")
    assert chosen(migrated) == {}


def test_the_file_goes_out_and_comes_back(shell: Shell, migrated: Database) -> None:
    file = shell.folder / "products.csv"
    assert shell("export-items", "acme", str(file)).code == 0
    text = file.read_text(encoding="utf-8")
    assert text.startswith("\ufeffKeap product,SKU,Orders,QuickBooks item,Why,State")
    assert "'=1+1" in text
    assert shell("import-items", "acme", str(file)).out == "Changed: 0.\n"

    filled = text.replace("'=1+1,1,,", "'=1+1,1,HAMMER,").replace("SPADE-1,1,,", "SPADE-1,1,Hamer,")
    file.write_text(filled, encoding="utf-8")
    outcome = shell("import-items", "acme", str(file))
    assert outcome.code == 1
    assert "Did you mean HAMMER?" in outcome.err
    assert chosen(migrated) == {}

    file.write_text(filled.replace("Hamer", "tools:spade"), encoding="utf-8")
    assert shell("import-items", "acme", str(file)).out.endswith("Changed: 2.\n")
    assert chosen(migrated) == {"sku:=1+1": "HAMMER", "sku:spade-1": "Tools:Spade"}


def test_a_file_that_is_no_csv_is_refused(shell: Shell) -> None:
    file = shell.folder / "products.xlsx"
    file.write_bytes(b"PK\x03\x04\0")
    outcome = shell("import-items", "acme", str(file))
    assert (outcome.code, outcome.err) == (1, "This is not a CSV file. Nothing was changed.\n")
