from datetime import timedelta

import pytest

from keap.throttle import Pace, Quota, QuotaWindow, TokenBucket, read_quota
from tests.keap.playing import NOON

HEADERS = {
    "x-keap-product-spike-limit": "10ps",
    "x-keap-product-throttle-limit": "240",
    "x-keap-product-throttle-time-unit": "minute",
    "x-keap-product-throttle-available": "239",
    "x-keap-product-throttle-used": "1",
    "x-keap-product-quota-limit": "30000",
    "x-keap-product-quota-time-unit": "day",
    "x-keap-product-quota-available": "29862",
    "x-keap-product-quota-used": "138",
    "x-keap-tenant-throttle-limit": "10000|250000",
    "x-keap-tenant-throttle-time-unit": "minute|day",
    "x-keap-tenant-throttle-available": "9999|249999",
    "x-keap-tenant-throttle-used": "1|1",
}


def test_every_window_of_the_headers_is_read() -> None:
    assert read_quota(HEADERS) == Quota(
        (
            QuotaWindow("product-quota", "day", 30000, 29862, 138),
            QuotaWindow("product-throttle", "minute", 240, 239, 1),
            QuotaWindow("tenant-throttle", "minute", 10000, 9999, 1),
            QuotaWindow("tenant-throttle", "day", 250000, 249999, 1),
        )
    )


@pytest.mark.parametrize("garbage", ["", "|", "||||", "none", "1.5", "-4", "²", "9" * 40])
def test_garbage_in_the_headers_is_left_out(garbage: str) -> None:
    assert read_quota(dict.fromkeys(HEADERS, garbage)) == Quota()


def test_columns_of_different_length_are_read_as_far_as_they_go() -> None:
    headers = {
        "x-keap-tenant-throttle-limit": "10000|250000",
        "x-keap-tenant-throttle-time-unit": "minute",
        "x-keap-tenant-throttle-available": "5|x",
    }
    assert read_quota(headers) == Quota(
        (
            QuotaWindow("tenant-throttle", "minute", 10000, 5, None),
            QuotaWindow("tenant-throttle", "", 250000, None, None),
        )
    )


@pytest.mark.parametrize(("available", "low"), [("3000", False), ("2999", True), ("x", False)])
def test_a_daily_quota_is_low_below_a_tenth(available: str, low: bool) -> None:
    quota = read_quota({**HEADERS, "x-keap-product-quota-available": available})
    assert quota.is_low is low


def test_a_used_up_minute_does_not_make_the_quota_low() -> None:
    assert not read_quota({**HEADERS, "x-keap-product-throttle-available": "0"}).is_low


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
    bucket.slow_down(NOON)
    assert bucket.take(NOON) == 1.0
    assert bucket.take(NOON + timedelta(seconds=60)) == 0
