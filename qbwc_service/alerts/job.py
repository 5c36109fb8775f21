"""The job that tells: looks at all connections every half minute, writes what is to be told, and
sends it. No call of the Web Connector and no page sends anything.

Where several processes run it, a lease lets one of them look; it is proved in each transaction that
writes an alert, so that one that was replaced meanwhile writes none. What is written any of them
may send, each delivery once. Transactions: alerts.look, alerts.tell, and those of the outbox.
"""

import logging
import os
import secrets
import socket
import threading
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from qbwc_service.alerts import telling
from qbwc_service.alerts.deciding import Step, Telling, decide
from qbwc_service.alerts.delivery import Delivery
from qbwc_service.alerts.looking import Look, look
from qbwc_service.clock import Clock, utc_now
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.ledger import leases
from qbwc_service.ledger.models import SERVICE_ITSELF, Connection
from qbwc_service.repeated import Repeated
from qbwc_service.secrecy import Secrecy

LOOK_EVERY_SECONDS = 30
#: a process that dies is replaced after that
LEASE_TTL = timedelta(minutes=2)

_log = logging.getLogger(__name__)


class Alerting:
    """Tells what has changed, from `start` until `stop`."""

    def __init__(
        self, database: Database, secrecy: Secrecy, config: Config, *, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._config = config
        self._clock = clock
        self._delivery = Delivery(database, secrecy, config, clock)
        self._stopping = threading.Event()
        self._owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
        #: while the service was down nobody could call it: no silence counts from before
        self._watched_since = clock()
        self._repeated = Repeated(self.run, seconds=LOOK_EVERY_SECONDS, owner=__name__)

    def start(self) -> None:
        """Look at once, then every half minute, in a thread of its own."""
        self._stopping.clear()
        self._repeated.start()

    def stop(self) -> None:
        """Return when nothing is being sent any more."""
        self._stopping.set()
        if self._repeated.stop():
            with self._database.writing("alerts.look") as db:
                leases.release(db, leases.ALERTS, self._owner)

    def run(self) -> None:
        """One look, and everything that is due to be sent; never raises."""
        try:
            if self._may_look():
                self._look()
        except Exception:  # noqa: BLE001 - the next look is in half a minute
            _log.exception("nobody looked what has to be told")
        try:
            self._delivery.send_due(self._stopping.is_set)
        except Exception:  # noqa: BLE001 - what is due stays due
            _log.exception("alerts were not sent")

    def _may_look(self) -> bool:
        now = self._clock()
        with self._database.writing("alerts.look", can_be_made_again=True) as db:
            return leases.acquire(db, leases.ALERTS, self._owner, now, LEASE_TTL)

    def _look(self) -> None:
        now = self._clock()
        with self._database.reading() as db:
            found = look(db, self._config)
        for step in decide(found.seen, found.told, now, self._watched_since):
            self._take(found, step, now)
        for connection in found.connections.values():
            self._digest(found, connection, now)

    def _take(self, found: Look, step: Step, now: datetime) -> None:
        """One alert; whatever happens in it is this connection's alone."""
        if step.connection_id == SERVICE_ITSELF and step.telling is Telling.WRONG:
            _log.error("Many QuickBooks computers have stopped calling at once")
        try:
            with self._database.writing("alerts.tell") as db:
                if self._still_mine(db, now):
                    telling.tell(db, self._config, found, step, now, self._watched_since)
        except Exception:  # noqa: BLE001 - it is still to be told at the next look
            _log.exception("An alert (%s) was not written", step.kind.value)

    def _digest(self, found: Look, connection: Connection, now: datetime) -> None:
        about = {"connection": connection.name}
        try:
            day = telling.digest_due(self._config, connection, found, now)
            if not day:
                return
            with self._database.reading() as db:
                letter = telling.digest_of(db, connection, day)
            with self._database.writing("alerts.tell") as db:
                if self._still_mine(db, now):
                    telling.tell_digest(db, self._config, connection, day, letter, now)
        except Exception:  # noqa: BLE001 - it is still to be told at the next look
            _log.exception("The daily digest was not written", extra=about)

    def _still_mine(self, db: Session, now: datetime) -> bool:
        return leases.keep(db, leases.ALERTS, self._owner, now, LEASE_TTL)
