"""One page of orders into the table. An order that did not change is not touched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from keap import Order
from qbwc_service.ledger import error_log, history, sources, standing, trail
from qbwc_service.ledger.columns import rows_of
from qbwc_service.ledger.models import (
    Event,
    KeapOrder,
    KeapPayment,
    OrderStatus,
    PaymentStatus,
)
from qbwc_service.matching.keys import search_key
from qbwc_service.planning.order import Override, SalesOrder
from qbwc_service.staging.contact_rows import buyers, shown_name
from qbwc_service.staging.erased_contacts import (
    erased_among,
    order_text_without_person,
    sale_without_person,
)

#: what an order tells beside its money and its buyer: no reason to ask Keap for those again
_TOLD_BESIDE = frozenset(
    (
        *("refund_total", "source", "order_type", "notes", "promo_code", "due_on"),
        *("custom_fields", "is_taxable"),
    )
)

#: what goes to QuickBooks only when its payments were read too
_UNCHECKED = {"is_checked": False}
_NO_OVERRIDES: list[str] = []


@dataclass(frozen=True, slots=True)
class StagedOrder:
    """An order as read, and as planning reads it; `stored` is the latter as JSON."""

    order: Order
    sale: SalesOrder
    stored: bytes

    def differs(self, row: Row[Any]) -> bool:
        """From the sale in the table."""
        return bool(msgspec.json.decode(self.stored) != row.sale)

    def differs_for_others(self, row: Row[Any]) -> bool:
        """From the sale in the table, so that its payments and contact may be others as well."""
        told = msgspec.json.decode(self.stored)
        return told != row.sale and _for_others(told) != _for_others(row.sale)


def write_orders(
    db: Session,
    connection_id: int,
    staged: Sequence[StagedOrder],
    now: datetime,
    *,
    settle_for: timedelta = timedelta(),
) -> int:
    """Insert the new, update the changed, leave the rest; gives how many were written.

    A new order that is not paid waits for so long, from when it was made, for its payment.
    """
    staged = _as_kept(db, connection_id, staged)
    known = _known(db, connection_id, staged)
    names = _names(db, connection_id, staged)
    inserted: list[dict[str, Any]] = []
    updated: list[dict[str, Any]] = []
    changed: list[int] = []
    edited: list[int] = []
    for one in {one.sale.order_id: one for one in staged}.values():
        values = _values(one, names[one.sale.buyer.contact_id], now)
        row = known.get(one.sale.order_id)
        if row is None:
            inserted.append(values | _beginning(connection_id, one, now, settle_for))
        elif _is_newer(one, values, row):
            is_other_sale = one.differs(row) or row.deleted_at is not None
            needs_plan = row.needs_plan or is_other_sale
            updated.append(values | _again(one, row) | {"id": row.id, "needs_plan": needs_plan})
            changed.extend([one.sale.order_id] if is_other_sale else [])
            edited.extend([one.sale.order_id] if _is_edited(values, row) else [])
    if inserted:
        db.execute(rows_of(KeapOrder), inserted)
    if updated:
        db.execute(update(KeapOrder), updated)
    new = [values["keap_id"] for values in inserted]
    _take_payments(db, connection_id, new, now)
    standing.refresh(db, connection_id, changed)
    _tell_history(db, connection_id, new, edited, now)
    return len(new) + len(changed)


def mark_deleted(db: Session, connection_id: int, order_ids: Sequence[int], now: datetime) -> None:
    """Keap does not have these any more, and was asked twice."""
    orders = db.scalars(
        select(KeapOrder).where(
            KeapOrder.connection_id == connection_id,
            KeapOrder.keap_id.in_(sorted(order_ids)),
            KeapOrder.deleted_at.is_(None),
        )
    ).all()
    for order in orders:
        order.deleted_at, order.needs_plan, order.is_checked = now, True, True
        history.note(db, connection_id, "No longer in Keap", now=now, order_id=order.keap_id)
    standing.refresh(db, connection_id, [order.keap_id for order in orders])


def settle(db: Session, connection_id: int) -> None:
    """No order waits for its payment any more."""
    orders = db.scalars(
        select(KeapOrder).where(
            KeapOrder.connection_id == connection_id,
            KeapOrder.has_work,
            KeapOrder.settles_at.is_not(None),
        )
    ).all()
    for order in orders:
        order.settles_at = None
    standing.refresh(db, connection_id, [order.keap_id for order in orders])


def known_and_changed(db: Session, connection_id: int, staged: Sequence[StagedOrder]) -> list[int]:
    """The orders that were read before and differ now: their payments may differ too."""
    staged = _as_kept(db, connection_id, staged)
    known = _known(db, connection_id, staged)
    return sorted(
        one.sale.order_id
        for one in staged
        if one.sale.order_id in known and one.differs_for_others(known[one.sale.order_id])
    )


def changed_contacts(db: Session, connection_id: int, staged: Sequence[StagedOrder]) -> set[str]:
    """The contacts of those orders that are new, or differ from what is in the table."""
    staged = _as_kept(db, connection_id, staged)
    known = _known(db, connection_id, staged)
    return {
        one.sale.buyer.contact_id
        for one in staged
        if one.sale.order_id not in known or one.differs_for_others(known[one.sale.order_id])
    } - {""}


def _as_kept(
    db: Session, connection_id: int, staged: Sequence[StagedOrder]
) -> Sequence[StagedOrder]:
    """Of contacts that were erased, only what the ledger needs."""
    erased = erased_among(db, connection_id, {one.sale.buyer.contact_id for one in staged} - {""})
    return [_kept(one) if one.sale.buyer.contact_id in erased else one for one in staged]


def _kept(one: StagedOrder) -> StagedOrder:
    order = msgspec.structs.replace(one.order, raw=order_text_without_person(one.order.raw))
    sale = sale_without_person(one.sale)
    return StagedOrder(order, sale, msgspec.json.encode(sale))


def _for_others(sale: dict[str, Any]) -> dict[str, Any]:
    lines = [_without_beside(line) for line in sale["lines"]]
    return _without_beside(sale) | {"lines": lines}


def _without_beside(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in _TOLD_BESIDE}


def _known(db: Session, connection_id: int, staged: Sequence[StagedOrder]) -> dict[int, Row[Any]]:
    found = db.execute(
        select(
            KeapOrder.keap_id,
            KeapOrder.id,
            KeapOrder.sale,
            KeapOrder.raw,
            KeapOrder.customer_name,
            KeapOrder.modified_at,
            KeapOrder.needs_plan,
            KeapOrder.content_hash,
            KeapOrder.deleted_at,
            KeapOrder.settles_at,
            KeapOrder.overrides,
        ).where(
            KeapOrder.connection_id == connection_id,
            KeapOrder.keap_id.in_(sorted(one.sale.order_id for one in staged)),
        )
    )
    return {row.keap_id: row for row in found}


def _names(db: Session, connection_id: int, staged: Sequence[StagedOrder]) -> dict[str, str]:
    """What to call the customers: by the contact as read, else by what the order says."""
    stubs = {one.sale.buyer.contact_id: one.sale.buyer for one in staged}
    read = buyers(db, connection_id, stubs)
    return {key: shown_name(read.get(key, stub)) for key, stub in stubs.items()}


def _values(one: StagedOrder, customer_name: str, now: datetime) -> dict[str, Any]:
    order, sale = one.order, one.sale
    return {
        "keap_id": sale.order_id,
        "invoice_id": sale.invoice_id,
        "title": sale.title.replace("\x00", ""),
        "order_date": sale.placed_on,
        "modified_at": order.modification_time,
        "contact_id": sale.buyer.contact_id,
        "customer_name": customer_name,
        "search_name": search_key(customer_name),
        "currency": sale.currency,
        "total": sale.total,
        "total_paid": sale.total_paid,
        "raw": order.raw.decode(),
        "sale": msgspec.Raw(one.stored),
        "content_hash": sources.sale_hash(sale),
        "read_at": now,
    }


def _beginning(
    connection_id: int, one: StagedOrder, now: datetime, settle_for: timedelta
) -> dict[str, Any]:
    settles_at = None
    made = one.order.creation_time
    if made and not _is_paid(one) and now < min(made, now) + settle_for:
        settles_at = min(made, now) + settle_for
    # Every column, for a default costs a call a row.
    return {
        "connection_id": connection_id,
        "status": OrderStatus.NEW,
        "cause": "",
        "subject": "",
        "skip": "",
        "has_work": True,
        "needs_plan": True,
        "next_try_at": settles_at or standing.AT_ONCE,
        "settles_at": settles_at,
        "overrides": _NO_OVERRIDES,
        **_UNCHECKED,
    }


def _again(one: StagedOrder, row: Row[Any]) -> dict[str, Any]:
    """It is in Keap, whatever was thought; once it is paid, there is nothing to wait for."""
    overrides = row.overrides
    if row.deleted_at is not None:
        overrides = [name for name in overrides if name != Override.DELETED]
    return {
        "deleted_at": None,
        "overrides": overrides,
        "settles_at": None if _is_paid(one) else row.settles_at,
        **_UNCHECKED,
    }


def _is_paid(one: StagedOrder) -> bool:
    return (one.sale.total_paid or 0) >= one.sale.total


def _is_edited(values: dict[str, Any], row: Row[Any]) -> bool:
    """What would stand on the invoice is another; a payment alone edits nothing."""
    return bool(values["content_hash"] != row.content_hash)


def _is_newer(one: StagedOrder, values: dict[str, Any], row: Row[Any]) -> bool:
    """Another text that is not an older one: two readings may cross."""
    if row.deleted_at is not None:
        return True
    if row.modified_at and values["modified_at"] and values["modified_at"] < row.modified_at:
        return False
    is_other = any(values[name] != getattr(row, name) for name in ("raw", "customer_name"))
    return is_other or one.differs(row)


def _take_payments(
    db: Session, connection_id: int, order_ids: Sequence[int], now: datetime
) -> None:
    """Payments that came before their order wait for its plan now, and no longer for a person."""
    if not order_ids:
        return
    rows = db.scalars(
        select(KeapPayment).where(
            KeapPayment.connection_id == connection_id, KeapPayment.order_id.in_(order_ids)
        )
    ).all()
    for row in rows:
        row.status, row.cause, row.skip = PaymentStatus.NEW, "", ""
    db.flush()
    for order_id in sorted({row.order_id for row in rows}):
        messages = ["payment-without-order"]
        error_log.solve(db, connection_id, now=now, order_id=order_id, messages=messages)


def _tell_history(
    db: Session,
    connection_id: int,
    new: Sequence[int],
    changed: Sequence[int],
    now: datetime,
) -> None:
    trail.orders(db, connection_id, new, "read from Keap")
    trail.orders(db, connection_id, changed, "changed in Keap")
    texts = dict.fromkeys(new, "Read from Keap") | dict.fromkeys(changed, "Changed in Keap")
    lines = [
        {
            "connection_id": connection_id,
            "order_id": order_id,
            "at": now,
            "who": history.SERVICE,
            "text": text,
        }
        for order_id, text in texts.items()
    ]
    if lines:
        # One statement, where single lines would be a statement each.
        db.execute(rows_of(Event), lines)
