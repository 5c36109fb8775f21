"""Quiet hours: the part of every day in which QuickBooks is left alone."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from qbwc_service.settings.zones import zone_named

_WRITTEN = re.compile(r"(([01]\d|2[0-3]):[0-5]\d)\s*-\s*(([01]\d|2[0-3]):[0-5]\d)")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin` to `end` by the clock of `zone`, over midnight where `end` is not later."""

    begin: time
    end: time
    zone: ZoneInfo

    def until(self, now: datetime) -> datetime | None:
        """When the quiet hours that `now` lies in end (UTC); None outside of them."""
        return next((end for begin, end in self._around(now) if begin <= now < end), None)

    def last_end(self, now: datetime) -> datetime:
        """When they last ended (UTC)."""
        return max(end for _, end in self._around(now) if end <= now)

    def _around(self, now: datetime) -> list[tuple[datetime, datetime]]:
        """Those that began in the last days and begin tomorrow, oldest first."""
        today = now.astimezone(self.zone).date()
        found = []
        for away in (-2, -1, 0, 1):
            day = today + timedelta(days=away)
            last = day if self.end > self.begin else day + timedelta(days=1)
            begin = datetime.combine(day, self.begin, self.zone)
            end = datetime.combine(last, self.end, self.zone)
            found.append((begin.astimezone(UTC), end.astimezone(UTC)))
        return found


def quiet_hours(written: str, zone: str) -> QuietHours | None:
    """ "22:00-06:00" by the clock of that time zone; None for "" and for what cannot be read, so
    that a stored value of another version never stops a call."""
    found = _WRITTEN.fullmatch(written)
    if found is None or found[1] == found[3]:
        return None
    begin, end = time.fromisoformat(found[1]), time.fromisoformat(found[3])
    return QuietHours(begin, end, zone_named(zone))
