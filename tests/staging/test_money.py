"""Every way in which money moves on an order in Keap, and what planning reads of it.

Each is played with every answer to what Keap's documents leave open: the sums of an order are the
same, and none is held because its payments do not add up.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from qbwc_service.demo.keap import Account, Line, Shop
from qbwc_service.ledger import sources
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.planning.paid import payments_add_up, sums_by_kind
from tests.staging.joined import Joined

CASH, CREDIT, REFUND = PaymentKind.CASH, PaymentKind.CREDIT, PaymentKind.REFUND
NOTHING = PaymentKind.NOT_COMPLETED
#: cents by kind of each order
Sums = Mapping[int, Mapping[PaymentKind, int]]
HUNDRED = Line("Set-up", 10000)

ACCOUNTS = {
    "the refund alone is marked": Account(),
    "what is given back is marked too": Account(refunded_rows="both"),
    "the refund names the payment": Account(refund_links="refund"),
    "each names the other": Account(refunded_rows="both", refund_links="both"),
    "whole cents": Account(refunded_rows="both", order_payments_in="minor"),
    "the feed has four words": Account(refunded_rows="both", feed_statuses="documented"),
    "paid is what was received": Account(
        refunded_rows="both", total_paid_subtracts_refunds=False, total_paid_counts_credits=False
    ),
    "payments change no order": Account(refunded_rows="both", payments_touch_orders=False),
}


@pytest.fixture(params=ACCOUNTS.values(), ids=list(ACCOUNTS))
def joined(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Joined]:
    """Five paid orders tell in which unit the orders' own rows are."""
    made = Joined(tmp_path, Shop(request.param))
    for _ in range(5):
        made.order(paid=1000)
    made.sync()
    yield made
    made.close()


def hundred(joined: Joined) -> int:
    return joined.order(HUNDRED)


# -- what happens in the shop ----------------------------------------------------------------------
def credit_and_cash(joined: Joined) -> Sums:
    order = hundred(joined)
    joined.shop.credit(str(order), 2000, "Adjustment", note="courtesy")
    joined.shop.pay(str(order), 8000, "Cash")
    return {order: {CREDIT: 2000, CASH: 8000}}


def refunded(joined: Joined) -> Sums:
    order = hundred(joined)
    joined.shop.refund(joined.shop.pay(str(order)), transaction_id="re_1")
    return {order: {CASH: 10000, REFUND: 10000}}


def refunded_in_part(joined: Joined) -> Sums:
    order = hundred(joined)
    joined.shop.refund(joined.shop.pay(str(order)), 2500)
    return {order: {CASH: 10000, REFUND: 2500}}


def refunded_twice(joined: Joined) -> Sums:
    order = hundred(joined)
    payment = joined.shop.pay(str(order))
    joined.shop.refund(payment, 2500)
    joined.shop.refund(payment)
    return {order: {CASH: 10000, REFUND: 10000}}


def overpaid(joined: Joined) -> Sums:
    order = hundred(joined)
    joined.shop.pay(str(order), 10500)
    return {order: {CASH: 10500}}


def one_payment_for_two(joined: Joined) -> Sums:
    first, second = hundred(joined), hundred(joined)
    joined.shop.pay_several({str(first): 10000, str(second): 5000})
    return {first: {CASH: 10000}, second: {CASH: 5000}}


def one_refund_for_two(joined: Joined) -> Sums:
    first, second = hundred(joined), hundred(joined)
    payment = joined.shop.pay_several({str(first): 10000, str(second): 5000})
    joined.shop.refund_several(payment, {str(first): 3000, str(second): 5000})
    return {first: {CASH: 10000, REFUND: 3000}, second: {CASH: 5000, REFUND: 5000}}


def refund_for_one_of_two(joined: Joined) -> Sums:
    first, second = hundred(joined), hundred(joined)
    payment = joined.shop.pay_several({str(first): 10000, str(second): 5000})
    joined.shop.refund(payment, order_id=str(second))
    return {first: {CASH: 10000}, second: {CASH: 5000, REFUND: 5000}}


PLAYED: list[Callable[[Joined], Sums]] = [
    credit_and_cash,
    refunded,
    refunded_in_part,
    refunded_twice,
    overpaid,
    one_payment_for_two,
    one_refund_for_two,
    refund_for_one_of_two,
]


def rows_of(joined: Joined) -> dict[int, list[ReceivedPayment]]:
    """As planning reads them, by order."""
    found: dict[int, list[ReceivedPayment]] = defaultdict(list)
    for (_, order_id), row in joined.payments().items():
        found[order_id].append(sources.payment_from(row.received))
    return found


def read(joined: Joined, expected: Sums) -> None:
    """Polled at once, and what the night finds."""
    joined.sync()
    joined.clock.forward(days=1)
    joined.sync()
    rows, orders = rows_of(joined), joined.orders()
    assert {order_id: sums_by_kind(rows[order_id]) for order_id in expected} == expected
    for order_id in expected:
        sale = sources.sale_from(orders[order_id].sale)
        assert payments_add_up(sale, rows[order_id])
        assert sale.refund_total == expected[order_id].get(REFUND, 0)
        assert not any(row.is_whole for row in rows[order_id])


@pytest.mark.parametrize("play", PLAYED)
def test_the_sums_of_an_order_are_right(joined: Joined, play: Callable[[Joined], Sums]) -> None:
    read(joined, play(joined))


@pytest.mark.parametrize(
    "back", [lambda shop, paid: shop.refund(paid), lambda shop, paid: shop.void_payment(paid)]
)
def test_money_that_goes_back_after_it_was_read_changes_the_sums(joined: Joined, back: Any) -> None:
    order = hundred(joined)
    payment = joined.shop.pay(str(order))
    read(joined, {order: {CASH: 10000}})
    joined.clock.forward(hours=1)
    back(joined.shop, payment)
    is_refund = len(joined.shop.order_payments[str(order)]) == 2
    expected = {CASH: 10000, REFUND: 10000} if is_refund else {NOTHING: 10000}
    read(joined, {order: expected})


def test_a_void_after_days_keeps_keaps_word_for_it(joined: Joined) -> None:
    order = hundred(joined)
    payment = joined.shop.pay(str(order))
    joined.sync()
    joined.clock.forward(days=3)
    joined.shop.void_payment(payment)
    joined.sync()
    [row] = rows_of(joined)[order]
    assert (row.kind, row.source_status, row.amount) == (NOTHING, "VOIDED", 10000)


def test_a_refused_charge_pays_nothing_and_the_next_one_all(joined: Joined) -> None:
    order = hundred(joined)
    joined.shop.pay(str(order), status="FAILED")
    joined.shop.pay(str(order), transaction_id="ch_2")
    read(joined, {order: {NOTHING: 10000, CASH: 10000}})


def test_parts_that_are_not_the_payment_leave_it_whole(joined: Joined) -> None:
    """1.00 of the check is on no order."""
    first, second = hundred(joined), hundred(joined)
    payment = joined.shop.pay_several({str(first): 10000, str(second): 5000})
    joined.shop.payments.change(payment, amount=151)
    joined.sync()
    rows = rows_of(joined)
    for order_id in (first, second):
        [row] = rows[order_id]
        assert (row.amount, row.is_whole) == (15100, True)
        assert not payments_add_up(sources.sale_from(joined.orders()[order_id].sale), [row])


def test_a_paid_order_is_edited(joined: Joined) -> None:
    order = hundred(joined)
    joined.shop.pay(str(order))
    joined.sync()
    before = joined.orders()[order].content_hash
    joined.clock.forward(hours=1)
    lines = [Line("Set-up", 11000), Line("Engraving", 900, kind="SERVICE")]
    joined.shop.edit_order(str(order), lines=lines)
    joined.sync()
    row = joined.orders()[order]
    assert row.content_hash != before
    assert (row.total, row.total_paid) == (11900, 10000)


def test_a_paid_order_is_deleted(joined: Joined) -> None:
    order = hundred(joined)
    payment = int(joined.shop.pay(str(order)))
    joined.sync()
    joined.shop.delete_order(str(order))
    joined.clock.forward(days=1)
    joined.sync()
    assert joined.orders()[order].deleted_at is not None
    assert joined.payments()[payment, order].kind is NOTHING
