"""One page of contacts into the table; orders of a changed contact are planned again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from keap import Contact
from qbwc_service.ledger import sources, standing
from qbwc_service.ledger.columns import rows_of
from qbwc_service.ledger.models import KeapContact, KeapOrder, OrderStatus
from qbwc_service.matching.customer_names import customer_name
from qbwc_service.matching.keys import search_key
from qbwc_service.planning.order import Buyer

#: an order that is in QuickBooks, or left out, does not follow its contact any more
_FOLLOWS_ITS_CONTACT = (
    OrderStatus.NEW,
    OrderStatus.HELD,
    OrderStatus.READY,
    OrderStatus.WILL_RETRY,
)


@dataclass(frozen=True, slots=True)
class StagedContact:
    """A contact as read, and as planning reads it."""

    contact: Contact
    buyer: Buyer


def write_contacts(
    db: Session, connection_id: int, staged: Sequence[StagedContact], now: datetime
) -> int:
    """Insert the new, update the changed, leave the rest and those that were erased; gives how
    many were written."""
    known = _known(db, connection_id, staged)
    inserted, updated, changed = [], [], []
    for one in staged:
        row_id, content_hash, is_erased = known.get(one.contact.id, (None, "", False))
        if is_erased:
            continue
        values = _values(one, now)
        if row_id is None:
            inserted.append({"connection_id": connection_id, **values})
        elif content_hash != values["content_hash"]:
            updated.append({"id": row_id, **values})
            changed.append(one)
    if inserted:
        db.execute(rows_of(KeapContact), inserted)
    if updated:
        db.execute(update(KeapContact), updated)
    _plan_again(db, connection_id, {one.contact.id: one.buyer for one in changed})
    return len(inserted) + len(updated)


def buyers(db: Session, connection_id: int, contact_ids: Collection[str]) -> dict[str, Buyer]:
    """The contacts as last read, by id."""
    found = db.execute(
        select(KeapContact.contact_id, KeapContact.buyer).where(
            KeapContact.connection_id == connection_id,
            KeapContact.contact_id.in_(sorted(contact_ids)),
        )
    )
    return {contact_id: sources.buyer_from(buyer) for contact_id, buyer in found}


@lru_cache(maxsize=10_000)
def shown_name(buyer: Buyer) -> str:
    """The customer's name on the orders page; "" for an order without a contact."""
    return customer_name(buyer).replace("\x00", "") if buyer.contact_id else ""


def _values(one: StagedContact, now: datetime) -> dict[str, Any]:
    return {
        "contact_id": one.contact.id,
        "raw": one.contact.raw.decode(),
        "buyer": sources.stored(one.buyer),
        "search_email": search_key(one.buyer.email),
        "content_hash": sources.text_hash(msgspec.json.encode(one.buyer)),
        "read_at": now,
    }


def _plan_again(db: Session, connection_id: int, changed: Mapping[str, Buyer]) -> None:
    if not changed:
        return
    orders = db.scalars(
        select(KeapOrder).where(
            KeapOrder.connection_id == connection_id,
            KeapOrder.contact_id.in_(sorted(changed)),
            KeapOrder.status.in_(_FOLLOWS_ITS_CONTACT),
        )
    ).all()
    for order in orders:
        order.needs_plan = True
        order.customer_name = shown_name(changed[order.contact_id])
        order.search_name = search_key(order.customer_name)
    standing.refresh(db, connection_id, [order.keap_id for order in orders])


def _known(
    db: Session, connection_id: int, staged: Sequence[StagedContact]
) -> dict[str, tuple[int, str, bool]]:
    """Row id, content hash and whether it was erased, by contact id."""
    found = db.execute(
        select(
            KeapContact.contact_id,
            KeapContact.id,
            KeapContact.content_hash,
            KeapContact.erased_at,
        ).where(
            KeapContact.connection_id == connection_id,
            KeapContact.contact_id.in_(sorted(one.contact.id for one in staged)),
        )
    )
    return {row.contact_id: (row.id, row.content_hash, row.erased_at is not None) for row in found}
