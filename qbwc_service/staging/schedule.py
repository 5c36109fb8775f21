"""The job that reads Keap by itself. When is configuration and lies in the database; the
scheduler only wakes up, so that nothing is lost with it.

Two processes may run it: the lease of each connection keeps them apart. Its own transaction is
staging.next-sync and staging.look.
"""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import httpx
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import or_, select

from qbwc_service.clock import Clock, utc_now
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.keap_access.access import Access
from qbwc_service.ledger import leases, manual_syncs
from qbwc_service.ledger.logins import can_be_read
from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.secrecy import Secrecy
from qbwc_service.settings import Settings
from qbwc_service.staging.account import account_of
from qbwc_service.staging.failures import Stopping, SyncBusy, SyncFailed
from qbwc_service.staging.manual import carry_on
from qbwc_service.staging.sign_ins import renew_due_sign_ins
from qbwc_service.staging.sync import sync
from qbwc_service.staging.trouble import ZoneUnknown

LOOK_EVERY_SECONDS = 15
#: after trouble, where the next regular time is later
RETRY_AFTER = timedelta(minutes=15)
#: after so long without a look the pages say that nobody reads Keap
ALIVE_FOR = timedelta(minutes=2)
_SHOW_ALIVE_EVERY = timedelta(seconds=30)
_JOB = "look"

_log = logging.getLogger(__name__)


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
    ) -> None:
        self._database = database
        self._secrecy = secrecy
        self._config = config
        self._clock = clock
        self._transport = transport
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
        self._shown_alive_at: datetime | None = None
        self._scheduler: BackgroundScheduler | None = None

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
            id=_JOB,
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
            with self._database.writing("staging.look") as db:
                leases.release(db, leases.SCHEDULER, self._owner)

    def wake(self) -> None:
        """Look at once; a look that goes on now looks once more before it ends."""
        self._woken.set()
        scheduler = self._scheduler
        if scheduler is not None:
            # A service that stops has no job any more.
            with suppress(JobLookupError):
                scheduler.modify_job(_JOB, next_run_time=datetime.now(UTC))

    def run_due(self) -> None:
        """What people asked for, a slice of each connection, then the connections that are due;
        again while slices are left, so that nothing waits for the end of something long.

        Sign-ins are renewed before, those of paused connections too: they end when nobody does.
        """
        self._renew_sign_ins()
        goes_on = True
        while goes_on and not self._stopping.is_set():
            self._woken.clear()
            self._show_alive()
            left = [self._carry_on(name) for name in self._asked()]
            for name in self._due():
                if self._stopping.is_set():
                    return
                self._read(name)
            goes_on = any(left) or self._woken.is_set()

    def _show_alive(self) -> None:
        """For the pages: somebody looks after what is due. One process is enough to say so."""
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

    def _access(self) -> Access:
        return Access(
            self._database,
            self._secrecy,
            self._config,
            self._clock,
            self._transport,
            self._sleep,
        )

    def _renew_sign_ins(self) -> None:
        try:
            renew_due_sign_ins(self._access(), is_stopping=self._stopping.is_set)
        except Exception:  # noqa: BLE001 - whatever it is, the readings go on
            _log.exception("sign-ins were not renewed")

    def _due(self) -> list[str]:
        with self._database.reading() as db:
            statement = (
                select(Connection.name)
                .where(
                    can_be_read(),
                    or_(
                        Connection.next_sync_at.is_(None),
                        Connection.next_sync_at <= self._clock(),
                    ),
                )
                .order_by(Connection.next_sync_at, Connection.id)
            )
            return list(db.scalars(statement))

    def _read(self, name: str) -> None:
        about = {"connection": name}
        next_time: _NextTime = _regular
        try:
            sync(self._access(), name, progress=self._unless_stopping, is_automatic=True)
        except (SyncBusy, Stopping) as reason:
            _log.debug("%s", reason, extra=about)
            return
        except SyncFailed as failed:
            _log.warning("%s", failed, extra=about)
            next_time = _soon(failed.retry_after)
        except Exception:  # noqa: BLE001 - whatever it is, it is this connection's alone
            _log.exception("Keap was not read", extra=about)
            next_time = _whatever_the_settings_say
        self._set_next(name, next_time)

    def _set_next(self, name: str, next_time: "_NextTime") -> None:
        with self._database.writing("staging.next-sync") as db:
            connection = db.scalars(
                select(Connection).where(Connection.name == name).with_for_update()
            ).one()
            connection.next_sync_at = next_time(connection, self._clock())

    def _unless_stopping(self, _resource: str, _count: int) -> None:
        if self._stopping.is_set():
            raise Stopping
        self._show_alive()

    def _sleep(self, seconds: float) -> None:
        """Wait for Keap, but not for longer than the service runs."""
        if self._stopping.wait(seconds):
            raise Stopping


_NextTime = Callable[[Connection, datetime], datetime]


def next_sync(chosen: Settings, zone: ZoneInfo, now: datetime) -> datetime:
    """The next regular time (UTC): in so many minutes, or at the time of day in `zone`.

    A time of day that the clock change leaves out comes an hour later; one that it repeats counts
    once, the first time.
    """
    if not chosen.sync_daily_at:
        return now + timedelta(minutes=chosen.sync_minutes)
    at = time.fromisoformat(chosen.sync_daily_at)
    day = now.astimezone(zone).date()
    today = datetime.combine(day, at, zone).astimezone(UTC)
    if today > now:
        return today
    return datetime.combine(day + timedelta(days=1), at, zone).astimezone(UTC)


def _regular(connection: Connection, now: datetime) -> datetime:
    try:
        zone = account_of(connection).zone
    except ZoneUnknown:
        zone = ZoneInfo("UTC")
    return next_sync(effective_settings(connection), zone, now)


def _whatever_the_settings_say(_connection: Connection, now: datetime) -> datetime:
    """After a mistake of our own, which may lie in reading them."""
    return now + RETRY_AFTER


def _soon(retry_after: float | None) -> _NextTime:
    """After trouble: not later than usual, but not before Keap wants to be asked again."""

    def next_time(connection: Connection, now: datetime) -> datetime:
        usual = min(_regular(connection, now), now + RETRY_AFTER)
        return max(usual, now + timedelta(seconds=min(retry_after or 0, 86_400)))

    return next_time
