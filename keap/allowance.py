"""When the next call may go: values and rules, without a clock, a database or a network.

The pace is even: one moment, `free_at`, says until when the calls taken so far are paid for, and
a burst may run ahead of it. In every stretch of T seconds there are at most burst + rate * T
calls, whoever makes them, as long as all of them take from the same allowance.

Keap calls more than one sustained call a second a severe problem (usage guidelines).
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from keap.errors import KeapPutOff, PutOff
from keap.quota import LOW_SHARE, Quota

#: a call that would have to wait longer is put off instead
LONGEST_WAIT = timedelta(seconds=60)
#: between two calls of the feed while the day's calls are nearly used up
FLOOR_INTERVAL = timedelta(seconds=30)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_MOST = 2**31 - 1
# Nobody waits so long for a turn that `free_at` could get there: a clock was set back.
_FARTHEST = timedelta(minutes=3)


class Priority(StrEnum):
    """What a call is for, which decides whether it waits for another day."""

    FEED = "feed"
    """New orders and payments, and what a person asked for by number."""
    EXTRA = "extra"
    """First loads, re-checks, ranges of days: it can wait until tomorrow."""


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `burst` calls at once, then `per_second`; 0: no pace but Keap's own limits."""

    per_second: float = 2.0
    burst: int = 5

    @property
    def interval(self) -> timedelta:
        """Between two calls; rounded up, so that rounding never makes it faster."""
        if not self.per_second:
            return timedelta()
        return timedelta(microseconds=math.ceil(1_000_000 / self.per_second))


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is known of one key, or of one client id; times are aware UTC."""

    free_at: datetime
    #: half the pace until then: Keap answered 429
    slow_until: datetime | None = None
    #: no call at all before this time: Keap named it
    closed_until: datetime | None = None
    day_limit: int | None = None
    day_available: int | None = None
    day_ends_at: datetime | None = None
    minute_limit: int | None = None
    minute_available: int | None = None
    told_at: datetime | None = None

    def day_left(self, now: datetime) -> int | None:
        """Calls left until `day_ends_at`; None where Keap has not told yet today."""
        if self.day_limit is None or self.day_ends_at is None or now >= self.day_ends_at:
            return None
        return self.day_available

    def is_day_low(self, now: datetime) -> bool:
        """Less than a tenth of the day's calls is left."""
        left = self.day_left(now)
        return left is not None and left < (self.day_limit or 0) * LOW_SHARE

    def minute_ends_at(self, now: datetime) -> datetime | None:
        """When the minute that Keap told of is over at the latest; None where it is over."""
        if self.told_at is None or not self.told_at <= now < self.told_at + _MINUTE:
            return None
        return self.told_at + _MINUTE


@dataclass(frozen=True, slots=True)
class Turn:
    """One call was taken: how long to wait before making it, and what is left afterwards."""

    wait: timedelta
    allowance: Allowance


def turn(allowance: Allowance, pace: Pace, now: datetime, priority: Priority) -> Turn:
    """Take one call. Raises KeapPutOff, and then nothing was taken."""
    _check_day(allowance, now, priority)
    interval, burst = _rhythm(allowance, pace, now)
    ahead = interval * (burst - 1)
    free_at = allowance.free_at
    if free_at > now + _FARTHEST:
        free_at = now + ahead + interval
    opens_at = max(now, _opens_at(allowance, now))
    paid_from = max(free_at, opens_at)
    start = max(paid_from - ahead, opens_at)
    if start - now > LONGEST_WAIT:
        raise KeapPutOff(PutOff.NOT_YET, start, start - now)
    left = replace(
        allowance,
        free_at=paid_from + interval,
        day_available=_less(allowance.day_available),
        minute_available=_less(allowance.minute_available),
    )
    return Turn(start - now, left)


def heard(allowance: Allowance, quota: Quota, now: datetime) -> Allowance:
    """After an answer: what it said is left counts from now on; silence changes nothing."""
    day, minute = quota.tightest("day"), quota.tightest("minute")
    if day is not None:
        is_sensible = day.ends_at is not None and now < day.ends_at <= now + _DAY + _MINUTE
        allowance = replace(
            allowance,
            day_limit=_sensible(day.limit),
            day_available=_sensible(day.available),
            day_ends_at=day.ends_at if is_sensible else next_midnight(now),
        )
    if minute is not None:
        allowance = replace(
            allowance,
            minute_limit=_sensible(minute.limit),
            minute_available=_sensible(minute.available),
            told_at=now,
        )
    return allowance


def slowed(allowance: Allowance, pace: Pace, now: datetime, retry_after: float | None) -> Allowance:
    """After a 429: half the pace and no burst for a minute, and nothing before `retry_after`."""
    named = now + min(timedelta(seconds=min(retry_after or 0.0, _DAY.total_seconds())), _DAY)
    opens_at = max(named, allowance.closed_until or named)
    slow_until = opens_at + _MINUTE
    return replace(
        allowance,
        free_at=max(allowance.free_at, now + 2 * pace.interval),
        closed_until=opens_at,
        slow_until=max(slow_until, allowance.slow_until or slow_until),
    )


def next_midnight(now: datetime) -> datetime:
    """When Keap starts counting the day anew (00:00 UTC)."""
    return datetime.combine(now.astimezone(UTC).date() + _DAY, time(), UTC)


def _check_day(allowance: Allowance, now: datetime, priority: Priority) -> None:
    left, ends_at = allowance.day_left(now), allowance.day_ends_at
    if left is None or ends_at is None:
        return
    if left <= 0:
        raise KeapPutOff(PutOff.USED_UP, ends_at, ends_at - now)
    if priority is Priority.EXTRA and allowance.is_day_low(now):
        raise KeapPutOff(PutOff.LOW, ends_at, ends_at - now)


def _rhythm(allowance: Allowance, pace: Pace, now: datetime) -> tuple[timedelta, int]:
    """The time between two calls, and how many may go at once; the slowest rule counts."""
    interval, burst = pace.interval, pace.burst
    if allowance.slow_until is not None and now < allowance.slow_until:
        interval, burst = 2 * interval, 1
    if allowance.is_day_low(now):
        interval, burst = max(interval, FLOOR_INTERVAL), 1
    ends_at, left = allowance.minute_ends_at(now), allowance.minute_available
    if ends_at and left and left < (allowance.minute_limit or 0) * LOW_SHARE:
        interval, burst = max(interval, (ends_at - now) / left), 1
    return interval, burst


def _opens_at(allowance: Allowance, now: datetime) -> datetime:
    """Before this time Keap would refuse the call."""
    closed_until = allowance.closed_until or now
    ends_at = allowance.minute_ends_at(now)
    if ends_at is not None and allowance.minute_available == 0:
        return max(closed_until, ends_at)
    return closed_until


def _sensible(number: int | None) -> int | None:
    """No limit is that high: whoever keeps the figures need not be able to hold it."""
    return None if number is None else min(number, _MOST)


def _less(available: int | None) -> int | None:
    return None if available is None else max(0, available - 1)
