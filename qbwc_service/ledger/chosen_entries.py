"""Whether QuickBooks still has what people chose from its lists: told before an order fails.

Checked after every reading of the lists that changed something, and when somebody chooses. One
open entry of the error log for each chosen entry that is gone or inactive; it is solved by itself
once the entry is back or another one is chosen. Mappings go by ListID and so survive a rename.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from qbwc_service.ledger import error_log, list_entries, models
from qbwc_service.ledger.chosen_slice import lists_read, same_record
from qbwc_service.ledger.columns import any_of
from qbwc_service.ledger.models import Connection, MappingKind, MirrorRecord
from qbwc_service.ledger.stored_rules import load_rules
from qbwc_service.matching.keys import name_key
from qbwc_service.matching.list_entries import list_word
from qbwc_service.settings import LIST_SETTINGS, Setting

MESSAGE = "chosen-entry-gone"
#: more are not told at once: somebody who deletes a whole list knows
TOLD = 100
PURPOSE: Mapping[MappingKind, str] = {
    MappingKind.CUSTOMER: "customer",
    MappingKind.ITEM: "item",
    MappingKind.PAYMENT_METHOD: "payment method",
    MappingKind.DEPOSIT_ACCOUNT: "deposit account",
    MappingKind.TAX_ITEM: "tax item",
}
#: the page where it is chosen
_PAGES: Mapping[MappingKind, str] = {
    MappingKind.CUSTOMER: "Customers",
    MappingKind.ITEM: "Products",
}
_PAGE = "Accounts and payments"
_SETTINGS = "Settings"
_RULES = "Rules"


def check(db: Session, connection: Connection, now: datetime) -> None:
    """Tell what is gone, solve what is back, follow what was renamed.

    The number of statements does not grow with what was chosen.
    """
    db.flush()
    read = lists_read(db, connection.id)
    _follow_renames(db, connection.id)
    gone = [*_gone_names(db, connection, read), *_gone_mappings(db, connection.id, read)]
    error_log.keep_open(db, connection.id, MESSAGE, gone[:TOLD], by="setting", now=now)


def _follow_renames(db: Session, connection_id: int) -> None:
    renamed = db.execute(
        select(models.Mapping, MirrorRecord.full_name)
        .join(MirrorRecord, same_record())
        .where(
            models.Mapping.connection_id == connection_id,
            models.Mapping.full_name != MirrorRecord.full_name,
        )
    )
    for mapping, full_name in renamed:
        mapping.full_name = full_name


def _gone_mappings(
    db: Session, connection_id: int, read: frozenset[str]
) -> Iterator[dict[str, str]]:
    rows = db.scalars(
        select(models.Mapping)
        .outerjoin(MirrorRecord, same_record())
        .where(
            models.Mapping.connection_id == connection_id,
            # Without an id it names what is still to be made.
            models.Mapping.list_id != "",
            models.Mapping.list_name.in_(sorted(read)),
            or_(MirrorRecord.id.is_(None), MirrorRecord.is_active.is_(False)),
        )
        .order_by(models.Mapping.kind, models.Mapping.id)
        .limit(TOLD)
    )
    for row in rows:
        purpose = f"{PURPOSE[row.kind]} for {row.shown}"
        page = _PAGES.get(row.kind, _PAGE)
        yield _details(purpose, row.list_name, row.full_name) | {"page": page}


@dataclass(frozen=True, slots=True)
class _Named:
    """An entry that a setting or a rule names, and the page where."""

    setting: Setting
    full_name: str
    purpose: str
    page: str = _SETTINGS

    @property
    def place(self) -> tuple[str, str]:
        return self.setting.list_name, name_key(self.full_name)


def _named(db: Session, connection: Connection) -> list[_Named]:
    by_settings = [
        _Named(setting, str(connection.settings[setting.name]), setting.name)
        for setting in LIST_SETTINGS
        if connection.settings.get(setting.name)
    ]
    by_rules = [
        _Named(setting, full_name, f'{setting.name} of the rule "{rule.name}"', _RULES)
        for rule in load_rules(db, connection.id)
        for setting, full_name in rule.named_entries()
    ]
    return [*by_settings, *by_rules]


def _gone_names(
    db: Session, connection: Connection, read: frozenset[str]
) -> Iterator[dict[str, str]]:
    chosen = [each for each in _named(db, connection) if each.setting.list_name in read]
    if not chosen:
        return
    there = _active_names(db, connection.id, {each.place for each in chosen})
    for each in (each for each in chosen if each.place not in there):
        setting, full_name = each.setting, each.full_name
        others = list_entries.entries_of(
            db, connection.id, setting.list_name, setting.entry_kinds, only_active=True
        )
        near = list_entries.nearest(full_name, [entry.full_name for entry in others], 1)
        hint = f'Perhaps it is called "{near[0]}" now. ' if near else ""
        told = _details(each.purpose, setting.list_name, full_name)
        yield told | {"hint": hint, "page": each.page}


def _active_names(
    db: Session, connection_id: int, places: Collection[tuple[str, str]]
) -> set[tuple[str, str]]:
    wanted: list[ColumnElement[bool]] = [
        and_(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name == list_name,
            MirrorRecord.full_name_key == key,
        )
        for list_name, key in sorted(places)
    ]
    rows = db.execute(
        select(MirrorRecord.list_name, MirrorRecord.full_name_key).where(
            any_of(MirrorRecord.id, *wanted), MirrorRecord.is_active
        )
    )
    return {(list_name, key) for list_name, key in rows}


def _details(purpose: str, list_name: str, full_name: str) -> dict[str, str]:
    return {
        "setting": purpose,
        "list": list_word(list_name),
        "entry": full_name,
        "hint": "",
        "page": _PAGE,
    }
