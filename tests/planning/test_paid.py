"""What Keap says was paid may count credits and refunds or not; a payment that is missing fits no
reading."""

from dataclasses import replace

import pytest

from qbwc_service.planning.order import PaymentKind
from qbwc_service.planning.paid import is_test_order, payments_add_up, sums_by_kind
from tests.planning.settling import credited, refunded
from tests.world import paid, product, sale

ORDER = sale(7, product(price=10000))
CASH = paid(7, 7500, payment_id=1)


def test_each_kind_is_added_up_and_refunds_by_their_size() -> None:
    also = replace(refunded(300, 4), amount=300)
    found = sums_by_kind([CASH, paid(7, 500, payment_id=2), refunded(200, 3), also])
    assert found == {PaymentKind.CASH: 8000, PaymentKind.REFUND: 500}


@pytest.mark.parametrize(
    ("total_paid", "adds_up"),
    [
        (None, True),
        (7500, True),  # cash alone
        (9500, True),  # and the credit
        (7000, True),  # less the refund
        (9000, True),  # all of them
        (9999, False),
        (0, False),
        (8000, False),
    ],
)
def test_every_reading_of_what_was_paid_counts(total_paid: int | None, *, adds_up: bool) -> None:
    order = replace(ORDER, total_paid=total_paid)
    assert payments_add_up(order, [CASH, credited(2000, 2), refunded(500, 3)]) is adds_up


def test_failed_charges_count_in_no_reading() -> None:
    failed = paid(7, 2500, payment_id=2, kind=PaymentKind.NOT_COMPLETED)
    assert not payments_add_up(replace(ORDER, total_paid=10000), [CASH, failed])


def test_an_order_is_a_test_where_every_payment_that_came_through_was_one() -> None:
    test = paid(7, 10000, kind=PaymentKind.TEST)
    failed = paid(7, 10000, payment_id=2, kind=PaymentKind.NOT_COMPLETED)
    assert is_test_order([test, failed])
    assert not is_test_order([test, CASH])
    assert not is_test_order([failed])
    assert not is_test_order([])
