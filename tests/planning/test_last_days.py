"""The figures of the last days, as a bookkeeper would count them by hand."""

from datetime import date
from decimal import Decimal

from qbwc_service.planning.last_days import LastDays, figures
from qbwc_service.planning.order import (
    Buyer,
    LineKind,
    PaymentKind,
    ReceivedPayment,
    SalesLine,
    SalesOrder,
)

FIRST, LAST = date(2026, 10, 25), date(2026, 11, 23)
HAMMER = SalesLine(LineKind.PRODUCT, "PRODUCT", "Hammer", "", "HAMMER", Decimal(1), 1000)
TALK = SalesLine(LineKind.PRODUCT, "PRODUCT", "Talk", "", " ", Decimal(1), 1000)
COUNTY = SalesLine(LineKind.TAX, "TAX", "County tax", "", "", Decimal(1), 80)


def order(
    order_id: int, *lines: SalesLine, on: date = LAST, total: int = 1000, **more: object
) -> SalesOrder:
    return SalesOrder(  # type: ignore[arg-type]
        order_id, "", "Web", on, "USD", total, Buyer("7"), lines or (HAMMER,), **more
    )


def payment(
    payment_id: int, order_id: int, kind: PaymentKind = PaymentKind.CASH, amount: int = 1000
) -> ReceivedPayment:
    return ReceivedPayment(
        *(payment_id, order_id, kind, "Credit Card", "", amount, LAST, "Visa", "", (order_id,))
    )


def counted(*orders: SalesOrder, payments: tuple[ReceivedPayment, ...] = ()) -> LastDays:
    return figures(orders, payments, first=FIRST, last=LAST)


def test_only_orders_placed_in_these_days_count_the_first_and_the_last_among_them() -> None:
    days = (date(2026, 10, 24), FIRST, LAST, date(2026, 11, 24))
    assert counted(*(order(number, on=day) for number, day in enumerate(days, 1))).orders == 2


def test_paid_part_paid_and_unpaid_by_keaps_sum_or_by_the_payments() -> None:
    found = counted(
        order(1, total_paid=1000),
        order(2, total_paid=400),
        order(3, total_paid=0),
        order(4),
        order(5),
        order(6),
        payments=(payment(1, 4), payment(2, 5, amount=1)),
    )
    assert (found.paid, found.part_paid, found.unpaid) == (2, 2, 2)


def test_drafts_zero_orders_and_those_from_quickbooks_are_told_apart() -> None:
    found = counted(order(1, is_draft=True), order(2, total=0), order(3, came_from_quickbooks=True))
    assert (found.drafts, found.zero, found.from_quickbooks) == (1, 1, 1)


def test_a_payment_for_two_orders_is_one_payment_and_a_failed_charge_is_no_method() -> None:
    shared = (payment(1, 4), payment(1, 5))
    failed = payment(2, 4, PaymentKind.NOT_COMPLETED)
    found = counted(order(4), payments=(*shared, failed))
    assert found.methods == (("Visa", 1),)
    assert found.failed_charges == 1


def test_taxes_and_products_without_sku_are_named_the_most_frequent_first() -> None:
    state = SalesLine(LineKind.TAX, "TAX", "State tax", "", "", Decimal(1), 80)
    found = counted(order(1, HAMMER, TALK, state), order(2, COUNTY), order(3, TALK, COUNTY))
    assert found.taxes == (("County tax", 2), ("State tax", 1))
    assert found.lines == 3
    assert found.without_sku == (("Talk", 2),)


def test_the_newest_numbers_are_told_whatever_the_order() -> None:
    found = counted(order(9), order(12), order(10))
    assert (found.newest_order, found.newest_invoice) == (12, 0)


def test_figures_are_stored_and_come_back_and_an_older_version_counts_less() -> None:
    found = counted(order(1, TALK, COUNTY), payments=(payment(1, 1),))
    assert LastDays.from_stored(found.to_stored()) == found
    older = {"first": "2026-10-25", "last": "2026-11-23", "orders": 4, "no_longer_known": 1}
    assert LastDays.from_stored(older) == LastDays(FIRST, LAST, orders=4)
    assert LastDays.from_stored({}) is None
