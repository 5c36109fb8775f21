"""The items that a batch of orders may go to: a constant number of queries, whatever is sold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.columns import any_of
from qbwc_service.ledger.models import (
    Kind,
    MappingKind,
    MirrorKey,
    MirrorRecord,
    Posting,
)
from qbwc_service.ledger.models import Mapping as MappingRow
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.matching.company import Item, MappedItem
from qbwc_service.matching.item_names import new_item_names
from qbwc_service.matching.items import field_key
from qbwc_service.matching.keys import KeyKind, name_key, product_key, tax_key
from qbwc_service.planning.line_items import OWN_ITEM_SETTINGS
from qbwc_service.planning.order import LineKind, SalesLine
from qbwc_service.settings import Settings

ITEM_LIST = "Item"
_LIVING = [state for state in State if state not in ENDED]


@dataclass(frozen=True, slots=True)
class ItemSlice:
    """The fields of `matching.company.Company` that are about items."""

    by_full_name: Mapping[str, Item]
    by_name: Mapping[str, tuple[Item, ...]]
    by_field: Mapping[str, tuple[Item, ...]]
    mapped: Mapping[str, MappedItem]
    mapped_taxes: Mapping[str, MappedItem]
    made: Mapping[str, Item]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for: names, keys of products and taxes, source keys of our own items."""

    names: frozenset[str]
    products: frozenset[str]
    taxes: frozenset[str]
    made: frozenset[str]
    fields: frozenset[str]


def load_items(
    db: Session, connection_id: int, lines: Iterable[SalesLine], settings: Settings
) -> ItemSlice:
    """The items that these lines may go to, and those that settings name."""
    wanted = _wanted(list(lines), settings)
    mappings = _mappings(db, connection_id, wanted)
    made = _made(db, connection_id, wanted)
    fields = _fields(db, connection_id, wanted, settings)
    ids = {row.list_id for row in mappings} | set(made.values())
    for list_ids in fields.values():
        ids |= set(list_ids)
    items = _items(db, connection_id, wanted.names, ids)
    named = [item for item in items.values() if _is_named(item, wanted.names)]
    return ItemSlice(
        by_full_name={name_key(item.full_name): item for item in named},
        by_name=_grouped(named),
        by_field={
            key: tuple(items[list_id] for list_id in list_ids if list_id in items)
            for key, list_ids in fields.items()
        },
        mapped=_mapped(mappings, MappingKind.ITEM, items),
        mapped_taxes=_mapped(mappings, MappingKind.TAX_ITEM, items),
        made={key: items[list_id] for key, list_id in made.items() if list_id in items},
    )


def _wanted(lines: Sequence[SalesLine], settings: Settings) -> _Wanted:
    own = {name_key(getattr(settings, setting)) for setting in OWN_ITEM_SETTINGS}
    products = [line for line in lines if line.kind is LineKind.PRODUCT]
    keys = {product_key(line.sku, line.name) for line in products} - {""}
    skus = {line.sku for line in products if line.sku.strip()}
    names = {name_key(sku) for sku in skus}
    texts = _to_be_made(products, settings)
    names |= {name_key(text) for text in texts}
    names |= {name_key(name) for text in texts for name in new_item_names(text)}
    by_field = settings.item_match != "name"
    return _Wanted(
        names=frozenset(own | names),
        products=frozenset(keys),
        taxes=frozenset(tax_key(line.name) for line in lines if line.kind is LineKind.TAX),
        made=frozenset(own | {product_key(text, "") for text in texts}),
        fields=frozenset(field_key(text, settings) for text in skus | texts)
        if by_field
        else frozenset(),
    )


def _to_be_made(products: Iterable[SalesLine], settings: Settings) -> set[str]:
    """The texts that items may be made from."""
    texts: set[str] = set()
    for line in products:
        sku, name = line.sku.strip(), line.name.strip()
        setting = settings.missing_item if sku and name else settings.no_sku
        if setting == "create" and (sku or name):
            texts.add(sku or name)
    return texts


def _mappings(db: Session, connection_id: int, wanted: _Wanted) -> Sequence[MappingRow]:
    if not wanted.products and not wanted.taxes:
        return ()
    return db.scalars(
        select(MappingRow).where(
            MappingRow.connection_id == connection_id,
            or_(
                (MappingRow.kind == MappingKind.ITEM) & MappingRow.key.in_(sorted(wanted.products)),
                (MappingRow.kind == MappingKind.TAX_ITEM)
                & MappingRow.key.in_(sorted(wanted.taxes)),
            ),
        )
    ).all()


def _made(db: Session, connection_id: int, wanted: _Wanted) -> dict[str, str]:
    """ListIDs by source key of the items that our living postings made."""
    found = db.execute(
        select(Posting.source_key, Posting.record_id).where(
            Posting.connection_id == connection_id,
            Posting.kind == Kind.ITEM,
            Posting.source_key.in_(sorted(wanted.made)),
            Posting.state.in_(_LIVING),
            Posting.record_id != "",
        )
    )
    return dict(found.all())


def _fields(
    db: Session, connection_id: int, wanted: _Wanted, settings: Settings
) -> dict[str, list[str]]:
    """ListIDs by the key of the field that SKUs are compared with."""
    grouped: dict[str, list[str]] = {}
    if not wanted.fields:
        return grouped
    found = db.execute(
        select(MirrorKey.key, MirrorKey.list_id)
        .where(
            MirrorKey.connection_id == connection_id,
            MirrorKey.list_name == ITEM_LIST,
            MirrorKey.kind == KeyKind(settings.item_match),
            MirrorKey.key.in_(sorted(wanted.fields)),
        )
        .order_by(MirrorKey.key, MirrorKey.list_id)
    )
    for key, list_id in found:
        grouped.setdefault(key, []).append(list_id)
    return grouped


def _items(
    db: Session, connection_id: int, names: frozenset[str], ids: set[str]
) -> dict[str, Item]:
    """The items of these names, full or last part, and of these ListIDs."""
    keys = sorted(names)
    is_item = and_(MirrorRecord.connection_id == connection_id, MirrorRecord.list_name == ITEM_LIST)
    found = db.scalars(
        select(MirrorRecord)
        .where(
            any_of(
                MirrorRecord.id,
                is_item & MirrorRecord.full_name_key.in_(keys),
                is_item & MirrorRecord.name_key.in_(keys),
                is_item & MirrorRecord.list_id.in_(sorted(ids)),
            )
        )
        .order_by(MirrorRecord.list_id)
    )
    return {record.list_id: item_of(record) for record in found}


def item_of(record: MirrorRecord) -> Item:
    """A mirrored item as matching reads it."""
    kind = record.details.get("kind", "")
    return Item(record.list_id, record.name, record.full_name, record.is_active, kind)


def _is_named(item: Item, names: frozenset[str]) -> bool:
    return name_key(item.full_name) in names or name_key(item.name) in names


def _mapped(
    mappings: Iterable[MappingRow], kind: MappingKind, items: Mapping[str, Item]
) -> dict[str, MappedItem]:
    return {
        row.key: MappedItem(row.full_name, items.get(row.list_id))
        for row in mappings
        if row.kind is kind
    }


def _grouped(items: Iterable[Item]) -> dict[str, tuple[Item, ...]]:
    grouped: dict[str, tuple[Item, ...]] = {}
    for item in items:
        key = name_key(item.name)
        grouped[key] = (*grouped.get(key, ()), item)
    return grouped
