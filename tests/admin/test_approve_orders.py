"""Needs you, worked through: orders approved, an item chosen, numbers compared on the spot."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from qbwc_service.connections import find_connection
from tests.admin.office import bookkeeper
from tests.world import World, product, sale

PAGE = "/c/acme/needs-you"
WAITS = ("held", "waiting-for-approval")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Orders wait for approval; QuickBooks' lists were read."""
    made = World(tmp_path)
    made.update()
    made.set(approve_before_sending="yes")
    yield made
    made.close()


def hidden(page: str) -> dict[str, str]:
    """What the page sends along of each order: what was shown of it."""
    return dict(re.findall(r'name="(seen-\d+)" value="([^"]+)"', page))


def test_the_ticked_orders_are_approved_and_no_others(world: World) -> None:
    world.keap_has(sale(101), sale(102), sale(103))
    world.update()
    visitor = bookkeeper(world)
    visitor.get(PAGE)
    assert "Orders wait for your approval" in visitor.page
    form = {"which": "ticked", "order": ["101", "103"], "shown": ["101", "102", "103"]}
    told = visitor.press(PAGE, f"{PAGE}/approve", form)
    assert "Approved: orders 101, 103." in told
    world.update()
    assert [each[0] for each in world.invoices()] == ["101", "103"]
    assert world.statuses()[102] == WAITS


def test_all_shown_are_approved_and_one_that_came_meanwhile_waits(world: World) -> None:
    world.keap_has(sale(101), sale(102))
    world.update()
    visitor = bookkeeper(world)
    visitor.get(PAGE)
    seen = hidden(visitor.page)
    world.keap_has(sale(102, product(price=2000)), sale(103))
    world.update()
    form = seen | {"which": "shown", "shown": ["101", "102"]}
    told = visitor.press(PAGE, f"{PAGE}/approve", form)
    assert "Approved: order 101." in told
    assert "Not changed: order 102, because it was changed in Keap since it was shown" in told
    world.update()
    assert [each[0] for each in world.invoices()] == ["101"]


def test_without_a_tick_nothing_is_approved(world: World) -> None:
    world.keap_has(sale(101))
    world.update()
    form = {"which": "ticked", "shown": ["101"]}
    told = bookkeeper(world).press(PAGE, f"{PAGE}/approve", form)
    assert "Tick the orders first" in told
    assert world.statuses()[101] == WAITS


def test_one_item_chosen_here_releases_all_orders_of_the_product(world: World) -> None:
    world.set(approve_before_sending="no")
    world.keap_has(sale(101, product("CHAIR")), sale(102, product("CHAIR")))
    world.update()
    visitor = bookkeeper(world)
    visitor.get(PAGE)
    assert "QuickBooks item for CHAIR" in visitor.page
    form = {"sku": "CHAIR", "name": "Chair product", "item": "saw"}
    told = visitor.press(PAGE, f"{PAGE}/item", form)
    assert "CHAIR goes to saw." in told
    world.update()
    assert [each[0] for each in world.invoices()] == ["101", "102"]
    visitor.get(PAGE)
    assert "Nothing needs you." in visitor.page


def test_an_item_that_is_not_there_is_refused_with_what_comes_near(world: World) -> None:
    world.keap_has(sale(101, product("CHAIR")))
    world.update()
    form = {"sku": "CHAIR", "name": "Chair product", "item": "HAMER"}
    told = html.unescape(bookkeeper(world).press(PAGE, f"{PAGE}/item", form))
    assert 'Not changed: QuickBooks had no item with the full name "HAMER"' in told
    assert "HAMMER" in told


def test_before_the_switch_the_set_up_is_the_one_thing_to_do(world: World) -> None:
    with world.database.writing("test") as db:
        find_connection(db, "acme").is_on = False
    world.keap_has(sale(101), sale(102))
    world.update()
    visitor = bookkeeper(world)
    visitor.get(PAGE)
    assert '<a class="button first" href="/c/acme/set-up">Finish the set-up</a>' in visitor.page
    assert "again</button>" not in visitor.page


def test_ticked_orders_are_approved_from_the_list_of_orders_too(world: World) -> None:
    world.keap_has(sale(101), sale(102))
    world.update()
    visitor = bookkeeper(world)
    visitor.get("/c/acme/orders")
    form = {"verb": "send", "order": ["101"]}
    told = visitor.press("/c/acme/orders", "/c/acme/orders", form)
    assert "Goes with the next update: order 101." in told
    world.update()
    assert [each[0] for each in world.invoices()] == ["101"]
