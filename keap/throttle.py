"""How often we may ask: what Keap's headers say, and the pace we keep by ourselves.

Keap calls more than one sustained call a second a severe problem (usage guidelines); a service
account key has 10 a second, 240 a minute and 30,000 a day. The headers are the truth, not these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

_FAMILIES = ("product-quota", "product-throttle", "tenant-throttle")
_LOW_SHARE = 0.1
_SLOW_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class QuotaWindow:
    """One limit: `available` of `limit` calls are left in this `unit` ("minute", "day", "")."""

    family: str
    unit: str
    limit: int | None
    available: int | None
    used: int | None

    @property
    def is_low(self) -> bool:
        """Less than a tenth is left; False where the header did not tell."""
        if not self.limit or self.available is None:
            return False
        return self.available < self.limit * _LOW_SHARE


@dataclass(frozen=True, slots=True)
class Quota:
    """Every limit that one answer named; tenant limits come as two windows."""

    windows: tuple[QuotaWindow, ...] = ()

    @property
    def is_low(self) -> bool:
        """A daily limit is nearly used up: only the payment and order feeds should go on."""
        return any(window.is_low for window in self.windows if window.unit == "day")


def read_quota(headers: Mapping[str, str]) -> Quota:
    """The x-keap-* headers, split at `|`; what does not parse is left out, never an error."""
    return Quota(tuple(window for family in _FAMILIES for window in _windows(family, headers)))


def _windows(family: str, headers: Mapping[str, str]) -> list[QuotaWindow]:
    def column(name: str) -> list[str]:
        return headers.get(f"x-keap-{family}-{name}", "").split("|")

    units, limits = column("time-unit"), column("limit")
    available, used = column("available"), column("used")
    windows = [
        QuotaWindow(
            family,
            units[place].strip() if place < len(units) else "",
            _number(limits, place),
            _number(available, place),
            _number(used, place),
        )
        for place in range(max(len(limits), len(available), len(used)))
    ]
    return [w for w in windows if (w.limit, w.available, w.used) != (None, None, None)]


def _number(column: list[str], place: int) -> int | None:
    text = column[place].strip() if place < len(column) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `burst` calls at once, then `per_second`."""

    per_second: float = 2.0
    burst: int = 5


class Pacer(Protocol):
    """Who says how fast calls follow each other; shared by all who use the same key."""

    def take(self, now: datetime) -> float:
        """Takes one call; the answer is how many seconds to wait before making it.

        Raises KeapThrottled where it is not to be made now at all.
        """
        ...

    def told(self, quota: Quota, now: datetime) -> None:
        """What an answer said is left."""
        ...

    def slow_down(self, now: datetime) -> None:
        """Keap answered 429."""
        ...


class TokenBucket:
    """Spreads the calls of one client over time. Not thread-safe: one client, one thread."""

    def __init__(self, pace: Pace, now: datetime) -> None:
        """Starts full."""
        self._pace = pace
        self._tokens = float(pace.burst)
        self._filled_at = now
        self._slow_until: datetime | None = None

    def take(self, now: datetime) -> float:
        """Takes one call; the answer is how many seconds to wait before making it."""
        is_slow = self._slow_until is not None and now < self._slow_until
        rate = self._pace.per_second / (2 if is_slow else 1)
        gone = max(0.0, (now - self._filled_at).total_seconds())
        self._filled_at = now
        self._tokens = min(float(self._pace.burst), self._tokens + gone * rate) - 1
        return max(0.0, -self._tokens / rate)

    def told(self, quota: Quota, now: datetime) -> None:
        """Its pace is far below every limit that Keap names."""

    def slow_down(self, now: datetime) -> None:
        """After a 429: half the pace and no burst for the next minute."""
        self._tokens = min(self._tokens, 0.0)
        self._slow_until = now + _SLOW_FOR
