"""What is kept of later readings of a contact that was erased: ids, days, amounts and goods.

A contact stays erased, whatever is read, until somebody readmits it (erasure.contact).
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import KeapContact
from qbwc_service.planning.order import Buyer, SalesOrder

#: of the records of Keap; whatever else they hold may tell of a person
_KEPT_OF_ORDER: Final = frozenset(
    {
        *("id", "total", "total_paid", "total_due", "refund_total", "status", "invoice_id"),
        *("creation_time", "modification_time", "order_time", "due_time", "invoice_number"),
        *("source_type", "order_type", "promo_code", "refund_status", "credit_status"),
    }
)
_KEPT_OF_PAYMENT: Final = frozenset(
    {
        *("id", "amount", "type", "status", "payment_time", "update_time", "refund_payment_id"),
        *("contact_id", "order_ids", "external_transaction_id", "payment_method"),
        *("merchant_account_id", "merchant_account_type", "currency_code"),
    }
)


def erased_among(db: Session, connection_id: int, contact_ids: Collection[str]) -> frozenset[str]:
    """Those of these contacts that were erased."""
    found = db.scalars(
        select(KeapContact.contact_id).where(
            KeapContact.connection_id == connection_id,
            KeapContact.contact_id.in_(sorted(contact_ids)),
            KeapContact.erased_at.is_not(None),
        )
    )
    return frozenset(found)


def sale_without_person(sale: SalesOrder) -> SalesOrder:
    """What the ledger needs of it, under the same content hash."""
    buyer = Buyer(sale.buyer.contact_id)
    return replace(sale, title="", buyer=buyer, ship_to=None, notes="", custom_fields={})


def order_text_without_person(raw: bytes) -> bytes:
    """Keap's text of an order."""
    return _kept(raw, _KEPT_OF_ORDER)


def payment_text_without_person(raw: bytes) -> bytes:
    """Keap's text of a payment; it is read again from there."""
    return _kept(raw, _KEPT_OF_PAYMENT)


def _kept(raw: bytes, names: Collection[str]) -> bytes:
    told = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    return msgspec.json.encode({name: each for name, each in told.items() if name in names})
