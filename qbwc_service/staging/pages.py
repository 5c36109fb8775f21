"""One page of Keap into the ledger, in one transaction together with how far was read.

Transactions, whose names are crash points: staging.account, staging.contacts-page,
staging.orders-page, staging.payments-page, staging.parts, staging.checked, staging.deleted,
staging.walk, staging.plan. Between any two of them the process may die: what was not committed
lies above the watermarks and is read again.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from keap import BusinessProfile
from qbwc_service.clock import Clock
from qbwc_service.database import Database
from qbwc_service.ledger import error_log, mirror, walks
from qbwc_service.ledger.company_slice import ACCOUNT_LIST, ITEM_LIST
from qbwc_service.ledger.customer_slice import CUSTOMER_LIST
from qbwc_service.ledger.models import Connection, KeapOrder
from qbwc_service.ledger.plan_orders import plan_orders
from qbwc_service.ledger.walks import Walk
from qbwc_service.staging import checked_rows, order_rows, payment_rows
from qbwc_service.staging.account import Account, pin_account
from qbwc_service.staging.contact_rows import StagedContact, buyers, write_contacts
from qbwc_service.staging.order_rows import StagedOrder, changed_contacts, write_orders
from qbwc_service.staging.part_rows import (
    StagedPart,
    as_orders_tell,
    divided_payments,
    write_parts,
)
from qbwc_service.staging.parts import Unit
from qbwc_service.staging.payment_rows import StagedPayment, write_payments
from qbwc_service.staging.quarantine import Quarantine, Sorted
from qbwc_service.staging.staged_pages import stage_payments

PLANNED_TOGETHER = 100
#: payments that are told anew in one statement
_AT_ONCE = 500
#: without these nearly everything would be planned wrongly, and again at the first update
_NEEDED_LISTS = (ACCOUNT_LIST, CUSTOMER_LIST, ITEM_LIST)


@dataclass(frozen=True, slots=True)
class Step:
    """How far a walk is once the page is written; the page and this are one transaction."""

    walk: Walk
    above: int
    #: Keap's clock when the walk began
    began_at: datetime
    since: datetime | None = None


class PageWriter:
    """Writes the pages of one connection; a method is at most one write transaction.

    The methods that write a page give how many of its rows are new or changed.
    """

    def __init__(
        self,
        database: Database,
        connection_id: int,
        clock: Clock,
        hold: Callable[[Session], None],
    ) -> None:
        """`hold` keeps the right to write in each transaction, or raises SyncBusy."""
        self._database = database
        self._hold = hold
        self.connection_id = connection_id
        self._clock = clock

    def account(
        self, profile: BusinessProfile, tenant: str, test_merchants: Sequence[str] | None
    ) -> Account:
        """`test_merchants` is None where Keap does not show them: those known stay.

        Raises ZoneUnknown, and has then written nothing.
        """
        with self._writing("staging.account") as (db, connection, now):
            if test_merchants is not None:
                connection.test_merchants = sorted(test_merchants)
            self._tell_or_solve(db, "test-accounts-unknown", test_merchants is None, now)
            connection.account_read_at = now
            return pin_account(connection, profile, tenant)

    def contacts_to_read(self, page: Sorted[StagedOrder]) -> set[str]:
        """The contacts of the orders that are new or changed, and those never read."""
        with self._database.reading() as db:
            named = {one.sale.buyer.contact_id for one in page.staged} - {""}
            unread = named - set(buyers(db, self.connection_id, named))
            return unread | changed_contacts(db, self.connection_id, page.staged)

    def known_and_changed(self, page: Sorted[StagedOrder]) -> list[int]:
        """The orders on the page that were read before and differ now."""
        with self._database.reading() as db:
            return order_rows.known_and_changed(db, self.connection_id, page.staged)

    def contacts(self, page: Sorted[StagedContact]) -> int:
        """Before the orders that need them, so that a crash in between leaves no order without."""
        with self._writing("staging.contacts-page") as (db, _, now):
            self._quarantine(db, "contacts", page, [one.contact.id for one in page.staged], now)
            return write_contacts(db, self.connection_id, page.staged, now)

    def orders(
        self, page: Sorted[StagedOrder], step: Step | None, settle_for: timedelta = timedelta()
    ) -> int:
        """A page of orders; with `step` the next one of a walk."""
        with self._writing("staging.orders-page") as (db, _, now):
            self._quarantine(db, "orders", page, [one.order.id for one in page.staged], now)
            self._record(db, step)
            return write_orders(db, self.connection_id, page.staged, now, settle_for=settle_for)

    def wait_no_longer(self) -> None:
        """A person wants to see them go: orders that wait for their payment are free at once."""
        with self._writing("staging.settled") as (db, _, _now):
            order_rows.settle(db, self.connection_id)

    def unread_orders(self, page: Sorted[StagedPayment]) -> set[int]:
        """The orders that new payments name and that were never read."""
        with self._database.reading() as db:
            return payment_rows.unread_orders(db, self.connection_id, page.staged)

    def payments(self, page: Sorted[StagedPayment], step: Step | None) -> int:
        """A page of payments; with `step` the next one of a walk."""
        with self._writing("staging.payments-page") as (db, connection, now):
            self._quarantine(db, "payments", page, [one.payment.id for one in page.staged], now)
            self._record(db, step)
            if step is not None and step.walk is Walk.PAYMENTS:
                connection.payments_watermark = max(connection.payments_watermark, step.above)
            staged = as_orders_tell(db, connection, page.staged)
            return write_payments(db, self.connection_id, staged, now)

    def parts(self, parts: Mapping[int, Sequence[StagedPart]], account: Account) -> None:
        """What payments gave to these orders, and the payments as that tells them."""
        with self._writing("staging.parts") as (db, connection, now):
            write_parts(db, self.connection_id, parts, now)
            ids = {one.part.payment_id for staged in parts.values() for one in staged}
            self._as_orders_tell(db, connection, ids, account, now)

    def _as_orders_tell(
        self,
        db: Session,
        connection: Connection,
        payment_ids: Collection[int],
        account: Account,
        now: datetime,
    ) -> None:
        """Payments that were read before, as the rows of their orders tell them now."""
        ids = sorted(payment_ids)
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            raw = payment_rows.raw_payments(db, self.connection_id, some)
            staged = as_orders_tell(db, connection, stage_payments(raw, account).staged)
            write_payments(db, self.connection_id, staged, now)

    def unchecked(self, above: int, limit: int) -> list[checked_rows.Unchecked]:
        """The next orders that were read and not held against their payments."""
        with self._database.reading() as db:
            return checked_rows.unchecked(db, self.connection_id, above, limit)

    def differing(self, order_ids: Collection[int]) -> set[int]:
        """Those of them whose payments do not come to what they say was paid."""
        with self._database.reading() as db:
            return checked_rows.differing(db, self.connection_id, order_ids)

    def checked(self, order_ids: Collection[int]) -> None:
        """They may be planned and sent."""
        with self._writing("staging.checked") as (db, _, _now):
            checked_rows.mark_checked(db, self.connection_id, order_ids)

    def keep_unit(self, unit: Unit, account: Account) -> None:
        """How this account counts the amounts of an order's payments; it is asked this once.

        What was read before, and could not be divided without it, is divided now.
        """
        with self._writing("staging.unit") as (db, connection, now):
            connection.order_payment_unit = unit
            walks.record(db, self.connection_id, Walk.UNIT, above=0, since=None, began_at=now)
            walks.end(db, self.connection_id, Walk.UNIT, now)
            if unit is not Unit.OPEN:
                ids = divided_payments(db, self.connection_id)
                self._as_orders_tell(db, connection, ids, account, now)

    def deleted(self, *, orders: Sequence[int] = (), payments: Sequence[int] = ()) -> None:
        """Keap does not have these any more."""
        with self._writing("staging.deleted") as (db, _, now):
            if orders:
                order_rows.mark_deleted(db, self.connection_id, orders, now)
            if payments:
                payment_rows.mark_deleted(db, self.connection_id, payments, now)

    def begin_walks(self, *steps: Step) -> None:
        """They are under way, from there on."""
        with self._writing("staging.walk") as (db, _, _now):
            for step in steps:
                self._record(db, step)

    def end_walk(self, step: Step) -> None:
        """The walk came to the end of its list; the orders' watermark follows the feed."""
        with self._writing("staging.walk") as (db, connection, now):
            self._record(db, step)
            walks.end(db, self.connection_id, step.walk, now)
            if step.walk is Walk.ORDERS:
                known = [connection.orders_watermark] if connection.orders_watermark else []
                connection.orders_watermark = max([*known, step.began_at])

    def note_refusal(self, walk: Walk, resource: str, *, is_refused: bool) -> None:
        """Whether Keap takes the question by ids, for people and for the next reading."""
        with self._writing("staging.walk") as (db, _, now):
            if is_refused:
                walks.record(db, self.connection_id, walk, above=0, since=None, began_at=now)
                walks.end(db, self.connection_id, walk, now)
            self._tell_or_solve(db, "keap-no-walk", is_refused, now, resource=resource)

    def tell(self, message: str, *, is_so: bool, **details: object) -> None:
        """An entry of the connection's own in the error log, or its end."""
        with self._writing("staging.told") as (db, _, now):
            self._tell_or_solve(db, message, is_so, now, **details)

    def plan(self, above: int) -> tuple[int, ...]:
        """Plan the next orders with a Keap id above that one, and give their ids.

        () when none is left, or while QuickBooks' lists are not known yet.
        """
        with self._database.reading() as db:
            if not mirror.is_loaded(db, self.connection_id, _NEEDED_LISTS):
                return ()
            if not self._unplanned(db, above):
                return ()
        with self._writing("staging.plan") as (db, connection, now):
            orders = self._unplanned(db, above)
            plan_orders(db, connection, orders, now)
            return tuple(order.keap_id for order in orders)

    def _record(self, db: Session, step: Step | None) -> None:
        if step is not None:
            walks.record(
                db,
                self.connection_id,
                step.walk,
                above=step.above,
                since=step.since,
                began_at=step.began_at,
            )

    def _tell_or_solve(
        self, db: Session, message: str, is_so: bool, now: datetime, **details: object
    ) -> None:
        if is_so:
            error_log.tell(db, self.connection_id, message, details, now=now)
        else:
            error_log.solve(db, self.connection_id, now=now, messages=[message])

    def _quarantine(
        self,
        db: Session,
        resource: str,
        page: Sorted[Any],
        read: Sequence[str],
        now: datetime,
    ) -> None:
        quarantine = Quarantine(db, self.connection_id, resource, now)
        quarantine.keep(page.unreadable)
        quarantine.let_go(read)

    def _unplanned(self, db: Session, above: int) -> list[KeapOrder]:
        statement = (
            select(KeapOrder)
            .where(
                KeapOrder.connection_id == self.connection_id,
                KeapOrder.has_work,
                KeapOrder.is_checked,
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
        # What Keap says can be read again, and what is sent is committed to the disk after it.
        with self._database.writing(name, can_be_made_again=True) as db:
            connection = db.get_one(Connection, self.connection_id, with_for_update=True)
            self._hold(db)
            yield db, connection, self._clock()
