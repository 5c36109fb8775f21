"""What is chosen from QuickBooks' lists stands on the invoices, customers and payments there."""

from typing import Any

import pytest
from sqlalchemy import select

from qbwc_service import connections
from qbwc_service.connections import find_connection
from qbwc_service.demo.quickbooks.records import ListName
from qbwc_service.ledger import queue
from qbwc_service.ledger.chosen_slice import lists_read
from qbwc_service.ledger.models import MappingKind, MirrorRecord
from tests.ledger_rows import add_entry, add_mapping, add_read_lists
from tests.world import World, paid, product, sale

CHOSEN = {
    "terms": "Net 30",
    "invoice_class": "Online",
    "invoice_template": "Intuit Service Invoice",
    "ship_method": "FedEx",
    "customer_tax_code": "Non",
}
SMALL_LISTS = ("Terms", "Class", "Template", "ShipMethod", "SalesTaxCode", "SalesRep")


def read_small_lists(world: World) -> None:
    """Our copy of the lists that an update does not read by itself."""
    with world.database.writing("test") as db, world.company.lock:
        acme = find_connection(db, "acme")
        read = lists_read(db, acme.id)
        for name in [name for name in SMALL_LISTS if name not in read]:
            theirs = ListName.TERMS if name == "Terms" else ListName(name)
            for each in world.company.store.lists.all([theirs]):
                add_entry(db, acme.id, name, each.full_name, list_id=each.list_id)
            add_read_lists(db, acme.id, name)


def choose(world: World, **settings: Any) -> None:
    with world.database.writing("test") as db:
        acme = find_connection(db, "acme")
        stored = {**acme.settings, **settings}
        connections.change_settings(db, acme, stored, who="Bea", now=world.clock.now)


def map_visa(world: World, kind: MappingKind, list_name: str, full_name: str) -> None:
    """Visa payments get this entry of the company file."""
    with world.database.writing("test") as db:
        acme = find_connection(db, "acme")
        list_id = db.scalars(
            select(MirrorRecord.list_id).where(
                MirrorRecord.list_name == list_name, MirrorRecord.full_name == full_name
            )
        ).one()
        add_mapping(db, acme.id, kind, "visa", list_name, full_name, list_id=list_id)
        queue.plan_again(db, acme, world.clock.now)


def test_an_invoice_has_terms_class_template_and_shipping_method_and_its_new_customer_a_tax_code(
    world: World,
) -> None:
    world.human.switch("class tracking", on=True)
    world.update()
    read_small_lists(world)
    choose(world, **CHOSEN)
    world.keap_has(sale(1048))
    world.update()

    (invoice,) = world.books().invoices
    assert (invoice.terms, invoice.class_name, invoice.template, invoice.ship_method) == (
        "Net 30",
        "Online",
        "Intuit Service Invoice",
        "FedEx",
    )
    assert [customer.tax_code for customer in world.books().customers] == ["Non"]


def test_where_sales_tax_is_off_no_tax_code_is_sent(world: World) -> None:
    world.human.switch("sales tax", on=False)
    world.update()
    read_small_lists(world)
    choose(world, customer_tax_code="Non")
    world.keap_has(sale(1048))
    world.update()

    assert [customer.tax_code for customer in world.books().customers] == [""]
    assert world.statuses() == {1048: ("posted-payment-open", "")}


def test_payments_go_to_the_method_and_account_of_their_card(world: World) -> None:
    world.update()
    map_visa(world, MappingKind.PAYMENT_METHOD, "PaymentMethod", "Discover")
    map_visa(world, MappingKind.DEPOSIT_ACCOUNT, "Account", "Card Clearing")
    world.keap_has(
        sale(1, product(price=3000)),
        payments=[
            paid(1, 1000, payment_id=1, method="VISA", source_kind="CREDIT_CARD"),
            paid(1, 2000, payment_id=2, method="CHECK", source_kind="CHECK"),
        ],
    )
    world.update()

    assert [(each.method, each.deposit_to) for each in world.books().payments] == [
        ("Discover", "Card Clearing"),
        ("Check", "Undeposited Funds"),
    ]


def test_a_payment_whose_account_is_inactive_waits_and_goes_once_it_is_active(
    world: World,
) -> None:
    world.update()
    map_visa(world, MappingKind.DEPOSIT_ACCOUNT, "Account", "Card Clearing")
    world.human.make_inactive("Card Clearing", "Account")
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    world.clock.pass_time(hours=13)
    world.update()

    assert world.statuses() == {1: ("held", "list-entry-not-in-quickbooks")}
    assert len(world.invoices()) == 1
    assert world.payments() == []

    world.human.make_active("Card Clearing", "Account")
    world.clock.pass_time(hours=13)
    world.update()

    assert [each.deposit_to for each in world.books().payments] == ["Card Clearing"]
    assert world.statuses() == {1: ("posted", "")}


@pytest.mark.parametrize("now", ["Checking", ""], ids=["another", "none"])
def test_a_payment_held_for_its_account_goes_when_the_setting_changes(
    world: World, now: str
) -> None:
    world.update()
    choose(world, deposit_account="Nowhere")
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    world.update()
    assert world.statuses() == {1: ("held", "account-not-in-quickbooks")}

    choose(world, deposit_account=now)
    world.update()

    assert [each.deposit_to for each in world.books().payments] == [now or "Undeposited Funds"]


def test_an_order_held_for_its_terms_goes_when_another_is_chosen(world: World) -> None:
    world.update()
    read_small_lists(world)
    choose(world, terms="Net 45")
    world.keap_has(sale(1))
    world.update()
    assert world.statuses() == {1: ("held", "list-entry-not-in-quickbooks")}
    assert world.invoices() == []

    choose(world, terms="Net 15")
    world.update()

    assert [invoice.terms for invoice in world.books().invoices] == ["Net 15"]


def test_an_account_that_vanished_is_told_before_an_order_needs_it(world: World) -> None:
    world.update()
    map_visa(world, MappingKind.DEPOSIT_ACCOUNT, "Account", "Card Clearing")
    choose(world, deposit_account="Checking")
    for account in ("Card Clearing", "Checking"):
        world.human.make_inactive(account, "Account")
    world.clock.pass_time(hours=13)
    world.update()
    assert world.errors() == ["chosen-entry-gone", "chosen-entry-gone"]

    world.human.make_active("Checking", "Account")
    world.clock.pass_time(hours=13)
    world.update()
    assert world.errors() == ["chosen-entry-gone"]


def test_a_class_where_quickbooks_uses_none_is_told_as_a_matter_of_its_set_up(world: World) -> None:
    world.update()
    read_small_lists(world)
    choose(world, invoice_class="Online")
    world.keap_has(sale(1))
    world.update()

    assert world.statuses() == {1: ("held", "feature-off")}
    assert world.invoices() == []
