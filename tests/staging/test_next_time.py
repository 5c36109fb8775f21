"""How often many accounts under one limit are read."""

from datetime import timedelta

import pytest

from qbwc_service.staging.next_time import Sharing, stretched

FIVE = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("tenants", "day_limit", "per_second", "minutes"),
    [
        (1, 30_000, 2.0, 5),
        # 5 calls x 400 x 86,400 s / (80 % of 150,000) = 1,440 s
        (400, 150_000, 25.0, 24),
        (83, 150_000, 25.0, 5),
        (84, 150_000, 25.0, 6),
        # 5 calls x 400 / (80 % of 1 a second) = 2,500 s
        (400, None, 1.0, 42),
        (400, 150_000, 1.0, 42),
        (400, None, 0.0, 5),
        (400, 0, 0.0, 5),
    ],
)
def test_the_interval_grows_with_those_that_share_until_the_limit_is_kept(
    tenants: int, day_limit: int | None, per_second: float, minutes: int
) -> None:
    found = stretched(FIVE, tenants, calls_per_poll=5, day_limit=day_limit, per_second=per_second)
    assert found == timedelta(minutes=minutes)


def test_an_interval_that_is_long_enough_stays_as_it_was_chosen() -> None:
    assert Sharing(400, 150_000, 25.0).stretch(timedelta(minutes=24)) == timedelta(minutes=24)
    assert Sharing(400, 150_000, 25.0).stretch(timedelta(minutes=23)) == timedelta(minutes=24)
