"""Plans a batch of orders: loads what planning needs, plans each purely, writes the plans."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service import settings
from qbwc_service.ledger import (
    contact_customers,
    error_log,
    mirror_keys,
    products,
    sources,
    standing,
    stored_rules,
    trail,
)
from qbwc_service.ledger.company_slice import load_company
from qbwc_service.ledger.customer_slice import PLANNED_CUSTOMERS, pending_customer
from qbwc_service.ledger.models import (
    Connection,
    KeapOrder,
    KeapPayment,
    Kind,
    Posting,
)
from qbwc_service.ledger.plan_writer import PlanWriter
from qbwc_service.ledger.planning_rows import payment_rows_of, refunds_made, sales_of
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.matching.company import Company
from qbwc_service.matching.customers import UNDER_THE_SINGLE_ONE
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.approval import word_awaited
from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.order import (
    Override,
    PaymentKind,
    SalesOrder,
)
from qbwc_service.planning.plan import OrderPlan, SaleForm, planned_sale_from
from qbwc_service.planning.ruled_orders import plan_by_rules
from qbwc_service.settings.zones import zone_named


def effective_settings(connection: Connection) -> settings.Settings:
    """In force now; the day of set-up is the one that it was where the business is."""
    zone = zone_named(str(connection.settings.get("time_zone") or connection.time_zone))
    return settings.effective(
        connection.settings,
        account_time_zone=connection.time_zone,
        set_up_on=connection.created_at.astimezone(zone).date(),
    )


def word_awaited_by(order: KeapOrder, connection: Connection, chosen: settings.Settings) -> str:
    """The cause for which nothing new of the order is sent until somebody says so, or ""."""
    return word_awaited(
        is_on=connection.is_on,
        wants_approval=chosen.approve_before_sending == "yes",
        is_approved=order.is_approved,
    )


def plan_orders(
    db: Session, connection: Connection, orders: Sequence[KeapOrder], now: datetime
) -> None:
    """Plan these orders anew; what is already sent stays as it is. Each sees those before it."""
    if not orders:
        return
    batch = _load(db, connection, orders, now)
    if _give_up_customers(db, connection, batch.given_up(), now):
        batch = _load(db, connection, orders, now)
    going = [batch.sales[number] for number in batch.unsent if not batch.plans[number].skip]
    products.record(db, connection.id, batch.unsent, going, batch.company, batch.settings)
    batch.writer.load_list_postings(batch.plans.values())
    order_ids = [order.keap_id for order in orders]
    trail.orders(db, connection.id, order_ids, "planned")
    for order in orders:
        batch.writer.write(order, batch.rows[order.keap_id], batch.plans[order.keap_id])
    batch.writer.finish()
    stored_rules.record_hits(db, connection.id, batch.rules_matched(), now)
    contact_customers.remember(db, connection.id, batch.went())
    standing.refresh(db, connection.id, order_ids)
    error_log.solve_planned(db, connection.id, order_ids, now=now)


@dataclass(frozen=True, slots=True)
class PlannedOrders:
    """Orders that are planned together, with their plans. By Keap id."""

    settings: settings.Settings
    sales: dict[int, SalesOrder]
    company: Company
    rows: dict[int, list[KeapPayment]]
    writer: PlanWriter
    plans: dict[int, OrderPlan]
    #: ids of the rules that matched
    matched: dict[int, list[int]]
    #: those of which nothing is in QuickBooks, or may be
    unsent: list[int]
    #: contacts for whom customers were to be made before
    planned: frozenset[str]
    #: in the account's time zone
    today: date
    #: refunds of this connection that are in QuickBooks
    refunds_made: int
    #: by Keap id: the cause for which an order waits for somebody's word
    awaited: dict[int, str]

    def rules_matched(self) -> dict[int, list[int]]:
        """Of what is not sent; the rules that an order was sent by stay on record."""
        return {number: self.matched[number] for number in self.unsent}

    def went(self) -> dict[str, str]:
        """Where the orders of each contact go now; "" where the customer is still to be made."""
        invoices = {number: self.plans[number].sale for number in self.unsent}
        return {
            self.sales[number].buyer.contact_id: invoice.customer.list_id
            for number, invoice in invoices.items()
            if invoice and invoice.why.rule != UNDER_THE_SINGLE_ONE
        }

    def given_up(self) -> frozenset[str]:
        """Contacts whose orders go elsewhere than to the customer that was planned for them."""
        return self.planned & {
            self.sales[number].buyer.contact_id
            for number in self.unsent
            if (invoice := self.plans[number].sale)
            and invoice.customer.made_by != self.sales[number].buyer.contact_id
        }


def plan_only(
    db: Session, connection: Connection, orders: Sequence[KeapOrder], now: datetime
) -> PlannedOrders:
    """As `plan_orders` would plan them now, and as if whatever word they wait for had been said;
    nothing is written."""
    return _load(db, connection, orders, now, awaits_words=False)


def _load(
    db: Session,
    connection: Connection,
    orders: Sequence[KeapOrder],
    now: datetime,
    *,
    awaits_words: bool = True,
) -> PlannedOrders:
    """All that planning reads of them in a constant number of queries, and the plans."""
    chosen = effective_settings(connection)
    numbers = [order.keap_id for order in orders]
    sales = sales_of(db, connection.id, orders)
    prefixes = {order.keap_id: order.own_prefix for order in orders if order.own_prefix}
    company = load_company(db, connection, list(sales.values()), chosen, prefixes)
    writer = PlanWriter(db, connection, numbers, now)
    rows = payment_rows_of(db, connection.id, numbers)
    has_refunds = any(row.kind is PaymentKind.REFUND for some in rows.values() for row in some)
    batch = PlannedOrders(
        settings=chosen,
        sales=sales,
        company=company,
        rows=rows,
        writer=writer,
        plans={},
        matched={},
        unsent=[number for number in numbers if not writer.is_sent(number)],
        planned=frozenset(each.made_by for each in company.customers) - {""},
        today=today(chosen, now),
        refunds_made=refunds_made(db, connection.id) if has_refunds else 0,
        awaited={
            order.keap_id: word_awaited_by(order, connection, chosen) if awaits_words else ""
            for order in orders
        },
    )
    for order in orders:
        batch.plans[order.keap_id] = _plan(order, batch)
    return batch


def _plan(order: KeapOrder, batch: PlannedOrders) -> OrderPlan:
    """The plan of one order; those after it see the number that it takes, and the customer that it
    makes or goes to."""
    sale = batch.sales[order.keap_id]
    received = [sources.payment_from(row.received) for row in batch.rows[order.keap_id]]
    known = _circumstances(order, batch)
    ruled = plan_by_rules(sale, received, batch.company, batch.settings, known)
    plan = ruled.plan
    batch.matched[order.keap_id] = [rule.rule_id for rule in ruled.matched]
    if known.is_sent:
        return plan
    if plan.customer:
        batch.company.customers.add(pending_customer(plan.customer))
    if plan.sale and plan.sale.number:
        batch.company.numbers[name_key(plan.sale.number)] = order.keap_id
    if plan.sale and plan.sale.why.rule != UNDER_THE_SINGLE_ONE:
        batch.company.customers.goes_to(sale.buyer.contact_id, plan.sale.customer.list_id)
    return plan


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


def today(chosen: settings.Settings, now: datetime) -> date:
    """In the account's time zone."""
    return now.astimezone(ZoneInfo(chosen.time_zone)).date()


def _circumstances(order: KeapOrder, batch: PlannedOrders) -> Circumstances:
    sale = batch.writer.sale(order.keap_id)
    was_sent = sale is not None and sale.message_set_id is not None and sale.state not in ENDED
    is_sent = order.keap_id not in batch.unsent
    return Circumstances(
        is_deleted=order.deleted_at is not None,
        is_sent=is_sent,
        overrides=frozenset(Override(name) for name in order.overrides),
        today=batch.today,
        own_prefix=order.own_prefix,
        form=SaleForm(sale.kind) if sale is not None and (is_sent or was_sent) else None,
        sale=planned_sale_from(sale.payload) if sale and is_sent and sale.payload else None,
        memo_numbers={memo.source_key: memo.number for memo in batch.writer.memos(order.keap_id)},
        paid=batch.writer.paid(order.keap_id),
        skipped=batch.writer.skipped(order.keap_id),
        approved=frozenset(
            row.payment_id for row in batch.rows[order.keap_id] if row.approved_at is not None
        ),
        refunds_made=batch.refunds_made,
        awaited=batch.awaited[order.keap_id],
    )
