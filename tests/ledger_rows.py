"""Builders: rows of the ledger as they would stand after reading and posting."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from qbwc_service.ledger.models import (
    ErrorEntry,
    KeapOrder,
    KeapPayment,
    Kind,
    Mapping,
    MappingKind,
    MessageSet,
    MirrorList,
    MirrorRecord,
    OrderStatus,
    PaymentStatus,
    Posting,
    UnreadableRecord,
    UpdateSession,
)
from qbwc_service.ledger.standing import AT_ONCE
from qbwc_service.ledger.states import State
from qbwc_service.matching.keys import name_key

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def add_order(db: Session, connection_id: int, keap_id: int, **changes: Any) -> None:
    values: dict[str, Any] = {
        "customer_name": "Ann Lee",
        "currency": "USD",
        "total": 1000,
        "raw": "{}",
        "sale": {},
        "content_hash": "a",
        "read_at": NOON,
        "status": OrderStatus.READY,
        "next_try_at": AT_ONCE,
        "needs_plan": False,
    }
    db.add(KeapOrder(connection_id=connection_id, keap_id=keap_id, **(values | changes)))


def add_payment(
    db: Session,
    connection_id: int,
    payment_id: int,
    order_id: int,
    *,
    amount: int = 1000,
    status: PaymentStatus = PaymentStatus.WAITING,
) -> None:
    db.add(
        KeapPayment(
            connection_id=connection_id,
            payment_id=payment_id,
            order_id=order_id,
            amount=amount,
            raw="{}",
            received={},
            content_hash="a",
            read_at=NOON,
            status=status,
        )
    )


def add_posting(
    db: Session,
    connection_id: int,
    order_id: int,
    kind: Kind = Kind.INVOICE,
    state: State = State.READY,
    **changes: Any,
) -> None:
    key = str(order_id) if kind is Kind.INVOICE else f"{order_id}1/{order_id}"
    values: dict[str, Any] = {
        "source_key": key,
        "external_guid": f"{{{uuid.uuid4()}}}",
        "number": str(order_id),
        "amount": 1000,
        "created_at": NOON,
        "planned_hash": "a" if state is State.POSTED else "",
    }
    db.add(
        Posting(
            connection_id=connection_id,
            order_id=order_id,
            kind=kind,
            state=state,
            **(values | changes),
        )
    )


def add_session(db: Session, connection_id: int, **changes: Any) -> UpdateSession:
    """An update under way; flushed, so that it has its id."""
    values: dict[str, Any] = {
        "ticket_digest": uuid.uuid4().hex,
        "remote_address": "10.0.0.5",
        "started_at": NOON,
        "last_call_at": NOON,
    }
    made = UpdateSession(connection_id=connection_id, **(values | changes))
    db.add(made)
    db.flush()
    return made


def add_message_set(db: Session, session: UpdateSession, **changes: Any) -> MessageSet:
    """A message that writes; flushed, so that it has its id."""
    values: dict[str, Any] = {"phase": "post", "writes": True, "request": "-", "prepared_at": NOON}
    of = {"connection_id": session.connection_id, "session_id": session.id}
    made = MessageSet(**(of | values | changes))
    db.add(made)
    db.flush()
    return made


def add_unreadable(db: Session, connection_id: int, record_id: str, **changes: Any) -> None:
    values: dict[str, Any] = {"resource": "order", "raw": "{", "reason": "?", "read_at": NOON}
    db.add(UnreadableRecord(connection_id=connection_id, record_id=record_id, **(values | changes)))


def add_error(db: Session, connection_id: int, message: str, **changes: Any) -> None:
    values: dict[str, Any] = {"at": NOON, "details": {}}
    db.add(ErrorEntry(connection_id=connection_id, message=message, **(values | changes)))


def add_entry(
    db: Session, connection_id: int, list_name: str, full_name: str, kind: str = "", **more: Any
) -> None:
    """An entry of a QuickBooks list in our copy; its ListID is its name's."""
    details = {"Account": "AccountType", "Template": "TemplateType", "Item": "kind"}
    name = full_name.rsplit(":", maxsplit=1)[-1]
    values: dict[str, Any] = {
        "list_id": f"{list_name[0]}-{full_name}",
        "details": {details[list_name]: kind} if kind else {},
    }
    db.add(
        MirrorRecord(
            connection_id=connection_id,
            list_name=list_name,
            name=name,
            full_name=full_name,
            name_key=name_key(name),
            full_name_key=name_key(full_name),
            **(values | more),
        )
    )


def add_read_lists(db: Session, connection_id: int, *list_names: str) -> None:
    """These lists were read completely."""
    for name in list_names:
        row = MirrorList(connection_id=connection_id, list_name=name, loaded_at=NOON, read_at=NOON)
        db.add(row)


def add_mapping(
    db: Session,
    connection_id: int,
    kind: MappingKind,
    key: str,
    list_name: str,
    full_name: str,
    *,
    list_id: str = "",
) -> None:
    """Chosen by Bea; the entry's ListID is that of `add_entry`, unless told otherwise."""
    db.add(
        Mapping(
            connection_id=connection_id,
            kind=kind,
            key=key,
            shown=key.title(),
            list_name=list_name,
            list_id=list_id or f"{list_name[0]}-{full_name}",
            full_name=full_name,
            made_by="Bea",
            made_at=NOON,
        )
    )
