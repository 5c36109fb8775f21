"""What became of a number, by the form that its order became."""

from zoneinfo import ZoneInfo

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.ledger.manual_syncs import By, FoundNumber, FoundOrder
from qbwc_service.ledger.models import Posting
from qbwc_service.ledger.number_outcomes import number_lines
from tests.world import World, paid, product, sale


def told(world: World, number: int) -> str:
    with world.database.reading() as db:
        found = [FoundNumber(number, (FoundOrder(number, By.ORDER),))]
        since, zone = world.clock.now, ZoneInfo("UTC")
        (line,) = number_lines(db, find_connection(db, "acme"), found, since=since, zone=zone)
        return line.text


@pytest.mark.parametrize(
    ("transaction", "words"),
    [
        ("invoice-and-payments", "as invoice 100"),
        ("sales-receipt", "as sales receipt 100"),
        ("sales-order", "as sales order 100"),
    ],
)
def test_a_number_says_as_which_form_it_was_sent(
    world: World, transaction: str, words: str
) -> None:
    world.set(transaction=transaction)
    world.keap_has(sale(100, product(price=1000)), payments=[paid(100, 1000)])
    world.update()
    assert told(world, 100) == f"Order 100 was sent just now, {words}."


def test_a_form_that_was_there_is_called_what_it_is(world: World) -> None:
    world.set(transaction="sales-receipt")
    world.human.type_sales_receipt("Bea Kerr", [("HAMMER", "10.00")], number="100")
    world.keap_has(sale(100, product(price=1000)), payments=[paid(100, 1000)])
    world.update()
    assert world.statuses() == {100: ("held", "number-taken")}
    (receipt,) = world.books().sales_receipts
    world.decide().link(100, receipt.txn_id)
    assert told(world, 100) == "Order 100 was sent just now, linked to a sales receipt there."


def test_a_linked_invoice_is_an_invoice(world: World) -> None:
    world.keap_has(sale(100, product(price=1000)))
    world.update()
    with world.database.writing("test") as db:
        db.query(Posting).filter(Posting.kind == "invoice").one().linked = True
    assert "linked to an invoice there." in told(world, 100)
