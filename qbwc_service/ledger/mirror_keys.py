"""What records are found by beside their names: the only writer of the table of keys."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete
from sqlalchemy.orm import Session

from qbwc_service.ledger.columns import rows_of
from qbwc_service.ledger.models import MirrorKey
from qbwc_service.matching.keys import KeyKind

Keys = frozenset[tuple[KeyKind, str]]


def store(db: Session, connection_id: int, list_name: str, keys: Mapping[str, Keys]) -> None:
    """These records (by ListID) are found by these keys, and by none that led to them before."""
    forget(db, connection_id, list_name, keys)
    add(db, connection_id, list_name, keys)


def add(db: Session, connection_id: int, list_name: str, keys: Mapping[str, Keys]) -> None:
    """The same for records that nothing led to before."""
    rows = [
        {
            "connection_id": connection_id,
            "list_name": list_name,
            "kind": kind,
            "key": key,
            "list_id": list_id,
        }
        for list_id, found in keys.items()
        for kind, key in sorted(found)
    ]
    if rows:
        db.execute(rows_of(MirrorKey), rows)


def forget(db: Session, connection_id: int, list_name: str, list_ids: Collection[str]) -> None:
    """These records are found by nothing any more."""
    if list_ids:
        db.execute(
            delete(MirrorKey).where(
                MirrorKey.connection_id == connection_id,
                MirrorKey.list_name == list_name,
                MirrorKey.list_id.in_(sorted(list_ids)),
            ),
            execution_options={"synchronize_session": False},
        )
