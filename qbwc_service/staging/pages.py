"""One page of Keap into the ledger, in one transaction together with how far was read.

Transactions, whose names are crash points: staging.account, staging.contacts-page,
staging.orders-page, staging.payments-page, staging.plan. Between any two of them the process may
die: what was not committed lies above the watermarks and is read again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

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
from qbwc_service.staging.quarantine import Quarantine, sort_out

PLANNED_TOGETHER = 100
#: without these nearly everything would be planned wrongly, and again at the first update
_NEEDED_LISTS = (ACCOUNT_LIST, CUSTOMER_LIST, ITEM_LIST)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one page: the ids that could be read, how many rows are new or changed."""

    ids: tuple[int, ...]
    changed: int
    unreadable: int


class PageWriter:
    """Writes the pages of one connection. Every method is at most one write transaction."""

    def __init__(self, database: Database, connection_id: int, clock: Clock) -> None:
        self._database = database
        self._connection_id = connection_id
        self._clock = clock

    def account(self, profile: BusinessProfile, tenant: str) -> Account:
        """Raises OtherKeapAccount or ZoneUnknown, and has then written nothing."""
        with self._writing("staging.account") as (_, connection, _now):
            return pin_account(connection, profile, tenant)

    def contacts_to_read(self, page: Page[Order], account: Account) -> list[str]:
        """The contacts of the orders that are new or changed, and those never read."""
        staged, _ = _stage_orders(page, account)
        with self._database.reading() as db:
            named = {one.sale.buyer.contact_id for one in staged} - {""}
            unread = named - set(buyers(db, self._connection_id, named))
            return sorted(unread | changed_contacts(db, self._connection_id, staged))

    def contacts(self, page: Page[Contact]) -> None:
        """Before the orders that need them, so that a crash in between leaves no order without."""
        staged, unreadable = sort_out(
            page, "contacts", lambda contact: StagedContact(contact, from_keap.buyer(contact))
        )
        with self._writing("staging.contacts-page") as (db, _, now):
            quarantine = Quarantine(db, self._connection_id, "contacts", now)
            quarantine.keep(unreadable)
            write_contacts(db, self._connection_id, staged, now)
            quarantine.let_go(one.contact.id for one in staged)

    def orders(self, page: Page[Order], account: Account, *, is_feed: bool) -> Written:
        """`is_feed`: the page is the next of all that were modified, so the watermark follows."""
        staged, unreadable = _stage_orders(page, account)
        with self._writing("staging.orders-page") as (db, connection, now):
            quarantine = Quarantine(db, self._connection_id, "orders", now)
            quarantine.keep(unreadable)
            written = write_orders(db, self._connection_id, staged, now)
            quarantine.let_go(one.order.id for one in staged)
            if is_feed:
                connection.orders_watermark = _later(connection.orders_watermark, page, now)
        ids = tuple(one.sale.order_id for one in staged)
        return Written(ids, len(written.new) + len(written.changed), len(unreadable))

    def orders_of_new_payments(self, page: Page[Payment], account: Account) -> set[int]:
        """The orders named by payments that are new or changed."""
        staged, _ = _stage_payments(page, account)
        with self._database.reading() as db:
            return orders_of_news(db, self._connection_id, staged)

    def payments(self, page: Page[Payment], account: Account, *, is_feed: bool) -> Written:
        """`is_feed`: the page is the next of all payments by id, so the watermark follows."""
        staged, unreadable = _stage_payments(page, account)
        with self._writing("staging.payments-page") as (db, connection, now):
            quarantine = Quarantine(db, self._connection_id, "payments", now)
            quarantine.keep(unreadable)
            changed = write_payments(db, self._connection_id, staged, now)
            quarantine.let_go(one.payment.id for one in staged)
            if is_feed:
                connection.payments_watermark = _higher(connection.payments_watermark, page)
        ids = tuple(one.rows[0].payment_id for one in staged)
        return Written(ids, changed, len(unreadable))

    def plan(self, above: int) -> tuple[int, ...]:
        """Plan the next orders with a Keap id above that one; () when none is left, or while
        QuickBooks' lists are not known yet."""
        with self._database.reading() as db:
            if not mirror.is_loaded(db, self._connection_id, _NEEDED_LISTS):
                return ()
            if not self._unplanned(db, above):
                return ()
        with self._writing("staging.plan") as (db, connection, now):
            orders = self._unplanned(db, above)
            plan_orders(db, connection, orders, now)
            return tuple(order.keap_id for order in orders)

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


def _stage_orders(page: Page[Order], account: Account) -> ...:
