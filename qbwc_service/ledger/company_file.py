"""Which company file a connection belongs to, and what a person says when that is in doubt."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qbwc_service.ledger import error_log, history, mirror, send_again, standing, states
from qbwc_service.ledger.columns import batched
from qbwc_service.ledger.company_slice import ITEM_LIST
from qbwc_service.ledger.customer_slice import CUSTOMER_LIST
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import Connection, Kind, MirrorRecord, Posting
from qbwc_service.ledger.states import State

MOVED = "company-file-moved"
RESTORED = "company-file-restored"
_KIND_OF_LIST = {CUSTOMER_LIST: Kind.CUSTOMER, ITEM_LIST: Kind.ITEM}


def confirm_new_place(db: Session, connection: Connection, who: str, now: datetime) -> bool:
    """The same company file at a new path: pin the new path; False when nothing was asked."""
    if connection.write_block != MOVED:
        return False
    connection.company_file = str(connection.write_block_details.get("found", ""))
    _unblock(db, connection, f"Same company file, new place: {connection.company_file}", who, now)
    return True


def take_the_open_one(db: Session, connection: Connection, who: str, now: datetime) -> None:
    """Forget name and place of the company file, nothing else: the one that is open at the next
    update is learned as at the first. Another FileID under our OwnerID still stops it, and where
    our newest records are not in it, nothing is sent before a person has said why."""
    connection.company_file = connection.company_name = ""
    if connection.write_block == MOVED:
        block(connection, "", {})
    error_log.solve(db, connection.id, now=now, messages=["wrong-company-file", MOVED])
    text = "The company file that is open at the next update is to be taken"
    history.note(db, connection.id, text, now=now, who=who)


def confirm_restored(db: Session, connection: Connection, who: str, now: datetime) -> bool:
    """A restored backup: what is missing is gone and waits, by order, for a person's word."""
    if connection.write_block != RESTORED:
        return False
    missing = connection.write_block_details.get("record_ids", [])
    lost = lose_records(db, connection, missing)
    for posting in lost:
        error_log.tell(
            db,
            connection.id,
            "gone-from-quickbooks",
            {"thing": thing(posting), "order": str(posting.order_id)},
            now=now,
            order_id=posting.order_id,
            posting_id=posting.id,
        )
    send_again.after_deletion(db, connection, lost, now)
    mirror.load_afresh(db, connection.id)
    _unblock(db, connection, "The company file is a restored backup", who, now)
    return True


def lose_records(
    db: Session, connection: Connection, record_ids: Sequence[str], list_name: str = ""
) -> Sequence[Posting]:
    """Mark these posted records as gone from QuickBooks; returns those that were ours.

    ListIDs are unique only within their list (qbXML OSR): `list_name` says of which they are.
    """
    if list_name and list_name not in _KIND_OF_LIST:
        return []
    ours = select(Posting).where(
        Posting.connection_id == connection.id,
        Posting.state == State.POSTED,
        # These bear the id of the record that they changed.
        Posting.kind.not_in([Kind.SALE_UPDATE, Kind.CUSTOM_FIELDS, Kind.REMOVAL]),
    )
    if list_name:
        ours = ours.where(Posting.kind == _KIND_OF_LIST[list_name])
    gone: list[Posting] = []
    for some in batched(record_ids, mirror.AT_ONCE):
        gone.extend(db.scalars(ours.where(Posting.record_id.in_(some))))
    for posting in gone:
        states.lose(posting, "gone-from-quickbooks")
    standing.refresh(db, connection.id, [p.order_id for p in gone if p.order_id is not None])
    return gone


def lose_unmirrored(db: Session, connection: Connection, list_name: str) -> None:
    """After a list was read from the start: what we made and it does not hold is gone."""
    kind = _KIND_OF_LIST.get(list_name)
    if kind is None:
        return
    is_mirrored = (
        exists()
        .where(
            MirrorRecord.connection_id == connection.id,
            MirrorRecord.list_name == list_name,
            MirrorRecord.list_id == Posting.record_id,
        )
        .correlate(Posting)
    )
    missing = (
        select(Posting.record_id)
        .where(
            Posting.connection_id == connection.id,
            Posting.kind == kind,
            Posting.state == State.POSTED,
            ~is_mirrored,
        )
        .limit(mirror.AT_ONCE)
    )
    # A few at a time: a list that was emptied is not to be held in memory as a whole.
    while gone := db.scalars(missing).all():
        lose_records(db, connection, gone, list_name)
        db.flush()


def block(connection: Connection, cause: str, details: dict[str, object]) -> None:
    """Write nothing more until a person has decided."""
    connection.write_block = cause
    connection.write_block_details = details


def _unblock(db: Session, connection: Connection, text: str, who: str, now: datetime) -> None:
    error_log.solve(db, connection.id, now=now, messages=[connection.write_block])
    connection.write_block = ""
    connection.write_block_details = {}
    history.note(db, connection.id, text, now=now, who=who)
