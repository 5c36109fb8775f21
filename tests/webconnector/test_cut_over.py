"""What QuickBooks has from before: typed by hand, from an older tool, or in our numbers' way."""

from datetime import date

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.reconcile import runs
from qbwc_service.ledger.reconcile.linking import LinkOutcome, link_all, linkable
from qbwc_service.ledger.reconcile.number_overlap import NumberOverlap, number_overlap
from qbwc_service.order_numbers import read_order_numbers
from tests.world import TODAY, World, paid, product, sale

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


def read(world: World) -> None:
    """QuickBooks is read for November."""
    with world.database.writing("test") as db:
        runs.ask(db, find_connection(db, "acme"), who="Bea", now=world.clock.now, days=NOVEMBER)
    world.update()


def typed(
    world: World, number: str, *, total: str = "10.00", on: str = "2026-11-22", who: str = "Ann Lee"
) -> str:
    """An invoice typed by hand; without sales tax its total is that of its line."""
    world.human.switch("sales tax", on=False)
    return world.human.type_invoice(who, [("HAMMER", total)], number=number, on=on)


def fits(world: World) -> list[tuple[int, str]]:
    with world.database.reading() as db:
        found = linkable(db, find_connection(db, "acme"))
        return [(each.order_id, each.number) for each in found]


def link(world: World, *order_ids: int) -> list[LinkOutcome]:
    with world.database.writing("test") as db:
        return link_all(db, find_connection(db, "acme"), order_ids, who="Bea", now=world.clock.now)


def overlap(world: World) -> NumberOverlap:
    with world.database.reading() as db:
        connection = find_connection(db, "acme")
        return number_overlap(db, connection, effective_settings(connection))


@pytest.mark.parametrize("number", ["100", "#100", "INV-100", "K00100"])
def test_an_invoice_typed_by_hand_is_offered_and_linked(world: World, number: str) -> None:
    txn_id = typed(world, number)
    world.keap_has(sale(100, is_draft=True), payments=[paid(100, 1000)])
    read(world)
    assert fits(world) == [(100, number)]
    assert link(world, 100) == [LinkOutcome(100, txn_id)]
    world.update()
    (invoice,) = world.books().invoices
    assert (invoice.txn_id, invoice.balance) == (txn_id, 0)
    assert world.statuses() == {100: ("posted", "")}
    assert fits(world) == []


def test_a_sales_receipt_is_linked_as_what_it_is_and_takes_no_payment(world: World) -> None:
    world.human.switch("sales tax", on=False)
    txn_id = world.human.type_sales_receipt(
        "Ann Lee", [("HAMMER", "10.00")], number="100", on="2026-11-22"
    )
    world.keap_has(sale(100, is_draft=True), payments=[paid(100, 1000)])
    read(world)
    assert link(world, 100) == [LinkOutcome(100, txn_id)]
    world.update()
    assert world.statuses() == {100: ("posted", "")}
    assert world.payment_statuses() == {1000: ("posted", "")}
    assert world.books().payments == ()


@pytest.mark.parametrize(
    "other",
    [
        {"total": "10.01"},
        {"on": "2026-11-19"},
        {"who": "Bob Stone"},
    ],
)
def test_what_differs_in_anything_is_not_offered(world: World, other: dict[str, str]) -> None:
    typed(world, "100", **other)
    world.keap_has(sale(100, is_draft=True))
    read(world)
    assert fits(world) == []


def test_another_number_and_two_records_that_fit_are_not_offered(world: World) -> None:
    typed(world, "1001")
    typed(world, "101")
    typed(world, "K-101")
    world.keap_has(sale(100, is_draft=True), sale(101, is_draft=True))
    read(world)
    assert fits(world) == []


def test_what_we_posted_ourselves_is_nobody_elses(world: World) -> None:
    world.keap_has(sale(100))
    world.update()
    read(world)
    assert fits(world) == []


def test_only_what_still_fits_is_linked_and_the_rest_says_why(world: World) -> None:
    typed(world, "100")
    world.keap_has(sale(100, is_draft=True), sale(101, is_draft=True))
    read(world)
    assert [outcome.refusal for outcome in link(world, 100, 101)] == [
        "",
        "no single record of QuickBooks fits it any more",
    ]


def test_thirty_eight_are_linked_at_once(world: World) -> None:
    orders = read_order_numbers(["100-137"])
    for order_id in orders:
        typed(world, f"OLD-{order_id}")
    world.keap_has(*(sale(order_id, is_draft=True) for order_id in orders))
    read(world)
    assert len(fits(world)) == 38
    assert not any(outcome.refusal for outcome in link(world, *orders))
    assert set(world.statuses().values()) == {("posted-payment-open", "")}
    assert len(world.books().invoices) == 38


# -- numbers ---------------------------------------------------------------------------------------


def test_numbers_in_the_way_are_seen_at_the_first_session_and_a_prefix_is_advised(
    world: World,
) -> None:
    typed(world, "5120", on="2024-02-01")
    typed(world, "9", on="2024-02-01")
    typed(world, "K-1", on=TODAY.isoformat())
    world.keap_has(sale(5000, product("UNHEARD-OF")))
    world.update()
    found = overlap(world)
    assert (found.quickbooks, found.keap, found.taken) == ((5120, 5120), (5000, 10000), 1)
    assert found.overlaps
    assert "Set the number prefix to K-" in found.sentence()
    read(world)
    assert overlap(world).prefix == "KP-"


def test_with_a_prefix_of_its_own_nothing_is_in_the_way(world: World) -> None:
    typed(world, "5120")
    world.keap_has(sale(5000, product("UNHEARD-OF")))
    world.update()
    world.set(number_prefix="K-")
    assert (overlap(world).overlaps, overlap(world).sentence()) == (False, "")


def test_our_own_numbers_are_in_nobodys_way(world: World) -> None:
    world.keap_has(sale(100), sale(105))
    world.update()
    read(world)
    assert not overlap(world).overlaps


def test_where_quickbooks_gives_the_numbers_they_never_overlap(world: World) -> None:
    typed(world, "5120")
    world.set(number_source="quickbooks-next")
    world.keap_has(sale(5000))
    read(world)
    assert overlap(world) == NumberOverlap(None, None)
