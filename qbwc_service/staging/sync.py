"""One reading of one connection, alone: what the command line and the job both call.

Transactions beside those of pages.py and reading_lease.py: staging.done, staging.trouble,
staging.pace-row.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from keap import KeapClient, KeapError
from qbwc_service.clock import Clock
from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.keap_access.access import Access
from qbwc_service.keap_access.failures import KeapNotConnected, KeapUnusable
from qbwc_service.keap_access.sign_ins import LoginMode, login_mode
from qbwc_service.keap_access.stored_login import open_client
from qbwc_service.ledger import pausing
from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.pausing import SUSPENDED
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.secrecy import SecretUnreadable
from qbwc_service.staging.failures import SyncFailed
from qbwc_service.staging.pace import Identity, SharedPace, pace_for
from qbwc_service.staging.poll import poll
from qbwc_service.staging.reading import Progress, Reader, Reading
from qbwc_service.staging.reading_lease import ReadingLease
from qbwc_service.staging.slices import Slice
from qbwc_service.staging.trouble import (
    clear_trouble,
    record_trouble,
    trouble_of,
)


def sync(
    access: Access,
    connection_name: str,
    *,
    progress: Progress | None = None,
    piece: Slice | None = None,
    is_automatic: bool = False,
) -> Reading:
    """Read all that is new in Keap now. Reading twice makes nothing twice.

    `piece` is how long it may go on. `is_automatic`: nobody asked for it, so that new unpaid
    orders wait a little for their payment. What a person asks for by number or day is in manual.py.

    Raises ConnectionUnknown, SyncBusy and SyncFailed.
    """
    with alone(access, connection_name, progress) as turn:
        reader = Reader(
            access.database,
            turn.connection.id,
            turn.client,
            clock=access.clock,
            progress=turn.progress,
            hold=turn.hold,
            piece=piece,
            extra=turn.pace.extra,
            settle_for=_settling(turn.connection) if is_automatic else timedelta(),
        )
        if not is_automatic:
            reader.writer.wait_no_longer()
        reading = poll(reader)
    note_success(access, turn.connection.id, is_poll=not reading.is_unfinished)
    return reading


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to read one connection.

    `progress` tells how far it is, `hold` keeps the right in a transaction that writes; both raise
    SyncBusy when it was lost.
    """

    connection: Connection
    client: KeapClient
    pace: SharedPace
    progress: Progress
    hold: Callable[[Session], None]


@contextmanager
def alone(access: Access, connection_name: str, progress: Progress | None) -> Iterator[Turn]:
    """Read one connection while nobody else does; what goes wrong with Keap is written down.

    Raises ConnectionUnknown, SyncBusy and SyncFailed.
    """
    with access.database.reading() as db:
        connection = find_connection(db, connection_name)
    if connection.suspended_because:
        raise SyncFailed(connection.name, SUSPENDED, pausing.details_of(connection))
    with ReadingLease(access.database, connection, access.clock) as lease:

        def told(resource: str, count: int) -> None:
            lease.check()
            if progress:
                progress(resource, count)

        try:
            with open_paced(access, connection) as (client, pace):
                yield Turn(connection, client, pace, told, lease.hold)
        except (KeapError, KeapUnusable, SecretUnreadable) as error:
            raise _failed(access.database, connection, error, access.clock) from error


def note_success(access: Access, connection_id: int, *, is_poll: bool) -> None:
    """Keap was read: its trouble is over. `is_poll`: all that is new was read."""
    with access.database.writing("staging.done") as db:
        connection = db.get_one(Connection, connection_id, with_for_update=True)
        clear_trouble(db, connection, access.clock())
        if is_poll:
            connection.last_sync_at = access.clock()


@contextmanager
def open_paced(access: Access, connection: Connection) -> Iterator[tuple[KeapClient, SharedPace]]:
    """The client, and the pace that it keeps to together with all others of its key.

    Raises KeapNotConnected and SecretUnreadable.
    """
    pace = pace_for(access.config, access.database, _identity(access, connection))
    _note_pace(access.database, connection, pace)
    try:
        with open_client(access, connection, pacer=pace) as client:
            yield client, pace
    finally:
        pace.settle(access.clock())


def _identity(access: Access, connection: Connection) -> Identity:
    """Whose calls are counted together with those of this connection."""
    with access.database.reading() as db:
        mode = login_mode(db, connection)
    match mode:
        case LoginMode.SIGN_IN:
            return Identity.of_client(access.config.keap_client_id, connection.keap_tenant)
        case LoginMode.KEY:
            return Identity.of_key(access.secrecy.decrypt(connection.keap_key))
        case LoginMode.NONE:
            raise KeapNotConnected


def _note_pace(database: Database, connection: Connection, pace: SharedPace) -> None:
    """Where its calls are counted, for the pages and for whoever shares the limit."""
    if connection.keap_pace == pace.identity.row:
        return
    with database.writing("staging.pace-row") as db:
        row = db.get_one(Connection, connection.id, with_for_update=True)
        row.keap_pace = pace.identity.row


def _settling(connection: Connection) -> timedelta:
    return timedelta(minutes=effective_settings(connection).wait_for_payment_minutes)


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
