"""From Keap's orders to the books with the ledger on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qbwc_service.database import Database
from qbwc_service.demo.web_connector.outcome import Ended
from tests.world import World, paid, product, sale


@pytest.fixture
def world(tmp_path: Path, empty_postgres: Database) -> Iterator[World]:
    made = World(tmp_path, empty_postgres.url)
    yield made
    made.close()


def test_an_invoice_of_100_is_paid_by_25_and_75(world: World) -> None:
    world.keap_has(
        sale(123, product(price=10000)),
        payments=[paid(123, 2500, payment_id=1), paid(123, 7500, payment_id=2)],
    )
    assert world.update().ended is Ended.DONE
    assert world.invoices() == [("123", "Ann Lee", "100.00")]
    assert world.payments() == [("K1", "25.00", "123"), ("K2", "75.00", "123")]
    assert world.statuses() == {123: ("posted", "")}
    assert world.update().ended is Ended.NONE


def test_a_held_order_goes_once_the_item_exists(world: World) -> None:
    world.keap_has(sale(1, product(sku="SPADE")), sale(2))
    world.update()
    assert world.statuses() == {
        1: ("held", "item-not-in-quickbooks"),
        2: ("posted-payment-open", ""),
    }
    world.human.add_item("SPADE")
    world.clock.pass_time(hours=13)
    world.update()
    assert world.invoices() == [("1", "Ann Lee", "10.00"), ("2", "Ann Lee", "10.00")]


@pytest.mark.parametrize("message", [2, 3, 4])
def test_a_lost_answer_doubles_nothing(world: World, message: int) -> None:
    world.keap_has(sale(1), sale(2), payments=[paid(1, 1000)])
    world.faults.drop_answer_at(message)
    for _ in range(6):
        world.clock.pass_time(minutes=1)
        if world.update().ended is Ended.NONE:
            break
    assert world.invoices() == [("1", "Ann Lee", "10.00"), ("2", "Ann Lee", "10.00")]
    assert world.payments() == [("K10", "10.00", "1")]
    assert world.statuses() == {1: ("posted", ""), 2: ("posted-payment-open", "")}


def test_a_decision_is_taken_and_refused(world: World) -> None:
    world.keap_has(sale(1), sale(2))
    world.decide().skip(2)
    world.update()
    assert world.invoices() == [("1", "Ann Lee", "10.00")]
    world.decide().requeue(2)
    world.update()
    assert world.statuses() == {
        1: ("posted-payment-open", ""),
        2: ("posted-payment-open", ""),
    }
