"""D1-D13: numbers, refunds, accounts and tax, with the figures of a bookkeeper's example."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.planning.order import LineKind
from tests.bookkeeper.money import balances, choose_account, choose_tax_item, refunded
from tests.bookkeeper.shop_and_books import ShopAndBooks
from tests.world import World, line, paid, product, sale

PAID_100 = paid(100, 10000, payment_id=1)
ORDER_100 = sale(100, product(price=10000))
LONG = 123456789012


# -- numbers ---------------------------------------------------------------------------------------


def test_d1_quickbooks_may_number_its_forms_and_keaps_number_is_in_the_memo(
    untaxed: World,
) -> None:
    untaxed.set(number_source="quickbooks-next")
    untaxed.human.type_invoice("Walk-in", [("HAMMER", "5.00")], number="2000")
    untaxed.keap_has(ORDER_100, payments=[PAID_100])
    untaxed.update()
    _, invoice = untaxed.books().invoices
    assert invoice.number == "2001"
    assert "100" in invoice.memo.replace(",", " ").split()
    assert untaxed.payments() == [("K1", "100.00", "2001")]


def test_d1_that_it_was_posted_is_known_by_its_id_not_by_its_number(untaxed: World) -> None:
    untaxed.set(number_source="quickbooks-next")
    untaxed.keap_has(ORDER_100)
    for _ in range(3):
        untaxed.update()
        untaxed.keap_has(ORDER_100)
    assert len(untaxed.books().invoices) == 1


def test_d2_a_number_over_eleven_characters_is_cut_and_stands_whole_in_the_memo(
    world: World,
) -> None:
    twin = LONG + 10**12
    world.keap_has(sale(LONG), sale(twin))
    world.update()
    first, second = world.books().invoices
    assert first.number == "23456789012"
    assert str(LONG) in first.memo
    assert len(second.number) == 11
    assert second.number != first.number
    assert str(twin) in second.memo


def test_d3_each_kind_of_form_has_numbers_of_its_own(untaxed: World) -> None:
    untaxed.human.type_sales_order("Walk-in", [("HAMMER", "5.00")], number="100")
    untaxed.human.type_sales_receipt("Walk-in", [("HAMMER", "5.00")], number="100")
    untaxed.keap_has(ORDER_100)
    untaxed.update()
    assert balances(untaxed) == {"100": 100}


# -- one computer, no waiting ----------------------------------------------------------------------


def test_d5_a_second_computer_makes_nothing_twice(world: World) -> None:
    world.keap_has(ORDER_100, payments=[PAID_100])
    world.faults.drop_answer_at(2)
    world.update(address="10.0.0.5")
    assert world.update(address="10.0.0.6").authenticate[1] == "busy"
    world.update(address="10.0.0.5")
    world.update(address="10.0.0.6")
    assert balances(world) == {"100": 0}
    assert len(world.books().payments) == 1


def test_d7_the_web_connector_never_waits_for_keap(business: ShopAndBooks) -> None:
    business.order()
    business.read()
    business.keap.stop()
    assert business.world.update().ended is Ended.DONE
    assert len(business.world.books().invoices) == 1


def test_d8_what_was_added_in_quickbooks_can_be_chosen_after_the_next_reading(
    world: World,
) -> None:
    world.update()
    world.human.add_account("Gateway Clearing", "OtherCurrentAsset")
    world.set(deposit_account="Gateway Clearing")
    world.clock.pass_time(hours=13)
    world.update()
    world.keap_has(ORDER_100, payments=[PAID_100])
    world.update()
    assert [payment.deposit_to for payment in world.books().payments] == ["Gateway Clearing"]


# -- refunds ---------------------------------------------------------------------------------------


def test_d9_refunds_of_sale_100_are_numbered_100_and_100_1(world: World) -> None:
    world.set(refunds_to_approve="0", refund_item="Keap Refund")
    world.keap_has(ORDER_100, payments=[PAID_100, refunded(100, 3000, 2), refunded(100, 2000, 3)])
    world.update()
    assert [(memo.number, memo.total) for memo in world.books().credit_memos] == [
        ("100", 30),
        ("100-1", 20),
    ]


def test_d10_a_card_refund_closes_the_credit_memo(world: World) -> None:
    world.set(refunds="card-refund", refunds_to_approve="0")
    world.keap_has(ORDER_100, payments=[PAID_100, refunded(100, 10000, 2)])
    world.update()
    (memo,) = world.books().credit_memos
    (refund,) = world.books().refunds
    assert (memo.total, memo.remaining, refund.kind, refund.total) == (100, 0, "card", 100)
    assert balances(world) == {"100": 0}


def test_d10_of_a_sales_receipt_a_cheque_closes_it(world: World) -> None:
    world.set(
        transaction="sales-receipt",
        refunds="cheque",
        refund_account="Checking",
        refunds_to_approve="0",
    )
    world.keap_has(ORDER_100, payments=[PAID_100, refunded(100, 10000, 2)])
    world.update()
    world.update()
    (refund,) = world.books().refunds
    assert (refund.kind, refund.account, refund.total) == ("check", "Checking", 100)
    assert [memo.remaining for memo in world.books().credit_memos] == [0]
    assert world.statuses() == {100: ("posted", "")}


def test_d10_of_an_unpaid_invoice_the_credit_lowers_what_is_due(world: World) -> None:
    world.set(transaction="invoice", refunds_to_approve="0", refund_item="Keap Refund")
    world.keap_has(ORDER_100, payments=[PAID_100, refunded(100, 4000, 2)])
    world.update()
    assert balances(world) == {"100": 60}
    assert world.books().refunds == ()


def test_d10_the_refund_of_an_order_that_was_never_posted_offers_the_order_first(
    world: World,
) -> None:
    old = replace(ORDER_100, placed_on=date(2026, 10, 1))
    world.set(refunds_to_approve="0")
    world.keap_has(old, payments=[replace(PAID_100, paid_on=date(2026, 10, 1))])
    world.keap_has(payments=[refunded(100, 10000, 2)])
    world.update()
    assert world.statuses() == {100: ("skipped-by-settings", "before-start-date")}
    assert world.payment_statuses()[2] == ("held", "refund-without-order")
    assert world.books().credit_memos == ()


# -- accounts and tax ------------------------------------------------------------------------------


def test_d11_each_way_of_paying_has_its_account_and_the_rest_goes_to_undeposited_funds(
    world: World,
) -> None:
    world.update()
    choose_account(world, "PayPal", "Card Clearing")
    paypal = paid(100, 2500, payment_id=1, method="PayPal", source_kind="PayPal")
    world.keap_has(ORDER_100, payments=[paypal, paid(100, 7500, payment_id=2)])
    world.update()
    there = {payment.ref_number: payment.deposit_to for payment in world.books().payments}
    assert there == {"K1": "Card Clearing", "K2": "Undeposited Funds"}


def test_d12_tax_is_a_line_to_the_cent_or_reckoned_by_quickbooks_to_the_same(
    world: World,
) -> None:
    taxed = sale(100, product(price=10000), line(LineKind.TAX, 825))
    world.keap_has(taxed)
    world.update()
    (by_line,) = world.books().invoices
    assert (by_line.total, by_line.sales_tax) == (Decimal("108.25"), 0)

    choose_tax_item(world, "label:Tax", "State Sales Tax")
    world.set(sales_tax="quickbooks")
    world.keap_has(sale(101, product(price=10000), line(LineKind.TAX, 825)))
    world.update()
    _, by_quickbooks = world.books().invoices
    assert (by_quickbooks.total, by_quickbooks.sales_tax) == (Decimal("108.25"), Decimal("8.25"))
    assert [each.item for each in by_quickbooks.lines] == ["HAMMER"]


def test_d12_a_cent_off_it_waits_and_only_a_tick_makes_it_a_line(world: World) -> None:
    world.update()
    choose_tax_item(world, "label:Tax", "State Sales Tax")
    world.set(sales_tax="quickbooks")
    world.keap_has(sale(100, product(price=10000), line(LineKind.TAX, 826)))
    world.update()
    assert world.statuses() == {100: ("held", "tax-would-differ")}
    world.set(sales_tax_fallback="yes")
    world.update()
    assert balances(world) == {"100": Decimal("108.26")}


@pytest.mark.parametrize("placed", [date(2026, 11, 10), date(2026, 11, 15)])
def test_d13_a_closed_period_stays_closed_or_the_first_open_day_takes_it(
    world: World, placed: date
) -> None:
    world.human.set_closing_date("2026-11-15")
    world.keap_has(replace(ORDER_100, placed_on=placed), payments=[PAID_100])
    world.update()
    assert world.statuses() == {100: ("held", "closed-period")}
    assert world.books().invoices == ()
    world.set(closed_period="first-open-day")
    world.decide().requeue(100)
    world.update()
    (invoice,) = world.books().invoices
    assert invoice.on == "2026-11-16"
    assert invoice.memo.endswith(f"dated {placed.isoformat()}")
    assert world.payments() == [("K1", "100.00", "100")]
