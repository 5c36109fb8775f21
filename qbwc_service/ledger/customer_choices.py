"""Which customer a person says that a Keap contact is, and who may be meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.customer_slice import CUSTOMER_LIST
from qbwc_service.ledger.mappings import Choice, MappingRefused, Mappings
from qbwc_service.ledger.models import (
    Connection,
    KeapContact,
    KeapOrder,
    Kind,
    Mapping,
    MappingKind,
    MirrorRecord,
    Posting,
)
from qbwc_service.ledger.plan_input import matched_customer
from qbwc_service.ledger.sources import buyer_from
from qbwc_service.ledger.states import State
from qbwc_service.matching.customer_index import Customer
from qbwc_service.matching.keys import name_key

#: what is written for a contact that shall have a customer of its own
NEW_CUSTOMER = "a new customer"


@dataclass(frozen=True, slots=True)
class Remembered:
    """One contact with the customer that a person chose for it."""

    contact_id: str
    contact: str
    customer: str
    is_there: bool
    chosen_by: str
    chosen_at: datetime


def candidates(db: Session, connection: Connection, order: KeapOrder) -> Sequence[Customer]:
    """Those who may be meant, where matching cannot tell by itself."""
    found = matched_customer(db, connection, order).candidates
    return [customer for customer in found if customer.list_id]


def choose(
    db: Session, connection: Connection, contact_id: str, list_id: str, who: str, now: datetime
) -> str:
    """Remember this customer for the contact ("" = a new one); gives what it is called.

    Orders of the contact that wait for it are planned again; what is in QuickBooks stays where it
    is. Raises MappingRefused.
    """
    full_name = NEW_CUSTOMER
    if list_id:
        record = _customer(db, connection.id, MirrorRecord.list_id == list_id)
        if record is None:
            raise MappingRefused(
                "QuickBooks did not have that customer when its lists were last read"
            )
        if not record.is_active:
            raise MappingRefused(f'The customer "{record.full_name}" is inactive in QuickBooks')
        full_name = record.full_name
    elif own := _inactive_own(db, connection.id, contact_id):
        raise MappingRefused(
            f'The contact has a customer of its own already: "{own}", inactive in QuickBooks'
        )
    shown = _contact_name(db, connection.id, contact_id)
    choice = Choice(MappingKind.CUSTOMER, contact_id, shown, CUSTOMER_LIST, list_id, full_name)
    Mappings(db, connection, who, now).choose([choice])
    return full_name


def choose_named(
    db: Session, connection: Connection, contact_id: str, full_name: str, who: str, now: datetime
) -> str:
    """The same by the full name that QuickBooks shows. Raises MappingRefused."""
    record = _customer(db, connection.id, MirrorRecord.full_name_key == name_key(full_name))
    if record is None:
        raise MappingRefused(
            f'QuickBooks had no customer with the full name "{full_name}" when its lists were last '
            "read"
        )
    return choose(db, connection, contact_id, record.list_id, who, now)


def forget(db: Session, connection: Connection, contact_id: str, who: str, now: datetime) -> bool:
    """The contact is matched by itself again; False where nothing was chosen."""
    return Mappings(db, connection, who, now).remove(MappingKind.CUSTOMER, [contact_id]) > 0


def remembered(
    db: Session, connection_id: int, *, limit: int, after: int = 0
) -> Sequence[tuple[int, Remembered]]:
    """A page of what people chose, each with the number to go on from."""
    rows = db.execute(
        select(Mapping, func.coalesce(MirrorRecord.full_name, "").label("now_called"))
        .outerjoin(
            MirrorRecord,
            (MirrorRecord.connection_id == connection_id)
            & (MirrorRecord.list_name == Mapping.list_name)
            & (MirrorRecord.list_id == Mapping.list_id),
        )
        .where(
            Mapping.connection_id == connection_id,
            Mapping.kind == MappingKind.CUSTOMER,
            Mapping.id > after,
        )
        .order_by(Mapping.id)
        .limit(limit)
    )
    return [
        (
            row.id,
            Remembered(
                contact_id=row.key,
                contact=row.shown,
                customer=now_called or row.full_name,
                is_there=bool(now_called) or not row.list_id,
                chosen_by=row.made_by,
                chosen_at=row.made_at,
            ),
        )
        for row, now_called in rows
    ]


def _customer(db: Session, connection_id: int, which: ColumnElement[bool]) -> MirrorRecord | None:
    return db.scalars(
        select(MirrorRecord).where(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name == CUSTOMER_LIST,
            which,
        )
    ).first()


def _inactive_own(db: Session, connection_id: int, contact_id: str) -> str:
    """The customer that was made for the contact, where it is inactive now; else ""."""
    own = select(Posting.record_id).where(
        Posting.connection_id == connection_id,
        Posting.kind == Kind.CUSTOMER,
        Posting.source_key == contact_id,
        Posting.state == State.POSTED,
    )
    record = _customer(db, connection_id, MirrorRecord.list_id.in_(own))
    return "" if record is None or record.is_active else record.full_name


def _contact_name(db: Session, connection_id: int, contact_id: str) -> str:
    """As a person knows the contact. Raises MappingRefused for one that Keap never told us of."""
    contact = db.scalars(
        select(KeapContact).where(
            KeapContact.connection_id == connection_id, KeapContact.contact_id == contact_id
        )
    ).first()
    if contact is not None:
        buyer = buyer_from(contact.buyer)
        return f"{buyer.first_name} {buyer.last_name}".strip() or buyer.company or buyer.email
    named = db.scalars(
        select(KeapOrder.customer_name)
        .where(KeapOrder.connection_id == connection_id, KeapOrder.contact_id == contact_id)
        .limit(1)
    ).first()
    if named is None:
        raise MappingRefused(f"No order of Keap contact {contact_id} was read")
    return named
