"""The rules of the pace, on a clock of their own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keap import KeapPutOff, Quota, QuotaWindow
from keap.allowance import (
    LONGEST_WAIT,
    Allowance,
    Pace,
    Priority,
    heard,
    slowed,
    turn,
)
from keap.errors import PutOff
from tests.keap.playing import NOON

PACE = Pace(per_second=2, burst=5)
MIDNIGHT = datetime(2026, 11, 3, tzinfo=UTC)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def day(available: int, limit: int = 30_000, ends_at: datetime | None = None) -> QuotaWindow:
    return QuotaWindow("product-quota", "day", limit, available, None, ends_at)


def minute(available: int, limit: int = 240) -> QuotaWindow:
    return QuotaWindow("product-throttle", "minute", limit, available, None)


def told(*windows: QuotaWindow, at: datetime = NOON) -> Allowance:
    return heard(Allowance(free_at=at), Quota(windows), at)


def waits(
    allowance: Allowance,
    times: int,
    *,
    now: datetime = NOON,
    priority: Priority = Priority.FEED,
    pace: Pace = PACE,
) -> list[float]:
    """How long each of so many takes at one moment has to wait."""
    found = []
    for _ in range(times):
        taken = turn(allowance, pace, now, priority)
        allowance = taken.allowance
        found.append(taken.wait.total_seconds())
    return found


def test_a_burst_goes_at_once_and_then_the_pace_is_even() -> None:
    assert waits(Allowance(free_at=NOON), 8) == [0, 0, 0, 0, 0, 0.5, 1.0, 1.5]


def test_a_pause_gives_the_burst_back_but_no_more() -> None:
    assert waits(Allowance(free_at=NOON - timedelta(days=1)), 6) == [0, 0, 0, 0, 0, 0.5]


def test_a_pace_of_nought_is_none_of_our_own() -> None:
    assert waits(Allowance(free_at=NOON), 1000, pace=Pace(per_second=0)) == [0.0] * 1000


def test_who_would_wait_too_long_is_put_off_and_takes_nothing() -> None:
    allowance = Allowance(free_at=NOON + LONGEST_WAIT + seconds(2.5))
    with pytest.raises(KeapPutOff) as caught:
        turn(allowance, PACE, NOON, Priority.FEED)
    assert (caught.value.reason, caught.value.retry_after) == (PutOff.NOT_YET, 60.5)
    assert waits(allowance, 1, now=NOON + seconds(0.5)) == [60.0]


def test_a_clock_that_was_set_back_by_hours_does_not_stop_the_calls_for_hours() -> None:
    assert waits(Allowance(free_at=NOON), 2, now=NOON - timedelta(hours=5)) == [0.5, 1.0]


# -- what Keap says is left ----------------------------------------------------------------------


def test_most_of_the_day_left_changes_nothing() -> None:
    assert waits(told(day(3006), minute(30)), 6) == [0, 0, 0, 0, 0, 0.5]


def test_the_last_tenth_of_the_day_is_for_the_feed_at_a_call_in_thirty_seconds() -> None:
    assert waits(told(day(2999)), 3) == [0, 30, 60]


def test_the_last_tenth_of_the_day_puts_the_rest_off_until_its_end() -> None:
    ends_at = NOON + timedelta(hours=7)
    with pytest.raises(KeapPutOff) as caught:
        turn(told(day(2999, ends_at=ends_at)), PACE, NOON, Priority.EXTRA)
    assert (caught.value.reason, caught.value.until) == (PutOff.LOW, ends_at)
    assert caught.value.retry_after == 7 * 3600


def test_while_enough_is_left_nothing_is_put_off() -> None:
    assert waits(told(day(3000)), 1, priority=Priority.EXTRA) == [0]


@pytest.mark.parametrize("priority", Priority)
def test_with_nothing_left_everything_waits_for_the_next_day(priority: Priority) -> None:
    with pytest.raises(KeapPutOff) as caught:
        turn(told(day(0)), PACE, NOON, priority)
    assert (caught.value.reason, caught.value.until) == (PutOff.USED_UP, MIDNIGHT)
    assert waits(told(day(0)), 1, now=MIDNIGHT, priority=priority) == [0]


def test_calls_that_are_not_answered_yet_count_already() -> None:
    allowance = told(day(2, limit=10))
    for _ in range(2):
        allowance = replace(turn(allowance, PACE, NOON, Priority.FEED).allowance, free_at=NOON)
    with pytest.raises(KeapPutOff):
        turn(allowance, PACE, NOON, Priority.FEED)


@pytest.mark.parametrize("ends_at", [None, NOON, NOON - seconds(1), NOON + timedelta(days=3)])
def test_a_day_whose_end_makes_no_sense_ends_at_midnight(ends_at: datetime | None) -> None:
    assert told(day(5, ends_at=ends_at)).day_ends_at == MIDNIGHT


def test_a_minute_that_is_nearly_used_up_is_spread_over_its_rest() -> None:
    allowance = told(minute(10))
    first = turn(allowance, PACE, NOON, Priority.FEED)
    assert (first.wait, first.allowance.free_at - NOON) == (seconds(0), seconds(6))
    assert waits(allowance, 1, now=NOON + seconds(61)) == [0]


def test_a_minute_that_is_used_up_is_waited_for() -> None:
    assert waits(told(minute(0)), 1, now=NOON + seconds(20)) == [40]


def test_the_account_counts_as_well_as_the_key() -> None:
    account = QuotaWindow("tenant-throttle", "day", 250_000, 24_999, None)
    assert waits(told(day(29_000), account), 2) == [0, 30]


def test_an_answer_without_limits_leaves_what_was_told() -> None:
    before = told(day(5), minute(9))
    assert heard(before, Quota(), NOON + seconds(9)) == before


def test_absurd_figures_are_kept_within_what_a_table_holds() -> None:
    allowance = told(day(10**18 - 1, 10**18), minute(10**17, 10**18))
    assert (allowance.day_limit, allowance.day_available) == (2**31 - 1, 2**31 - 1)
    assert (allowance.minute_limit, allowance.minute_available) == (2**31 - 1, 2**31 - 1)


# -- 429 -----------------------------------------------------------------------------------------


def test_after_a_429_there_is_no_burst_and_half_the_pace_for_a_minute() -> None:
    allowance = slowed(Allowance(free_at=NOON), PACE, NOON, None)
    assert waits(allowance, 3) == [1, 2, 3]
    assert waits(allowance, 6, now=NOON + seconds(60)) == [0, 0, 0, 0, 0, 0.5]


def test_a_time_that_keap_names_holds_for_all_and_they_come_back_one_by_one() -> None:
    allowance = slowed(Allowance(free_at=NOON), PACE, NOON, 20.0)
    assert waits(allowance, 3) == [20, 21, 22]


def test_a_long_time_that_keap_names_puts_off() -> None:
    allowance = slowed(Allowance(free_at=NOON), PACE, NOON, 7200.0)
    with pytest.raises(KeapPutOff) as caught:
        turn(allowance, PACE, NOON, Priority.FEED)
    assert (caught.value.reason, caught.value.retry_after) == (PutOff.NOT_YET, 7200)


def test_a_shorter_time_does_not_take_back_a_longer_one() -> None:
    allowance = slowed(Allowance(free_at=NOON), PACE, NOON, 50.0)
    assert waits(slowed(allowance, PACE, NOON, 1.0), 1) == [50]


def test_a_time_years_ahead_counts_for_a_day() -> None:
    allowance = slowed(Allowance(free_at=NOON), PACE, NOON, 1e300)
    assert allowance.closed_until == NOON + timedelta(days=1)


# -- the promise ---------------------------------------------------------------------------------

_STEPS = st.tuples(
    st.integers(0, 4000),
    st.sampled_from(["take", "take", "take", "take", "429", "minute low", "day low"]),
)


@given(
    steps=st.lists(_STEPS, min_size=2, max_size=60),
    rate=st.sampled_from([0.3, 1.0, 2.0, 3.0, 7.0]),
    burst=st.integers(1, 6),
)
def test_no_stretch_of_time_holds_more_than_the_burst_and_the_pace(
    steps: list[tuple[int, str]], rate: float, burst: int
) -> None:
    """Whatever Keap says in between, and whoever takes: the state is all they share."""
    pace = Pace(rate, burst)
    allowance, now = Allowance(free_at=NOON), NOON
    calls: list[datetime] = []
    for milliseconds, step in steps:
        now += timedelta(milliseconds=milliseconds)
        if step == "429":
            allowance = slowed(allowance, pace, now, milliseconds / 1000)
        elif step == "minute low":
            allowance = heard(allowance, Quota((minute(milliseconds % 30),)), now)
        elif step == "day low":
            allowance = heard(allowance, Quota((day(2000 + milliseconds),)), now)
        else:
            try:
                taken = turn(allowance, pace, now, Priority.FEED)
            except KeapPutOff:
                continue
            allowance = taken.allowance
            calls.append(now + taken.wait)
    calls.sort()
    for first, begin in enumerate(calls):
        for last in range(first, len(calls)):
            length = (calls[last] - begin).total_seconds()
            assert last - first + 1 <= burst + rate * length + 1e-6
