"""A connection that is being set up: read and shown, and nothing sent but the trial."""

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.ledger import trial
from qbwc_service.ledger.models import Event
from tests.world import World, paid, sale

WAITS = ("held", "not-switched-on")


@pytest.fixture
def shop(world: World) -> World:
    """Not switched on, with four orders read."""
    with world.database.writing("test") as db:
        find_connection(db, "acme").is_on = False
    world.update()
    world.keap_has(sale(101), sale(102), sale(103), sale(104), payments=[paid(101, 1000)])
    world.update()
    return world


def send(world: World, *order_ids: int) -> list[str]:
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        refused = trial.send_these(db, connection, order_ids, "Bea", world.clock.now)
        return [str(each) for each in refused]


def take_back(world: World) -> list[str]:
    with world.database.writing("test") as db:
        refused = trial.undo_trial(db, find_connection(db, "acme"), "Bea", world.clock.now)
        return [str(each) for each in refused]


def switch_on(world: World) -> None:
    with world.database.writing("test") as db:
        trial.switch_on(db, find_connection(db, "acme"), "Bea", world.clock.now)


def numbers(world: World) -> list[str]:
    return [number for number, _, _ in world.invoices()]


def test_a_connection_is_on_unless_its_set_up_says_otherwise(world: World) -> None:
    assert world.connection().is_on


def test_before_it_is_on_everything_is_read_and_nothing_is_sent(shop: World) -> None:
    assert set(shop.statuses().values()) == {WAITS}
    assert (numbers(shop), shop.payments(), shop.errors()) == ([], [], [])


def test_the_trial_goes_and_nothing_else(shop: World) -> None:
    assert send(shop, 101, 103) == []
    shop.update()
    assert numbers(shop) == ["101", "103"]
    assert shop.connection().trial_orders == [101, 103]
    assert shop.statuses()[102] == WAITS


def test_pressed_twice_the_trial_is_the_same(shop: World) -> None:
    send(shop, 101)
    assert send(shop, 101) == []
    shop.update()
    assert send(shop, 101) == []
    assert (numbers(shop), shop.connection().trial_orders) == (["101"], [101])


def test_one_that_cannot_go_is_named_and_the_others_go(shop: World) -> None:
    shop.decide().skip(102)
    refused = send(shop, 101, 102, 999)
    assert refused == [
        "Order 102 was not changed: it is skipped; requeue it first.",
        "Order 999 was not changed: no such order was read from Keap.",
    ]
    assert shop.connection().trial_orders == [101]


def test_switched_on_all_goes(shop: World) -> None:
    send(shop, 101)
    shop.update()
    switch_on(shop)
    switch_on(shop)
    shop.update()
    assert numbers(shop) == ["101", "102", "103", "104"]
    with shop.database.reading() as db:
        told = [each.text for each in db.query(Event) if each.text.startswith("Switched on")]
    assert told == ["Switched on: orders are sent from now on"]


def test_switched_on_with_approval_wanted_it_waits_for_approval(shop: World) -> None:
    shop.set(approve_before_sending="yes")
    switch_on(shop)
    shop.update()
    assert set(shop.statuses().values()) == {("held", "waiting-for-approval")}
    assert numbers(shop) == []


def test_the_trial_is_taken_back_from_quickbooks(shop: World) -> None:
    send(shop, 101, 102)
    shop.update()
    assert take_back(shop) == []
    shop.update()
    assert (numbers(shop), shop.payments()) == ([], [])
    assert shop.statuses()[101][0] == "undone"
    assert shop.connection().trial_orders == []


def test_what_was_not_sent_yet_waits_again(shop: World) -> None:
    send(shop, 101)
    assert take_back(shop) == []
    shop.update()
    assert (shop.statuses()[101], numbers(shop)) == (WAITS, [])
    switch_on(shop)
    shop.update()
    assert "101" in numbers(shop)
