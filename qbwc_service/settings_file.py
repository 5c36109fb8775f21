"""What people set up for a connection as a JSON document: kept, or taken over into a connection.

ListIDs say something in one company file alone. In the connection that the document was written
from an entry is found by its ListID, anywhere else by its name; what is not found has to be chosen
again, and is told.

Exception
  SettingsFileRefused    it is no such document, or of a newer version; nothing was changed
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from qbwc_service.connections import change_settings
from qbwc_service.ledger import mappings
from qbwc_service.ledger.choices import TAX_ITEM_KINDS
from qbwc_service.ledger.chosen_slice import KIND_DETAIL
from qbwc_service.ledger.columns import batched
from qbwc_service.ledger.list_entries import check_settings
from qbwc_service.ledger.mappings import Choice, Mappings
from qbwc_service.ledger.models import Connection, MappingKind, MirrorRecord
from qbwc_service.ledger.models import Mapping as MappingRow
from qbwc_service.ledger.product_choices import write_choices
from qbwc_service.ledger.rule_file import read_rules, rules_document
from qbwc_service.ledger.rules import Rules
from qbwc_service.ledger.stored_rules import rows_of_connection
from qbwc_service.matching.items import UNFIT_KINDS
from qbwc_service.matching.keys import name_key
from qbwc_service.settings import DEPOSIT_ACCOUNT_TYPES, SETTINGS, changed

VERSION = 1
LARGEST_FILE = 20_000_000
#: says from which of its days on a Keap account goes to its company file
_OF_ONE_CONNECTION = frozenset({"start_date"})
_NAMES_A_QUERY = 500
_FIT: Mapping[MappingKind, Collection[str]] = {
    MappingKind.DEPOSIT_ACCOUNT: DEPOSIT_ACCOUNT_TYPES,
    MappingKind.TAX_ITEM: TAX_ITEM_KINDS,
}
_LISTS: Mapping[MappingKind, str] = {
    MappingKind.CUSTOMER: "Customer",
    MappingKind.ITEM: "Item",
    MappingKind.PAYMENT_METHOD: "PaymentMethod",
    MappingKind.DEPOSIT_ACCOUNT: "Account",
    MappingKind.TAX_ITEM: "Item",
}


class SettingsFileRefused(Exception):
    """`reason` is a sentence without its full stop."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{reason}. Nothing was changed.")


class _Chosen(msgspec.Struct, forbid_unknown_fields=True, rename={"shown": "for"}):
    """What a person chose for something of Keap."""

    kind: MappingKind
    shown: str
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    entry: str
    list_id: str


class Document(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file. `file_id` is that of the connection that it was written from."""

    version: int
    connection: str
    company: str
    file_id: str
    keap_account: str
    at: str
    settings: dict[str, str | int]
    choices: list[_Chosen]
    rules: list[Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A setting before and after; None: its default."""

    setting: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that a person has to do again, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What was changed, or would be."""

    settings: list[Change]
    choices: list[Choice]
    left_out: list[LeftOut]
    rules: int


def written(db: Session, connection: Connection, now: datetime) -> str:
    """The document as text. No key or password is in it."""
    document = {
        "version": VERSION,
        "connection": connection.name,
        "company": connection.company_name,
        "file_id": connection.file_id,
        "keap_account": connection.keap_account,
        "at": now.isoformat(),
        "settings": {
            setting.name: value
            for setting in SETTINGS
            if (value := connection.settings.get(setting.name, setting.default)) is not None
        },
        "choices": [_chosen(row) for row in mappings.of_connection(db, connection)],
        **rules_document(rows_of_connection(db, connection.id)),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _chosen(row: MappingRow) -> dict[str, str]:
    return {
        "kind": row.kind.value,
        "for": row.shown,
        "key": row.key,
        "entry": row.full_name,
        "list_id": row.list_id,
    }


def read_document(data: bytes) -> Document:
    """Raises SettingsFileRefused."""
    if len(data) > LARGEST_FILE:
        raise SettingsFileRefused("The file is too large")
    try:
        document = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsFileRefused(
            f"The file is not one that settings-export wrote ({error})"
        ) from error
    if document.version != VERSION:
        raise SettingsFileRefused(
            f"The file is of version {document.version}, and this service reads version {VERSION}"
        )
    return document


def take_over(
    db: Session, connection: Connection, document: Document, *, who: str, now: datetime
) -> Taken:
    """Put settings, choices and rules of the document in force; what it does not name stays.

    Raises SettingError, RuleRefused or SettingsFileRefused for what cannot be used: the caller's
    transaction is then to be rolled back.
    """
    is_same = document.file_id == connection.file_id
    left_out: list[LeftOut] = []
    before = dict(connection.settings)
    stored = _stored(before, document.settings, left_out, is_same=is_same)
    check_settings(db, connection.id, before, stored)
    change_settings(db, connection, stored, who=who, now=now)
    names = [each.name for each in SETTINGS if before.get(each.name) != stored.get(each.name)]
    return Taken(
        [Change(name, before.get(name), stored.get(name)) for name in names],
        _choose(db, connection, document, left_out, who=who, now=now),
        left_out,
        _take_rules(db, connection, document.rules, who=who, now=now),
    )


def _stored(
    before: Mapping[str, Any],
    wanted: Mapping[str, str | int],
    left_out: list[LeftOut],
    *,
    is_same: bool,
) -> dict[str, Any]:
    defaults = {setting.name: setting.default for setting in SETTINGS}
    stored = dict(before)
    for name, value in wanted.items():
        if name in _OF_ONE_CONNECTION and not is_same:
            if before.get(name) != value:
                left_out.append(LeftOut(name, "It is of another connection; it stays as it is"))
            continue
        is_default = name in defaults and value == defaults[name]
        stored = changed(stored, name, "" if is_default else str(value))
    return stored


def _take_rules(
    db: Session, connection: Connection, rules: Sequence[Any], *, who: str, now: datetime
) -> int:
    taken = read_rules(msgspec.json.encode({"rules": rules}))
    if taken:
        Rules(db, connection, who, now).take(taken)
    return len(taken)


def _choose(
    db: Session,
    connection: Connection,
    document: Document,
    left_out: list[LeftOut],
    *,
    who: str,
    now: datetime,
) -> list[Choice]:
    """Those that were not so before."""
    found = _Entries(db, connection, document)
    wanted: list[Choice] = []
    for chosen in document.choices:
        choice = found.choice(chosen)
        if isinstance(choice, Choice):
            wanted.append(choice)
        else:
            left_out.append(LeftOut(f'{chosen.kind} for "{chosen.shown}": {chosen.entry}', choice))
    items = [each for each in wanted if each.kind is MappingKind.ITEM]
    others = [each for each in wanted if each.kind is not MappingKind.ITEM]
    return [
        *write_choices(db, connection, items, who=who, now=now),
        *Mappings(db, connection, who, now).choose(others),
    ]


class _Entries:
    """The entries of this company file that the choices of a document mean."""

    def __init__(self, db: Session, connection: Connection, document: Document) -> None:
        self._is_same = document.file_id == connection.file_id
        self._is_same_keap = self._is_same or document.keap_account == connection.keap_account
        self._by_id: dict[tuple[str, str], MirrorRecord] = {}
        self._by_name: dict[tuple[str, str], MirrorRecord] = {}
        for list_name in sorted(set(_LISTS.values())):
            chosen = [each for each in document.choices if _LISTS[each.kind] == list_name]
            names = {name_key(each.entry) for each in chosen}
            for row in _records(db, connection, list_name, MirrorRecord.full_name_key, names):
                self._by_name[list_name, row.full_name_key] = row
            if self._is_same:
                ids = {each.list_id for each in chosen}
                for row in _records(db, connection, list_name, MirrorRecord.list_id, ids):
                    self._by_id[list_name, row.list_id] = row

    def choice(self, chosen: _Chosen) -> Choice | str:
        """The same choice in this company file, or why a person has to choose again."""
        list_name = _LISTS[chosen.kind]
        if chosen.kind is MappingKind.CUSTOMER and not self._is_same_keap:
            return "Contacts of another Keap account are other people"
        if not chosen.list_id:
            return Choice(chosen.kind, chosen.key, chosen.shown, list_name, "", chosen.entry)
        entry = self._by_id.get((list_name, chosen.list_id)) or self._by_name.get(
            (list_name, name_key(chosen.entry))
        )
        if entry is None:
            return "QuickBooks had no active entry of this name when its lists were last read"
        kind = entry.details.get(KIND_DETAIL.get(list_name, ""), "")
        fit = _FIT.get(chosen.kind)
        is_unfit = chosen.kind is MappingKind.ITEM and kind in UNFIT_KINDS
        if is_unfit or (fit and kind and kind not in fit):
            return f"It is of the type {kind} here, which cannot be used for that"
        return Choice(
            chosen.kind, chosen.key, chosen.shown, list_name, entry.list_id, entry.full_name
        )


def _records(
    db: Session,
    connection: Connection,
    list_name: str,
    by: InstrumentedAttribute[str],
    values: set[str],
) -> Iterable[MirrorRecord]:
    """The active ones; of several of one name the first comes last."""
    for some in batched(sorted(values - {""}), _NAMES_A_QUERY):
        yield from db.scalars(
            select(MirrorRecord)
            .where(
                MirrorRecord.connection_id == connection.id,
                MirrorRecord.list_name == list_name,
                MirrorRecord.is_active,
                by.in_(some),
            )
            .order_by(MirrorRecord.list_id.desc())
        )
