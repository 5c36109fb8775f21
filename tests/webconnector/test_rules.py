"""Rules in a whole update: the number changes, orders are left out or held, hits are counted."""

from zoneinfo import ZoneInfo

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.ledger.manual_syncs import By, FoundNumber, FoundOrder
from qbwc_service.ledger.number_outcomes import number_lines
from qbwc_service.ledger.rules import Rules
from qbwc_service.ledger.stored_rules import hits, matched_names
from tests.planning.test_rules import rule
from tests.world import World, paid, product, sale


def add(world: World, then: str, *conditions: str) -> int:
    with world.database.writing("test") as db:
        rules = Rules(db, find_connection(db, "acme"), "Bea", world.clock.now)
        return rules.add(rule(*(conditions or ("product is HAMMER",)), name=then, then=(then,))).id


def counted(world: World) -> dict[int, int]:
    with world.database.reading() as db:
        return hits(db, find_connection(db, "acme").id, world.clock.now.replace(hour=0))


@pytest.fixture
def shop(world: World) -> World:
    world.update()
    world.keap_has(sale(101, product("HAMMER", 4999)), sale(102, product("NAIL", 100)))
    return world


def test_a_rule_changes_the_number_of_its_orders_alone(shop: World) -> None:
    number = add(shop, "number_prefix=W-")
    shop.update()
    assert [each[0] for each in shop.invoices()] == ["102", "W-101"]
    shop.update()
    assert counted(shop) == {number: 1}


def test_a_payment_that_comes_later_goes_to_the_invoice_with_the_prefix(shop: World) -> None:
    add(shop, "number_prefix=W-")
    shop.update()
    shop.keap_has(payments=[paid(101, 4999)])
    shop.update()
    assert [each[2] for each in shop.payments()] == ["W-101"]
    assert shop.statuses()[101] == ("posted", "")


def test_an_order_that_is_left_out_goes_once_the_rule_is_gone(shop: World) -> None:
    number = add(shop, "skip")
    shop.update()
    assert shop.statuses()[101] == ("skipped-by-settings", "skipped-by-rule")
    with shop.database.writing("test") as db:
        connection = find_connection(db, "acme")
        assert matched_names(db, connection.id, [101]) == {101: ("skip",)}
        found = [FoundNumber(101, (FoundOrder(101, By.ORDER),))]
        (told,) = number_lines(
            db, connection, found, since=shop.clock.now, zone=ZoneInfo("America/Phoenix")
        )
        assert 'is left out by the rule "skip"' in told.text
        Rules(db, connection, "Bea", shop.clock.now).remove(number)
    shop.update()
    assert [each[0] for each in shop.invoices()] == ["101", "102"]


def test_an_order_that_is_held_goes_once_a_person_says_so(shop: World) -> None:
    add(shop, "hold")
    shop.update()
    assert shop.statuses()[101] == ("held", "held-by-rule")
    assert [each[0] for each in shop.invoices()] == ["102"]
    shop.decide().accept(101)
    shop.update()
    assert [each[0] for each in shop.invoices()] == ["101", "102"]


def test_an_order_that_is_held_goes_once_the_rule_is_off(shop: World) -> None:
    number = add(shop, "hold")
    shop.update()
    shop.clock.pass_time(minutes=1)
    with shop.database.writing("test") as db:
        Rules(db, find_connection(db, "acme"), "Bea", shop.clock.now).switch(number, is_on=False)
    shop.update()
    assert [each[0] for each in shop.invoices()] == ["101", "102"]
    assert counted(shop) == {}


def test_a_new_rule_leaves_what_is_sent_as_it_is(shop: World) -> None:
    shop.update()
    shop.clock.pass_time(minutes=1)
    add(shop, "skip")
    shop.keap_has(payments=[paid(101, 4999)])
    shop.update()
    assert shop.statuses()[101] == ("posted", "")
    assert counted(shop) == {}


def test_an_order_that_is_paid_later_keeps_its_form_whatever_a_rule_says(shop: World) -> None:
    add(shop, "transaction=sales-receipt", "paid state is paid")
    shop.update()
    shop.keap_has(payments=[paid(101, 4999)])
    shop.update()
    assert [each[2] for each in shop.payments()] == ["101"]
    assert shop.statuses()[101] == ("posted", "")
