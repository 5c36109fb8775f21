"""Traps of an auditor: each order on its own customer and item, and no hold that cannot end."""

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.demo.quickbooks import InProcessQuickBooks
from qbwc_service.ledger import customer_choices
from qbwc_service.ledger.decisions import Decisions
from qbwc_service.ledger.mappings import MappingRefused, ProductChoice
from qbwc_service.ledger.models import KeapOrder
from qbwc_service.ledger.plan_orders import plan_orders
from qbwc_service.ledger.product_choices import choose_items
from qbwc_service.planning.order import Buyer, LineKind, SalesLine
from tests.world import ANN, World, paid, product, sale


class Before(InProcessQuickBooks):
    """Somebody acts just before (or after) the first message with that text reaches QuickBooks."""

    def __init__(self, world: World, text: str, act: Callable[[], None], *, after: bool = False):
        super().__init__(world.company)
        self._text = text
        self._act: Callable[[], None] | None = act
        self._after = after

    def process(self, ticket: str, text: str) -> str:
        strikes = self._act is not None and self._text in text
        if strikes and not self._after:
            self._strike()
        answer = super().process(ticket, text)
        if strikes and self._after:
            self._strike()
        return answer

    def _strike(self) -> None:
        act, self._act = self._act, None
        if act:
            act()


def choose(world: World, **settings: Any) -> None:
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        connection.settings = {**connection.settings, **settings}


def say(world: World, contact_id: str, full_name: str) -> None:
    """A person says which customer the contact is; "" is a new one."""
    with world.database.writing("test") as db:
        connection = lock_connection(db, "acme")
        if full_name:
            customer_choices.choose_named(
                db, connection, contact_id, full_name, "Bea", world.clock.now
            )
        else:
            customer_choices.choose(db, connection, contact_id, "", "Bea", world.clock.now)


def plan(world: World) -> None:
    """As after every reading of Keap."""
    with world.database.writing("test") as db:
        orders = list(db.scalars(select(KeapOrder)))
        plan_orders(db, find_connection(db, "acme"), orders, world.clock.now)


def update(world: World, times: int = 1, *, minutes: int = 6, **how: Any) -> None:
    for _ in range(times):
        world.clock.pass_time(minutes=minutes)
        world.web_connector(**how).update()


def landed(world: World) -> dict[int, tuple[str, tuple[str, ...]]]:
    return {
        int(invoice.number): (invoice.customer, tuple(each.item for each in invoice.lines))
        for invoice in world.books().invoices
    }


def test_a_refused_item_goes_once_its_account_is_mended_and_the_order_requeued(
    world: World,
) -> None:
    world.update()
    world.keap_has(sale(1, product(sku="")))
    plan(world)
    quickbooks = Before(world, "ItemServiceAddRq", lambda: world.human.delete("Account", "Sales"))
    update(world, quickbooks=quickbooks)
    update(world, 2)
    world.human.add_account("Sales", "Income")
    update(world)
    assert world.statuses()[1][0] != "held"
    assert landed(world) == {1: ("Ann Lee", ("unknown_do_not_delete",))}


class Lost(InProcessQuickBooks):
    """The answer to the first message with that text is lost; somebody acts meanwhile."""

    def __init__(self, world: World, text: str, act: Callable[[], None]) -> None:
        super().__init__(world.company)
        self._text = text
        self._act = act

    def process(self, ticket: str, text: str) -> str:
        answer = super().process(ticket, text)
        if self._text in text:
            self._act()
            raise ConnectionError("lost")
        return answer


def lose(world: World, text: str, act: Callable[[], None]) -> None:
    with pytest.raises(ConnectionError):
        update(world, quickbooks=Lost(world, text, act))


def test_a_new_customer_that_was_deleted_before_its_answer_came(world: World) -> None:
    world.update()
    world.keap_has(sale(1))
    lose(world, "CustomerAddRq", lambda: world.human.delete_customer("Ann Lee"))
    update(world, 3)
    assert world.statuses()[1] == ("held", "outcome-unknown")
    world.decide().requeue(1)
    update(world, 3)
    assert landed(world) == {1: ("Ann Lee", ("HAMMER",))}


def test_email_changes_after_it_led_to_a_customer(world: World) -> None:
    world.human.add_customer("Lee Household", email="ann@example.com")
    world.keap_has(sale(1))
    update(world)
    assert landed(world)[1][0] == "Lee Household"
    moved = dataclasses.replace(ANN, email="ann@new.example")
    world.keap_has(sale(2, buyer=moved))
    update(world)
    assert landed(world)[2][0] == "Lee Household"


def test_planned_customer_nobody_needs(world: World) -> None:
    world.update()
    world.keap_has(sale(1))
    plan(world)
    world.human.add_customer("Lee Household", email="ann@example.com")
    update(world)
    assert landed(world)[1][0] == "Lee Household"
    world.keap_has(sale(2, buyer=Buyer("4418", "Ann", "Lee", email="ann@example.com")))
    update(world, 2)
    assert landed(world)[2][0] == "Lee Household"


def test_phantom_by_payment(world: World) -> None:
    world.human.add_customer("Lee Household", email="ann@example.com")
    world.keap_has(sale(1))
    update(world)
    moved = dataclasses.replace(ANN, email="ann@new.example")
    with world.database.writing("t") as db:
        world._read_contact(db, find_connection(db, "acme"), moved)
    world.keap_has(payments=[paid(1, 1000)])
    update(world)
    world.keap_has(sale(2, buyer=Buyer("4418", "Bob", "Lee", email="ann@new.example")))
    update(world, 2)
    assert landed(world)[2][0] == "Bob Lee"


def test_new_customer_for_contact_whose_own_is_inactive(world: World) -> None:
    world.keap_has(sale(1))
    update(world)
    world.human.make_inactive("Ann Lee")
    world.keap_has(sale(2))
    update(world)
    assert world.statuses()[2] == ("held", "customer-inactive")
    with pytest.raises(MappingRefused, match="a customer of its own already"):
        say(world, "4417", "")


def test_single_customer_setting_changed(world: World) -> None:
    choose(world, customer_match="single-customer", single_customer="Web Store")
    world.keap_has(sale(1))
    update(world)
    choose(world, single_customer="Shop")
    world.keap_has(sale(2))
    update(world)
    assert landed(world)[2][0] == "Shop"


def test_recover_swallows_news(tmp_path: Path) -> None:
    world = World(tmp_path, memory=0)
    try:
        world.human.add_customer("Pia Quinn", email="pia@quinn.example")
        world.human.make_inactive("Pia Quinn")
        world.keap_has(sale(1, buyer=Buyer("23", "Pia", "Quinn", email="pia@quinn.example")))
        update(world)
        assert world.statuses()[1] == ("held", "customer-inactive")
        world.keap_has(sale(2))
        lose(world, "CustomerAddRq", lambda: world.human.make_active("Pia Quinn"))
        update(world, 3)
        assert landed(world)[1][0] == "Pia Quinn"
    finally:
        world.close()


def test_item_made_releases_the_held(world: World) -> None:
    choose(world, no_sku="create", missing_item="hold")
    gold = SalesLine(LineKind.PRODUCT, "PRODUCT", "GOLD", "", "", Decimal(1), 1000)
    world.keap_has(sale(1, product(sku="GOLD")), sale(2, gold))
    update(world)
    update(world, 3)
    assert landed(world)[1] == ("Ann Lee", ("GOLD",))


def test_merged_customer(world: World) -> None:
    world.keap_has(sale(1))
    update(world)
    world.human.add_customer("Lee Household")
    world.human.merge_customers("Ann Lee", "Lee Household")
    world.keap_has(sale(2))
    update(world, 2)
    assert landed(world)[2][0] == "Lee Household"


def test_merged_in_session(world: World) -> None:
    world.human.add_customer("Ann Lee", email="ann@example.com")
    world.human.add_customer("Lee Household")
    world.update()
    world.keap_has(sale(1))
    plan(world)
    update(
        world,
        quickbooks=Before(
            world, "InvoiceAddRq", lambda: world.human.merge_customers("Ann Lee", "Lee Household")
        ),
    )
    update(world, 2)
    assert world.statuses()[1] == ("posted-payment-open", "")


def test_item_deleted_in_session(world: World) -> None:
    world.update()
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    plan(world)
    update(
        world,
        quickbooks=Before(
            world, "InvoiceAddRq", lambda: world.human.delete("ItemService", "HAMMER")
        ),
    )
    world.human.add_item("HAMMER")
    update(world, 2)
    assert landed(world)


def test_customer_made_inactive_in_session(world: World) -> None:
    world.human.add_customer("Ann Lee", email="ann@example.com")
    world.update()
    world.keap_has(sale(1))
    plan(world)
    update(
        world,
        quickbooks=Before(world, "InvoiceAddRq", lambda: world.human.make_inactive("Ann Lee")),
    )
    world.human.make_active("Ann Lee")
    update(world, 2)
    assert landed(world)


def test_vendor_between_look_up_and_add(world: World) -> None:
    world.update()
    world.keap_has(sale(1))
    plan(world)
    update(
        world, quickbooks=Before(world, "CustomerAddRq", lambda: world.human.add_vendor("Ann Lee"))
    )
    update(world, 3)
    assert landed(world)[1][0] == "Ann Lee (K4417)"
    assert world.errors() == []


def test_linked_payment_of_another_invoice(world: World) -> None:
    world.human.add_customer("Ann Lee", email="ann@example.com")
    txn = world.human.type_invoice("Ann Lee", [("HAMMER", "10.00")], number="B1")
    world.human.type_payment("Ann Lee", "10.00", number="K10", invoice=txn)
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    update(world, 2)
    assert world.statuses()[1][0] == "held"


def test_account_gone_in_session(world: World) -> None:
    world.update()
    world.keap_has(sale(1, product(sku="")))
    plan(world)
    update(
        world,
        quickbooks=Before(
            world, "ItemServiceAddRq", lambda: world.human.delete("Account", "Sales")
        ),
    )
    for _ in range(3):
        update(world)
    world.human.add_account("Sales", "Income")
    update(world, 2, minutes=70)
    assert landed(world)


def test_choose_while_lost(world: World) -> None:
    world.update()
    world.human.add_customer("Bob Stone")
    world.keap_has(sale(1))
    update(world)
    assert landed(world)[1][0] == "Ann Lee"
    world.keap_has(sale(2))
    lose(world, "InvoiceAddRq", lambda: say(world, "4417", "Bob Stone"))
    world.keap_has(sale(3))
    update(world, 3)
    with world.database.writing("test") as db:
        customer_choices.forget(db, lock_connection(db, "acme"), "4417", "Bea", world.clock.now)
    world.keap_has(sale(4))
    update(world, 2)
    assert [landed(world)[n][0] for n in (1, 2, 3, 4)] == [
        "Ann Lee",
        "Ann Lee",
        "Bob Stone",
        "Ann Lee",
    ]


def test_choose_while_customer_lost(world: World) -> None:
    world.update()
    world.human.add_customer("Bob Stone")
    world.keap_has(sale(1), sale(2), payments=[paid(1, 1000)])

    def act():
        world.clock.pass_time(minutes=1)
        world.human.rename_customer("Ann Lee", "Lee, Ann M.")

    lose(world, "CustomerAddRq", act)
    say(world, "4417", "")
    say(world, "4417", "")
    update(world, 3)
    assert {c for c, _ in landed(world).values()} == {"Lee, Ann M."}
    assert len(landed(world)) == 2


def test_single_lost(world: World) -> None:
    choose(world, customer_match="single-customer")
    world.update()
    world.keap_has(sale(1), sale(2, buyer=Buyer("9", "Zed", "Q")))
    lose(world, "CustomerAddRq", lambda: world.human.rename_customer("Web Store", "Web Shop"))
    update(world, 3)
    world.keap_has(sale(3))
    update(world, 2)
    assert {c for c, _ in landed(world).values()} == {"Web Shop"}
    assert len(landed(world)) == 3


def test_mapping_deleted_send_again(world: World) -> None:
    blank = product(sku="")
    world.keap_has(sale(1, blank), payments=[paid(1, 1000)])
    update(world)
    world.keap_has(*(sale(n) for n in range(11, 17)))
    update(world)
    world.human.add_item("GOLD")
    world.keap_has(sale(30, product(sku="NOPE")))
    update(world)
    with world.database.writing("t") as db:
        c = find_connection(db, "acme")
        choose_items(db, c, [ProductChoice("", blank.name, "GOLD")], who="Bea", now=world.clock.now)
        Decisions(db, c, "Bea", world.clock.now).send_again_once_deleted(1)
    world.human.delete("ItemService", "GOLD")
    inv = next(i for i in world.books().invoices if i.number == "1")
    world.human.delete_invoice(inv.txn_id)
    update(world, 2, minutes=800)
    assert world.statuses()[1] == ("held", "mapped-item-gone")
    for p in world.books().payments:
        world.human.delete_payment(p.txn_id)
    update(world, 2, minutes=800)
    with world.database.writing("t") as db:
        c = find_connection(db, "acme")
        choose_items(
            db, c, [ProductChoice("", blank.name, "HAMMER")], who="Bea", now=world.clock.now
        )
    update(world, 2, minutes=800)
    world.decide().requeue(1)
    update(world, 2, minutes=800)
    assert landed(world)[1] == ("Ann Lee", ("HAMMER",))
    assert world.payments() == [("K10", "10.00", "1")]


def test_send_again_payment_deleted_after(world: World) -> None:
    """Invoice deleted, update, then payment deleted, update."""
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    update(world)
    world.keap_has(*(sale(n) for n in range(11, 17)))
    update(world)
    with world.database.writing("t") as db:
        Decisions(db, find_connection(db, "acme"), "Bea", world.clock.now).send_again_once_deleted(
            1
        )
    (p,) = world.books().payments
    world.human.delete_payment(p.txn_id)
    update(world, 1, minutes=800)
    inv = next(i for i in world.books().invoices if i.number == "1")
    world.human.delete_invoice(inv.txn_id)
    update(world, 2, minutes=800)
    assert world.payments() == [("K10", "10.00", "1")]


def test_renamed_item_between(world: World) -> None:
    world.update()
    world.keap_has(sale(1))
    plan(world)
    update(
        world,
        quickbooks=Before(
            world, "InvoiceAddRq", lambda: world.human.rename("ItemService", "HAMMER", "Big Hammer")
        ),
    )
    assert landed(world)[1][1] == ("Big Hammer",)


def test_same_new_item_two_products(world: World) -> None:
    choose(world, no_sku="create", missing_item="create")
    gold = SalesLine(LineKind.PRODUCT, "PRODUCT", "GOLD", "", "", Decimal(1), 1000)
    world.keap_has(sale(1, product(sku="GOLD")), sale(2, gold))
    update(world, 4, minutes=10)
    assert landed(world)[1] == landed(world)[2]
    assert world.errors() == []
