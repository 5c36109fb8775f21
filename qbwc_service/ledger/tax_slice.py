"""The sales tax items that people chose, with their rates, and the groups made of them.

Nothing is asked while the tax of a connection is a line of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import MirrorRecord
from qbwc_service.matching.company import Chosen
from qbwc_service.matching.tax_items import SALES_TAX_KINDS
from qbwc_service.planning.order import LineKind, SalesOrder
from qbwc_service.settings import Settings

_ITEM_LIST = "Item"
_GROUP = "SalesTaxGroup"


@dataclass(frozen=True, slots=True)
class TaxSlice:
    """See `matching.company.Company`."""

    rates: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)
    groups: Mapping[frozenset[str], str] = field(default_factory=dict)


def load_taxes(
    db: Session,
    connection_id: int,
    chosen: Mapping[str, Chosen],
    orders: Sequence[SalesOrder],
    settings: Settings,
) -> TaxSlice:
    """Three queries at most; all groups only where an order has several taxes."""
    wanted = {
        each.entry.list_id
        for each in chosen.values()
        if each.entry is not None and each.entry.kind in SALES_TAX_KINDS
    }
    if settings.sales_tax == "line" or not wanted:
        return TaxSlice()
    items = _records(db, connection_id, wanted)
    groups = _groups(db, connection_id) if any(map(_has_several, orders)) else []
    groups = [*groups, *(item for item in items if _is_group(item))]
    members = {member for group in groups for member in _members(group)}
    rate = {
        item.list_id: _rate(item)
        for item in (*items, *_records(db, connection_id, members - wanted))
    }
    return TaxSlice(
        rates={item.list_id: (rate[item.list_id],) for item in items if not _is_group(item)}
        | {
            group.list_id: tuple(rate.get(member, Decimal(0)) for member in _members(group))
            for group in groups
        },
        groups={frozenset(_members(group)): group.list_id for group in groups if group.is_active},
    )


def _has_several(order: SalesOrder) -> bool:
    return len([line for line in order.lines if line.kind is LineKind.TAX]) > 1


def _records(db: Session, connection_id: int, list_ids: Iterable[str]) -> Sequence[MirrorRecord]:
    ids = sorted(list_ids)
    if not ids:
        return []
    return db.scalars(
        select(MirrorRecord).where(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name == _ITEM_LIST,
            MirrorRecord.list_id.in_(ids),
        )
    ).all()


def _groups(db: Session, connection_id: int) -> Sequence[MirrorRecord]:
    return db.scalars(
        select(MirrorRecord).where(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name == _ITEM_LIST,
            MirrorRecord.details["kind"].as_string() == _GROUP,
        )
    ).all()


def _is_group(item: MirrorRecord) -> bool:
    return item.details.get("kind") == _GROUP


def _members(group: MirrorRecord) -> list[str]:
    return [str(member) for member in group.details.get("tax_items", [])]


def _rate(item: MirrorRecord) -> Decimal:
    try:
        return Decimal(item.details.get("tax_rate") or 0)
    except InvalidOperation:
        return Decimal(0)
