"""One poll of Keap: what is asked for, in which order, and how far back.

Orders are asked for by the time of their change, with an overlap, for Keap does not say whether
its bounds are inclusive. Payments are asked for by id, because manual ones are dated at midnight
and may be typed days later; the last ones are read again, because they may be corrected. Orders
that a new payment names are read too: Keap does not say whether a payment changes its order.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from keap import KeapClient, Order, Page, Payment
from qbwc_service.clock import Clock
from qbwc_service.database import Database
from qbwc_service.ledger.models import Connection
from qbwc_service.staging.account import Account
from qbwc_service.staging.pages import (
    PageWriter,
    stage_contacts,
    stage_orders,
    stage_payments,
)
from qbwc_service.staging.slices import Slice

ORDERS_OVERLAP = timedelta(minutes=15)
PAYMENTS_OVERLAP = 500

#: told what was received ("orders", "payments", "contacts", "planned") and how many, before it
#: is written; an exception that it raises ends the reading between two pages
Progress = Callable[[str, int], object]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading found. `changed` counts orders and payments that are new or differ.

    `is_unfinished`: its slice was spent; the next reading goes on where this one stopped.
    """

    orders: int = 0
    payments: int = 0
    changed: int = 0
    unreadable: int = 0
    planned: int = 0
    is_unfinished: bool = False


def read_keap(
    database: Database,
    connection_id: int,
    client: KeapClient,
    *,
    clock: Clock,
    progress: Progress,
    budget: Slice | None = None,
) -> Reading:
    """Everything that is new since the last time, then the plans where QuickBooks is known.

    Raises KeapError and ZoneUnknown; what was read until then is committed.
    """
    reader = Reader(database, connection_id, client, clock=clock, progress=progress, budget=budget)
    reader.read_new_orders()
    if not reader.is_unfinished:
        reader.read_new_payments()
    reader.plan()
    return reader.result


class Reader:
    """Reads one account into one connection. Keap is asked when the reader is made."""

    def __init__(
        self,
        database: Database,
        connection_id: int,
        client: KeapClient,
        *,
        clock: Clock,
        progress: Progress,
        budget: Slice | None = None,
    ) -> None:
        """Raises KeapError and ZoneUnknown."""
        self._client = client
        self._progress = progress
        self._budget = budget
        self.is_unfinished = False
        self._writer = PageWriter(database, connection_id, clock)
        profile = client.business_profile()
        self.account: Account = self._writer.account(profile, client.tenant)
        with database.reading() as db:
            connection = db.get_one(Connection, connection_id)
            self._orders_watermark = connection.orders_watermark
            self._payments_watermark = connection.payments_watermark
        self.order_ids: set[int] = set()
        self._payment_ids: set[int] = set()
        self._changed = 0
        self._unreadable = 0
        self._planned = 0

    @property
    def result(self) -> Reading:
        """What was read so far."""
        return Reading(
            orders=len(self.order_ids),
            payments=len(self._payment_ids),
            changed=self._changed,
            unreadable=self._unreadable,
            planned=self._planned,
            is_unfinished=self.is_unfinished,
        )

    def read_new_orders(self) -> None:
        """All that changed since the watermark; at first, since the start date."""
        since = self.account.first_reading_since
        if self._orders_watermark is not None:
            since = self._orders_watermark - ORDERS_OVERLAP
        for page in self._client.orders(modified_since=since):
            self._take_orders(page, is_feed=True)
            if self._stops_after(page):
                return

    def read_new_payments(self) -> None:
        """All above the watermark, and the last ones before it once more."""
        above = max(0, self._payments_watermark - PAYMENTS_OVERLAP)
        for page in self._client.payments(id_above=above):
            self._take_payments(page, is_feed=True)
            if self._stops_after(page):
                return

    def _stops_after(self, page: Page[Order] | Page[Payment]) -> bool:
        if self._budget is not None:
            self._budget.page_read()
            self.is_unfinished = bool(page.next_page_token) and self._budget.spent()
        return self.is_unfinished

    def read_orders(self, order_ids: Iterable[int]) -> set[int]:
        """These orders with their contacts and payments, changed or not; gives those there are."""
        wanted = list(order_ids)
        for page in self._client.orders(ids=[str(order_id) for order_id in wanted]):
            self._take_orders(page, all_contacts=True)
        self._read_payments_of_orders()
        return self.order_ids.intersection(wanted)

    def read_invoices(self, invoice_ids: Iterable[int]) -> set[int]:
        """The same for the orders of these invoices; gives the invoices that there are."""
        found = set()
        for invoice_id in invoice_ids:
            before = len(self.order_ids)
            for page in self._client.orders(invoice_id=str(invoice_id)):
                self._take_orders(page, all_contacts=True)
            if len(self.order_ids) > before:
                found.add(invoice_id)
        self._read_payments_of_orders()
        return found

    def read_days(self, first: date | None, last: date | None) -> None:
        """The orders placed or changed on these days of the account (None: no limit)."""
        begin = self.account.midnight(first or date(2000, 1, 1))
        end = self.account.midnight(last + timedelta(days=1)) if last else None
        for page in self._client.orders(modified_since=begin):
            self._take_orders(_before(page, end), all_contacts=True)
        self._read_payments_of_orders()

    def plan(self) -> None:
        """Plan every order that waits for it, where QuickBooks' lists are known."""
        above = 0
        while planned := self._writer.plan(above):
            self._planned += len(planned)
            self._progress("planned", self._planned)
            above = planned[-1]

    def _take_orders(
        self, page: Page[Order], *, is_feed: bool = False, all_contacts: bool = False
    ) -> None:
        self._progress("orders", len(page.records))
        staged = stage_orders(page, self.account)
        wanted = self._writer.contacts_to_read(staged)
        if all_contacts:
            wanted = sorted({one.sale.buyer.contact_id for one in staged.staged} - {""})
        for contacts in self._client.contacts(wanted):
            self._progress("contacts", len(contacts.records))
            self._writer.contacts(stage_contacts(contacts))
        self._changed += self._writer.orders(staged, is_feed=is_feed)
        self._unreadable += len(staged.unreadable)
        self.order_ids.update(one.sale.order_id for one in staged.staged)

    def _take_payments(self, page: Page[Payment], *, is_feed: bool = False) -> None:
        """The orders come first: a payment that finds none waits for a person."""
        self._progress("payments", len(page.records))
        staged = stage_payments(page, self.account)
        named = self._writer.orders_of_news(staged) - self.order_ids
        for orders in self._client.orders(ids=[str(order_id) for order_id in sorted(named)]):
            self._take_orders(orders)
        self._changed += self._writer.payments(staged, is_feed=is_feed)
        self._unreadable += len(staged.unreadable)
        self._payment_ids.update(one.rows[0].payment_id for one in staged.staged)

    def _read_payments_of_orders(self) -> None:
        ids = [str(order_id) for order_id in sorted(self.order_ids)]
        for page in self._client.payments(order_ids=ids):
            self._take_payments(page)


def _before(page: Page[Order], end: datetime | None) -> Page[Order]:
    """The page without the orders that were both placed and changed later."""
    if end is None:
        return page
    kept = tuple(
        order
        for order in page.records
        if any(
            moment is None or moment < end
            for moment in (order.order_time or order.creation_time, order.modification_time)
        )
    )
    return Page(kept, page.unreadable, page.next_page_token)
