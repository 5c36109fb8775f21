"""Until when the payment of an order is expected, for people to read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from qbwc_service.planning.expected import payment_expected_by
from qbwc_service.planning.order import PaymentKind, ReceivedPayment, SalesOrder
from tests.world import paid, product, sale

MADE = datetime(2026, 3, 2, 23, 5, tzinfo=UTC)
ORDER = replace(sale(7, product("HAMMER", 1000)), total_paid=0)


def expected(
    order: SalesOrder = ORDER,
    payments: tuple[ReceivedPayment, ...] = (),
    *,
    made_at: datetime | None = MADE,
    hours: int = 20,
    after: timedelta = timedelta(hours=1),
) -> datetime | None:
    return payment_expected_by(order, payments, made_at=made_at, hours=hours, now=MADE + after)


def test_an_unpaid_order_has_so_many_hours_from_when_it_was_made() -> None:
    assert expected() == datetime(2026, 3, 3, 19, 5, tzinfo=UTC)
    assert expected(hours=2) == datetime(2026, 3, 3, 1, 5, tzinfo=UTC)


def test_nothing_is_expected_once_that_time_is_over() -> None:
    assert expected(after=timedelta(hours=20) - timedelta(seconds=1)) is not None
    assert expected(after=timedelta(hours=20)) is None
    assert expected(hours=0, after=timedelta()) is None


@pytest.mark.parametrize(
    "order",
    [
        replace(ORDER, total_paid=1000),
        replace(ORDER, total_paid=1),
        replace(ORDER, total=0),
        replace(ORDER, is_draft=True),
        replace(ORDER, came_from_quickbooks=True),
    ],
    ids=["paid", "part paid", "free", "draft", "of QuickBooks"],
)
def test_of_other_orders_nothing_is_expected(order: SalesOrder) -> None:
    assert expected(order) is None


def test_a_payment_that_the_order_does_not_tell_of_yet_counts() -> None:
    assert expected(payments=(paid(7, 1000, payment_id=1),)) is None
    failed = paid(7, 1000, payment_id=1, kind=PaymentKind.NOT_COMPLETED)
    assert expected(payments=(failed,)) is not None


def test_without_the_time_it_was_made_nothing_is_said() -> None:
    assert expected(made_at=None) is None
