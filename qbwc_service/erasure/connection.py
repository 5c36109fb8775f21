"""Erases one connection: every row of every table that is about it, and in the end its own.

Rows go in batches, each a transaction of its own, so that nobody waits long for them; the last
transaction locks the connection, takes what came meanwhile, and leaves one line in the audit. An
erasure that was cut short is finished by asking for it again. In Keap and in QuickBooks nothing
changes; back-ups and logs are the operator's.

Transactions: erase.begin, erase.batch, erase.end.
"""

from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Delete,
    Table,
    delete,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from qbwc_service.clock import Clock
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.database import Database
from qbwc_service.erasure import NotPaused
from qbwc_service.ledger import audit, login_failures, pausing, sharing
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.columns import Base
from qbwc_service.ledger.models import (
    Alert,
    AlertDelivery,
    CompanyFileLease,
    Connection,
    KeapPace,
    Lease,
)
from qbwc_service.staging.reading_lease import ReadingLease
from qbwc_service.webconnector.log_in import REALM

#: rows of one transaction; those of messages and of Keap's records are kilobytes wide
BATCH = 500
#: tables whose rows belong to the service or to a person; a test demands that each table is here or
#: has rows of a connection
OF_NO_CONNECTION = frozenset(
    {"connection", "drain", "invitation", "keap_pace", "lease", "login_failure", "person"}
)


def erase_connection(
    database: Database, name: str, who: str, clock: Clock, *, batch: int = BATCH
) -> int:
    """Erase it for good; gives how many rows there were.

    Raises ConnectionUnknown, NotPaused, and SyncBusy where Keap is being read for it.
    """
    with database.reading() as db:
        found = find_connection(db, name)
    with ReadingLease(database, found, clock):
        with database.writing("erase.begin") as db:
            _shut(db, lock_connection(db, name), who, clock)
        erased = sum(
            _in_batches(database, table, rows, batch) for table, rows in _rows_of(found.id)
        )
        with database.writing("erase.end") as db:
            connection = lock_connection(db, name)
            erased += sum(_deleted(db, delete(t).where(rows)) for t, rows in _rows_of(found.id))
            _leave_others(db, connection)
            db.delete(connection)
            author = Author(who, clock())
            details = {"name": name, "rows": erased}
            audit.record(db, author, "Connection erased", details=details)
    return erased


def _shut(db: Session, connection: Connection, who: str, clock: Clock) -> None:
    """Nobody comes in for it any more, and nobody resumes it: pausing refuses for this reason."""
    if not connection.paused:
        raise NotPaused(connection.name)
    connection.password_digest = ""
    connection.keap_key = ""
    if connection.suspended_because != pausing.ERASING:
        pausing.suspend(db, connection, who, clock(), pausing.ERASING)


def _rows_of(connection_id: int) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Every table with rows of connections, those that refer to others first."""
    for table in reversed(Base.metadata.sorted_tables):
        rows = _rows(table, connection_id)
        if rows is not None:
            yield table, rows


def _rows(table: Table, connection_id: int) -> ColumnElement[bool] | None:
    if table.name in OF_NO_CONNECTION:
        return None
    if table.name == AlertDelivery.__tablename__:
        alerts = select(Alert.id).where(Alert.connection_id == connection_id)
        return table.c.alert_id.in_(alerts)
    if table.name == CompanyFileLease.__tablename__:
        return or_(table.c.connection_id == connection_id, table.c.holder_id == connection_id)
    return table.c.connection_id == connection_id


def _in_batches(database: Database, table: Table, rows: ColumnElement[bool], batch: int) -> int:
    key = tuple_(*table.primary_key.columns)
    some = select(*table.primary_key.columns).where(rows).limit(batch)
    erased, last = 0, batch
    while last == batch:
        with database.writing("erase.batch") as db:
            last = _deleted(db, delete(table).where(key.in_(some)))
        erased += last
    return erased


def _deleted(db: Session, statement: Delete) -> int:
    return cast("CursorResult[Any]", db.execute(statement)).rowcount


def _leave_others(db: Session, connection: Connection) -> None:
    """What names it without being a row of it: leases, counts of wrong passwords, the pace of a
    Keap login that nobody else uses, and connections that shared its company file."""
    mine = connection.id
    db.execute(delete(Lease).where(Lease.name.endswith(f":{mine}")))
    login_failures.forget(db, REALM, connection.name)
    others = db.scalars(select(Connection).where(Connection.id != mine)).all()
    if connection.company_name not in {other.company_name for other in others}:
        db.execute(delete(Lease).where(Lease.name == sharing.learning(connection.company_name)))
    if connection.keap_pace not in {other.keap_pace for other in others}:
        db.execute(delete(KeapPace).where(KeapPace.key == connection.keap_pace))
    for other in others:
        if mine in other.shared_with:
            other.shared_with = [each for each in other.shared_with if each != mine]
