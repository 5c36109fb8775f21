"""R37-R40: the SKU of a product names the item; without one there is unknown_do_not_delete."""

from dataclasses import replace

from qbwc_service.demo.keap import Line
from tests.bookkeeper.shop_and_books import ShopAndBooks
from tests.world import World, product, sale

UNKNOWN = "unknown_do_not_delete"


def items(world: World) -> list[str]:
    """The items of the first invoice's lines."""
    return [line.item for line in world.books().invoices[0].lines]


def test_r37_the_sku_finds_the_item_of_that_name_in_whatever_case(world: World) -> None:
    world.keap_has(sale(1, product("hammer"), product("Nail", 250, 4)))
    world.update()
    assert items(world) == ["HAMMER", "NAIL"]


def test_r37_a_sku_that_no_item_has_waits_and_goes_once_the_item_is_there(world: World) -> None:
    world.keap_has(sale(1, product("SPADE")))
    world.update()
    assert world.statuses() == {1: ("held", "item-not-in-quickbooks")}
    assert world.books().invoices == ()
    world.human.add_item("Spade")
    world.clock.pass_time(hours=13)
    world.update()
    assert items(world) == ["Spade"]


def test_r38_a_line_without_sku_goes_to_the_unknown_item_and_is_told(world: World) -> None:
    world.keap_has(sale(1, product(sku="")))
    world.update()
    assert items(world) == [UNKNOWN]
    assert world.errors() == ["unknown-item-used"]
    assert world.invoices() == [("1", "Ann Lee", "10.00")]


def test_r38_a_line_without_item_name_too_although_it_has_a_sku(world: World) -> None:
    world.keap_has(sale(1, replace(product("HAMMER"), name="", description="by an import")))
    world.update()
    assert items(world) == [UNKNOWN]


def test_r38_whoever_would_rather_wait_can_say_so(world: World) -> None:
    world.set(no_sku="hold")
    world.keap_has(sale(1, product(sku="")))
    world.update()
    assert world.statuses() == {1: ("held", "line-without-sku")}
    assert world.books().invoices == ()


def test_r39_with_the_item_name_completed_in_keap_the_next_reading_finds_the_item(
    world: World,
) -> None:
    world.set(no_sku="hold")
    nameless = replace(product("HAMMER"), name="")
    world.keap_has(sale(1, nameless))
    world.update()
    assert world.statuses() == {1: ("held", "line-without-sku")}
    world.keap_has(sale(1, product("HAMMER")))
    world.update()
    assert items(world) == ["HAMMER"]


def test_r40_with_the_sku_completed_in_keap_the_order_finds_the_item(
    business: ShopAndBooks,
) -> None:
    world = business.world
    world.set(no_sku="hold")
    nail = business.shop.add_product("Nail", 250)
    order_id = business.order(Line("Nail", 250, product_id=nail))
    business.run()
    assert world.statuses() == {order_id: ("held", "line-without-sku")}
    business.shop.orders.change(
        str(order_id),
        order_items=[
            each | {"product": each["product"] | {"sku": "NAIL"}}
            for each in business.shop.orders[str(order_id)]["order_items"]
        ],
    )
    world.clock.pass_time(minutes=30)
    business.sync_manually(order_id)
    world.update()
    assert items(world) == ["NAIL"]
