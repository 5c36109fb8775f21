"""How many orders a message carries: what QuickBooks can do in some seconds."""

import pytest

from qbwc_service.webconnector.pipeline import InFlight, Pipeline


def after(*messages: tuple[int, float], limit: int = 30) -> int:
    """Orders a message after messages of so many orders that took so many seconds."""
    line = Pipeline(limit=limit)
    for orders, seconds in messages:
        line.in_flight = InFlight(transactions=list(range(orders)))
        line.pace(seconds)
        line.land()
    return line.limit


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.5, 40), (4.9, 40), (5, 30), (7.5, 30), (15, 30), (15.1, 15), (300, 15)],
)
def test_thirty_orders_become_more_where_quickbooks_is_quick_and_half_where_it_is_slow(
    seconds: float, expected: int
) -> None:
    assert after((30, seconds)) == expected


def test_there_are_never_more_than_sixty_nor_fewer_than_five() -> None:
    assert after((30, 1), (40, 1), (50, 1), (60, 1), (60, 1)) == 60
    assert after((30, 99), (15, 99), (7, 99), (5, 99)) == 5


@pytest.mark.parametrize("orders", [0, 1, 29])
def test_a_quick_message_without_all_the_orders_that_may_be_in_one_tells_nothing(
    orders: int,
) -> None:
    assert after((orders, 0.1)) == 30


def test_a_slow_message_counts_whatever_is_in_it() -> None:
    assert after((0, 16)) == 15
