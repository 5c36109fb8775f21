"""Our copy of QuickBooks' lists: rows in, rows changed, rows deleted.

A page costs the same few statements whatever is in it, and nothing loads a whole list: a company
file has up to a hundred thousand names.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    CursorResult,
    Row,
    Table,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from qbwc_service.ledger import mirror_keys
from qbwc_service.ledger.columns import batched, rows_of
from qbwc_service.ledger.mirror_columns import MirroredRecord, columns_of, keys_of, list_of
from qbwc_service.ledger.models import MirrorKey, MirrorList, MirrorRecord
from qbwc_service.matching.keys import KeyKind, name_key
from qbxml_builders.records import Record

#: ids in one statement; a database takes some thousands of parameters at most
AT_ONCE = 500
#: QuickBooks nests names five deep at most
_LEVELS = 10
#: what matching reads of a record: a difference in one of these is news
_NEWS = ("name", "full_name", "name_key", "full_name_key", "is_active", "details")
#: what else is kept of it
_KEPT = ("edit_sequence", "time_modified", "seen_in")
_RECORDS = cast("Table", MirrorRecord.__table__)
_PAST_THE_SESSION = {"synchronize_session": False}


def store(db: Session, connection_id: int, records: Iterable[Record], *, seen_in: int = 0) -> bool:
    """Insert or update these records, some statements for each list; True when matching reads
    anything that is new. `seen_in` is the session in which a list is read from its start."""
    by_list: dict[str, dict[str, MirroredRecord]] = {}
    for record in records:
        if isinstance(record, MirroredRecord):
            by_list.setdefault(list_of(record), {})[record.list_id] = record
    changed = False
    for name, rows in by_list.items():
        for some in batched(rows, AT_ONCE):
            part = {list_id: rows[list_id] for list_id in some}
            changed |= _store_list(db, connection_id, name, part, seen_in)
    return changed


def _store_list(
    db: Session,
    connection_id: int,
    list_name: str,
    records: Mapping[str, MirroredRecord],
    seen_in: int,
) -> bool:
    known = _known(db, connection_id, list_name, records)
    place = {"connection_id": connection_id, "list_name": list_name}
    added: list[dict[str, Any]] = []
    updated: list[dict[str, Any]] = []
    news: list[str] = []
    renamed: dict[str, str] = {}
    for list_id, record in records.items():
        values, row = columns_of(record) | {"seen_in": seen_in}, known.get(list_id)
        if row is None:
            added.append({**place, "list_id": list_id, **values})
            continue
        values["seen_in"] = max(seen_in, row.seen_in)
        if any(getattr(row, column) != values[column] for column in _NEWS):
            news.append(list_id)
            if row.full_name != values["full_name"]:
                renamed[list_id] = values["full_name"]
        elif not any(getattr(row, column) != values[column] for column in _KEPT):
            continue
        updated.append({"row": row.id, **values})
    if added:
        db.execute(rows_of(MirrorRecord), added)
    if updated:
        db.connection().execute(_UPDATE, updated)
    if renamed:
        _rename_below(db, connection_id, list_name, renamed)
    fresh = [row["list_id"] for row in added]
    mirror_keys.forget(db, connection_id, list_name, news)
    found_by = {list_id: keys_of(records[list_id]) for list_id in (*fresh, *news)}
    mirror_keys.add(db, connection_id, list_name, found_by)
    return bool(added or news)


def _known(
    db: Session, connection_id: int, list_name: str, list_ids: Iterable[str]
) -> dict[str, Row[Any]]:
    columns = [_RECORDS.c[name] for name in ("id", "list_id", *_NEWS, *_KEPT)]
    found = db.execute(
        select(*columns).where(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name == list_name,
            MirrorRecord.list_id.in_(sorted(list_ids)),
        )
    )
    return {row.list_id: row for row in found}


#: many rows by their id; the names of the other parameters are the columns to set
_UPDATE = update(_RECORDS).where(_RECORDS.c.id == bindparam("row"))


def _rename_below(
    db: Session, connection_id: int, list_name: str, renamed: Mapping[str, str]
) -> None:
    """A new name stands in the full names of all below. Whether QuickBooks counts those as
    modified is not documented, so it is not waited for."""
    level = dict(renamed)
    for _ in range(_LEVELS):
        if not level:
            return
        below = db.execute(
            select(
                MirrorKey.key, MirrorRecord.id, MirrorRecord.list_id, MirrorRecord.name,
                MirrorRecord.full_name,
            )
            .join(
                MirrorRecord,
                (MirrorRecord.connection_id == MirrorKey.connection_id)
                & (MirrorRecord.list_name == MirrorKey.list_name)
                & (MirrorRecord.list_id == MirrorKey.list_id),
            )
            .where(
                MirrorKey.connection_id == connection_id,
                MirrorKey.list_name == list_name,
                MirrorKey.kind == KeyKind.PARENT,
                MirrorKey.key.in_(sorted(level)),
            )
        ).all()  # fmt: skip
        names = {row.id: f"{level[row.key]}:{row.name}" for row in below}
        moved = [row for row in below if row.full_name != names[row.id]]
        rows = [
            {"row": row.id, "full_name": names[row.id], "full_name_key": name_key(names[row.id])}
            for row in moved
        ]
        if rows:
            db.connection().execute(_UPDATE, rows)
        level = {row.list_id: names[row.id] for row in moved}


def forget(db: Session, connection_id: int, list_name: str, list_ids: Iterable[str]) -> bool:
    """Remove records that QuickBooks has deleted or merged away; True when any was known."""
    known = 0
    for some in batched(list_ids, AT_ONCE):
        mirror_keys.forget(db, connection_id, list_name, some)
        gone = delete(MirrorRecord).where(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name == list_name,
            MirrorRecord.list_id.in_(some),
        )
        result = db.execute(gone, execution_options=_PAST_THE_SESSION)
        known += cast("CursorResult[Any]", result).rowcount
    return known > 0


def forget_unseen(db: Session, connection_id: int, list_name: str, seen_in: int) -> bool:
    """After a list was read from its start: what it did not hold any more is gone."""
    unseen = (
        select(MirrorRecord.list_id)
        .where(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name == list_name,
            MirrorRecord.seen_in < seen_in,
        )
        .limit(AT_ONCE)
    )
    changed = False
    while gone := db.scalars(unseen).all():
        changed |= forget(db, connection_id, list_name, gone)
    return changed


def count(db: Session, connection_id: int, list_names: Sequence[str]) -> int:
    """How many records these lists have together, inactive ones too."""
    return (
        db.scalar(
            select(func.count()).where(
                MirrorRecord.connection_id == connection_id,
                MirrorRecord.list_name.in_(list_names),
            )
        )
        or 0
    )


def load_afresh(db: Session, connection_id: int, list_name: str = "") -> None:
    """Believe no list, or not this one, until the next session has read it from its start.

    The rows stay: those that are found again keep their place, the others go when it is read.
    """
    states = delete(MirrorList).where(MirrorList.connection_id == connection_id)
    if list_name:
        states = states.where(MirrorList.list_name == list_name)
    db.execute(states, execution_options={"synchronize_session": "fetch"})


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
    loaded = select(MirrorList.list_name).where(
        MirrorList.connection_id == connection_id, MirrorList.loaded_at.is_not(None)
    )
    return set(list_names) <= set(db.scalars(loaded))


def oldest_read(db: Session, connection_id: int, list_names: Iterable[str]) -> datetime | None:
    """When the list that was read longest ago was read; None where one never was."""
    rows = db.execute(_READ_AT, {"connection": connection_id})
    read_at: dict[str, datetime | None] = {row.list_name: row.read_at for row in rows}
    times = [read_at.get(name) for name in list_names]
    complete = [time for time in times if time is not None]
    return min(complete) if complete and len(complete) == len(times) else None


#: asked at every poll: made once
_READ_AT = select(MirrorList.list_name, MirrorList.read_at).where(
    MirrorList.connection_id == bindparam("connection")
)
