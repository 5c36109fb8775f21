"""Keap asks us to slow down, fails or is slow in the middle of a reading: no work is lost."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from keap import KeapError, KeapPutOff, Order, Page, PutOff
from qbwc_service.demo.keap import FaultKind
from qbwc_service.ledger.manual_syncs import By
from qbwc_service.ledger.models import KeapPace
from qbwc_service.ledger.walks import Walk
from qbwc_service.staging.failures import SyncFailed
from qbwc_service.staging.pace import Identity, SharedPace, pace_for
from qbwc_service.staging.schedule import Staging
from tests.staging.joined import NAME, NOON, Joined, SmallPages


def pace_row(joined: Joined) -> KeapPace:
    with joined.database.reading() as db:
        return db.get_one(KeapPace, joined.connection().keap_pace)


def shared(joined: Joined) -> SharedPace:
    """What another process would ask."""
    return pace_for(joined.config, joined.database, Identity.of_key(joined.keap.key))


def told_left(joined: Joined, left: int) -> None:
    """Another reading with the same key was told how many calls of 30,000 are left today."""
    with joined.database.writing("test") as db:
        row = db.get_one(KeapPace, joined.connection().keap_pace)
        row.day_limit, row.day_available = 30_000, left
        row.day_ends_at = joined.clock() + timedelta(hours=6)


def failure(joined: Joined, **wanted: Any) -> SyncFailed:
    with pytest.raises(SyncFailed) as caught:
        joined.sync_by_hand(**wanted) if wanted else joined.sync()
    return caught.value


class FailsAfterAPage(SmallPages):
    """Gives one page, then whatever Keap was told to do wrong; set by the test."""

    joined: Joined
    fault: FaultKind = "throttled"

    def walk_orders(self, **wanted: Any) -> Iterator[Page[Order]]:
        for place, page in enumerate(super().walk_orders(**wanted)):
            if place == 0:
                self.joined.trouble(self.fault, path="orders")
            yield page


@pytest.mark.parametrize(
    "fault", ["throttled", "throttled-by-gateway", "server-error", "bad-gateway", "cut"]
)
def test_trouble_in_the_middle_of_the_pages_loses_and_doubles_nothing(
    joined: Joined, fault: FaultKind
) -> None:
    numbers = [joined.order(paid=1000) for _ in range(6)]
    kind = type("Kind", (FailsAfterAPage,), {"joined": joined, "fault": fault})
    with pytest.raises(KeapError):
        joined.read(kind)
    assert set(joined.orders()) == set(numbers[:2])
    assert joined.walks()[Walk.ORDERS] == (numbers[1], False)
    assert joined.connection().payments_watermark == 0
    joined.keap.faults.clear()
    assert joined.sync().changed == 4 + 6
    assert set(joined.orders()) == set(numbers)
    assert {order for _, order in joined.payments()} == set(numbers)
    assert joined.sync().changed == 0


def test_a_long_retry_after_holds_for_every_process_and_connection_of_the_key(
    joined: Joined,
) -> None:
    joined.order()
    joined.add_connection("same-key")
    joined.trouble("throttled", path="orders", retry_after=7200)
    job = Staging(joined.database, joined.secrecy, joined.config, clock=joined.clock, readers=1)
    job.run_due()
    asked = len(joined.keap.requests)
    until = joined.clock() + timedelta(hours=2)
    assert pace_row(joined).closed_until == until
    assert joined.connection().next_sync_at == until
    assert joined.connection("same-key").next_sync_at == until
    with pytest.raises(KeapPutOff):
        shared(joined).take(joined.clock())
    joined.keap.faults.clear()
    joined.clock.forward(hours=1, minutes=59)
    job.run_due()
    assert len(joined.keap.requests) == asked
    joined.clock.forward(minutes=1)
    job.run_due()
    assert len(joined.orders()) == 1
    assert joined.open_errors() == []


def test_a_failing_gateway_that_names_a_time_is_obeyed_like_a_429(joined: Joined) -> None:
    joined.trouble("bad-gateway", path="businessProfile", retry_after=600)
    assert failure(joined).retry_after == 600
    assert shared_is_closed_for(joined) == 600


def shared_is_closed_for(joined: Joined) -> float:
    with pytest.raises(KeapPutOff) as caught:
        shared(joined).take(joined.clock())
    assert caught.value.reason is PutOff.NOT_YET
    return caught.value.retry_after or 0.0


def test_with_few_calls_left_news_are_read_and_ranges_of_days_are_put_off(joined: Joined) -> None:
    joined.sync()
    number = joined.order(paid=1000)
    told_left(joined, 2000)
    failed = failure(joined, first=NOON.date(), last=NOON.date())
    assert (failed.message, failed.retry_after) == ("keap-calls-low", 6 * 3600)
    assert set(joined.orders()) == set()
    told_left(joined, 2000)
    joined.sync()
    assert set(joined.orders()) == {number}


def test_with_few_calls_left_the_first_reading_of_all_is_put_off_to_the_next_day(
    joined: Joined,
) -> None:
    number = joined.order()
    joined.sync()
    joined.change_connection(orders_watermark=None, last_sync_at=None)
    told_left(joined, 2999)
    asked = len(joined.keap.requests)
    Staging(joined.database, joined.secrecy, joined.config, clock=joined.clock).run_due()
    assert len(joined.keap.requests) == asked
    assert joined.connection().next_sync_at == joined.clock() + timedelta(hours=6)
    assert joined.open_errors() == [("keap-calls-low", None)]
    told_left(joined, 2999)
    joined.sync_by_hand(numbers=(number,), by=By.ORDER)
    assert set(joined.orders()) == {number}


def test_with_no_calls_left_nothing_is_asked_until_the_next_day(joined: Joined) -> None:
    joined.sync()
    told_left(joined, 0)
    asked = len(joined.keap.requests)
    assert failure(joined).message == "keap-calls-used-up"
    assert len(joined.keap.requests) == asked
    joined.clock.forward(hours=6)
    joined.sync()
    assert joined.open_errors() == []


def test_what_the_last_answer_of_a_reading_said_is_known_to_the_pages(joined: Joined) -> None:
    joined.order(paid=1000)
    joined.sync()
    row = pace_row(joined)
    calls = len(joined.keap.requests)
    assert (row.day_limit, row.day_available, row.counted) == (30_000, 30_000 - calls, calls)
    assert (row.minute_limit, row.minute_available) == (240, 240 - calls)


def test_two_connections_with_one_key_keep_to_one_pace(joined: Joined) -> None:
    joined.add_connection("same-key")
    for name in (NAME, "same-key"):
        joined.sync(name)
    assert joined.connection().keap_pace == joined.connection("same-key").keap_pace
    assert pace_row(joined).counted == len(joined.keap.requests)
