"""Our copy of QuickBooks' lists: rows in, rows changed, rows deleted."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qbwc_service.ledger import mirror_keys
from qbwc_service.ledger.company_slice import ITEM_LIST
from qbwc_service.ledger.customer_slice import CUSTOMER_LIST
from qbwc_service.ledger.models import MirrorList, MirrorRecord
from qbwc_service.matching.keys import KeyKind, customer_keys, name_key
from qbxml_builders.records import CustomerRecord, EntityRecord, ItemRecord, ListRecord, Record

MirroredRecord = CustomerRecord | EntityRecord | ItemRecord | ListRecord


def store(db: Session, connection_id: int, records: Iterable[Record]) -> bool:
    """Insert or update these records in two statements a list; True when anything changed."""
    by_list: dict[str, dict[str, MirroredRecord]] = {}
    for record in records:
        if isinstance(record, CustomerRecord | EntityRecord | ItemRecord | ListRecord):
            by_list.setdefault(_list_name(record), {})[record.list_id] = record
    changes = [_store_list(db, connection_id, name, rows) for name, rows in by_list.items()]
    return any(changes)


def _store_list(
    db: Session, connection_id: int, list_name: str, records: dict[str, MirroredRecord]
) -> bool:
    known = {
        row.list_id: row
        for row in db.scalars(
            select(MirrorRecord).where(
                MirrorRecord.connection_id == connection_id,
                MirrorRecord.list_name == list_name,
                MirrorRecord.list_id.in_(sorted(records)),
            )
        )
    }
    changed = False
    for list_id, record in records.items():
        row = known.get(list_id)
        if row is None:
            row = MirrorRecord(connection_id=connection_id, list_name=list_name, list_id=list_id)
            db.add(row)
        changed |= _fill(row, record)
    db.flush()
    found_by = {list_id: _keys(record) for list_id, record in records.items()}
    mirror_keys.store(db, connection_id, list_name, found_by)
    return changed


def _keys(record: MirroredRecord) -> frozenset[tuple[KeyKind, str]]:
    match record:
        case CustomerRecord():
            return customer_keys(
                record.name,
                first_name=record.first_name,
                last_name=record.last_name,
                company=record.company_name,
                email=record.email,
            )
        case _:
            return frozenset()


def _fill(row: MirrorRecord, record: MirroredRecord) -> bool:
    """Copy the record into the row; True when something that matching reads is new."""
    full_name = getattr(record, "full_name", "") or record.name
    news = {
        "name": record.name,
        "full_name": full_name,
        "name_key": name_key(record.name),
        "full_name_key": name_key(full_name),
        "is_active": record.is_active is not False,
        "details": _details(record),
    }
    changed = any(getattr(row, column) != value for column, value in news.items())
    for column, value in news.items():
        setattr(row, column, value)
    row.edit_sequence = record.edit_sequence
    row.time_modified = record.time_modified[:19]
    return changed


def _details(record: MirroredRecord) -> dict[str, str]:
    match record:
        case CustomerRecord():
            values = {
                "email": record.email,
                "company": record.company_name,
                "first": record.first_name,
                "last": record.last_name,
                "city": record.bill_address.city,
                "currency": record.currency,
                "guid": record.external_guid,
            }
        case ItemRecord():
            values = {"kind": record.kind, "guid": record.external_guid}
        case ListRecord():
            values = dict(record.extra)
        case EntityRecord():
            values = {"company": record.company_name}
    return {key: value for key, value in values.items() if value}


def _list_name(record: MirroredRecord) -> str:
    match record:
        case CustomerRecord():
            return CUSTOMER_LIST
        case ItemRecord():
            return ITEM_LIST
        case EntityRecord():
            return record.kind
        case ListRecord():
            return record.list


def forget(db: Session, connection_id: int, list_name: str, list_ids: Sequence[str]) -> bool:
    """Remove records that QuickBooks has deleted or merged away; True when any was known."""
    if not list_ids:
        return False
    mirror_keys.forget(db, connection_id, list_name, list_ids)
    result = db.execute(
        delete(MirrorRecord).where(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name == list_name,
            MirrorRecord.list_id.in_(sorted(list_ids)),
        )
    )
    return bool(getattr(result, "rowcount", 0))


def load_afresh(db: Session, connection_id: int, list_name: str = "") -> None:
    """Drop our copy of a list, or of all lists: the next session reads them from the start."""
    records = delete(MirrorRecord).where(MirrorRecord.connection_id == connection_id)
    mirror_keys.forget_list(db, connection_id, list_name)
    states = delete(MirrorList).where(MirrorList.connection_id == connection_id)
    if list_name:
        records = records.where(MirrorRecord.list_name == list_name)
        states = states.where(MirrorList.list_name == list_name)
    for statement in (records, states):
        db.execute(statement, execution_options={"synchronize_session": "fetch"})


def states_of_lists(db: Session, connection_id: int) -> dict[str, MirrorList]:
    """How far each list is known, by list name."""
    rows = db.scalars(select(MirrorList).where(MirrorList.connection_id == connection_id))
    return {row.list_name: row for row in rows}


def state_of(db: Session, connection_id: int, list_name: str) -> MirrorList:
    """The row of one list, made when it is asked for first."""
    row = db.scalars(
        select(MirrorList).where(
            MirrorList.connection_id == connection_id, MirrorList.list_name == list_name
        )
    ).first()
    if row is None:
        row = MirrorList(connection_id=connection_id, list_name=list_name, watermark="")
        db.add(row)
        db.flush()
    return row


def is_loaded(db: Session, connection_id: int, list_names: Iterable[str]) -> bool:
    """Whether all these lists were read completely at least once."""
    known = states_of_lists(db, connection_id)
    return all(name in known and known[name].loaded_at is not None for name in list_names)


def oldest_read(db: Session, connection_id: int, list_names: Iterable[str]) -> datetime | None:
    """When the list that was read longest ago was read; None where one never was."""
    known = states_of_lists(db, connection_id)
    times = [known[name].read_at if name in known else None for name in list_names]
    complete = [time for time in times if time is not None]
    return min(complete) if complete and len(complete) == len(times) else None
