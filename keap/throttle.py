"""Who says how fast calls follow each other: shared by all who use a key, or one client's own."""

from datetime import datetime
from typing import Protocol

from keap.allowance import Allowance, Pace, Priority, heard, slowed, turn
from keap.quota import Quota


class Pacer(Protocol):
    """Asked before every call, told after every answer."""

    def take(self, now: datetime) -> float:
        """Takes one call; the answer is how many seconds to wait before making it.

        Raises KeapPutOff where it is not to be made now at all.
        """
        ...

    def told(self, quota: Quota, now: datetime) -> None:
        """What an answer said is left."""
        ...

    def slow_down(self, now: datetime, retry_after: float | None) -> None:
        """Keap answered 429, or named the seconds after which to ask again."""
        ...


class TokenBucket:
    """Spreads the calls of one client over time. Not thread-safe: one client, one thread."""

    def __init__(self, pace: Pace, now: datetime) -> None:
        """Starts full."""
        self._pace = pace
        self._allowance = Allowance(free_at=now)

    def take(self, now: datetime) -> float:
        """Takes one call; the answer is how many seconds to wait before making it."""
        taken = turn(self._allowance, self._pace, now, Priority.FEED)
        self._allowance = taken.allowance
        return taken.wait.total_seconds()

    def told(self, quota: Quota, now: datetime) -> None:
        """Keeps to what Keap says is left."""
        self._allowance = heard(self._allowance, quota, now)

    def slow_down(self, now: datetime, retry_after: float | None) -> None:
        """Half the pace and no burst for the next minute, and nothing before `retry_after`."""
        self._allowance = slowed(self._allowance, self._pace, now, retry_after)
