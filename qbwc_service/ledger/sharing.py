"""Connections that share one QuickBooks company file, and what is whose in it.

Each has a FileID of its own, made by us at random, that its Web Connector wrote into the company
file under its OwnerID. A company file that bears the FileID of another connection too is that
connection's company file. It is asked only about connections that know a company of the same name,
or a file at the same place: either alone, and both together, are common among firms that have
nothing to do with each other, and prove nothing. (So the OwnerID of one firm may reach the computer
of another of that name; it is in every .qwc file, and opens nothing.)

The only queries beside the pages' lists that look at more than one connection: they name them.
Source: qbXML OSR, DataExt (private data is shown to whoever names its OwnerID).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import leases
from qbwc_service.ledger.columns import any_of
from qbwc_service.ledger.models import Connection, Kind, MessageSet, Posting

#: so many are asked about in a session; more of one name are firms that chose it by chance
MOST = 25


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A connection that may share the company file, and what the file then bears."""

    connection_id: int
    owner_id: str
    file_id: str


def may_share(
    db: Session, connection: Connection, *, company_name: str, place: str
) -> list[Neighbour]:
    """The other connections that know a company of this name or a company file at this place:
    first those that were found to share it, then by age."""
    known = [
        column == value
        for column, value in (
            (Connection.company_name, company_name),
            (Connection.company_file, place),
        )
        if value
    ]
    if connection.shared_with:
        known.append(Connection.id.in_(connection.shared_with))
    if not known:
        return []
    rows = db.execute(
        select(Connection.id, Connection.owner_id, Connection.file_id)
        .where(any_of(Connection.id, *known), Connection.id != connection.id)
        .order_by(Connection.id.in_(connection.shared_with).desc(), Connection.id)
        .limit(MOST)
    )
    return [Neighbour(row.id, row.owner_id, row.file_id) for row in rows]


def one_learns_at_a_time(db: Session, company_name: str, now: datetime) -> None:
    """Wait until no other session is learning that it belongs to a company of this name, so that of
    two first sessions on one file the second sees the first."""
    leases.acquire(db, learning(company_name), "", now, timedelta(0))


def learning(company_name: str) -> str:
    """The lease of whoever learns that its company has this name."""
    digest = sha256(company_name.casefold().encode()).hexdigest()[:40]
    return f"company-name:{digest}"


def unheard(
    db: Session, connection_ids: Collection[int], now: datetime, within: timedelta
) -> MessageSet | None:
    """The newest set of theirs that was sent to write within that time, and of which nothing was
    heard."""
    return db.scalars(
        select(MessageSet)
        .where(
            MessageSet.connection_id.in_(sorted(connection_ids)),
            MessageSet.writes,
            MessageSet.resolved_at.is_(None),
            MessageSet.answered_at.is_(None),
            MessageSet.sent_at > now - within,
        )
        .order_by(MessageSet.id.desc())
        .limit(1)
    ).first()


@dataclass(frozen=True, slots=True)
class Record:
    """A transaction of QuickBooks, as far as it tells who made it."""

    txn_id: str
    external_guid: str
    number_key: str


def made_by_others(
    db: Session, connection: Connection, records: Sequence[Record]
) -> frozenset[str]:
    """TxnIDs of those records that a connection sharing the company file has made, or was linked
    to. Where its answer was lost, its number and ExternalGUID tell."""
    if not connection.shared_with or not records:
        return frozenset()
    of_others = Posting.connection_id.in_(connection.shared_with)
    known = set(
        db.scalars(
            select(Posting.record_id).where(
                of_others, Posting.record_id.in_(sorted({each.txn_id for each in records}))
            )
        )
    )
    numbers = sorted({each.number_key for each in records if each.external_guid})
    guids = {
        guid.lower()
        for guid in db.scalars(
            select(Posting.external_guid).where(
                of_others,
                Posting.kind.in_(list(Kind)),
                Posting.number_key.in_(numbers),
                Posting.record_id == "",
            )
        )
    }
    known |= {each.txn_id for each in records if each.external_guid.lower() in guids}
    return frozenset(known)


def owner_of(db: Session, connection: Connection, txn_id: str) -> str:
    """The name of the connection on the same company file that this record belongs to; ""."""
    if not connection.shared_with:
        return ""
    found = db.scalar(
        select(Connection.name)
        .join(Posting, Posting.connection_id == Connection.id)
        .where(Posting.connection_id.in_(connection.shared_with), Posting.record_id == txn_id)
        .limit(1)
    )
    return found or ""


def names(db: Session, connection: Connection) -> list[str]:
    """The names of the connections that share the company file, for people."""
    if not connection.shared_with:
        return []
    found = select(Connection.name).where(Connection.id.in_(connection.shared_with))
    return list(db.scalars(found.order_by(Connection.name)))
