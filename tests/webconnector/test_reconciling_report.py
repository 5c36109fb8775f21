"""Keap against QuickBooks: every order, payment, refund and credit is in exactly one bucket.

The amounts add up to the cent, whatever people did.
"""

import random
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event

from qbwc_service.connections import find_connection
from qbwc_service.ledger.decisions import DecisionRefused
from qbwc_service.ledger.reconciling_report import (
    Bucket,
    Part,
    ReconcilingReport,
    reconciling_report,
)
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from tests.ledger_rows import add_unreadable
from tests.world import World, paid, product, sale

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


def report(world: World, days: tuple[date, date] = NOVEMBER) -> ReconcilingReport:
    with world.database.reading() as db:
        return reconciling_report(db, find_connection(db, "acme"), days)


def read(world: World) -> None:
    world.clock.pass_time(hours=21)
    world.update()


def refunded(order_id: int, amount: int, payment_id: int) -> ReceivedPayment:
    kind = PaymentKind.REFUND
    return paid(order_id, -amount, payment_id=payment_id, kind=kind, source_kind="Refund")


def credited(order_id: int, amount: int, payment_id: int) -> ReceivedPayment:
    kind = PaymentKind.CREDIT
    return paid(order_id, amount, payment_id=payment_id, kind=kind, source_kind="Credit")


def counts(world: World, part: Part) -> dict[str, int]:
    section = report(world).sections[part]
    figures = {bucket: section.figure(bucket).count for bucket in Bucket}
    return {bucket.value: count for bucket, count in figures.items() if count}


def test_another_currency_is_added_to_nothing(world: World) -> None:
    """98.85 Canadian dollars are no 98.85 of the books."""
    world.keap_has(sale(100, product(price=1284000)), payments=[paid(100, 1284000, payment_id=1)])
    world.keap_has(
        sale(101, product(price=9885), currency="CAD"), payments=[paid(101, 9885, payment_id=2)]
    )
    world.update()
    found = report(world)
    assert found.sections[Part.ORDERS].sentence() == "Keap 12,840.00 = QuickBooks 12,840.00"
    assert found.sections[Part.PAYMENTS].sentence() == "Keap 12,840.00 = QuickBooks 12,840.00"
    assert found.foreign_sentences() == (
        "Orders of 98.85 CAD (1)",
        "Payments of 98.85 CAD (1)",
    )
    assert [(entry.order_id, entry.currency) for entry in found.to_do()] == [(101, "CAD")]


def test_the_sentence_of_the_digest(world: World) -> None:
    world.keap_has(sale(100, product(price=1284000)), payments=[paid(100, 1284000, payment_id=1)])
    world.update()
    world.keap_has(sale(101, product(price=15000)))
    assert report(world).sections[Part.ORDERS].sentence() == (
        "Keap 12,990.00 = QuickBooks 12,840.00 + waiting 150.00"
    )
    assert report(world).sections[Part.PAYMENTS].sentence() == (
        "Keap 12,840.00 = QuickBooks 12,840.00"
    )


def test_what_a_person_edits_in_quickbooks_is_left_over_as_a_difference(world: World) -> None:
    world.keap_has(sale(100, product(price=10000)))
    world.update()
    (invoice,) = world.books().invoices
    world.human.edit_invoice_line(invoice.txn_id, 1, "120.00")
    read(world)
    orders = report(world).sections[Part.ORDERS]
    assert (orders.in_books, orders.difference) == (12000, -2000)
    assert [(entry.order_id, entry.posted, entry.found) for entry in orders.changed()] == [
        (100, "total 100.00", "total 120.00")
    ]
    assert orders.sentence() == "Keap 100.00 = QuickBooks 120.00 + difference -20.00"


def test_what_is_deleted_in_quickbooks_is_undone_or_gone(world: World) -> None:
    world.keap_has(*(sale(order_id) for order_id in (100, 101)))
    world.update()
    world.human.delete_invoice(world.books().invoices[0].txn_id)
    read(world)
    assert counts(world, Part.ORDERS) == {"in QuickBooks": 1, "undone or gone": 1}
    assert [entry.order_id for entry in report(world).to_do()] == [100]


def test_payments_of_a_sales_receipt_count_with_it(world: World) -> None:
    world.set(transaction="sales-receipt", deposit_account="Checking")
    rows = [paid(100, 2500, payment_id=1), paid(100, 7500, payment_id=2)]
    world.keap_has(sale(100, product(price=10000)), payments=rows)
    world.update()
    read(world)
    payments = report(world).sections[Part.PAYMENTS]
    assert (payments.in_books, payments.difference, payments.unread()) == (10000, 0, 0)
    assert [entry.number for entry in payments.entries] == ["100", "100"]


def test_orders_of_this_month_that_are_not_in_quickbooks(world: World) -> None:
    world.keap_has(
        sale(100),
        sale(101, product("UNHEARD-OF")),
        sale(102, came_from_quickbooks=True),
        sale(103, placed_on=date(2026, 12, 1)),
    )
    world.update()
    world.keap_has(sale(104))
    found = report(world)
    assert [(entry.order_id, entry.bucket.value) for entry in found.to_do()] == [
        (101, "held"),
        (104, "waiting"),
    ]
    assert [entry.order_id for entry in found.left_out()] == [102]


def test_unreadable_and_undated_records_are_counted_apart(world: World) -> None:
    world.keap_has(sale(100))
    with world.database.writing("test") as db:
        add_unreadable(db, find_connection(db, "acme").id, "7")
    assert (report(world).unreadable, report(world).undated) == (1, 0)


def test_the_report_tells_when_quickbooks_was_read_for_the_whole_period(world: World) -> None:
    world.keap_has(sale(100))
    world.update()
    assert report(world).read is None
    read(world)
    run = report(world).read
    assert run is not None
    assert run.ended_at == world.clock.now
    assert report(world, (date(2026, 1, 1), date(2026, 1, 31))).read is None


@pytest.mark.parametrize("seed", range(4))
def test_it_adds_up_in_a_mixed_world(world: World, seed: int) -> None:
    dice = random.Random(seed)
    world.set(refunds="credit-memo", refunds_to_approve="1", refund_item="Keap Refund")
    world.set(credit_item="Keap Credit")
    ids = range(100, 130)
    for order_id in ids:
        price = dice.randrange(100, 99999)
        sku = dice.choice(["HAMMER", "NAIL", "UNHEARD-OF"])
        kinds = {"is_draft": dice.random() < 0.1, "came_from_quickbooks": dice.random() < 0.1}
        part = dice.choice([0, price // 2, price])
        rows = [paid(order_id, part, payment_id=order_id * 10)] if part else []
        if rows and dice.random() < 0.4:
            rows.append(refunded(order_id, dice.randrange(1, rows[0].amount), order_id * 10 + 1))
        elif dice.random() < 0.2:
            rows.append(credited(order_id, dice.randrange(1, price), order_id * 10 + 2))
        world.keap_has(sale(order_id, product(sku, price=price), **kinds), payments=rows)
    world.update()
    for order_id in dice.sample(ids, 8):
        decide = dice.choice([world.decide().hold, world.decide().skip, world.decide().requeue])
        try:
            decide(order_id)
        except DecisionRefused:
            continue
    world.keap_has(sale(130), sale(131))
    invoices = world.books().invoices
    world.human.edit_invoice_line(invoices[0].txn_id, 1, "777.77")
    world.human.delete_invoice(invoices[1].txn_id)
    read(world)
    world.keap_has(sale(132), payments=[paid(132, 1000)])

    found = report(world)
    assert found.sections[Part.ORDERS].keap.count == 33
    for section in found.sections.values():
        figures = [section.figure(bucket) for bucket in Bucket]
        assert sum(figure.count for figure in figures) == section.keap.count
        added = sum(figure.amount for figure in figures) + section.difference
        assert added == section.keap.amount
        assert section.difference == sum(entry.difference for entry in section.differing())
    orders = found.sections[Part.ORDERS]
    assert [entry.txn_id for entry in orders.differing()] == [invoices[0].txn_id]
    billed = sum((invoice.total for invoice in world.books().invoices), Decimal(0))
    assert orders.in_books == billed * 100


def test_ten_times_the_orders_take_the_same_statements(world: World) -> None:
    def statements() -> int:
        counted: list[object] = []

        @event.listens_for(world.database.engine, "before_cursor_execute")
        def count(*values: object) -> None:
            counted.append(values[2])

        report(world)
        event.remove(world.database.engine, "before_cursor_execute", count)
        return len(counted)

    world.keap_has(sale(100), payments=[paid(100, 1000)])
    few = statements()
    for order_id in range(200, 210):
        world.keap_has(sale(order_id), payments=[paid(order_id, 1000)])
    assert statements() == few <= 11
