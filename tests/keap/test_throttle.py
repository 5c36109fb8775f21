from datetime import timedelta

from keap.allowance import Pace
from keap.throttle import TokenBucket
from tests.keap.playing import NOON


def test_a_bucket_gives_its_burst_at_once_and_then_the_pace() -> None:
    bucket = TokenBucket(Pace(per_second=2, burst=3), NOON)
    assert [bucket.take(NOON) for _ in range(5)] == [0, 0, 0, 0.5, 1.0]


def test_a_bucket_fills_with_time_but_not_beyond_its_burst() -> None:
    bucket = TokenBucket(Pace(per_second=2, burst=2), NOON)
    later = NOON + timedelta(hours=1)
    assert [bucket.take(later) for _ in range(3)] == [0, 0, 0.5]


def test_a_clock_set_back_gives_no_calls_away() -> None:
    bucket = TokenBucket(Pace(per_second=2, burst=1), NOON)
    assert [bucket.take(NOON), bucket.take(NOON - timedelta(hours=1))] == [0, 0.5]


def test_a_429_halves_the_pace_for_a_minute() -> None:
    bucket = TokenBucket(Pace(per_second=2, burst=5), NOON)
    bucket.slow_down(NOON, None)
    assert bucket.take(NOON) == 1.0
    assert bucket.take(NOON + timedelta(seconds=60)) == 0
