"""Plans a batch of orders: loads what planning needs, plans each purely, writes the plans."""

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service import settings
from qbwc_service.ledger import contact_customers, mirror_keys, products, sources, standing
from qbwc_service.ledger.company_slice import load_company
from qbwc_service.ledger.customer_slice import PLANNED_CUSTOMERS, pending_customer
from qbwc_service.ledger.models import (
    Connection,
    KeapContact,
    KeapOrder,
    KeapPayment,
    Kind,
    Posting,
)
from qbwc_service.ledger.postings import PlanWriter
from qbwc_service.ledger.states import State
from qbwc_service.matching.customers import CustomerMatch, match_customer
from qbwc_service.planning.order import Buyer, Circumstances, Override, SalesOrder
from qbwc_service.planning.orders import plan_order
from qbwc_service.planning.plan import OrderPlan


def effective_settings(connection: Connection) -> settings.Settings:
    return settings.effective(
        connection.settings,
        account_time_zone=connection.time_zone,
        set_up_on=connection.created_at.date(),
    )


def plan_orders(
    db: Session, connection: Connection, orders: Sequence[KeapOrder], now: datetime
) -> None:
    """Plan these orders anew; what is already sent stays as it is. Each sees those before it."""
    if not orders:
        return
    chosen = effective_settings(connection)
    sales = _sales(db, connection.id, orders)
    company = load_company(db, connection, list(sales.values()), chosen)
    rows = _payment_rows(db, connection.id, [order.keap_id for order in orders])
    writer = PlanWriter(db, connection, [order.keap_id for order in orders], now)
    plans: dict[int, OrderPlan] = {}
    went: dict[str, str] = {}
    planned = {customer.made_by for customer in company.customers if customer.made_by}
    for order in orders:
        received = [sources.payment_from(row.received) for row in rows[order.keap_id]]
        known = _circumstances(order, is_sent=writer.is_sent(order.keap_id))
        plan = plan_order(sales[order.keap_id], received, company, chosen, known)
        plans[order.keap_id] = plan
        if plan.customer and not known.is_sent:
            company.customers.add(pending_customer(plan.customer))
        if plan.invoice and not known.is_sent and plan.invoice.why.rule != "customer-single":
            contact = sales[order.keap_id].buyer.contact_id
            went[contact] = plan.invoice.customer.list_id
            company.customers.goes_to(contact, went[contact])
    unsent = [order.keap_id for order in orders if not writer.is_sent(order.keap_id)]
    elsewhere = {
        sales[order_id].buyer.contact_id
        for order_id in unsent
        if (invoice := plans[order_id].invoice)
        and invoice.customer.made_by != sales[order_id].buyer.contact_id
    }
    if _give_up_customers(db, connection, elsewhere & planned, now):
        plan_orders(db, connection, orders, now)
        return
    going = [sales[order_id] for order_id in unsent if not plans[order_id].skip]
    products.record(db, connection.id, unsent, going, company, chosen)
    writer.load_list_postings(plans.values())
    for order in orders:
        writer.write(order, rows[order.keap_id], plans[order.keap_id])
    writer.finish()
    contact_customers.remember(db, connection.id, went)
    standing.refresh(db, connection.id, [order.keap_id for order in orders])


def _give_up_customers(
    db: Session, connection: Connection, contacts: Collection[str], now: datetime
) -> bool:
    """Customers that were to be made for contacts who turn out to be others: never sent, and no
    order may land on them. True where there were any; whoever counted on them is planned again."""
    given_up = db.scalars(
        select(Posting).where(
            Posting.connection_id == connection.id,
            Posting.kind == Kind.CUSTOMER,
            Posting.state == State.READY,
            Posting.source_key.in_(sorted(contacts)),
        )
    ).all()
    for posting in given_up:
        mirror_keys.forget(db, connection.id, PLANNED_CUSTOMERS, [posting.source_key])
        db.delete(posting)
    if given_up:
        connection.plans_stale_since = now
        db.flush()
    return bool(given_up)


def matched_customer(db: Session, connection: Connection, order: KeapOrder) -> CustomerMatch:
    """Which customer the order would go to if it were planned now, with the reason."""
    chosen = effective_settings(connection)
    sale = _sales(db, connection.id, [order])[order.keap_id]
    company = load_company(db, connection, [sale], chosen)
    return match_customer(sale.buyer, company, chosen, order.keap_id)


def _circumstances(order: KeapOrder, *, is_sent: bool) -> Circumstances:
    overrides = frozenset(Override(name) for name in order.overrides)
    return Circumstances(order.deleted_at is not None, is_sent, overrides)


def _sales(db: Session, connection_id: int, orders: Sequence[KeapOrder]) -> dict[int, SalesOrder]:
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


def _payment_rows(
    db: Session, connection_id: int, order_ids: Sequence[int]
) -> dict[int, list[KeapPayment]]:
    found = db.scalars(
        select(KeapPayment)
        .where(KeapPayment.connection_id == connection_id, KeapPayment.order_id.in_(order_ids))
        .order_by(KeapPayment.payment_id)
    )
    rows: dict[int, list[KeapPayment]] = defaultdict(list)
    for row in found:
        rows[row.order_id].append(row)
    return rows
