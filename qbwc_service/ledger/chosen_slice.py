"""What people chose from QuickBooks' lists, as matching looks at it: three queries at most."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from qbwc_service.ledger import models
from qbwc_service.ledger.columns import any_of
from qbwc_service.ledger.models import MappingKind, MirrorList, MirrorRecord
from qbwc_service.matching.company import Chosen, ListEntry
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.rule import Rule
from qbwc_service.settings import ACCOUNT_LIST, LIST_SETTINGS, Settings

_KINDS = (MappingKind.PAYMENT_METHOD, MappingKind.DEPOSIT_ACCOUNT, MappingKind.TAX_ITEM)
#: where the kind of an entry stands in MirrorRecord.details, list by list
KIND_DETAIL: Mapping[str, str] = {
    "Account": "AccountType",
    "Item": "kind",
    "PaymentMethod": "PaymentMethodType",
    "Template": "TemplateType",
}


@dataclass(frozen=True, slots=True)
class ChosenSlice:
    """The parts of `matching.company.Company` that people chose."""

    lists: Mapping[str, Mapping[str, ListEntry]] = field(default_factory=dict)
    method_of_payment: Mapping[str, Chosen] = field(default_factory=dict)
    deposit_of_payment: Mapping[str, Chosen] = field(default_factory=dict)
    item_of_tax: Mapping[str, Chosen] = field(default_factory=dict)


def load_chosen(
    db: Session, connection_id: int, settings: Settings, rules: Sequence[Rule] = ()
) -> ChosenSlice:
    """Accounts are left out of `lists`: the company has them all."""
    names = _names(settings, rules)
    mapped = _mapped(db, connection_id)
    read = lists_read(db, connection_id) if names or any(mapped.values()) else frozenset()
    chosen = {
        kind: {row.key: _chosen(row, record, read) for row, record in rows}
        for kind, rows in mapped.items()
    }
    return ChosenSlice(
        lists=_named(db, connection_id, {name: names[name] for name in names if name in read}),
        method_of_payment=chosen[MappingKind.PAYMENT_METHOD],
        deposit_of_payment=chosen[MappingKind.DEPOSIT_ACCOUNT],
        item_of_tax=chosen[MappingKind.TAX_ITEM],
    )


def _names(settings: Settings, rules: Sequence[Rule]) -> dict[str, set[str]]:
    """What settings and rules name, by list."""
    named = [(setting, getattr(settings, setting.name)) for setting in LIST_SETTINGS]
    named += [each for rule in rules for each in rule.named_entries()]
    names: dict[str, set[str]] = {}
    for setting, full_name in named:
        if setting.list_name != ACCOUNT_LIST and full_name:
            names.setdefault(setting.list_name, set()).add(name_key(full_name))
    return names


def lists_read(db: Session, connection_id: int) -> frozenset[str]:
    """The lists of which the mirror has every entry."""
    names = select(MirrorList.list_name).where(
        MirrorList.connection_id == connection_id, MirrorList.loaded_at.is_not(None)
    )
    return frozenset(db.scalars(names))


def entry_of(record: MirrorRecord) -> ListEntry:
    kind = record.details.get(KIND_DETAIL.get(record.list_name, ""), "")
    return ListEntry(record.list_id, record.full_name, record.is_active, kind)


def _named(
    db: Session, connection_id: int, names: Mapping[str, Collection[str]]
) -> dict[str, dict[str, ListEntry]]:
    """The entries of these lists with these names; a list without such an entry is empty."""
    found: dict[str, dict[str, ListEntry]] = {name: {} for name in names}
    if not names:
        return found
    wanted = (
        and_(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name == name,
            MirrorRecord.full_name_key.in_(sorted(keys)),
        )
        for name, keys in names.items()
    )
    for record in db.scalars(
        select(MirrorRecord)
        .where(any_of(MirrorRecord.id, *wanted))
        .order_by(MirrorRecord.is_active, MirrorRecord.list_id)
    ):
        # Of two entries of one name the active one comes last, and counts.
        found[record.list_name][record.full_name_key] = entry_of(record)
    return found


_Rows = list[tuple[models.Mapping, MirrorRecord | None]]


def _mapped(db: Session, connection_id: int) -> dict[MappingKind, _Rows]:
    found: dict[MappingKind, _Rows] = {kind: [] for kind in _KINDS}
    rows = db.execute(
        select(models.Mapping, MirrorRecord)
        .outerjoin(MirrorRecord, same_record())
        .where(models.Mapping.connection_id == connection_id, models.Mapping.kind.in_(_KINDS))
        .order_by(models.Mapping.id)
    )
    for row, record in rows:
        found[row.kind].append((row, record))
    return found


def same_record() -> ColumnElement[bool]:
    """A mapping and the record that it names, in the same company file."""
    return and_(
        MirrorRecord.connection_id == models.Mapping.connection_id,
        MirrorRecord.list_name == models.Mapping.list_name,
        MirrorRecord.list_id == models.Mapping.list_id,
    )


def _chosen(row: models.Mapping, record: MirrorRecord | None, read: frozenset[str]) -> Chosen:
    if record is not None:
        entry: ListEntry | None = entry_of(record)
    else:
        # A list that is being read anew says nothing of what is gone.
        entry = None if row.list_name in read else ListEntry(row.list_id, row.full_name)
    return Chosen(row.shown, row.list_name, row.full_name, entry)
