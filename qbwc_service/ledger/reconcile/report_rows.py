"""What the reconciling report is made from: Keap's rows of a period and the postings behind them,
without their payloads, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, String, and_, func, select, type_coerce, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from qbwc_service.ledger.models import (
    SALES,
    KeapOrder,
    KeapPayment,
    Kind,
    Posting,
    QuickbooksTxn,
    UnreadableRecord,
)
from qbwc_service.ledger.row_postings import ROW_KINDS
from qbwc_service.ledger.states import ENDED


def _as_text(column: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """A status as it is stored: it equals the member of its enum, which costs more to make of
    thousands of rows than all else."""
    return type_coerce(column, String).label(column.key)


def orders_of(db: Session, connection_id: int, days: tuple[date, date]) -> Sequence[Any]:
    """Orders by the day that Keap dates them, chosen in the index alone."""
    chosen = select(KeapOrder.id).where(
        KeapOrder.connection_id == connection_id, KeapOrder.order_date.between(*days)
    )
    return db.execute(
        select(
            KeapOrder.keap_id,
            KeapOrder.order_date,
            KeapOrder.customer_name,
            KeapOrder.total,
            _as_text(KeapOrder.status),
            KeapOrder.cause,
        )
        .where(KeapOrder.id.in_(chosen))
        .order_by(KeapOrder.order_date, KeapOrder.keap_id)
    ).all()


def rows_of(db: Session, connection_id: int, days: tuple[date, date]) -> Sequence[Any]:
    """Payment rows by the day they were paid on, with the customers of their orders."""
    return db.execute(
        select(
            KeapPayment.payment_id,
            KeapPayment.order_id,
            KeapPayment.paid_on,
            KeapPayment.amount,
            KeapPayment.kind,
            _as_text(KeapPayment.status),
            KeapPayment.cause,
            KeapPayment.skip,
            KeapOrder.customer_name,
        )
        .outerjoin(
            KeapOrder,
            and_(
                KeapOrder.connection_id == KeapPayment.connection_id,
                KeapOrder.keap_id == KeapPayment.order_id,
            ),
        )
        .where(KeapPayment.connection_id == connection_id, KeapPayment.paid_on.between(*days))
        .order_by(KeapPayment.paid_on, KeapPayment.payment_id, KeapPayment.order_id)
    ).all()


def postings_of(
    db: Session, connection_id: int, days: tuple[date, date]
) -> tuple[dict[int, Row[Any]], dict[str, list[Row[Any]]]]:
    """The form of each order, and the postings of each payment row by its key."""
    orders = select(KeapOrder.keap_id).where(
        KeapOrder.connection_id == connection_id, KeapOrder.order_date.between(*days)
    )
    paid = select(KeapPayment.order_id).where(
        KeapPayment.connection_id == connection_id, KeapPayment.paid_on.between(*days)
    )
    thin = (
        select(
            Posting.id,
            Posting.order_id,
            Posting.kind,
            Posting.source_key,
            Posting.generation,
            _as_text(Posting.state),
            Posting.cause,
            Posting.details,
            Posting.number,
            Posting.amount,
            Posting.record_id,
            QuickbooksTxn.total.label("read_total"),
        )
        .outerjoin(
            QuickbooksTxn,
            and_(
                QuickbooksTxn.connection_id == Posting.connection_id,
                QuickbooksTxn.kind == Posting.kind,
                QuickbooksTxn.txn_id == Posting.record_id,
            ),
        )
        .where(Posting.connection_id == connection_id)
        .order_by(Posting.id)
    )
    wanted = (*SALES, *ROW_KINDS)
    with_order = thin.where(Posting.order_id.in_(union(orders, paid)), Posting.kind.in_(wanted))
    without = thin.where(Posting.order_id.is_(None), Posting.kind.in_(ROW_KINDS))
    newest: dict[tuple[Kind, str], Row[Any]] = {}
    for row in (*db.execute(with_order), *db.execute(without)):
        known = newest.get((row.kind, row.source_key))
        if known is None or known.generation < row.generation:
            newest[row.kind, row.source_key] = row
    return _by_order(newest.values()), _by_row(newest.values())


def _by_order(postings: Iterable[Row[Any]]) -> dict[int, Row[Any]]:
    """The form that lives, else the last (as ledger.sendable.sale_of)."""
    sales: dict[int, Row[Any]] = {}
    for row in postings:
        if not row.kind.is_sale:
            continue
        known = sales.get(row.order_id)
        if known is None or _goes_before(known) < _goes_before(row):
            sales[row.order_id] = row
    return sales


def _goes_before(row: Row[Any]) -> tuple[bool, int]:
    return row.state not in ENDED, row.id


def _by_row(postings: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    of_rows: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in postings:
        if not row.kind.is_sale:
            of_rows[row.source_key].append(row)
    return of_rows


def foreign_of(db: Session, connection_id: int, home: str) -> dict[int, str]:
    """Orders in another currency than `home`, with their currency; read in an index alone. Where
    `home` is "" (nobody has told in which currency the books are kept) there are none."""
    if not home:
        return {}
    found = db.execute(
        select(KeapOrder.keap_id, KeapOrder.currency).where(
            KeapOrder.connection_id == connection_id, KeapOrder.currency.not_in(("", home))
        )
    )
    return dict(found.all())


def unreadable_of(db: Session, connection_id: int) -> int:
    """Records of Keap that could not be read and still cannot."""
    found = select(func.count()).where(
        UnreadableRecord.connection_id == connection_id, UnreadableRecord.readable_since.is_(None)
    )
    return db.scalar(found) or 0


def undated_of(db: Session, connection_id: int) -> int:
    """Orders and payments of which Keap tells no date."""
    orders = select(func.count()).where(
        KeapOrder.connection_id == connection_id, KeapOrder.order_date.is_(None)
    )
    rows = select(func.count()).where(
        KeapPayment.connection_id == connection_id, KeapPayment.paid_on.is_(None)
    )
    return (db.scalar(orders) or 0) + (db.scalar(rows) or 0)
