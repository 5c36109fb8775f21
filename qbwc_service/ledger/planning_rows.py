"""The rows of Keap that planning reads, each kind in one statement for a whole batch."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_service.ledger import sources
from qbwc_service.ledger.models import KeapContact, KeapOrder, KeapPayment, PaymentStatus
from qbwc_service.planning.order import Buyer, PaymentKind, SalesOrder


def sales_of(db: Session, connection_id: int, orders: Sequence[KeapOrder]) -> dict[int, SalesOrder]:
    """The orders as values, each with its contact as last read."""
    contact_ids = sorted({order.contact_id for order in orders})
    contacts = db.scalars(
        select(KeapContact).where(
            KeapContact.connection_id == connection_id, KeapContact.contact_id.in_(contact_ids)
        )
    )
    buyers: dict[str, Buyer] = {
        contact.contact_id: sources.buyer_from(contact.buyer) for contact in contacts
    }
    sales = {order.keap_id: sources.sale_from(order.sale) for order in orders}
    return {
        order_id: dataclasses.replace(sale, buyer=buyers.get(sale.buyer.contact_id, sale.buyer))
        for order_id, sale in sales.items()
    }


def payment_rows_of(
    db: Session, connection_id: int, order_ids: Sequence[int]
) -> dict[int, list[KeapPayment]]:
    found = db.scalars(
        select(KeapPayment).where(
            KeapPayment.connection_id == connection_id, KeapPayment.order_id.in_(order_ids)
        )
    )
    rows: dict[int, list[KeapPayment]] = defaultdict(list)
    # Sorted here: to have them in order SQLite would read all payments there are.
    for row in sorted(found, key=lambda row: row.payment_id):
        rows[row.order_id].append(row)
    return rows


def refunds_made(db: Session, connection_id: int) -> int:
    """How many refunds of Keap are in QuickBooks."""
    made = select(func.count()).where(
        KeapPayment.connection_id == connection_id,
        KeapPayment.status == PaymentStatus.POSTED,
        KeapPayment.kind == PaymentKind.REFUND,
    )
    return db.scalar(made) or 0
