"""The job: who is due, when next, and that one connection's trouble is nobody else's."""

import logging
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from qbwc_service import settings
from qbwc_service.ledger import leases
from qbwc_service.staging.due import RETRY_AFTER
from qbwc_service.staging.next_time import Sharing, next_sync
from qbwc_service.staging.schedule import Staging
from tests.staging.joined import NAME, NOON, START, Joined


def staging(joined: Joined, transport: httpx.BaseTransport | None = None) -> Staging:
    return Staging(
        joined.database, joined.secrecy, joined.config, clock=joined.clock, transport=transport
    )


def polls(joined: Joined) -> int:
    return sum("businessProfile" in one for one in joined.keap.requests)


def test_a_new_connection_is_due_at_once_and_then_every_quarter_of_an_hour(joined: Joined) -> None:
    number = joined.order()
    job = staging(joined)
    job.run_due()
    assert set(joined.orders()) == {number}
    assert joined.connection().next_sync_at == joined.clock() + timedelta(minutes=15)
    joined.clock.forward(minutes=14, seconds=59)
    job.run_due()
    assert polls(joined) == 1
    joined.clock.forward(seconds=1)
    job.run_due()
    assert polls(joined) == 2


def test_the_number_of_minutes_is_a_setting(joined: Joined) -> None:
    joined.change_connection(settings={"sync_minutes": 60})
    staging(joined).run_due()
    assert joined.connection().next_sync_at == NOON + timedelta(minutes=60)


def test_a_time_of_day_is_that_of_the_account(joined: Joined) -> None:
    joined.change_connection(settings={"sync_daily_at": "18:30"})
    staging(joined).run_due()
    assert joined.connection().next_sync_at == datetime(2026, 11, 2, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("values", [{"paused": True}, {"keap_key": ""}])
def test_paused_and_unconnected_ones_are_left_alone(joined: Joined, values: dict[str, Any]) -> None:
    joined.change_connection(**values)
    staging(joined).run_due()
    assert joined.keap.requests == []
    assert joined.connection().next_sync_at is None


def test_the_failure_of_one_stops_no_other(
    joined: Joined, caplog: pytest.LogCaptureFixture
) -> None:
    joined.change_connection(keap_key=joined.secrecy.encrypt("KeapAK-revoked"))
    joined.add_connection("other")
    staging(joined).run_due()
    assert joined.connection().last_sync_trouble == "keap-key-refused"
    assert joined.connection("other").last_sync_at == NOON
    assert joined.connection().next_sync_at == NOON + timedelta(minutes=15)
    assert [(record.levelname, record.__dict__["connection"]) for record in caplog.records] == [
        ("WARNING", NAME)
    ]


def test_our_own_mistake_stops_no_other_and_is_logged(
    joined: Joined, caplog: pytest.LogCaptureFixture
) -> None:
    joined.add_connection("other")
    joined.change_connection(settings={"start_date": "not a day"})
    staging(joined).run_due()
    assert joined.connection("other").last_sync_at == NOON
    assert "Keap was not read" in caplog.text
    assert joined.connection().next_sync_at == NOON + RETRY_AFTER


def test_after_trouble_a_daily_reading_is_tried_again_soon(joined: Joined) -> None:
    joined.change_connection(settings={"sync_daily_at": "18:30"})
    joined.trouble("unauthorized")
    staging(joined).run_due()
    assert joined.connection().next_sync_at == NOON + RETRY_AFTER


def test_keap_is_not_asked_before_it_wants_to_be(joined: Joined) -> None:
    joined.trouble("throttled", retry_after=7200)
    staging(joined).run_due()
    assert joined.connection().next_sync_at == NOON + timedelta(seconds=7200)


def test_a_connection_that_is_being_read_stays_due(joined: Joined) -> None:
    with joined.database.writing("test") as db:
        name = f"sync:{joined.connection().id}"
        assert leases.acquire(db, name, "pc7:1:a", NOON, timedelta(seconds=120))
    staging(joined).run_due()
    assert joined.connection().next_sync_at is None


def test_it_starts_reads_and_stops_without_a_word(
    joined: Joined, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    asked = threading.Event()

    class Noting(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            asked.set()
            return super().handle_request(request)

    job = staging(joined, Noting())
    job.start()
    assert asked.wait(10)
    job.stop()
    job.stop()
    assert caplog.records == []
    assert not [thread for thread in threading.enumerate() if "APScheduler" in thread.name]


def test_stopping_does_not_wait_for_a_keap_that_is_away(joined: Joined) -> None:
    job = staging(joined)
    asked = threading.Event()

    def away(request: httpx.Request) -> httpx.Response:
        asked.set()
        raise httpx.ConnectError("away", request=request)

    job = staging(joined, httpx.MockTransport(away))
    job.start()
    assert asked.wait(10)
    job.stop()
    assert joined.connection().last_sync_trouble == ""
    assert joined.connection().next_sync_at is None


def test_stopped_between_two_pages_nothing_is_half_done(joined: Joined) -> None:
    joined.order(paid=1000)
    job = staging(joined)

    class StopsAtPayments(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if "sales/payments" in request.url.path:
                job.stop()
            return super().handle_request(request)

    job = staging(joined, StopsAtPayments())
    job.run_due()
    assert (len(joined.orders()), joined.payments()) == (1, {})
    assert joined.connection().next_sync_at is None
    joined.sync()
    assert len(joined.payments()) == 1


def test_without_start_there_is_nothing_to_stop(joined: Joined, tmp_path: Path) -> None:
    staging(joined).stop()


# -- the clock change -----------------------------------------------------------------------------

NEW_YORK = ZoneInfo("America/New_York")


def daily(at: str) -> settings.Settings:
    stored = {"sync_daily_at": at, "start_date": START.isoformat()}
    return settings.effective(stored, account_time_zone="America/New_York", set_up_on=date.min)


def local(month: int, day: int, hour: int, minute: int = 0, *, fold: int = 0) -> datetime:
    moment = datetime(2026, month, day, hour, minute, tzinfo=NEW_YORK, fold=fold)
    return moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "now", "expected"),
    [
        ("18:30", local(7, 1, 12), local(7, 1, 18, 30)),
        ("18:30", local(7, 1, 18, 30), local(7, 2, 18, 30)),
        ("18:30", local(7, 1, 23, 59), local(7, 2, 18, 30)),
        # Clocks go forward on 8 March: 02:30 does not exist and comes as 03:30.
        ("02:30", local(3, 7, 12), local(3, 8, 3, 30)),
        ("02:30", local(3, 8, 3, 30), local(3, 9, 2, 30)),
        ("18:30", local(3, 7, 18, 30), local(3, 8, 18, 30)),
        # Clocks go back on 1 November: 01:30 comes twice and counts once.
        ("01:30", local(10, 31, 12), local(11, 1, 1, 30)),
        ("01:30", local(11, 1, 1, 30), local(11, 2, 1, 30)),
        ("01:30", local(11, 1, 1, 30, fold=1), local(11, 2, 1, 30)),
        ("18:30", local(10, 31, 18, 30), local(11, 1, 18, 30)),
    ],
)
def test_a_time_of_day_comes_once_a_day_also_when_the_clocks_change(
    at: str, now: datetime, expected: datetime
) -> None:
    assert next_sync(daily(at), NEW_YORK, now, Sharing()) == expected
