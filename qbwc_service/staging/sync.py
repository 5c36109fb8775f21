"""One reading of one connection, alone: what the command line and the job both call.

Transactions beside those of pages.py: staging.lease, staging.done, staging.trouble,
staging.release, staging.pace-row.
"""

import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import httpx

from keap import KeapClient, KeapError
from qbwc_service.clock import Clock, utc_now
from qbwc_service.config import Config
from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger import leases
from qbwc_service.ledger.models import Connection
from qbwc_service.secrecy import Secrecy, SecretUnreadable
from qbwc_service.staging.failures import SyncBusy, SyncFailed
from qbwc_service.staging.pace import Identity, SharedPace, pace_for
from qbwc_service.staging.reading import Progress, Reader, Reading, read_keap
from qbwc_service.staging.slices import Slice
from qbwc_service.staging.trouble import (
    KeapKeyMalformed,
    KeapNotConnected,
    KeapUnusable,
    clear_trouble,
    record_trouble,
    trouble_of,
)

LEASE_TTL = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What was read; `read` and `not_read` share out the numbers that were asked for."""

    connection: str
    reading: Reading
    read: tuple[int, ...] = ()
    not_read: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read: these numbers, or these days, or (nothing given) all that is new."""

    numbers: tuple[int, ...] = ()
    by: Literal["order", "invoice"] = "order"
    date_from: date | None = None
    date_to: date | None = None

    @property
    def is_poll(self) -> bool:
        return not self.numbers and self.date_from is None and self.date_to is None


def sync(
    database: Database,
    secrecy: Secrecy,
    config: Config,
    connection_name: str,
    *,
    order_ids: Sequence[int] = (),
    by: Literal["order", "invoice"] = "order",
    date_from: date | None = None,
    date_to: date | None = None,
    budget: Slice | None = None,
    clock: Clock = utc_now,
    transport: httpx.BaseTransport | None = None,
    progress: Progress | None = None,
    sleep: Callable[[float], object] = time.sleep,
) -> SyncResult:
    """Read Keap now. Reading twice makes nothing twice.

    `order_ids` are order ids, or invoice ids with `by="invoice"`; the dates are days of the
    account, both included. A reading of all that is new ends when `budget` is spent and is then
    unfinished; without one it goes on to the end. Raises ConnectionUnknown, SyncBusy and
    SyncFailed.
    """
    wanted = Wanted(tuple(dict.fromkeys(order_ids)), by, date_from, date_to)
    with database.reading() as db:
        connection = find_connection(db, connection_name)
    lease = _SyncLease(database, connection, clock)
    lease.renew()

    def told(resource: str, count: int) -> None:
        lease.renew()
        if progress:
            progress(resource, count)

    try:
        with _opened(database, connection, secrecy, config, clock, transport, sleep) as keap:
            client, pace = keap
            with pace.extra() if _can_wait(connection, wanted) else nullcontext():
                result = _read(database, connection, client, wanted, clock, told, budget)
    except (KeapError, KeapUnusable, SecretUnreadable) as error:
        raise _failed(database, connection, error, clock) from error
    else:
        _done(database, connection.id, wanted, result.reading, clock)
        return result
    finally:
        lease.release()


class _SyncLease:
    """The right to read one connection; taken anew before every page is written."""

    def __init__(self, database: Database, connection: Connection, clock: Clock) -> None:
        self._database = database
        self._connection = connection.name
        self._name = f"sync:{connection.id}"
        self._owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
        self._clock = clock

    def renew(self) -> None:
        """Raises SyncBusy when another has it."""
        with self._database.writing("staging.lease") as db:
            if leases.acquire(db, self._name, self._owner, self._clock(), LEASE_TTL):
                return
            other = leases.holder(db, self._name)
        owner, until = (other.owner, other.expires_at) if other else ("", self._clock())
        raise SyncBusy(self._connection, owner, until)

    def release(self) -> None:
        with self._database.writing("staging.release") as db:
            leases.release(db, self._name, self._owner)


@contextmanager
def _opened(
    database: Database,
    connection: Connection,
    secrecy: Secrecy,
    config: Config,
    clock: Clock,
    transport: httpx.BaseTransport | None,
    sleep: Callable[[float], object],
) -> Iterator[tuple[KeapClient, SharedPace]]:
    """The client and the pace that it keeps to together with all others of its key."""
    if not connection.keap_key:
        raise KeapNotConnected
    key = secrecy.decrypt(connection.keap_key)
    pace = pace_for(config, database, Identity.of_key(key))
    try:
        client = KeapClient(
            config.keap_api_url,
            key,
            tenant=connection.keap_tenant,
            transport=transport,
            now=clock,
            sleep=sleep,
            pacer=pace,
        )
    except ValueError:
        raise KeapKeyMalformed from None
    _note_pace(database, connection, pace)
    try:
        with client:
            yield client, pace
    finally:
        pace.settle(clock())


def _note_pace(database: Database, connection: Connection, pace: SharedPace) -> None:
    """Where its calls are counted, for the pages and for whoever shares the limit."""
    if connection.keap_pace == pace.identity.row:
        return
    with database.writing("staging.pace-row") as db:
        row = db.get_one(Connection, connection.id, with_for_update=True)
        row.keap_pace = pace.identity.row


def _can_wait(connection: Connection, wanted: Wanted) -> bool:
    """Ranges of days and the first reading of all can wait until tomorrow, news cannot."""
    if wanted.is_poll:
        return connection.last_sync_at is None
    return not wanted.numbers


def _read(
    database: Database,
    connection: Connection,
    client: KeapClient,
    wanted: Wanted,
    clock: Clock,
    progress: Progress,
    budget: Slice | None,
) -> SyncResult:
    if wanted.is_poll:
        reading = read_keap(
            database, connection.id, client, clock=clock, progress=progress, budget=budget
        )
        return SyncResult(connection.name, reading)
    reader = Reader(database, connection.id, client, clock=clock, progress=progress)
    found: set[int] = set()
    if wanted.numbers and wanted.by == "order":
        found = reader.read_orders(wanted.numbers)
    elif wanted.numbers:
        found = reader.read_invoices(wanted.numbers)
    else:
        reader.read_days(wanted.date_from, wanted.date_to)
    reader.plan()
    return SyncResult(
        connection.name,
        reader.result,
        read=tuple(number for number in wanted.numbers if number in found),
        not_read=tuple(number for number in wanted.numbers if number not in found),
    )


def _failed(
    database: Database,
    connection: Connection,
    error: KeapError | KeapUnusable | SecretUnreadable,
    clock: Clock,
) -> SyncFailed:
    trouble = trouble_of(error)
    with database.writing("staging.trouble") as db:
        row = db.get_one(Connection, connection.id, with_for_update=True)
        record_trouble(db, row, trouble, clock())
    return SyncFailed(connection.name, trouble.message, trouble.details, trouble.retry_after)


def _done(
    database: Database, connection_id: int, wanted: Wanted, reading: Reading, clock: Clock
) -> None:
    with database.writing("staging.done") as db:
        connection = db.get_one(Connection, connection_id, with_for_update=True)
        clear_trouble(db, connection, clock())
        if wanted.is_poll and not reading.is_unfinished:
            connection.last_sync_at = clock()
