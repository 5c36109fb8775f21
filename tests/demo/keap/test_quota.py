"""The limits count down by the shop's clock."""

from datetime import timedelta

from qbwc_service.demo.keap import Faults, Limits, Shop
from qbwc_service.demo.keap.api import PREFIX, KeapApi, Request
from tests.demo.keap.asking import KEY, Clock

FAMILY = "x-keap-product-"


class Caller:
    def __init__(self, limits: Limits) -> None:
        self.clock = Clock()
        self.api = KeapApi(Shop(clock=self.clock), Faults(), KEY, limits)

    def call(self, key: str = KEY) -> tuple[int, dict[str, str]]:
        answer = self.api.answer(Request("GET", PREFIX + "orders", {}, key))
        return answer.status, dict(answer.headers)

    def left(self) -> tuple[str, str]:
        _, headers = self.call()
        return headers[f"{FAMILY}quota-available"], headers[f"{FAMILY}throttle-available"]


def test_both_windows_count_down_and_begin_anew() -> None:
    caller = Caller(Limits(per_day=100, per_minute=10))
    assert [caller.left() for _ in range(2)] == [("99", "9"), ("98", "8")]
    caller.clock.now += timedelta(minutes=1)
    assert caller.left() == ("97", "9")
    caller.clock.now += timedelta(hours=12)
    assert caller.left() == ("99", "9")


def test_the_tenant_has_two_windows_in_one_header() -> None:
    caller = Caller(Limits())
    caller.call()
    caller.clock.now += timedelta(minutes=1)
    _, headers = caller.call()
    assert headers["x-keap-tenant-throttle-available"] == "9999|249998"
    assert headers["x-keap-tenant-throttle-used"] == "1|2"


def test_the_day_ends_at_midnight_utc() -> None:
    _, headers = Caller(Limits()).call()
    assert headers[f"{FAMILY}quota-expiry-time"] == "1793664000000"


def test_a_minute_that_is_used_up_is_429_until_it_ends() -> None:
    caller = Caller(Limits(per_minute=2, are_kept=True))
    caller.clock.now += timedelta(seconds=20)
    assert [caller.call()[0] for _ in range(3)] == [200, 200, 429]
    _, headers = caller.call()
    assert (headers[f"{FAMILY}throttle-available"], headers["retry-after"]) == ("0", "41")
    caller.clock.now += timedelta(seconds=41)
    assert caller.call()[0] == 200


def test_a_day_that_is_used_up_is_429_until_it_ends() -> None:
    caller = Caller(Limits(per_day=1, are_kept=True))
    assert [caller.call()[0] for _ in range(2)] == [200, 429]
    caller.clock.now += timedelta(hours=11, minutes=59)
    assert caller.call()[0] == 429
    caller.clock.now += timedelta(minutes=1)
    assert caller.call()[0] == 200


def test_limits_that_are_not_kept_refuse_nothing() -> None:
    caller = Caller(Limits(per_minute=1))
    assert [caller.call()[0] for _ in range(3)] == [200, 200, 200]
    assert caller.left()[1] == "0"


def test_a_wrong_key_uses_nothing() -> None:
    caller = Caller(Limits(per_day=100))
    assert caller.call("wrong")[0] == 401
    assert caller.left()[0] == "99"
