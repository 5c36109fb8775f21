"""The products that orders sell: one row each, kept true for what is not sent yet."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import products
from qbwc_service.ledger.models import Connection, KeapOrderProduct, KeapProduct, ProductState
from qbwc_service.planning.order import LineKind, SalesOrder
from tests.ledger.test_item_slice import mapped, mirrored
from tests.matching.company_file import company_file, item, settings
from tests.world import World, line, product, sale


def record(db: Session, connection: Connection, *orders: SalesOrder, **chosen: Any) -> None:
    ids = [order.order_id for order in orders]
    products.record(db, connection.id, ids, orders, company_file(), settings(**chosen))


def stored(db: Session) -> dict[str, tuple[ProductState, str, str]]:
    """State, rule and item of every product."""
    rows = db.scalars(select(KeapProduct).order_by(KeapProduct.key))
    return {row.key: (row.state, row.rule, row.item) for row in rows}


def sold(db: Session) -> list[tuple[int, str, str]]:
    rows = db.scalars(
        select(KeapOrderProduct).order_by(KeapOrderProduct.order_id, KeapOrderProduct.key)
    )
    return [(row.order_id, row.key, row.rule) for row in rows]


def test_each_product_has_one_row_however_many_orders_sell_it(
    db: Session, acme: Connection
) -> None:
    record(db, acme, sale(1, product("HAMMER"), product("hammer")), sale(2, product("SPADE")))
    record(db, acme, sale(3, product("Hammer"), line(LineKind.TIP, 5), product(sku="")))
    assert stored(db) == {
        "name:product": (ProductState.TO_UNKNOWN, "line-to-unknown", "unknown_do_not_delete"),
        "sku:hammer": (ProductState.MATCHED, "sku-is-name", "HAMMER"),
        "sku:spade": (ProductState.NEEDS_MATCH, "item-not-in-quickbooks", ""),
    }
    assert sold(db) == [
        (1, "sku:hammer", "sku-is-name"),
        (2, "sku:spade", "item-not-in-quickbooks"),
        (3, "name:product", "line-to-unknown"),
        (3, "sku:hammer", "sku-is-name"),
    ]


def test_an_order_that_is_planned_again_is_counted_once(db: Session, acme: Connection) -> None:
    record(db, acme, sale(1, product("SPADE")))
    record(db, acme, sale(1, product("HAMMER")), missing_item="create")
    assert sold(db) == [(1, "sku:hammer", "sku-is-name")]


def test_an_order_that_settings_leave_out_is_not_counted(db: Session, acme: Connection) -> None:
    record(db, acme, sale(1, product("HAMMER")))
    products.record(db, acme.id, [1], [], company_file(), settings())
    assert sold(db) == []


def test_an_item_that_is_to_be_made_is_named(db: Session, acme: Connection) -> None:
    record(db, acme, sale(1, product("SPADE")), missing_item="create")
    assert stored(db) == {"sku:spade": (ProductState.MADE_BY_US, "item-made", "SPADE")}


def test_a_product_is_looked_at_again_after_a_choice(db: Session, acme: Connection) -> None:
    record(db, acme, sale(1, product("SPADE")), sale(2, product("HAMMER")))
    mirrored(db, acme, "Shovel")
    mapped(db, acme, "sku:spade", "Shovel")
    db.flush()
    products.look_again(db, acme, ["sku:spade", "sku:nothing"], settings())
    assert stored(db)["sku:spade"] == (ProductState.MATCHED, "item-chosen", "Shovel")
    assert stored(db)["sku:hammer"] == (ProductState.MATCHED, "sku-is-name", "HAMMER")


def test_the_same_sku_of_another_connection_is_another_product(
    db: Session, acme: Connection, other: Connection
) -> None:
    record(db, acme, sale(1, product("SPADE")))
    products.record(
        db,
        other.id,
        [1],
        [sale(1, product("SPADE"))],
        company_file(items=[item("SPADE")]),
        settings(),
    )
    states = {row.connection_id: row.state for row in db.scalars(select(KeapProduct))}
    assert states == {acme.id: ProductState.NEEDS_MATCH, other.id: ProductState.MATCHED}


@pytest.mark.parametrize("later", ["HAMMER", "SPADE"])
def test_what_is_in_quickbooks_keeps_the_item_it_went_to(world: World, later: str) -> None:
    world.keap_has(sale(1, product(sku="")))
    world.update()
    world.keap_has(sale(1, product(later)))
    world.keap_has(sale(2, product()))
    world.update()
    with world.database.reading() as db:
        assert sold(db)[0] == (1, "name:product", "line-to-unknown")
