"""The right to read one connection, alone.

- A heartbeat in a thread of its own renews it four times in its life, so that a holder that lives
  keeps it however slow Keap is, and one that died is replaced within a minute.
- Every transaction that writes what was read holds it (`hold`) until it has committed. So a holder
  that was stopped for longer than the lease lasts, and replaced meanwhile, writes nothing more:
  what it has in hand may be older than what the other has written.

Transactions: staging.lease, staging.release.
"""

import logging
import os
import secrets
import socket
import threading
from datetime import timedelta
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from qbwc_service.clock import Clock
from qbwc_service.database import Database, DatabaseBusy
from qbwc_service.ledger import leases
from qbwc_service.ledger.models import Connection
from qbwc_service.staging.failures import SyncBusy

#: with the look for what is due, every 15 seconds, less than a minute
LEASE_TTL = timedelta(seconds=40)
HEARTBEAT_SECONDS = LEASE_TTL.total_seconds() / 4

_log = logging.getLogger(__name__)


class ReadingLease:
    """Held from entering the block to its end; entering raises SyncBusy where another has it."""

    def __init__(
        self,
        database: Database,
        connection: Connection,
        clock: Clock,
        *,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._database = database
        self._connection = connection.name
        self._name = leases.reading(connection.id)
        self._owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
        self._clock = clock
        self._every = heartbeat_seconds
        self._lost: SyncBusy | None = None
        self._ended = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="reading-lease", daemon=True)

    def __enter__(self) -> Self:
        self._take()
        self._heart.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._heart.join()
        with self._database.writing("staging.release", can_be_made_again=True) as db:
            leases.release(db, self._name, self._owner)

    def check(self) -> None:
        """Between two calls to Keap. Raises SyncBusy when another is known to have it."""
        if self._lost is not None:
            raise self._lost

    def hold(self, db: Session) -> None:
        """In the transaction that writes: nobody takes it before that has committed.

        Raises SyncBusy when another has it. Call it after the connection's row is locked.
        """
        if not leases.keep(db, self._name, self._owner, self._clock(), LEASE_TTL):
            raise self._taken(db)

    def _take(self) -> None:
        with self._database.writing("staging.lease", can_be_made_again=True) as db:
            if leases.acquire(db, self._name, self._owner, self._clock(), LEASE_TTL):
                return
            taken = self._taken(db)
        raise taken

    def _beat(self) -> None:
        while not self._ended.wait(self._every):
            try:
                # Never taken anew: what is in hand may be older than what another has written.
                with self._database.writing("staging.lease", can_be_made_again=True) as db:
                    self.hold(db)
            except SyncBusy as lost:
                self._lost = lost
                return
            except (SQLAlchemyError, DatabaseBusy) as error:
                # The next beat comes long before it ends; and `hold` has the last word.
                _log.warning("A lease was not renewed: %s", type(error).__name__)

    def _taken(self, db: Session) -> SyncBusy:
        other = leases.holder(db, self._name)
        owner, until = (other.owner, other.expires_at) if other else ("", self._clock())
        return SyncBusy(self._connection, owner, until)


def nobody_else(_db: Session) -> None:
    """Holds nothing: for a reader that is known to be the only one."""
