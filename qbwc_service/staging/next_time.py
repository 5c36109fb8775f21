"""When a connection is read next: its own setting, stretched where many share one limit. Pure."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from qbwc_service.settings import Settings

#: orders, payments, contacts, products and the account itself
CALLS_PER_POLL = 5
#: the rest is for first loads, re-checks and people who press a button
_SHARE_FOR_POLLS = 0.8
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Sharing:
    """How many connections draw on the same limit; `day_limit` as Keap told it, None: not yet."""

    connections: int = 1
    day_limit: int | None = None
    per_second: float = 0.0

    def stretch(self, interval: timedelta) -> timedelta:
        """The shortest time between two readings that leaves enough for all of them."""
        return stretched(
            interval,
            self.connections,
            calls_per_poll=CALLS_PER_POLL,
            day_limit=self.day_limit,
            per_second=self.per_second,
        )


def stretched(
    interval: timedelta,
    tenants: int,
    *,
    calls_per_poll: int,
    day_limit: int | None,
    per_second: float,
) -> timedelta:
    """`interval`, or longer (whole minutes) where so many tenants would use too much of a limit.

    A limit of None or 0 does not count.
    """
    calls = tenants * calls_per_poll
    seconds = max(
        calls * _DAY_SECONDS / (day_limit * _SHARE_FOR_POLLS) if day_limit else 0.0,
        calls / (per_second * _SHARE_FOR_POLLS) if per_second else 0.0,
    )
    if seconds <= interval.total_seconds():
        return interval
    return timedelta(minutes=math.ceil(seconds / 60))


def next_sync(chosen: Settings, zone: ZoneInfo, now: datetime, sharing: Sharing) -> datetime:
    """The next regular time (UTC): in so many minutes, or at the time of day in `zone`.

    A time of day that the clock change leaves out comes an hour later; one that it repeats counts
    once, the first time.
    """
    if not chosen.sync_daily_at:
        return now + sharing.stretch(timedelta(minutes=chosen.sync_minutes))
    at = time.fromisoformat(chosen.sync_daily_at)
    day = now.astimezone(zone).date()
    today = datetime.combine(day, at, zone).astimezone(UTC)
    if today > now:
        return today
    return datetime.combine(day + timedelta(days=1), at, zone).astimezone(UTC)
