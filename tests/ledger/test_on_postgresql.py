"""From Keap's orders to the books with the ledger on PostgreSQL."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Thread

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger import sharing
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.reconcile.linking import link_all
from qbwc_service.ledger.reconcile.number_overlap import number_overlap
from qbwc_service.ledger.reconciling_report import Part, reconciling_report
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


def test_quickbooks_is_read_and_reconciled(world: World) -> None:
    orders = [sale(order_id, product(price=10000)) for order_id in (1, 2, 3, 4, 5, 6)]
    world.keap_has(*orders, payments=[paid(1, 10000)])
    world.update()
    first, second, third, *_ = [invoice.txn_id for invoice in world.books().invoices]
    world.human.edit_invoice_line(first, 1, "120.00")
    world.human.redate_invoice(second, "2025-01-02")
    world.human.delete_invoice(third)
    world.human.switch("sales tax", on=False)
    world.human.type_invoice("Ann Lee", [("HAMMER", "10.00")], number="7", on="2026-11-22")
    world.keap_has(sale(7, is_draft=True))
    world.clock.pass_time(hours=21)
    world.update()
    statuses = world.statuses()
    assert statuses[1] == statuses[2] == ("held", "changed-in-quickbooks")
    assert statuses[3] == ("held", "gone-from-quickbooks")
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        days = (date(2026, 11, 1), date(2026, 11, 30))
        report = reconciling_report(db, connection, days)
        assert report.sections[Part.ORDERS].sentence() == (
            "Keap 610.00 = QuickBooks 520.00 + held 10.00 + undone or gone 100.00 + "
            "difference -20.00"
        )
        assert number_overlap(db, connection, effective_settings(connection)).taken == 1
        (outcome,) = link_all(db, connection, [7], who="Bea", now=world.clock.now)
        assert outcome.refusal == ""


def test_two_links_on_one_company_file_keep_apart(world: World) -> None:
    beta = world.neighbour("beta")
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    world.faults.drop_answer_at(3)
    world.update()
    beta.keap_has(sale(2), payments=[paid(2, 1000, payment_id=10)])
    assert beta.update(address="10.0.0.6").ended is Ended.ERROR
    assert beta.errors() == ["company-file-busy"]
    world.clock.pass_time(minutes=10)
    assert beta.update(address="10.0.0.6").ended is Ended.DONE
    assert world.update().ended is Ended.DONE
    assert world.invoices() == [("1", "Ann Lee", "10.00"), ("2", "Ann Lee", "10.00")]
    assert world.payments() == [("K10", "10.00", "1"), ("K10", "10.00", "2")]
    assert world.connection().shared_with == [beta.connection().id]


def test_a_first_update_learns_the_company_when_no_other_is_learning_it(world: World) -> None:
    order: list[str] = []

    def first_update() -> None:
        world.update()
        order.append("learned")

    with world.database.writing("test") as db:
        sharing.one_learns_at_a_time(db, "Blue Sky Demo", world.clock.now)
        update = Thread(target=first_update)
        update.start()
        update.join(1)
        order.append("free")
    update.join(60)
    assert order == ["free", "learned"]
