from datetime import UTC, datetime

import pytest

from keap.quota import Quota, QuotaWindow, read_quota

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


@pytest.mark.parametrize(
    ("text", "ends_at"),
    [
        ("1793750400000", datetime(2026, 11, 4, tzinfo=UTC)),
        ("", None),
        ("soon", None),
        ("999999999999999999", None),
    ],
)
def test_the_end_of_a_window_is_read_where_it_is_one(text: str, ends_at: datetime | None) -> None:
    (day, *_) = read_quota({**HEADERS, "x-keap-product-quota-expiry-time": text}).windows
    assert day.ends_at == ends_at


def test_the_tightest_window_is_that_with_the_smallest_share_left() -> None:
    quota = read_quota({**HEADERS, "x-keap-tenant-throttle-available": "9999|24999"})
    assert quota.tightest("day") == QuotaWindow("tenant-throttle", "day", 250000, 24999, 1)
    assert quota.tightest("minute") == QuotaWindow("product-throttle", "minute", 240, 239, 1)
    assert quota.tightest("hour") is None


def test_limits_of_the_key_and_of_the_account_are_told_apart() -> None:
    quota = read_quota({**HEADERS, "x-keap-tenant-throttle-available": "0|9"})
    assert [window.limit for window in quota.of_product().windows] == [30000, 240]
    assert [window.limit for window in quota.of_tenant().windows] == [10000, 250000]
    assert (quota.of_product().is_used_up, quota.of_tenant().is_used_up) == (False, True)
