"""The job that reads Keap by itself. When is configuration and lies in the database; the
scheduler only wakes up, so that nothing is lost with it.

Two processes may run it: the lease of each connection keeps them apart. Its own transaction is
staging.next-sync.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import httpx
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import or_, select

from qbwc_service.clock import Clock, utc_now
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.keap_access.access import Access
from qbwc_service.ledger.models import Connection, KeapSignIn, SignInState
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.secrecy import Secrecy
from qbwc_service.settings import Settings
from qbwc_service.staging.account import account_of
from qbwc_service.staging.failures import SyncBusy, SyncFailed
from qbwc_service.staging.sign_ins import renew_due_sign_ins
from qbwc_service.staging.sync import sync
from qbwc_service.staging.trouble import ZoneUnknown

LOOK_EVERY_SECONDS = 15
#: after trouble, where the next regular time is later
RETRY_AFTER = timedelta(minutes=15)

_log = logging.getLogger(__name__)


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
    ) -> None:
        self._database = database
        self._secrecy = secrecy
        self._config = config
        self._clock = clock
        self._transport = transport
        self._stopping = threading.Event()
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
        """Read the connections that are due, one after the other; none stops the others.

        Sign-ins are renewed before, those of paused connections too: they end when nobody does.
        """
        self._renew_sign_ins()
        for name in self._due():
            if self._stopping.is_set():
                return
            self._read(name)

    def _renew_sign_ins(self) -> None:
        access = Access(
            self._database, self._secrecy, self._config, self._clock, self._transport, self._sleep
        )
        try:
            renew_due_sign_ins(access, is_stopping=self._stopping.is_set)
        except Exception:  # noqa: BLE001 - whatever it is, the readings go on
            _log.exception("sign-ins were not renewed")

    def _due(self) -> list[str]:
        """Those with a login, but not those whose sign-in has ended: asking again cannot help."""
        sign_in = select(KeapSignIn.id).where(
            KeapSignIn.connection_id == Connection.id, KeapSignIn.state == SignInState.IN_FORCE
        )
        with self._database.reading() as db:
            statement = (
                select(Connection.name)
                .where(
                    Connection.paused.is_(False),
                    or_(Connection.keap_key != "", sign_in.exists()),
                    ~sign_in.where(KeapSignIn.broken_at.is_not(None)).exists(),
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
            sync(
                self._database,
                self._secrecy,
                self._config,
                name,
                clock=self._clock,
                transport=self._transport,
                progress=self._unless_stopping,
                sleep=self._sleep,
            )
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
