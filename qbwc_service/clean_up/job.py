"""The job that cleans up: once an hour, beside the one that reads Keap.

Where several processes run it, a lease lets one of them sweep; it is proved in each transaction.
"""

import logging
import os
import secrets
import socket
import threading
from datetime import timedelta

from sqlalchemy.orm import Session

from qbwc_service.clean_up.sweep import Sweep
from qbwc_service.clock import Clock, utc_now
from qbwc_service.database import Database
from qbwc_service.ledger import leases
from qbwc_service.repeated import Repeated
from qbwc_service.retention import Ages

EVERY_SECONDS = 3600
#: one that dies is replaced after that
LEASE_TTL = timedelta(minutes=10)

_log = logging.getLogger(__name__)


class CleaningUp:
    """Removes what is old, from `start` until `stop`."""

    def __init__(self, database: Database, ages: Ages, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._ages = ages
        self._clock = clock
        self._stopping = threading.Event()
        self._owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
        self._repeated = Repeated(self.run, seconds=EVERY_SECONDS, owner=__name__)

    def start(self) -> None:
        """Look at once, then every hour, in a thread of its own."""
        self._stopping.clear()
        self._repeated.start()

    def stop(self) -> None:
        """Return when nothing is being removed any more."""
        self._stopping.set()
        self._repeated.stop()

    def run(self) -> None:
        """One sweep, where no other process makes one; never raises."""
        try:
            self._sweep()
        except Exception:  # noqa: BLE001 - the next sweep is in an hour
            _log.exception("what is old was not removed")

    def _sweep(self) -> None:
        with self._database.writing("clean-up.lease", can_be_made_again=True) as db:
            now = self._clock()
            if not leases.acquire(db, leases.CLEAN_UP, self._owner, now, LEASE_TTL):
                return
        try:
            sweep = Sweep(
                self._database, self._ages, now, pause=self._stopping.wait, hold=self._hold
            )
            removed = sweep.run()
        finally:
            with self._database.writing("clean-up.lease", can_be_made_again=True) as db:
                leases.release(db, leases.CLEAN_UP, self._owner)
        if any(removed.values()):
            told = ", ".join(f"{count} {name}" for name, count in removed.items() if count)
            _log.info("Removed what is old: %s", told)

    def _hold(self, db: Session) -> bool:
        return leases.keep(db, leases.CLEAN_UP, self._owner, self._clock(), LEASE_TTL)
