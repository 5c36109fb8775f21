"""Items of the mirror by what a person types: the one of that name, or names that come near."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.item_slice import ITEM_LIST
from qbwc_service.ledger.models import MirrorRecord
from qbwc_service.matching.items import UNFIT_KINDS
from qbwc_service.matching.keys import name_key

#: names that are asked for at once, and names that are compared with a misspelt one
_KEYS_A_QUERY = 500
_COMPARED = 500
_NEAR = 3


def items_named(db: Session, connection_id: int, names: Collection[str]) -> dict[str, MirrorRecord]:
    """The items with these full names, by `name_key`."""
    keys = sorted({name_key(name) for name in names})
    found: dict[str, MirrorRecord] = {}
    for start in range(0, len(keys), _KEYS_A_QUERY):
        rows = db.scalars(
            select(MirrorRecord)
            .where(
                MirrorRecord.connection_id == connection_id,
                MirrorRecord.list_name == ITEM_LIST,
                MirrorRecord.full_name_key.in_(keys[start : start + _KEYS_A_QUERY]),
            )
            .order_by(MirrorRecord.list_id)
        )
        found |= {row.full_name_key: row for row in rows}
    return found


def names_near(db: Session, connection_id: int, text: str) -> list[str]:
    """Active items whose names look like the text, the nearest first."""
    key = name_key(text)
    last_part = key.rsplit(":", maxsplit=1)[-1]
    column = MirrorRecord.full_name_key
    candidates = db.scalars(
        select(MirrorRecord.full_name)
        .where(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name == ITEM_LIST,
            MirrorRecord.is_active,
            or_(
                column.startswith(key[:1], autoescape=True),
                column.contains(last_part[:4], autoescape=True),
            ),
        )
        .order_by(column)
        .limit(_COMPARED)
    ).all()
    by_key = {name_key(name): name for name in candidates}
    by_key |= {name_key(name.rsplit(":", maxsplit=1)[-1]): name for name in candidates}
    near = get_close_matches(key, list(by_key), n=_NEAR, cutoff=0.5)
    return list(dict.fromkeys(by_key[each] for each in near))


def choosable(db: Session, connection_id: int, beginning: str, limit: int) -> Sequence[str]:
    """Full names of active items that a line can carry and that contain the text, in order."""
    rows = db.scalars(
        select(MirrorRecord)
        .where(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name == ITEM_LIST,
            MirrorRecord.is_active,
            MirrorRecord.full_name_key.contains(name_key(beginning), autoescape=True),
        )
        .order_by(MirrorRecord.full_name_key)
        .limit(limit)
    )
    return [row.full_name for row in rows if row.details.get("kind", "") not in UNFIT_KINDS]
