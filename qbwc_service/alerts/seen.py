"""One connection at one moment, and what of it a person should know. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from qbwc_service.ledger.models import AlertKind
from qbwc_service.settings import QuietHours

#: so many intervals without a call are silence
SILENT_AFTER = 3
#: a call that is so many intervals late counts where many are late at once: those who called last
#: are then told of no sooner than those who called first
LATE_AFTER = 2
ENDS_SOON = timedelta(days=7)
#: the same failure so many times in a row is worth a word
AGAIN_AND_AGAIN = 5

KEAP_REFUSES = frozenset(
    {
        "keap-key-refused",
        "keap-sign-in-again",
        "keap-client-refused",
        "keap-permission-missing",
        "keap-other-account",
        "secret-key-changed",
    }
)
WRONG_FILE = "wrong-company-file"
#: entries that the next success closes, so that their count is one of failures in a row
REPEATED = frozenset(
    {
        "cannot-reach-quickbooks",
        "session-broken",
        "answer-unreadable",
        "check-refused",
        "web-connector-password",
        "keap-not-answering",
        "keap-refused-request",
    }
)
SIGN_IN_ENDS = "keap-sign-in-ends"


@dataclass(frozen=True, slots=True)
class Calls:
    """When the Web Connector called last, and how often it usually does."""

    last_at: datetime
    every: timedelta
    hours: QuietHours | None = None

    def missed(self, now: datetime, watched_since: datetime) -> float:
        """How many calls it has left out; none in quiet hours, nor while nobody listened."""
        heard_from = max(self.last_at, watched_since)
        if self.hours is not None:
            if self.hours.until(now) is not None:
                return 0.0
            heard_from = max(heard_from, self.hours.last_end(now))
        return max(now - heard_from, timedelta(0)) / self.every


@dataclass(frozen=True, slots=True)
class Held:
    """Orders that wait for the same thing."""

    cause: str
    subject: str
    orders: int

    @property
    def key(self) -> str:
        return _short(self.cause, self.subject)


@dataclass(frozen=True, slots=True)
class Open:
    """An open entry of the error log that is the connection's own."""

    times: int
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look found of one connection. `calls` is None while it is paused or never called."""

    connection_id: int
    topics: frozenset[AlertKind]
    calls: Calls | None = None
    held: tuple[Held, ...] = ()
    loose_payments: int = 0
    unreadable: int = 0
    entries: Mapping[str, Open] = field(default_factory=dict)
    write_block: str = ""
    sign_in_ends_at: datetime | None = None

    def wrong(self, now: datetime, watched_since: datetime) -> dict[AlertKind, frozenset[str]]:
        """What is wrong by kind, as short names: a new name is worth a new alert."""
        return {
            AlertKind.NEEDS_YOU: self._needs(),
            AlertKind.NO_CONTACT: self._silence(now, watched_since),
            AlertKind.SIGN_IN: self.refused() or self._ends_soon(now),
            AlertKind.COMPANY_FILE: self._company_file(),
            AlertKind.FAILURES: self.failing(),
        }

    def is_late(self, now: datetime, watched_since: datetime) -> bool:
        return self.calls is not None and self.calls.missed(now, watched_since) >= LATE_AFTER

    def refused(self) -> frozenset[str]:
        return KEAP_REFUSES & self.entries.keys()

    def failing(self) -> frozenset[str]:
        return frozenset(
            message
            for message in REPEATED & self.entries.keys()
            if self.entries[message].times >= AGAIN_AND_AGAIN
        )

    def _needs(self) -> frozenset[str]:
        others = {"payments": self.loose_payments, "unreadable": self.unreadable}
        names = {name for name, number in others.items() if number}
        return frozenset({*names, *(group.key for group in self.held)})

    def _silence(self, now: datetime, watched_since: datetime) -> frozenset[str]:
        is_silent = self.calls is not None and self.calls.missed(now, watched_since) >= SILENT_AFTER
        return frozenset({"silent"} if is_silent else ())

    def _ends_soon(self, now: datetime) -> frozenset[str]:
        ends = self.sign_in_ends_at
        return frozenset({SIGN_IN_ENDS} if ends is not None and ends - now <= ENDS_SOON else ())

    def _company_file(self) -> frozenset[str]:
        if self.write_block:
            return frozenset({self.write_block})
        entry = self.entries.get(WRONG_FILE)
        found = str(entry.details.get("found", "")) if entry is not None else ""
        return frozenset({_short(WRONG_FILE, found)} if entry is not None else ())


def _short(*parts: str) -> str:
    """A name that tells nothing about anybody and does not grow."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
