"""One page of Keap into the ledger, in one transaction together with how far was read.

Transactions, whose names are crash points: staging.account, staging.contacts-page,
staging.orders-page, staging.payments-page, staging.plan. Between any two of them the process may
die: what was not committed lies above the watermarks and is read again.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from keap import BusinessProfile, Contact, Order, Page, Payment
from qbwc_service.clock import Clock
from qbwc_service.database import Database
from qbwc_service.ledger import mirror
from qbwc_service.ledger.company_slice import ACCOUNT_LIST, CUSTOMER_LIST, ITEM_LIST
from qbwc_service.ledger.models import Connection, KeapOrder
from qbwc_service.ledger.plan_orders import plan_orders
from qbwc_service.staging import from_keap
from qbwc_service.staging.account import Account, pin_account
from qbwc_service.staging.contact_rows import StagedContact, buyers, write_contacts
from qbwc_service.staging.order_rows import StagedOrder, changed_contacts, write_orders
from qbwc_service.staging.payment_rows import StagedPayment, orders_of_news, write_payments
from qbwc_service.staging.quarantine import Quarantine, Sorted, sort_out

PLANNED_TOGETHER = 100
#: without these nearly everything would be planned wrongly, and again at the first update
_NEEDED_LISTS = (ACCOUNT_LIST, CUSTOMER_LIST, ITEM_LIST)


class PageWriter:
    """Writes the pages of one connection; a method is at most one write transaction.

    The methods that write a page give how many of its rows are new or changed.
    """

    def __init__(self, database: Database, connection_id: int, clock: Clock) -> None:
        self._database = database
        self._connection_id = connection_id
        self._clock = clock

    def account(self, profile: BusinessProfile, tenant: str) -> Account:
        """Raises ZoneUnknown, and has then written nothing."""
        with self._writing("staging.account") as (_, connection, _now):
            return pin_account(connection, profile, tenant)

    def contacts_to_read(self, page: Sorted[StagedOrder]) -> list[str]:
        """The contacts of the orders that are new or changed, and those never read."""
        with self._database.reading() as db:
            named = {one.sale.buyer.contact_id for one in page.staged} - {""}
            unread = named - set(buyers(db, self._connection_id, named))
            return sorted(unread | changed_contacts(db, self._connection_id, page.staged))

    def contacts(self, page: Sorted[StagedContact]) -> int:
        """Before the orders that need them, so that a crash in between leaves no order without."""
        with self._writing("staging.contacts-page") as (db, _, now):
            self._quarantine(db, "contacts", page, [one.contact.id for one in page.staged], now)
            return write_contacts(db, self._connection_id, page.staged, now)

    def orders(self, page: Sorted[StagedOrder], *, is_feed: bool) -> int:
        """`is_feed`: the page is the next of all that were modified, so the watermark follows."""
        with self._writing("staging.orders-page") as (db, connection, now):
            self._quarantine(db, "orders", page, [one.order.id for one in page.staged], now)
            if is_feed:
                watermark = connection.orders_watermark
                connection.orders_watermark = _later(watermark, page.staged, now)
            return write_orders(db, self._connection_id, page.staged, now)

    def orders_of_news(self, page: Sorted[StagedPayment]) -> set[int]:
        """The orders named by payments that are new or changed."""
        with self._database.reading() as db:
            return orders_of_news(db, self._connection_id, page.staged)

    def payments(self, page: Sorted[StagedPayment], *, is_feed: bool) -> int:
        """`is_feed`: the page is the next of all payments by id, so the watermark follows."""
        with self._writing("staging.payments-page") as (db, connection, now):
            self._quarantine(db, "payments", page, [one.payment.id for one in page.staged], now)
            if is_feed:
                connection.payments_watermark = _higher(connection.payments_watermark, page)
            return write_payments(db, self._connection_id, page.staged, now)

    def plan(self, above: int) -> tuple[int, ...]:
        """Plan the next orders with a Keap id above that one, and give their ids.

        () when none is left, or while QuickBooks' lists are not known yet.
        """
        with self._database.reading() as db:
            if not mirror.is_loaded(db, self._connection_id, _NEEDED_LISTS):
                return ()
            if not self._unplanned(db, above):
                return ()
        with self._writing("staging.plan") as (db, connection, now):
            orders = self._unplanned(db, above)
            plan_orders(db, connection, orders, now)
            return tuple(order.keap_id for order in orders)

    def _quarantine(
        self,
        db: Session,
        resource: str,
        page: Sorted[Any],
        read: Sequence[str],
        now: datetime,
    ) -> None:
        quarantine = Quarantine(db, self._connection_id, resource, now)
        quarantine.keep(page.unreadable)
        quarantine.let_go(read)

    def _unplanned(self, db: Session, above: int) -> list[KeapOrder]:
        statement = (
            select(KeapOrder)
            .where(
                KeapOrder.connection_id == self._connection_id,
                KeapOrder.has_work,
                KeapOrder.needs_plan,
                KeapOrder.keap_id > above,
            )
            .order_by(KeapOrder.keap_id)
            .limit(PLANNED_TOGETHER)
        )
        return list(db.scalars(statement))

    @contextmanager
    def _writing(self, name: str) -> Iterator[tuple[Session, Connection, datetime]]:
        """The connection's row is locked, so that two writers come one after the other."""
        with self._database.writing(name) as db:
            connection = db.get_one(Connection, self._connection_id, with_for_update=True)
            yield db, connection, self._clock()


def stage_orders(page: Page[Order], account: Account) -> Sorted[StagedOrder]:
    """A page of orders as the account's books see it."""

    def stage(order: Order) -> StagedOrder:
        sale = from_keap.sales_order(order, zone=account.zone, account_currency=account.currency)
        return StagedOrder(order, sale)

    return sort_out(page, "orders", stage)


def stage_payments(page: Page[Payment], account: Account) -> Sorted[StagedPayment]:
    """A page of payments as the account's books see it."""

    def stage(payment: Payment) -> StagedPayment:
        return StagedPayment(payment, from_keap.received_payments(payment, zone=account.zone))

    return sort_out(page, "payments", stage)


def stage_contacts(page: Page[Contact]) -> Sorted[StagedContact]:
    """A page of contacts."""
    return sort_out(
        page, "contacts", lambda contact: StagedContact(contact, from_keap.buyer(contact))
    )


def _later(
    watermark: datetime | None, staged: Sequence[StagedOrder], now: datetime
) -> datetime | None:
    """The newest change on the page; never back, and never ahead of the time it is now."""
    times = [one.order.modification_time for one in staged if one.order.modification_time]
    newest = min(max(times), now) if times else None
    return max((time for time in (watermark, newest) if time), default=None)


def _higher(watermark: int, page: Sorted[StagedPayment]) -> int:
    """The highest id on the page, also of what could not be read."""
    unreadable = [record.record_id for record in page.unreadable]
    numbers = [
        int(text) for text in unreadable if text.isascii() and text.isdecimal() and len(text) < 19
    ]
    read = [one.rows[0].payment_id for one in page.staged]
    return max([watermark, *read, *(n for n in numbers if n < 10**18)])
