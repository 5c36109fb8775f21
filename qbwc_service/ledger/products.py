"""Which products orders sell, and which item each goes to; written whenever orders are planned.

What was sent keeps what was written of it then: the rows of its order say which item it has in
QuickBooks, whatever is planned for that product now.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.columns import rows_of
from qbwc_service.ledger.company_slice import load_company
from qbwc_service.ledger.models import Connection, KeapOrderProduct, KeapProduct, ProductState
from qbwc_service.matching import reasons
from qbwc_service.matching.company import Company
from qbwc_service.matching.keys import product_key
from qbwc_service.planning.line_items import LineItem, item_for
from qbwc_service.planning.order import Buyer, LineKind, SalesLine, SalesOrder
from qbwc_service.planning.plan import Hold
from qbwc_service.settings import Settings


@dataclass(frozen=True, slots=True)
class _Seen:
    """One product of one line, and what becomes of it."""

    key: str
    line: SalesLine
    found: LineItem | Hold

    @property
    def rule(self) -> str:
        return self.found.cause if isinstance(self.found, Hold) else self.found.why.rule

    @property
    def state(self) -> ProductState:
        if isinstance(self.found, Hold):
            return ProductState.NEEDS_MATCH
        if self.rule in reasons.TO_UNKNOWN_ITEM:
            return ProductState.TO_UNKNOWN
        made = self.rule == reasons.ITEM_MADE
        return ProductState.MADE_BY_US if made else ProductState.MATCHED

    @property
    def details(self) -> dict[str, str]:
        if isinstance(self.found, LineItem):
            return dict(self.found.why.details)
        return {name: text for name, text in self.found.details.items() if name != "order"}


def record(
    db: Session,
    connection_id: int,
    unsent: Collection[int],
    sales: Iterable[SalesOrder],
    company: Company,
    settings: Settings,
) -> None:
    """`unsent`: all orders that were planned and are not in QuickBooks; `sales`: those of them
    that settings do not leave out."""
    if not unsent:
        return
    products: dict[str, _Seen] = {}
    rules: dict[tuple[int, str], str] = {}
    for sale in sales:
        for seen in _products(sale, company, settings):
            products[seen.key] = seen
            if rules.get((sale.order_id, seen.key)) not in reasons.TO_UNKNOWN_ITEM:
                rules[sale.order_id, seen.key] = seen.rule
    _write_orders(db, connection_id, unsent, rules)
    _write_products(db, connection_id, products)


def look_again(
    db: Session, connection: Connection, keys: Collection[str], settings: Settings
) -> None:
    """The settings, the choices or the lists are others now: where these products go from here."""
    rows = _rows(db, connection.id, keys)
    if not rows:
        return
    sale = _imagined([_line(row) for row in rows.values()])
    company = load_company(db, connection, [sale], settings)
    _write_products(
        db,
        connection.id,
        {seen.key: seen for seen in _products(sale, company, settings)},
    )


def _products(sale: SalesOrder, company: Company, settings: Settings) -> Iterable[_Seen]:
    for line in sale.lines:
        key = product_key(line.sku, line.name) if line.kind is LineKind.PRODUCT else ""
        if key:
            yield _Seen(key, line, item_for(line, sale.order_id, company, settings))


def _write_orders(
    db: Session,
    connection_id: int,
    order_ids: Collection[int],
    rules: dict[tuple[int, str], str],
) -> None:
    db.execute(
        delete(KeapOrderProduct).where(
            KeapOrderProduct.connection_id == connection_id,
            KeapOrderProduct.order_id.in_(sorted(order_ids)),
        )
    )
    rows = [
        {"connection_id": connection_id, "order_id": order_id, "key": key, "rule": rule}
        for (order_id, key), rule in rules.items()
    ]
    if rows:
        db.execute(rows_of(KeapOrderProduct), rows)


def _write_products(db: Session, connection_id: int, products: dict[str, _Seen]) -> None:
    known = _rows(db, connection_id, products)
    added = []
    for key, seen in products.items():
        row = known.get(key)
        values = _values(seen, row.name if row else "")
        if row is None:
            added.append({"connection_id": connection_id, "key": key, **values})
            continue
        for column, value in values.items():
            setattr(row, column, value)
    db.flush()
    if added:
        db.execute(rows_of(KeapProduct), added)


def _values(seen: _Seen, known_name: str) -> dict[str, Any]:
    return {
        "sku": seen.line.sku.strip(),
        "name": seen.line.name.strip() or known_name,
        "state": seen.state,
        "rule": seen.rule,
        "details": seen.details,
        "item": "" if isinstance(seen.found, Hold) else seen.found.full_name,
    }


def _rows(db: Session, connection_id: int, keys: Collection[str]) -> dict[str, KeapProduct]:
    if not keys:
        return {}
    found = db.scalars(
        select(KeapProduct).where(
            KeapProduct.connection_id == connection_id, KeapProduct.key.in_(sorted(keys))
        )
    )
    return {row.key: row for row in found}


def _line(row: KeapProduct) -> SalesLine:
    return SalesLine(LineKind.PRODUCT, "", row.name, "", row.sku, Decimal(1), 0)


def _imagined(lines: Sequence[SalesLine]) -> SalesOrder:
    """An order that sells these products: what is found for it is found for theirs."""
    return SalesOrder(0, "", "", date.min, "", 0, Buyer(""), tuple(lines))
