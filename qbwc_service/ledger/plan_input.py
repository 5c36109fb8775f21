"""One order as planning sees it, for whoever asks what would become of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_service import settings
from qbwc_service.ledger import sources
from qbwc_service.ledger.company_slice import load_company
from qbwc_service.ledger.models import Connection, KeapOrder
from qbwc_service.ledger.plan_orders import effective_settings, today
from qbwc_service.ledger.planning_rows import payment_rows_of, sales_of
from qbwc_service.matching.company import Company
from qbwc_service.matching.customer_question import CustomerMatch
from qbwc_service.matching.customers import match_customer
from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.order import Override, ReceivedPayment, SalesOrder


@dataclass(frozen=True, slots=True)
class PlanInput:
    """All that planning reads of one order."""

    sale: SalesOrder
    payments: list[ReceivedPayment]
    company: Company
    settings: settings.Settings
    circumstances: Circumstances


def plan_input(db: Session, connection: Connection, order: KeapOrder, now: datetime) -> PlanInput:
    """As if nothing of it was sent, and nobody had said that it goes whatever the settings say."""
    chosen = effective_settings(connection)
    sale = sales_of(db, connection.id, [order])[order.keap_id]
    rows = payment_rows_of(db, connection.id, [order.keap_id])
    overrides = frozenset(Override(name) for name in order.overrides)
    prefixes = {order.keap_id: order.own_prefix} if order.own_prefix else {}
    return PlanInput(
        sale,
        [sources.payment_from(row.received) for row in rows[order.keap_id]],
        load_company(db, connection, [sale], chosen, prefixes),
        chosen,
        Circumstances(
            is_deleted=order.deleted_at is not None,
            overrides=overrides - {Override.SETTINGS},
            today=today(chosen, now),
            own_prefix=order.own_prefix,
        ),
    )


def matched_customer(db: Session, connection: Connection, order: KeapOrder) -> CustomerMatch:
    """Which customer the order would go to if it were planned now, with the reason."""
    chosen = effective_settings(connection)
    sale = sales_of(db, connection.id, [order])[order.keap_id]
    company = load_company(db, connection, [sale], chosen)
    return match_customer(sale.buyer, company, chosen, order.keap_id)
