"""Orders that went to the unknown item are sent again with the right one: once, and never twice."""

import pytest
from sqlalchemy import select

from qbwc_service.connections import find_connection
from qbwc_service.demo.quickbooks.book_entries import BookSalesOrder, BookSalesReceipt
from qbwc_service.ledger.company_file import confirm_restored
from qbwc_service.ledger.decisions import DecisionRefused, Decisions
from qbwc_service.ledger.mappings import ProductChoice
from qbwc_service.ledger.models import KeapOrder
from qbwc_service.ledger.plan_orders import plan_orders
from qbwc_service.ledger.product_choices import choose_items
from qbwc_service.ledger.send_again import (
    UnknownItemOrder,
    corrected_by_hand,
    orders_with_unknown_item,
)
from tests.world import World, paid, product, sale

WITHOUT_SKU = product(sku="")
KEY = "name:product"


def choose(world: World, item: str = "HAMMER") -> None:
    with world.database.writing("test") as db:
        wanted = ProductChoice("", WITHOUT_SKU.name, item)
        connection = find_connection(db, "acme")
        choose_items(db, connection, [wanted], who="Bea", now=world.clock.now)


def plan(world: World) -> None:
    """Planned, as after every reading of Keap, and not sent yet."""
    with world.database.writing("test") as db:
        orders = db.scalars(select(KeapOrder)).all()
        plan_orders(db, find_connection(db, "acme"), orders, world.clock.now)


def remember(world: World, order_id: int) -> None:
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        Decisions(db, connection, "Bea", world.clock.now).send_again_once_deleted(order_id)


def with_unknown(world: World) -> list[UnknownItemOrder]:
    with world.database.reading() as db:
        connection = find_connection(db, "acme")
        return list(orders_with_unknown_item(db, connection.id, KEY, 10))


def items(world: World) -> dict[str, list[str]]:
    return {
        invoice.number: [line.item for line in invoice.lines]
        for invoice in world.books().invoices
        if len(invoice.number) == 1
    }


def forms(world: World) -> list[BookSalesReceipt | BookSalesOrder]:
    """The sales receipts and sales orders of QuickBooks."""
    books = world.books()
    return [*books.sales_receipts, *books.sales_orders]


def delete(world: World, *, payments: bool = True) -> None:
    """A person deletes the invoice of order 1, and its payment."""
    for payment in world.books().payments if payments else ():
        world.human.delete_payment(payment.txn_id)
    for invoice in world.books().invoices:
        if invoice.number == "1":
            world.human.delete_invoice(invoice.txn_id)
    world.clock.pass_time(hours=13)


def later_orders(world: World) -> None:
    """So many that order 1 is not among the newest, whose loss would look like a backup."""
    world.keap_has(*(sale(number) for number in range(11, 17)))
    world.update()


@pytest.fixture
def posted(world: World) -> World:
    """Order 1 is in QuickBooks, paid, with the unknown item; its product has an item now."""
    world.keap_has(sale(1, WITHOUT_SKU), payments=[paid(1, 1000)])
    world.update()
    later_orders(world)
    choose(world)
    return world


def test_what_was_not_sent_follows_the_choice_at_once(world: World) -> None:
    world.keap_has(sale(1))
    world.update()
    world.keap_has(sale(2, WITHOUT_SKU))
    choose(world)
    world.update()
    assert items(world) == {"1": ["HAMMER"], "2": ["HAMMER"]}
    assert with_unknown(world) == []


def test_the_error_log_no_longer_tells_of_what_follows_the_choice(world: World) -> None:
    world.update()
    world.keap_has(sale(1, WITHOUT_SKU))
    plan(world)
    assert world.errors() == ["unknown-item-used"]
    choose(world)
    assert world.errors() == []
    world.update()
    assert (items(world), world.errors()) == ({"1": ["HAMMER"]}, [])


def test_what_is_in_quickbooks_is_found_with_its_number_and_left_alone(posted: World) -> None:
    posted.keap_has(sale(2, WITHOUT_SKU))
    posted.update()
    assert items(posted) == {"1": ["unknown_do_not_delete"], "2": ["HAMMER"]}
    (found,) = with_unknown(posted)
    assert (found.order_id, found.number, found.in_quickbooks, found.is_remembered) == (
        1,
        "1",
        True,
        False,
    )


def test_once_it_is_deleted_it_is_sent_again_with_the_right_item(posted: World) -> None:
    remember(posted, 1)
    (found,) = with_unknown(posted)
    assert found.is_remembered
    posted.update()
    assert items(posted) == {"1": ["unknown_do_not_delete"]}

    delete(posted)
    posted.update()
    assert items(posted) == {"1": ["HAMMER"]}
    assert posted.payments() == [("K10", "10.00", "1")]
    assert posted.statuses()[1] == ("posted", "")
    assert with_unknown(posted) == []


def test_a_second_deletion_is_not_followed_by_itself(posted: World) -> None:
    remember(posted, 1)
    delete(posted)
    posted.update()
    delete(posted)
    posted.update()
    assert items(posted) == {}
    assert posted.statuses()[1] == ("held", "gone-from-quickbooks")


def test_without_that_word_a_deleted_invoice_is_never_made_again(posted: World) -> None:
    delete(posted)
    posted.update()
    assert items(posted) == {}
    assert posted.statuses()[1] == ("held", "gone-from-quickbooks")


def test_a_payment_that_was_left_is_not_made_a_second_time(posted: World) -> None:
    remember(posted, 1)
    delete(posted, payments=False)
    posted.update()
    assert items(posted) == {"1": ["HAMMER"]}
    assert len(posted.books().payments) == 1
    assert posted.statuses()[1] == ("held", "payment-not-applied")


def test_another_decision_takes_the_word_back(posted: World) -> None:
    remember(posted, 1)
    delete(posted)
    posted.update()
    with posted.database.reading() as db:
        order = db.scalars(select(KeapOrder).where(KeapOrder.keap_id == 1)).one()
        assert order.overrides == []


def test_only_what_is_in_quickbooks_can_wait_for_its_deletion(world: World) -> None:
    world.keap_has(sale(1, WITHOUT_SKU))
    with pytest.raises(DecisionRefused, match="its invoice is not in QuickBooks"):
        remember(world, 1)


def test_what_a_person_corrected_is_no_longer_listed(posted: World) -> None:
    with posted.database.writing("test") as db:
        connection = find_connection(db, "acme")
        number = corrected_by_hand(db, connection, KEY, [1, 2], who="Bea", now=posted.clock.now)
    assert number == 1
    assert with_unknown(posted) == []


@pytest.mark.parametrize("payments", [True, False])
def test_the_newest_orders_of_all_are_sent_again_too(world: World, payments: bool) -> None:
    world.keap_has(sale(1, WITHOUT_SKU), payments=[paid(1, 1000)])
    world.update()
    choose(world)
    remember(world, 1)
    delete(world, payments=payments)
    world.update()
    if payments:
        # Two of the newest records are missing: a person says that it is this company file.
        with world.database.writing("test") as db:
            assert confirm_restored(db, find_connection(db, "acme"), "Bea", world.clock.now)
        world.update()
    assert items(world) == {"1": ["HAMMER"]}
    assert len(world.books().payments) == 1


@pytest.mark.parametrize("transaction", ["sales-receipt", "sales-order"])
def test_every_form_with_the_unknown_item_is_sent_again_once_it_is_deleted(
    world: World, transaction: str
) -> None:
    world.set(transaction=transaction)
    world.keap_has(sale(1, WITHOUT_SKU), payments=[paid(1, 1000)])
    world.update()
    for number in range(11, 17):
        world.keap_has(sale(number), payments=[paid(number, 1000)])
    world.update()
    choose(world)
    (found,) = with_unknown(world)
    assert (found.number, found.in_quickbooks) == ("1", True)
    assert found.form == transaction.replace("-", " ")

    remember(world, 1)
    (form,) = (each for each in forms(world) if each.number == "1")
    world.human.delete_txn(form.txn_id)
    world.clock.pass_time(hours=13)
    world.update()
    world.update()
    assert [line.item for each in forms(world) if each.number == "1" for line in each.lines] == [
        "HAMMER"
    ]
    assert with_unknown(world) == []


def test_a_sales_receipt_that_is_not_there_is_not_sent_again(world: World) -> None:
    world.set(transaction="sales-receipt")
    world.human.type_sales_receipt("Bea Kerr", [("HAMMER", "10.00")], number="1")
    world.keap_has(sale(1, WITHOUT_SKU), payments=[paid(1, 1000)])
    world.update()
    with pytest.raises(DecisionRefused, match="its sales receipt is not in QuickBooks"):
        remember(world, 1)
