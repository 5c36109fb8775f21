"""The job that reads Keap by itself. When is configuration and lies in the database; the
scheduler only wakes up, so that nothing is lost with it.

The connections are read by turns, a slice each, so that a long reading holds up nobody: whoever
had its last turn longest ago comes first. A few are read side by side, because an answer of Keap
may take more than a minute. What people asked for by hand comes before all that. Two processes may
do all this: see due.py and the lease in sync.py. Its own transaction is staging.look.
"""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

import httpx

from qbwc_service.clock import Clock, utc_now
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.keap_access.access import Access
from qbwc_service.ledger import leases, manual_syncs
from qbwc_service.repeated import Repeated
from qbwc_service.secrecy import Secrecy
from qbwc_service.staging import due as turns
from qbwc_service.staging.due import Claim, NextTime
from qbwc_service.staging.failures import Stopping, SyncBusy, SyncFailed
from qbwc_service.staging.hook_upkeep import look_after_hooks
from qbwc_service.staging.manual import carry_on
from qbwc_service.staging.reading import Reading
from qbwc_service.staging.sign_ins import renew_due_sign_ins
from qbwc_service.staging.slices import Slice
from qbwc_service.staging.sync import sync

LOOK_EVERY_SECONDS = 15
#: while something is read: for whoever becomes due, and for what is asked for by hand
_LOOK_AGAIN_SECONDS = 1.0
#: read side by side; each waits for Keap most of the time
READERS = 3
#: after so long without a look the pages say that nobody reads Keap
ALIVE_FOR = timedelta(minutes=2)
_SHOW_ALIVE_EVERY = timedelta(seconds=30)
#: after so long without a sign of life the job hangs: no call to Keap with its tries takes longer
_HANGS_AFTER = timedelta(minutes=10)

_log = logging.getLogger(__name__)

#: reads one connection for the length of a slice; sync.sync with what does not change filled in
Read = Callable[[str, Slice], Reading]


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
        self._woken = threading.Event()
        self._owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
        self._shown_alive_at: datetime | None = None
        self._last_beat = self._clock()
        self._repeated = Repeated(self.run_due, seconds=LOOK_EVERY_SECONDS, owner=__name__)
        # In a thread of its own: a Keap that is slow about its calls holds up no reading.
        self._hooks = Repeated(
            self.look_after_hooks, seconds=LOOK_EVERY_SECONDS, owner=f"{__name__}.hooks"
        )
        #: which turn was the last of each connection, counted up
        self._last_turn: dict[int, int] = {}

    def start(self) -> None:
        """Look at once, then every 15 seconds, in a thread of its own."""
        self._last_beat = self._clock()
        self._stopping.clear()
        self._repeated.start()
        self._hooks.start()

    def stop(self) -> None:
        """Return when nothing is read any more: at the latest when Keap's next answer has come."""
        self._stopping.set()
        self._hooks.stop()
        if self._repeated.stop():
            with self._database.writing("staging.look") as db:
                leases.release(db, leases.SCHEDULER, self._owner)

    def wake(self) -> None:
        """Look at once; a look that goes on now looks once more before it ends."""
        self._woken.set()
        self._repeated.hasten()

    def wake_after(self, pause: timedelta) -> None:
        """Look when that time has passed, or before."""
        self._repeated.hasten(pause)

    def look_after_hooks(self) -> None:
        """Have Keap call where that is wanted; see hook_upkeep.py."""
        look_after_hooks(self._access(sleep=self._wait), is_stopping=self._stopping.is_set)

    def beats(self) -> bool:
        """Whether the job shows signs of life; one that hangs needs a new start of the process."""
        return self._clock() - self._last_beat < _HANGS_AFTER

    def run_due(self) -> None:
        """Read the connections that are due, by turns, until none is; none stops the others.

        What people asked for comes before, a slice of each connection between two looks. Sign-ins
        are renewed first, those of paused connections too: they end when nobody does.
        """
        self._renew_sign_ins()
        running: dict[Future[None], int] = {}
        with ThreadPoolExecutor(self._readers, thread_name_prefix="staging") as pool:
            while not self._stopping.is_set():
                self._woken.clear()
                self._show_alive()
                more = [name for name in self._asked() if self._carry_on(name)]
                for claimed in self._claim_next(set(running.values()), len(running)):
                    running[pool.submit(self._read, claimed)] = claimed.due.id
                if running:
                    # One that becomes due meanwhile does not wait until the others have ended.
                    pause = 0.0 if more else _LOOK_AGAIN_SECONDS
                    done, _ = wait(running, pause, return_when=FIRST_COMPLETED)
                    for future in done:
                        del running[future]
                elif not (more or self._woken.is_set()):
                    return

    def _renew_sign_ins(self) -> None:
        try:
            renew_due_sign_ins(self._access(), is_stopping=self._is_stopping)
        except Exception:  # noqa: BLE001 - whatever it is, the readings go on
            _log.exception("sign-ins were not renewed")

    def _is_stopping(self) -> bool:
        self._last_beat = self._clock()
        return self._stopping.is_set()

    def _show_alive(self) -> None:
        """For the pages: somebody looks after what is due. One process is enough to say so."""
        self._last_beat = self._clock()
        now = self._clock()
        shown_at = self._shown_alive_at
        if shown_at is not None and now - shown_at < _SHOW_ALIVE_EVERY:
            return
        with self._database.writing("staging.look") as db:
            leases.acquire(db, leases.SCHEDULER, self._owner, now, ALIVE_FOR)
        self._shown_alive_at = now

    def _asked(self) -> list[str]:
        with self._database.reading() as db:
            return manual_syncs.with_open(db, self._clock())

    def _carry_on(self, name: str) -> bool:
        """One slice of a manual sync; whether another can follow at once."""
        if self._stopping.is_set():
            return False
        about = {"connection": name}
        try:
            return carry_on(self._access(), name, self._unless_stopping)
        except (SyncBusy, Stopping) as reason:
            _log.debug("%s", reason, extra=about)
        except SyncFailed as failed:
            _log.warning("%s", failed, extra=about)
        except Exception:  # noqa: BLE001 - whatever it is, it is this manual sync's alone
            _log.exception("A manual sync broke off", extra=about)
        return False

    def _access(self, sleep: Callable[[float], None] | None = None) -> Access:
        return Access(
            self._database,
            self._secrecy,
            self._config,
            self._clock,
            self._transport,
            sleep or self._sleep,
        )

    def _claim_next(self, running: set[int], readers_taken: int) -> list[Claim]:
        """As many as there are readers free, the one whose last turn is longest ago first."""
        now = self._clock()
        with self._database.reading() as db:
            found = turns.due_connections(db, now)
        free = [one for one in found if one.id not in running]
        free.sort(key=lambda one: self._last_turn.get(one.id, 0))
        claims: list[Claim] = []
        for one in free:
            if readers_taken + len(claims) >= self._readers:
                break
            self._last_turn[one.id] = max(self._last_turn.values(), default=0) + 1
            if claimed := turns.claim(self._database, one, now):
                claims.append(claimed)
        return claims

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
            reading = self._sync(name, Slice())
        except Stopping:
            return turns.as_before(claimed.due)
        except SyncBusy as busy:
            _log.debug("%s", busy, extra=about)
            return turns.after(LOOK_EVERY_SECONDS)
        except SyncFailed as failed:
            _log.warning("%s", failed, extra=about)
            return turns.soon(failed.retry_after)
        except Exception:  # noqa: BLE001 - whatever it is, it is this connection's alone
            _log.exception("Keap was not read", extra=about)
            return turns.whatever_the_settings_say
        return turns.at_once if reading.is_unfinished else turns.regular

    def _read_keap(self, name: str, piece: Slice) -> Reading:
        return sync(
            self._access(), name, piece=piece, progress=self._unless_stopping, is_automatic=True
        )

    def _unless_stopping(self, _resource: str, _count: int) -> None:
        if self._stopping.is_set():
            raise Stopping
        self._show_alive()

    def _sleep(self, seconds: float) -> None:
        """Wait for Keap, as the reading does: a sign of life."""
        self._last_beat = self._clock()
        self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        """But not for longer than the service runs. Raises Stopping."""
        if self._stopping.wait(seconds):
            raise Stopping
