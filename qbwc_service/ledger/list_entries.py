"""What can be chosen from QuickBooks' lists: the entries of our copy, and which name is nearest."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.chosen_slice import KIND_DETAIL, lists_read
from qbwc_service.ledger.models import MirrorList, MirrorRecord
from qbwc_service.matching.keys import name_key
from qbwc_service.matching.list_entries import LIST_WORD, list_word
from qbwc_service.settings import LIST_SETTINGS, SettingError

#: more entries than that are neither shown nor compared
ENTRIES = 2000
_NEAREST = 3

#: what a person calls the kinds that something has to be of
_KIND_WORD: Mapping[str, str] = {
    "AccountsReceivable": "accounts receivable",
    "Bank": "bank",
    "Invoice": "invoice",
    "OtherCharge": "other charge",
    "OtherCurrentAsset": "other current asset",
    "NonInventory": "non-inventory part",
    "SalesTax": "sales tax item",
    "SalesTaxGroup": "sales tax group",
    "Service": "service",
}


class ChoiceRefused(Exception):
    """What was chosen cannot be used; the text says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class ListSummary:
    """One list of our copy."""

    name: str
    entries: int
    active: int
    read_at: datetime | None


def summaries(db: Session, connection_id: int) -> list[ListSummary]:
    """Every list that was read, or of which anything is known."""
    counts = {
        name: (number, active)
        for name, number, active in db.execute(
            select(
                MirrorRecord.list_name,
                func.count(),
                func.count().filter(MirrorRecord.is_active),
            )
            .where(MirrorRecord.connection_id == connection_id)
            .group_by(MirrorRecord.list_name)
        )
    }
    read = select(MirrorList).where(
        MirrorList.connection_id == connection_id, MirrorList.loaded_at.is_not(None)
    )
    times = {row.list_name: row.read_at for row in db.scalars(read)}
    return [
        ListSummary(name, *counts.get(name, (0, 0)), times.get(name))
        for name in sorted({*counts, *(times.keys() & LIST_WORD.keys())})
    ]


def entries_of(
    db: Session,
    connection_id: int,
    list_name: str,
    kinds: Collection[str] = (),
    *,
    only_active: bool = False,
) -> Sequence[MirrorRecord]:
    """The entries of a list, the active ones first, then by name; the first `ENTRIES`."""
    wanted = _of_list(connection_id, list_name, kinds)
    if only_active:
        wanted.append(MirrorRecord.is_active.is_(True))
    return db.scalars(
        select(MirrorRecord)
        .where(*wanted)
        .order_by(MirrorRecord.is_active.desc(), MirrorRecord.full_name_key, MirrorRecord.list_id)
        .limit(ENTRIES)
    ).all()


def find_entry(
    db: Session, connection_id: int, list_name: str, full_name: str, kinds: Collection[str] = ()
) -> MirrorRecord:
    """The active entry of that name and of one of these kinds. Raises ChoiceRefused."""
    if list_name not in lists_read(db, connection_id):
        raise ChoiceRefused(
            f"QuickBooks' list of {_plural(list_name)} was not read yet. It is read at the next "
            "update of the Web Connector; choose then."
        )
    found = db.scalars(
        select(MirrorRecord)
        .where(
            *_of_list(connection_id, list_name),
            MirrorRecord.full_name_key == name_key(full_name),
            MirrorRecord.is_active,
        )
        .order_by(MirrorRecord.list_id)
    ).first()
    if found is None:
        raise ChoiceRefused(_not_there(db, connection_id, list_name, full_name, kinds))
    kind = found.details.get(KIND_DETAIL.get(list_name, ""), "")
    if kinds and kind and kind not in kinds:
        wanted = " or ".join(_KIND_WORD.get(each, each) for each in kinds)
        raise ChoiceRefused(
            f'The {list_word(list_name)} "{found.full_name}" is of the type '
            f"{_KIND_WORD.get(kind, kind)}; this has to be {wanted}."
        )
    return found


def check_settings(
    db: Session, connection_id: int, old: Mapping[str, object], new: Mapping[str, object]
) -> None:
    """Whether QuickBooks has what the changed settings name. Raises SettingError.

    A list that was never read has no say: the setting is taken as it is.
    """
    read: frozenset[str] | None = None
    for setting in LIST_SETTINGS:
        value = str(new.get(setting.name, ""))
        if not value or value == old.get(setting.name):
            continue
        read = lists_read(db, connection_id) if read is None else read
        if setting.list_name not in read:
            continue
        try:
            find_entry(db, connection_id, setting.list_name, value, setting.entry_kinds)
        except ChoiceRefused as error:
            raise SettingError(setting.name, str(error)) from error


def nearest(name: str, names: Sequence[str], most: int = _NEAREST) -> list[str]:
    """The names that look most like it, the likeliest first."""
    by_key = {name_key(each): each for each in names}
    return [by_key[key] for key in get_close_matches(name_key(name), by_key, most)]


def _not_there(
    db: Session, connection_id: int, list_name: str, full_name: str, kinds: Collection[str]
) -> str:
    there = entries_of(db, connection_id, list_name, kinds, only_active=True)
    near = nearest(full_name, [entry.full_name for entry in there])
    sentence = f'QuickBooks has no active {list_word(list_name)} "{full_name}".'
    if not near:
        return sentence
    return f"{sentence} The nearest: {', '.join(near)}."


def _of_list(
    connection_id: int, list_name: str, kinds: Collection[str] = ()
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        MirrorRecord.connection_id == connection_id,
        MirrorRecord.list_name == list_name,
    ]
    if kinds:
        kind = MirrorRecord.details[KIND_DETAIL[list_name]].as_string()
        wanted.append(kind.in_(sorted(kinds)))
    return wanted


def _plural(list_name: str) -> str:
    word = list_word(list_name)
    return word if word.endswith("terms") else f"{word}es" if word.endswith("s") else f"{word}s"
