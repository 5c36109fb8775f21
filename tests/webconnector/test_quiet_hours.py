"""Quiet hours: QuickBooks is left alone, and nothing else changes."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger import calls
from qbwc_service.ledger.models import Connection
from qbwc_service.settings import quiet_hours
from tests.webconnector.meanwhile import QuickBooksAtWork
from tests.world import World, sale

# The account is in Phoenix (UTC-7, no summer time): 05:00 UTC is ten o'clock in the evening.
TEN_IN_THE_EVENING = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture
def night(world: World) -> World:
    """An order waits, and the quiet hours have just begun."""
    world.update()
    world.set(quiet_hours="22:00-06:00")
    world.keap_has(sale(1))
    world.clock.now = TEN_IN_THE_EVENING
    return world


def test_nothing_is_sent_and_the_web_connector_comes_back_within_the_hour(night: World) -> None:
    assert night.update().authenticate == ("", "none", "3600")
    assert night.invoices() == []
    assert night.connection().last_contact_result == "Quiet hours."


def test_it_comes_back_when_they_end_and_then_everything_is_sent(night: World) -> None:
    night.clock.pass_time(hours=7, minutes=50)
    assert night.update().authenticate == ("", "none", "600")
    night.clock.pass_time(minutes=10)
    assert night.update().ended is Ended.DONE
    assert night.invoices() == [("1", "Ann Lee", "10.00")]


def test_a_second_call_in_them_is_answered_the_same_way(night: World) -> None:
    night.update()
    night.clock.pass_time(seconds=30)
    assert night.update().authenticate == ("", "none", "3600")


def test_before_them_it_is_told_nothing_of_them(night: World) -> None:
    night.clock.pass_time(minutes=-1)
    assert night.update().ended is Ended.DONE
    night.clock.pass_time(seconds=50)
    assert night.update().authenticate == ("", "none")


def test_what_was_sent_and_not_answered_is_settled_all_the_same_and_nothing_is_sent(
    night: World,
) -> None:
    night.clock.pass_time(minutes=-30)
    night.faults.drop_answer_at(4)
    night.update()
    assert night.statuses() == {1: ("sent", "")}
    night.keap_has(sale(2))

    night.clock.pass_time(minutes=40)
    night.update()
    assert night.statuses() == {1: ("posted-payment-open", ""), 2: ("new", "")}
    assert night.invoices() == [("1", "Ann Lee", "10.00")]

    night.clock.pass_time(minutes=1)
    assert night.update().authenticate == ("", "none", "3600")


def test_an_update_that_runs_when_they_begin_goes_on_to_its_end(night: World) -> None:
    night.clock.pass_time(minutes=-1)
    they_begin = partial(night.clock.pass_time, minutes=1)
    quickbooks = QuickBooksAtWork(night.company, "CustomerAddRq", they_begin)

    assert night.web_connector(quickbooks=quickbooks).update().ended is Ended.DONE
    assert night.invoices() == [("1", "Ann Lee", "10.00")]


@pytest.mark.parametrize(
    ("zone", "now", "until"),
    [
        ("America/Phoenix", "2026-11-24T04:59", None),
        ("America/Phoenix", "2026-11-24T05:00", "2026-11-24T13:00"),
        ("America/Phoenix", "2026-11-24T12:59", "2026-11-24T13:00"),
        ("America/Phoenix", "2026-11-24T13:00", None),
        # The night in which summer time begins is an hour shorter.
        ("Europe/Berlin", "2026-03-28T21:00", "2026-03-29T04:00"),
    ],
)
def test_they_are_by_the_clock_of_the_account(zone: str, now: str, until: str | None) -> None:
    hours = quiet_hours("22:00-06:00", zone)
    assert hours is not None
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None
    assert hours.until(at) == expected
    assert hours.last_end(at) <= at


def test_a_part_of_one_day_is_quiet_too() -> None:
    hours = quiet_hours("12:00-13:00", "UTC")
    assert hours is not None
    assert hours.until(datetime(2026, 11, 24, 12, 30, tzinfo=UTC)) is not None
    assert hours.until(datetime(2026, 11, 24, 13, 0, tzinfo=UTC)) is None


@pytest.mark.parametrize("written", ["", "22:00", "25:00-06:00", "08:00-08:00"])
def test_what_cannot_be_read_is_no_quiet_hours(written: str) -> None:
    assert quiet_hours(written, "UTC") is None


def test_how_often_it_calls_is_learned_and_one_long_or_short_pause_hardly_counts() -> None:
    connection = Connection(calls_every=0)
    now = TEN_IN_THE_EVENING
    seen = []
    for minutes in (0, 15, 15, 600, 15, 2, 15, 60, 60):
        now += timedelta(minutes=minutes)
        calls.note_call(connection, now)
        seen.append(connection.calls_every // 60)
    assert seen == [0, 15, 15, 30, 15, 7, 15, 30, 60]
    assert connection.last_contact_at == now
