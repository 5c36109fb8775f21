"""How many calls are left, by the day and by the minute, and the headers that say so."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_TENANT_PER_MINUTE, _TENANT_PER_DAY = 10_000, 250_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one key may call. Without `are_kept` the headers count, but nothing is refused.

    Source: Keap's token quota page; a day ends at 00:00 UTC.
    """

    per_day: int = 30_000
    per_minute: int = 240
    are_kept: bool = False


DEFAULT_LIMITS = Limits()


class Quota:
    """The calls of one key, counted by the shop's clock. Not thread-safe."""

    def __init__(self, limits: Limits) -> None:
        """Nothing is used."""
        self.limits = limits
        self._day = self._minute = datetime.min.replace(tzinfo=UTC)
        self._used_today = self._used_this_minute = 0

    def count(self, now: datetime) -> bool:
        """One more call; False where it is one too many and to be refused."""
        now = now.astimezone(UTC)
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        minute = now.replace(second=0, microsecond=0)
        if day != self._day:
            self._day, self._used_today = day, 0
        if minute != self._minute:
            self._minute, self._used_this_minute = minute, 0
        limits = self.limits
        is_left = self._used_today < limits.per_day and self._used_this_minute < limits.per_minute
        if limits.are_kept and not is_left:
            return False
        self._used_today += 1
        self._used_this_minute += 1
        return True

    def seconds_to_wait(self, now: datetime) -> int:
        """Until the window that is used up ends."""
        is_day = self._used_today >= self.limits.per_day
        end = self._day + timedelta(days=1) if is_day else self._minute + timedelta(minutes=1)
        return max(1, int((end - now.astimezone(UTC)).total_seconds()) + 1)

    def headers(self) -> dict[str, str]:
        """As Keap spells them; those of the tenant hold two windows each."""
        today, minute = self._used_today, self._used_this_minute
        expiry = int((self._day + timedelta(days=1)).timestamp() * 1000) if self._used_today else 0
        return {
            **_family("product-quota", [(self.limits.per_day, "day", today)]),
            "x-keap-product-quota-expiry-time": str(expiry),
            **_family("product-throttle", [(self.limits.per_minute, "minute", minute)]),
            **_family(
                "tenant-throttle",
                [(_TENANT_PER_MINUTE, "minute", minute), (_TENANT_PER_DAY, "day", today)],
            ),
        }


def _family(name: str, windows: list[tuple[int, str, int]]) -> dict[str, str]:
    columns = {
        "limit": [str(limit) for limit, _, _ in windows],
        "time-unit": [unit for _, unit, _ in windows],
        "interval": ["1" for _ in windows],
        "available": [str(max(0, limit - used)) for limit, _, used in windows],
        "used": [str(used) for _, _, used in windows],
    }
    return {f"x-keap-{name}-{column}": "|".join(texts) for column, texts in columns.items()}
