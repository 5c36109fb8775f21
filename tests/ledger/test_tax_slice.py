"""The rates of the tax items that people chose, and the groups made of them."""

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.tax_slice import TaxSlice, load_taxes
from qbwc_service.matching.company import Chosen, ListEntry
from qbwc_service.planning.order import LineKind, SalesOrder
from tests.ledger_rows import add_entry
from tests.matching.company_file import settings
from tests.world import line, product, sale

ONE_TAX = sale(7, product(price=10000), line(LineKind.TAX, 825))
TWO_TAXES = sale(8, product(price=10000), line(LineKind.TAX, 825), line(LineKind.TAX, 150))


@pytest.fixture
def books(db: Session, acme: Connection, other: Connection) -> Connection:
    """State and city tax, the group of both, an inactive twin of it, and somebody else's group."""
    tax_item(db, acme, "State", tax_rate="8.25")
    tax_item(db, acme, "City", tax_rate="1.5")
    members = ["I-State", "I-City"]
    tax_item(db, acme, "Both", kind="SalesTaxGroup", tax_items=members)
    tax_item(db, acme, "Old", kind="SalesTaxGroup", tax_items=["I-City"], is_active=False)
    tax_item(db, other, "Foreign", kind="SalesTaxGroup", tax_items=members)
    db.flush()
    return acme


def tax_item(
    db: Session,
    connection: Connection,
    name: str,
    *,
    kind: str = "SalesTax",
    is_active: bool = True,
    **details: Any,
) -> None:
    add_entry(
        db,
        connection.id,
        "Item",
        name,
        is_active=is_active,
        details={"kind": kind} | details,
    )


def chosen(name: str, kind: str = "SalesTax") -> dict[str, Chosen]:
    """A person chose that item for the label Tax."""
    return {"label:tax": Chosen("Tax", "Item", name, ListEntry(f"I-{name}", name, kind=kind))}


def load(
    db: Session, books: Connection, what: dict[str, Chosen], *orders: SalesOrder, **more: Any
) -> TaxSlice:
    return load_taxes(
        db, books.id, what, orders or (ONE_TAX,), settings(**({"sales_tax": "quickbooks"} | more))
    )


def rates(found: TaxSlice) -> dict[str, list[str]]:
    return {list_id: [str(rate) for rate in each] for list_id, each in found.rates.items()}


def test_the_rate_of_a_chosen_item(db: Session, books: Connection) -> None:
    found = load(db, books, chosen("State"))
    assert (rates(found), found.groups) == ({"I-State": ["8.25"]}, {})


def test_a_chosen_group_has_the_rates_of_its_members(db: Session, books: Connection) -> None:
    found = load(db, books, chosen("Both", "SalesTaxGroup"))
    assert rates(found) == {"I-Both": ["8.25", "1.5"]}
    assert found.groups == {frozenset({"I-State", "I-City"}): "I-Both"}


def test_groups_are_read_where_an_order_has_several_taxes(db: Session, books: Connection) -> None:
    found = load(db, books, chosen("State"), ONE_TAX, TWO_TAXES)
    assert found.groups == {frozenset({"I-State", "I-City"}): "I-Both"}
    assert rates(found)["I-Both"] == ["8.25", "1.5"]


def test_a_rate_that_cannot_be_read_is_none(db: Session, books: Connection) -> None:
    tax_item(db, books, "Strange", tax_rate="about 8")
    tax_item(db, books, "Bare")
    db.flush()
    assert rates(load(db, books, chosen("Strange"))) == {"I-Strange": ["0"]}
    assert rates(load(db, books, chosen("Bare"))) == {"I-Bare": ["0"]}


@pytest.mark.parametrize(
    ("what", "more"),
    [
        (chosen("State"), {"sales_tax": "line"}),
        (chosen("Line", "OtherCharge"), {}),
        ({"label:tax": Chosen("Tax", "Item", "Gone", None)}, {}),
        ({}, {}),
    ],
    ids=["tax is a line", "an item of lines", "gone", "nothing chosen"],
)
def test_nothing_is_asked_where_quickbooks_reckons_nothing(
    database: Database,
    db: Session,
    books: Connection,
    what: dict[str, Chosen],
    more: dict[str, str],
) -> None:
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *said: asked.append(str(said[2])))
    assert load(db, books, what, TWO_TAXES, **more) == TaxSlice()
    assert asked == []
