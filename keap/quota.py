"""What Keap's headers say of its limits. The headers are the truth, not the documents.

A service account key has 10 calls a second, 240 a minute and 30,000 a day; a client id has 1,500
a minute and 150,000 a day for all its accounts together; an account 10,000 and 250,000 for all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: below this share of a window we hold back
LOW_SHARE = 0.1
TENANT = "tenant-throttle"
_FAMILIES = ("product-quota", "product-throttle", TENANT)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MILLISECONDS = 10**14


@dataclass(frozen=True, slots=True)
class QuotaWindow:
    """One limit: `available` of `limit` calls are left in this `unit` ("minute", "day", "").

    `ends_at` is when the counting starts anew, None where the header did not tell.
    """

    family: str
    unit: str
    limit: int | None
    available: int | None
    used: int | None
    ends_at: datetime | None = None

    @property
    def is_low(self) -> bool:
        """Less than a tenth is left; False where the header did not tell."""
        if not self.limit or self.available is None:
            return False
        return self.available < self.limit * LOW_SHARE


@dataclass(frozen=True, slots=True)
class Quota:
    """Every limit that one answer named; tenant limits come as two windows."""

    windows: tuple[QuotaWindow, ...] = ()

    @property
    def is_low(self) -> bool:
        """A daily limit is nearly used up: only the payment and order feeds should go on."""
        return any(window.is_low for window in self.windows if window.unit == "day")

    def tightest(self, unit: str) -> QuotaWindow | None:
        """The window of this unit of which the smallest share is left; None where none is told."""
        told = [
            (window.available / window.limit, window.limit, place, window)
            for place, window in enumerate(self.windows)
            if window.unit == unit and window.limit and window.available is not None
        ]
        return min(told)[-1] if told else None

    def of_tenant(self) -> "Quota":
        """The limits of the account alone."""
        return Quota(tuple(window for window in self.windows if window.family == TENANT))

    def of_product(self) -> "Quota":
        """The limits of the key or client id alone."""
        return Quota(tuple(window for window in self.windows if window.family != TENANT))

    @property
    def is_used_up(self) -> bool:
        """Some limit has nothing left."""
        return any(window.available == 0 for window in self.windows)


def read_quota(headers: Mapping[str, str]) -> Quota:
    """The x-keap-* headers, split at `|`; what does not parse is left out, never an error."""
    return Quota(tuple(window for family in _FAMILIES for window in _windows(family, headers)))


def _windows(family: str, headers: Mapping[str, str]) -> list[QuotaWindow]:
    def column(name: str) -> list[str]:
        return headers.get(f"x-keap-{family}-{name}", "").split("|")

    units, limits = column("time-unit"), column("limit")
    available, used = column("available"), column("used")
    ends = column("expiry-time")
    windows = [
        QuotaWindow(
            family,
            units[place].strip() if place < len(units) else "",
            _number(limits, place),
            _number(available, place),
            _number(used, place),
            _moment(ends, place),
        )
        for place in range(max(len(limits), len(available), len(used)))
    ]
    return [w for w in windows if (w.limit, w.available, w.used) != (None, None, None)]


def _number(column: list[str], place: int) -> int | None:
    text = column[place].strip() if place < len(column) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _moment(column: list[str], place: int) -> datetime | None:
    milliseconds = _number(column, place)
    if milliseconds is None or milliseconds > _LATEST_MILLISECONDS:
        return None
    return _EPOCH + timedelta(milliseconds=milliseconds)
