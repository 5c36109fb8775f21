"""R17-R36: invoices and payments, which orders go, references and duplicates."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from qbwc_service.planning.expected import payment_expected_by
from qbwc_service.planning.order import SalesOrder
from qbwc_service.settings import SETTINGS, SettingError
from tests.bookkeeper.money import balances, failed, references
from tests.bookkeeper.shop_and_books import ShopAndBooks
from tests.world import World, paid, product, sale

INVOICE_123 = sale(123, product(price=10000))


def with_paid(order: SalesOrder, cents: int) -> SalesOrder:
    """Keap says that so much of it is paid."""
    return replace(order, total_paid=cents)


# -- invoices and payments -------------------------------------------------------------------------


def test_r17_payments_are_taken_apart_from_invoices(world: World) -> None:
    world.keap_has(INVOICE_123)
    world.update()
    assert world.invoices() == [("123", "Ann Lee", "100.00")]
    assert world.payments() == []

    world.keap_has(payments=[paid(123, 10000, payment_id=1)])
    world.update()
    assert world.payments() == [("K1", "100.00", "123")]
    assert len(world.books().invoices) == 1


def test_r18_a_payment_that_comes_days_later_goes_to_the_invoice_that_is_there(
    world: World,
) -> None:
    world.keap_has(sale(122, product(price=10000)), INVOICE_123)
    world.update()
    world.clock.pass_time(days=9)
    day = date(2026, 12, 2)
    world.keap_has(payments=[paid(123, 10000, payment_id=1, paid_on=day)])
    world.update()
    assert balances(world) == {"122": 100, "123": 0}
    (payment,) = world.books().payments
    assert payment.on == "2026-12-02"
    assert [part.invoice_number for part in payment.applied] == ["123"]


def test_r18_the_invoice_is_known_by_its_id_even_after_its_number_was_changed(
    untaxed: World,
) -> None:
    untaxed.keap_has(INVOICE_123)
    untaxed.update()
    untaxed.human.renumber_invoice(untaxed.books().invoices[0].txn_id, "A-1")
    untaxed.human.type_invoice("Somebody Else", [("HAMMER", "100.00")], number="123")
    untaxed.keap_has(payments=[paid(123, 10000, payment_id=1)])
    untaxed.update()
    assert balances(untaxed) == {"A-1": 0, "123": 100}


def test_r18_it_goes_to_the_customer_whom_the_invoice_has_now_once_that_is_found_right(
    world: World,
) -> None:
    """Unasked it could be a second one: what somebody typed stays with the former customer."""
    world.keap_has(INVOICE_123)
    world.update()
    world.human.add_customer("Lee Household")
    world.human.move_invoice(world.books().invoices[0].txn_id, "Lee Household")
    world.keap_has(payments=[paid(123, 10000, payment_id=1)])
    world.update()
    assert (world.errors(), world.payments()) == (["changed-in-quickbooks"], [])
    world.decide().accept(123)
    world.update()
    (payment,) = world.books().payments
    assert payment.customer == "Lee Household"
    assert balances(world) == {"123": 0}


def test_r19_a_payment_typed_by_hand_at_three_is_found_although_keap_says_midnight(
    business: ShopAndBooks,
) -> None:
    business.world.clock.now = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    order_id = business.order()
    business.run()
    business.world.clock.now = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    payment = business.shop.pay(str(order_id), 10000, "Check", day=date(2026, 11, 23))
    assert business.shop.payments[payment]["payment_time"].startswith("2026-11-23T07:00:00")
    business.run()
    assert balances(business.world) == {str(order_id): 0}


def test_r20_the_twenty_hours_only_help_to_find_it_its_date_stays_the_true_day(
    business: ShopAndBooks,
) -> None:
    business.world.clock.now = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    order_id = business.order(on=datetime(2026, 11, 23, 20, 0, tzinfo=UTC))
    business.shop.pay(str(order_id), 10000, "Check", day=date(2026, 11, 23))
    business.world.clock.pass_time(hours=14)
    business.run()
    assert [payment.on for payment in business.world.books().payments] == ["2026-11-23"]
    by_default = {setting.name: setting.default for setting in SETTINGS}
    assert by_default["manual_payment_hours"] == 20


def test_r21_an_order_and_its_manual_payment_a_few_minutes_later_go_together(
    business: ShopAndBooks,
) -> None:
    order_id = business.order()
    business.world.clock.pass_time(minutes=4)
    business.shop.pay(str(order_id), 10000, "Cash", day=date(2026, 11, 23))
    business.run()
    assert balances(business.world) == {str(order_id): 0}
    assert business.world.statuses() == {order_id: ("posted", "")}


def test_r22_a_payment_typed_late_is_there_within_a_day_and_so_it_is_told(
    business: ShopAndBooks,
) -> None:
    world = business.world
    order_id = business.order()
    business.run()
    world.clock.now = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    business.shop.pay(str(order_id), 10000, "Check", day=date(2026, 11, 23))
    world.clock.pass_time(hours=20)
    business.run()
    assert balances(world) == {str(order_id): 0}
    made = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    unpaid = with_paid(INVOICE_123, 0)
    expected = payment_expected_by(unpaid, (), made_at=made, hours=20, now=made)
    assert expected
    assert expected - made <= timedelta(days=1)


@pytest.mark.parametrize(
    ("transaction", "made"),
    [
        ("invoice-and-payments", ("1 invoice", "1 payment")),
        ("invoice", ("1 invoice",)),
        ("sales-receipt", ("1 receipt",)),
        ("sales-order", ("1 order",)),
    ],
)
def test_r23_a_setting_says_what_a_paid_order_becomes(
    world: World, transaction: str, made: tuple[str, ...]
) -> None:
    world.set(transaction=transaction)
    world.keap_has(INVOICE_123, payments=[paid(123, 10000, payment_id=1)])
    world.update()
    books = world.books()
    counted = {
        "invoice": len(books.invoices),
        "receipt": len(books.sales_receipts),
        "order": len(books.sales_orders),
        "payment": len(books.payments),
    }
    assert tuple(f"{count} {name}" for name, count in counted.items() if count) == made


def test_r24_invoices_and_payments_if_paid_is_what_everybody_begins_with() -> None:
    (setting,) = [each for each in SETTINGS if each.name == "transaction"]
    assert setting.default == "invoice-and-payments"
    assert "Invoices and payments if paid" in setting.meaning


# -- which orders ----------------------------------------------------------------------------------


def test_r25_by_default_every_order_goes_paid_or_not(world: World) -> None:
    orders = [with_paid(sale(order_id), cents) for order_id, cents in ((1, 0), (2, 400), (3, 1000))]
    payments = [paid(2, 400), paid(3, 1000)]
    world.keap_has(*orders, payments=payments)
    world.update()
    assert balances(world) == {"1": 10, "2": 6, "3": 0}


def test_r26_a_declined_card_leaves_an_open_invoice_and_no_payment(world: World) -> None:
    world.keap_has(with_paid(INVOICE_123, 0), payments=[failed(123, 10000, 1)])
    world.update()
    assert balances(world) == {"123": 100}
    assert world.books().payments == ()
    assert world.payment_statuses() == {1: ("skipped-by-settings", "not-a-payment")}


def test_r27_unpaid_it_is_open_and_no_sales_receipt(world: World) -> None:
    world.keap_has(with_paid(INVOICE_123, 0))
    world.update()
    assert (len(world.books().invoices), world.books().sales_receipts) == (1, ())
    assert world.statuses() == {123: ("posted-payment-open", "")}


def test_r28_with_order_status_paid_the_unpaid_ones_are_left_out_and_counted(world: World) -> None:
    world.set(order_status="paid")
    world.keap_has(
        with_paid(sale(1), 0),
        with_paid(sale(2), 1000),
        payments=[paid(2, 1000), failed(1, 1000, 9)],
    )
    world.update()
    assert world.invoices() == [("2", "Ann Lee", "10.00")]
    assert world.statuses() == {1: ("skipped-by-settings", "order-status"), 2: ("posted", "")}


def test_r29_once_it_is_paid_it_goes(world: World) -> None:
    world.set(order_status="paid")
    world.keap_has(with_paid(INVOICE_123, 0))
    world.update()
    assert world.books().invoices == ()
    world.keap_has(with_paid(INVOICE_123, 10000), payments=[paid(123, 10000, payment_id=1)])
    world.update()
    assert balances(world) == {"123": 0}


def test_r30_order_status_and_kind_of_transaction_are_chosen_apart(world: World) -> None:
    world.set(order_status="paid", transaction="sales-receipt")
    world.keap_has(
        with_paid(sale(1), 0), with_paid(sale(2), 1000), payments=[paid(2, 1000, payment_id=2)]
    )
    world.update()
    assert [receipt.number for receipt in world.books().sales_receipts] == ["2"]
    assert world.statuses()[1] == ("skipped-by-settings", "order-status")


# -- references and duplicates ---------------------------------------------------------------------


def test_r31_the_reference_is_the_transaction_id_and_a_long_one_stands_whole_in_the_memo(
    world: World,
) -> None:
    short = paid(123, 2500, payment_id=1, transaction_id="8675309")
    long = paid(123, 7500, payment_id=2, transaction_id="ch_3PabcdefghijklmnopqrstuvW")
    world.keap_has(INVOICE_123, payments=[short, long])
    world.update()
    assert references(world) == ["8675309", "defghijklmnopqrstuvW"]
    _, second = world.books().payments
    assert second.memo.endswith("ch_3PabcdefghijklmnopqrstuvW")


def test_r32_invoice_123_for_100_is_paid_by_25_and_75(world: World) -> None:
    world.keap_has(
        INVOICE_123,
        payments=[
            paid(123, 2500, payment_id=1, transaction_id="T-1"),
            paid(123, 7500, payment_id=2, transaction_id="T-2"),
        ],
    )
    world.update()
    assert world.payments() == [("T-1", "25.00", "123"), ("T-2", "75.00", "123")]
    assert balances(world) == {"123": 0}
    assert world.statuses() == {123: ("posted", "")}


def test_r32_also_where_the_75_come_a_week_after_the_25(world: World) -> None:
    world.keap_has(INVOICE_123, payments=[paid(123, 2500, payment_id=1, transaction_id="T-1")])
    world.update()
    assert balances(world) == {"123": 75}
    world.clock.pass_time(days=7)
    world.keap_has(payments=[paid(123, 7500, payment_id=2, transaction_id="T-2")])
    world.update()
    assert balances(world) == {"123": 0}


def test_r33_a_payment_that_somebody_typed_with_its_reference_is_not_made_twice(
    world: World,
) -> None:
    world.keap_has(INVOICE_123)
    world.update()
    (invoice,) = world.books().invoices
    world.human.type_payment("Ann Lee", "100.00", number="T-1", invoice=invoice.txn_id)
    world.keap_has(payments=[paid(123, 10000, payment_id=1, transaction_id="T-1")])
    world.update()
    assert world.payments() == [("T-1", "100.00", "123")]
    assert world.payment_statuses() == {1: ("posted", "")}


def test_r33_the_same_reference_with_another_amount_waits(world: World) -> None:
    world.keap_has(INVOICE_123)
    world.update()
    (invoice,) = world.books().invoices
    world.human.type_payment("Ann Lee", "60.00", number="T-1", invoice=invoice.txn_id)
    world.keap_has(payments=[paid(123, 4000, payment_id=1, transaction_id="T-1")])
    world.update()
    assert world.payment_statuses() == {1: ("held", "payment-reference-taken")}
    assert balances(world) == {"123": 40}


def test_r33_a_payment_that_we_made_ourselves_is_never_made_again(world: World) -> None:
    world.keap_has(INVOICE_123, payments=[paid(123, 10000, payment_id=1, transaction_id="T-1")])
    for _ in range(3):
        world.update()
        world.keap_has(INVOICE_123, payments=[paid(123, 10000, payment_id=1, transaction_id="T-1")])
    assert references(world) == ["T-1"]


def test_r34_the_invoice_number_is_refused_as_a_reference_and_the_reason_is_said(
    world: World,
) -> None:
    with pytest.raises(SettingError) as refused:
        world.set(payment_reference="invoice-id")
    assert "an invoice can have several payments" in str(refused.value)
    assert "that of another payment" in str(refused.value)


def test_r35_every_reference_of_the_bank_is_found_in_quickbooks(world: World) -> None:
    bank = {"T-1": "25.00", "T-2": "75.00", "T-3": "10.00"}
    world.keap_has(
        INVOICE_123,
        sale(124),
        payments=[
            paid(123, 2500, payment_id=1, transaction_id="T-1"),
            paid(123, 7500, payment_id=2, transaction_id="T-2"),
            paid(124, 1000, payment_id=3, transaction_id="T-3"),
        ],
    )
    world.update()
    there = {payment.ref_number: str(payment.total) for payment in world.books().payments}
    assert there == bank


def test_r36_a_number_that_is_another_customers_waits_and_no_payment_goes_there(
    untaxed: World,
) -> None:
    untaxed.human.type_invoice("America Ltd", [("HAMMER", "350.00")], number="43137")
    order = sale(43137, product(price=35000))
    untaxed.keap_has(order, payments=[paid(43137, 35000, payment_id=1, transaction_id="T-1")])
    untaxed.update()
    assert untaxed.statuses() == {43137: ("held", "number-taken")}
    assert untaxed.books().payments == ()
    assert balances(untaxed) == {"43137": 350}


def test_r36_with_a_prefix_it_goes_beside_the_other(untaxed: World) -> None:
    untaxed.human.type_invoice("America Ltd", [("HAMMER", "350.00")], number="43137")
    order = sale(43137, product(price=35000))
    untaxed.keap_has(order, payments=[paid(43137, 35000, payment_id=1)])
    untaxed.update()
    untaxed.decide().renumber(43137, "IS-")
    untaxed.update()
    assert balances(untaxed) == {"43137": 350, "IS-43137": 0}


def test_r36_the_same_sale_is_linked_and_its_payment_goes_there(untaxed: World) -> None:
    txn_id = untaxed.human.type_invoice("Ann Lee", [("HAMMER", "350.00")], number="43137")
    order = sale(43137, product(price=35000))
    untaxed.keap_has(order, payments=[paid(43137, 35000, payment_id=1)])
    untaxed.update()
    assert untaxed.statuses() == {43137: ("held", "number-taken")}
    untaxed.decide().link(43137, txn_id)
    untaxed.update()
    assert balances(untaxed) == {"43137": 0}
    assert untaxed.statuses() == {43137: ("posted", "")}


# -- which orders, in other words ------------------------------------------------------------------


def test_r30_what_other_filters_hide_is_told_at_once_and_comes_back_with_them(
    world: World,
) -> None:
    world.keap_has(sale(1, product("HAMMER")), sale(2, product("NAIL", 5000)))
    world.faults.drop_answer_at(3)
    world.update()
    world.set(order_products="HAMMER", order_max_total="40")
    world.update()
    assert world.statuses() == {
        1: ("posted-payment-open", ""),
        2: ("skipped-by-settings", "order-products"),
    }
    world.set(order_products="", order_max_total="")
    world.update()
    assert [number for number, _, _ in world.invoices()] == ["1", "2"]
