"""One page of payments into the table, a row an order. What changed has its order planned again."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from keap import Page, Payment, decode_record
from qbwc_service.ledger import error_log, sources, standing, trail
from qbwc_service.ledger.columns import rows_of
from qbwc_service.ledger.models import KeapOrder, KeapPayment, PaymentStatus
from qbwc_service.ledger.payment_search import found_by, gateway_name
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.planning.payment_rows import payment_details
from qbwc_service.staging.erased_contacts import erased_among, payment_text_without_person
from qbwc_service.staging.stored import as_stored

#: shown as the status in Keap of a row whose payment was moved to another order
MOVED = "moved to another order"
#: and of one that Keap does not have any more
DELETED = "deleted in Keap"

_WITHOUT_ORDER = "payment-without-order"
_NOT_A_PAYMENT = "not-a-payment"

_Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class StagedPayment:
    """A payment as read, and its rows as planning reads them."""

    payment: Payment
    rows: tuple[ReceivedPayment, ...]


def write_payments(
    db: Session, connection_id: int, staged: Sequence[StagedPayment], now: datetime
) -> int:
    """Insert the new rows, update the changed, leave the rest; gives how many were written."""
    known = _known(db, connection_id, staged)
    changed = _changed(staged, known)
    orders = _orders(db, connection_id, {order_id for _, order_id in changed})
    payers = {payment.contact_id for payment, _ in changed.values()} - {""}
    erased = erased_among(db, connection_id, payers) if payers else frozenset()
    inserted: list[dict[str, Any]] = []
    updated: list[dict[str, Any]] = []
    for key, (payment, received) in changed.items():
        row = known.get(key)
        values = _values(payment, received, now, is_erased=payment.contact_id in erased)
        if received.order_id not in orders:
            values |= _standing_alone(received)
        if row is None:
            inserted.append({"connection_id": connection_id} | _BEGINNING | values)
        else:
            stood = {"status": row.status, "cause": row.cause, "skip": row.skip}
            # Another amount than the one that a person approved is to be approved anew.
            is_same = received.amount == row.amount
            stood["approved_at"] = row.approved_at if is_same else None
            updated.append({"id": row.id} | stood | values)
    if inserted:
        db.execute(rows_of(KeapPayment), inserted)
    if updated:
        db.execute(update(KeapPayment), updated)
    paid_for = {order_id for _, order_id in changed}
    trail.orders(db, connection_id, sorted(paid_for), "a payment read from Keap")
    _plan_again(db, connection_id, orders)
    alone = [received for _, received in changed.values() if received.order_id not in orders]
    _tell(db, connection_id, alone, now)
    return len(changed)


def mark_deleted(
    db: Session, connection_id: int, payment_ids: Sequence[int], now: datetime
) -> None:
    """Keap does not have these payments any more, and was asked twice: they are no money."""
    rows = db.scalars(
        select(KeapPayment).where(
            KeapPayment.connection_id == connection_id,
            KeapPayment.payment_id.in_(sorted(payment_ids)),
        )
    ).all()
    for row in rows:
        received = replace(
            sources.payment_from(row.received),
            kind=PaymentKind.NOT_COMPLETED,
            source_status=DELETED,
        )
        row.received, row.kind = as_stored(received), received.kind
        row.content_hash, row.read_at = sources.payment_hash(received), now
    db.flush()
    known = _orders(db, connection_id, {row.order_id for row in rows})
    for row in rows:
        if row.order_id not in known:
            row.status, row.cause, row.skip = PaymentStatus.SKIPPED_BY_SETTINGS, "", _NOT_A_PAYMENT
    _plan_again(db, connection_id, known)


def raw_payments(db: Session, connection_id: int, payment_ids: Collection[int]) -> Page[Payment]:
    """The payments as Keap sent them, out of the table."""
    found = db.execute(
        select(KeapPayment.payment_id, KeapPayment.raw).where(
            KeapPayment.connection_id == connection_id,
            KeapPayment.payment_id.in_(sorted(payment_ids)),
        )
    )
    raw = {row.payment_id: row.raw for row in found}
    return Page(tuple(decode_record(text.encode(), Payment) for text in raw.values()), (), "")


def unread_orders(db: Session, connection_id: int, staged: Sequence[StagedPayment]) -> set[int]:
    """The orders that new rows name and that were never read."""
    known = _known(db, connection_id, staged)
    named = {
        received.order_id
        for one in staged
        for received in one.rows
        if (received.payment_id, received.order_id) not in known
    } - {0}
    return named - set(_orders(db, connection_id, named))


_BEGINNING: dict[str, Any] = {"status": PaymentStatus.NEW, "cause": "", "skip": ""}


def _changed(
    staged: Iterable[StagedPayment], known: Mapping[_Key, Row[Any]]
) -> dict[_Key, tuple[Payment, ReceivedPayment]]:
    orders_before: dict[int, set[int]] = defaultdict(set)
    for payment_id, order_id in known:
        orders_before[payment_id].add(order_id)
    wanted = {
        (received.payment_id, received.order_id): (one.payment, received)
        for one in staged
        for received in (*one.rows, *_moved_away(one, orders_before))
    }
    return {
        key: (payment, received)
        for key, (payment, received) in wanted.items()
        if key not in known or known[key].received != as_stored(received)
    }


def _moved_away(
    one: StagedPayment, orders_before: Mapping[int, set[int]]
) -> Iterable[ReceivedPayment]:
    """Rows for orders that the payment no longer names: no money of theirs any more."""
    first = one.rows[0]
    named = {received.order_id for received in one.rows}
    for order_id in sorted(orders_before.get(first.payment_id, set()) - named):
        yield replace(first, order_id=order_id, kind=PaymentKind.NOT_COMPLETED, source_status=MOVED)


def _known(
    db: Session, connection_id: int, staged: Sequence[StagedPayment]
) -> dict[_Key, Row[Any]]:
    found = db.execute(
        select(
            KeapPayment.id,
            KeapPayment.payment_id,
            KeapPayment.order_id,
            KeapPayment.received,
            KeapPayment.amount,
            KeapPayment.approved_at,
            KeapPayment.status,
            KeapPayment.cause,
            KeapPayment.skip,
        ).where(
            KeapPayment.connection_id == connection_id,
            KeapPayment.payment_id.in_(sorted({one.rows[0].payment_id for one in staged})),
        )
    )
    return {(row.payment_id, row.order_id): row for row in found}


def _orders(db: Session, connection_id: int, order_ids: set[int]) -> dict[int, bool]:
    """Those of the orders that were read, and whether each is to be planned anyway."""
    found = db.execute(
        select(KeapOrder.keap_id, KeapOrder.needs_plan).where(
            KeapOrder.connection_id == connection_id, KeapOrder.keap_id.in_(sorted(order_ids))
        )
    )
    return {row.keap_id: row.needs_plan for row in found}


def _values(
    payment: Payment, received: ReceivedPayment, now: datetime, *, is_erased: bool
) -> dict[str, Any]:
    raw = payment_text_without_person(payment.raw) if is_erased else payment.raw
    return {
        "payment_id": received.payment_id,
        "order_id": received.order_id,
        "amount": received.amount,
        "paid_on": received.paid_on,
        "kind": received.kind,
        "is_shared": len(received.order_ids) > 1,
        "raw": raw.decode(),
        "received": msgspec.Raw(msgspec.json.encode(received)),
        **found_by(
            received, gateway_name(payment.merchant_account_type, payment.merchant_account_id)
        ),
        "content_hash": sources.payment_hash(received),
        "read_at": now,
    }


def _standing_alone(received: ReceivedPayment) -> dict[str, Any]:
    """Of a row whose order was never read: money waits for a person, the rest is left out."""
    if _is_money(received):
        return {"status": PaymentStatus.HELD, "cause": _WITHOUT_ORDER, "skip": ""}
    return {
        "status": PaymentStatus.SKIPPED_BY_SETTINGS,
        "cause": _NOT_A_PAYMENT,
        "skip": _NOT_A_PAYMENT,
    }


def _is_money(received: ReceivedPayment) -> bool:
    is_none = received.kind in {PaymentKind.NOT_COMPLETED, PaymentKind.TEST}
    return not is_none and received.amount != 0


def _plan_again(db: Session, connection_id: int, orders: Mapping[int, bool]) -> None:
    """Their payments changed: they are checked, and planned where they were planned before."""
    if not orders:
        return
    db.execute(
        update(KeapOrder)
        .where(KeapOrder.connection_id == connection_id, KeapOrder.keap_id.in_(sorted(orders)))
        .values(needs_plan=True, is_checked=False),
        execution_options={"synchronize_session": False},
    )
    standing.refresh(
        db, connection_id, [order_id for order_id, needs_plan in orders.items() if not needs_plan]
    )


def _tell(db: Session, connection_id: int, alone: Iterable[ReceivedPayment], now: datetime) -> None:
    """In the error log, for there is no order to show them with."""
    for received in alone:
        if _is_money(received):
            error_log.tell(
                db,
                connection_id,
                _WITHOUT_ORDER,
                payment_details(received),
                now=now,
                order_id=received.order_id or None,
            )
