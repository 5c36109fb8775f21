"""The job that reads Keap by itself. When is configuration and lies in the database; the
scheduler only wakes up, so that nothing is lost with it.

The connections are read by turns, a slice each, so that a long reading holds up nobody: whoever
had its last turn longest ago comes first. A few are read side by side, because an answer of Keap
may take more than a minute. Two processes may do all this: see due.py and the lease in sync.py.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import httpx
from apscheduler.schedulers.background import BackgroundScheduler

from qbwc_service.clock import Clock, utc_now
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.secrecy import Secrecy
from qbwc_service.staging import due as turns
from qbwc_service.staging.due import Claim, Due, NextTime
from qbwc_service.staging.failures import SyncBusy, SyncFailed
from qbwc_service.staging.slices import Slice
from qbwc_service.staging.sync import SyncResult, sync

LOOK_EVERY_SECONDS = 15
#: read side by side; each waits for Keap most of the time
READERS = 3

_log = logging.getLogger(__name__)

#: reads one connection for the length of a slice; sync.sync with what does not change filled in
Read = Callable[[str, Slice], SyncResult]


class Stopping(Exception):
    """The service stops: the reading ends between two pages; the rest is read next time."""


class Staging:
    """Reads every connection when it is due, from `start` until `stop`."""

    def __init__(
        self,
        database: Database,
        secrecy: Secrecy,
        config: Config,
        *,
        clock: Clock = utc_now,
        transport: httpx.BaseTransport | None = None,
        read: Read | None = None,
        readers: int = READERS,
    ) -> None:
        """`read` takes the place of Keap in tests."""
        self._database = database
        self._secrecy = secrecy
        self._config = config
        self._clock = clock
        self._transport = transport
        self._sync = read or self._read_keap
        self._readers = readers
        self._stopping = threading.Event()
        self._scheduler: BackgroundScheduler | None = None
        #: which turn was the last of each connection, counted up
        self._last_turn: dict[int, int] = {}
        #: being read by another; not asked for again before this time
        self._busy_until: dict[int, datetime] = {}

    def start(self) -> None:
        """Look at once, then every 15 seconds, in a thread of its own."""
        self._stopping.clear()
        # A reading that takes longer than one look is no news.
        own_log = logging.getLogger(f"{__name__}.apscheduler")
        own_log.setLevel(logging.ERROR)
        scheduler = BackgroundScheduler(timezone=UTC, logger=own_log)
        scheduler.add_job(
            self.run_due,
            "interval",
            seconds=LOOK_EVERY_SECONDS,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        scheduler.start()
        self._scheduler = scheduler

    def stop(self) -> None:
        """Return when nothing is read any more: at the latest when Keap's next answer has come."""
        self._stopping.set()
        if self._scheduler is not None:
            # Without the pause a run that is due just now is logged as an error.
            self._scheduler.pause()
            self._scheduler.shutdown(wait=True)
            self._scheduler = None

    def run_due(self) -> None:
        """Read the connections that are due, by turns, until none is; none stops the others."""
        running: dict[Future[None], int] = {}
        with ThreadPoolExecutor(self._readers, thread_name_prefix="staging") as pool:
            while not self._stopping.is_set():
                for claimed in self._claim_next(set(running.values()), len(running)):
                    running[pool.submit(self._read, claimed)] = claimed.due.id
                if not running:
                    return
                # One that becomes due meanwhile does not wait until the others have ended.
                done, _ = wait(running, LOOK_EVERY_SECONDS, return_when=FIRST_COMPLETED)
                for future in done:
                    del running[future]

    def _claim_next(self, running: set[int], readers_taken: int) -> list[Claim]:
        """As many as there are readers free, the one whose last turn is longest ago first."""
        now = self._clock()
        with self._database.reading() as db:
            found = turns.due_connections(db, now)
        free = [one for one in found if one.id not in running and not self._is_busy(one, now)]
        free.sort(key=lambda one: self._last_turn.get(one.id, 0))
        claims: list[Claim] = []
        for one in free:
            if readers_taken + len(claims) >= self._readers:
                break
            self._last_turn[one.id] = max(self._last_turn.values(), default=0) + 1
            if claimed := turns.claim(self._database, one, now):
                claims.append(claimed)
        return claims

    def _is_busy(self, one: Due, now: datetime) -> bool:
        until = self._busy_until.get(one.id)
        if until is not None and now >= until:
            del self._busy_until[one.id]
            return False
        return until is not None

    def _read(self, claimed: Claim) -> None:
        """One turn; whatever happens in it is this connection's alone."""
        about = {"connection": claimed.due.name}
        try:
            next_time = self._turn(claimed)
            now = self._clock()
            per_second = self._config.keap_calls_per_second
            turns.finish(self._database, claimed, next_time, now, per_second)
        except Exception:  # noqa: BLE001 - the claim runs out, and it is tried again
            _log.exception("When Keap is read next was not written down", extra=about)

    def _turn(self, claimed: Claim) -> NextTime:
        name = claimed.due.name
        about = {"connection": name}
        try:
            result = self._sync(name, Slice())
        except Stopping:
            return turns.as_before(claimed.due)
        except SyncBusy as busy:
            _log.debug("%s", busy, extra=about)
            again = self._clock() + timedelta(seconds=LOOK_EVERY_SECONDS)
            self._busy_until[claimed.due.id] = again
            return turns.as_before(claimed.due)
        except SyncFailed as failed:
            _log.warning("%s", failed, extra=about)
            return turns.soon(failed.retry_after)
        except Exception:  # noqa: BLE001 - whatever it is, it is this connection's alone
            _log.exception("Keap was not read", extra=about)
            return turns.whatever_the_settings_say
        return turns.at_once if result.reading.is_unfinished else turns.regular

    def _read_keap(self, name: str, budget: Slice) -> SyncResult:
        return sync(
            self._database,
            self._secrecy,
            self._config,
            name,
            budget=budget,
            clock=self._clock,
            transport=self._transport,
            progress=self._unless_stopping,
            sleep=self._sleep,
        )

    def _unless_stopping(self, _resource: str, _count: int) -> None:
        if self._stopping.is_set():
            raise Stopping

    def _sleep(self, seconds: float) -> None:
        """Wait for Keap, but not for longer than the service runs."""
        if self._stopping.wait(seconds):
            raise Stopping
