"""Items through a whole update: those that are made, those that are found, those that are held."""

from typing import Any

from qbwc_service.connections import find_connection
from qbwc_service.demo.quickbooks.records import ListName
from qbwc_service.ledger.mappings import ProductChoice
from qbwc_service.ledger.product_choices import choose_items
from qbwc_service.planning.order import LineKind
from tests.world import World, line, product, sale


def choose(world: World, **settings: Any) -> None:
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        connection.settings = {**connection.settings, **settings}


def items_of_invoices(world: World) -> list[list[str]]:
    return [[each.item for each in invoice.lines] for invoice in world.books().invoices]


def is_of_type(world: World, name: str, list_name: ListName) -> bool:
    return world.company.store.lists.named(name, (list_name,)) is not None


def test_a_new_product_is_made_once_as_a_non_inventory_item(world: World) -> None:
    choose(world, missing_item="create", new_item_type="non-inventory")
    world.keap_has(sale(1, product(sku="SPADE")), sale(2, product(sku="spade")))
    world.update()
    world.keap_has(sale(3, product(sku="SPADE")))
    world.update()

    (first,), *others = items_of_invoices(world)
    assert first.upper() == "SPADE"
    assert others == [[first], [first]]
    assert is_of_type(world, "SPADE", ListName.ITEM_NON_INVENTORY)
    assert world.errors() == []


def test_skus_with_a_colon_become_items_and_not_sub_items(world: World) -> None:
    choose(world, missing_item="create")
    world.keap_has(sale(1, product(sku="Tools:Spade")), sale(2, product(sku="Tools-Spade")))
    world.update()
    world.keap_has(sale(3, product(sku="Tools:Spade")))
    world.update()

    (first,), (second,), (third,) = items_of_invoices(world)
    assert first == third != second == "Tools-Spade"
    assert first.startswith("Tools-Spade (")
    assert is_of_type(world, first, ListName.ITEM_SERVICE)


def test_the_unknown_item_may_be_a_non_inventory_item(world: World) -> None:
    choose(world, new_item_type="non-inventory")
    world.keap_has(sale(1, product(sku="")))
    world.update()

    assert is_of_type(world, "unknown_do_not_delete", ListName.ITEM_NON_INVENTORY)


def test_an_inactive_item_of_ours_holds_until_somebody_makes_it_active(world: World) -> None:
    world.keap_has(sale(1, product(), line(LineKind.TIP, 300)))
    world.update()
    world.human.make_inactive("Keap Tip", ListName.ITEM_OTHER_CHARGE)
    world.keap_has(sale(2, product(), line(LineKind.TIP, 300)))
    world.update()
    assert world.statuses()[2] == ("held", "item-inactive")

    world.human.make_active("Keap Tip", ListName.ITEM_OTHER_CHARGE)
    world.clock.pass_time(hours=13)
    world.update()
    assert items_of_invoices(world) == [["HAMMER", "Keap Tip"], ["HAMMER", "Keap Tip"]]


def test_one_choice_releases_all_orders_that_wait_for_it_and_no_other(world: World) -> None:
    world.keap_has(sale(1, product(sku="SPADE")), sale(2, product(sku="spade")))
    world.keap_has(sale(3, product(sku="AXE")))
    world.update()
    with world.database.writing("test") as db:
        wanted = ProductChoice("Spade", "", "HAMMER")
        connection = find_connection(db, "acme")
        choose_items(db, connection, [wanted], who="Bea", now=world.clock.now)
    world.update()

    assert items_of_invoices(world) == [["HAMMER"], ["HAMMER"]]
    assert world.statuses()[3] == ("held", "item-not-in-quickbooks")


def test_finance_charge_tip_and_fee_each_go_to_their_item(world: World) -> None:
    charges = (LineKind.FINANCE_CHARGE, LineKind.TIP, LineKind.FEE)
    world.keap_has(sale(1, *(line(kind, 100) for kind in charges)))
    world.update()

    assert items_of_invoices(world) == [["Keap Finance Charge", "Keap Tip", "Keap Fee"]]
