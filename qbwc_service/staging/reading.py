"""One poll of Keap: what is asked for, in which order, and how far back.

Orders are asked for by the time of their change, with an overlap, for Keap does not say whether
its bounds are inclusive. Payments are asked for by id, because manual ones are dated at midnight
and may be typed days later; the last ones are read again, because they may be corrected. Orders
that a new payment names are read too: Keap does not say whether a payment changes its order.
"""

from collections.abc import Callable, Iterable, Iterator
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

ORDERS_OVERLAP = timedelta(minutes=15)
PAYMENTS_OVERLAP = 500

#: told what was received ("orders", "payments", "contacts", "planned") and how many, before it
#: is written; an exception that it raises ends the reading between two pages
Progress = Callable[[str, int], object]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading found. `changed` counts orders and payments that are new or differ."""

    orders: int = 0
    payments: int = 0
    changed: int = 0
    unreadable: int = 0
    planned: int = 0


@dataclass(frozen=True, slots=True)
class DaysPage:
    """A page of a walk through days: the id to go on above, and the orders that were read."""

    above: int
    order_ids: frozenset[int]


def read_keap(
    database: Database,
    connection_id: int,
    client: KeapClient,
    *,
    clock: Clock,
    progress: Progress,
) -> Reading:
    """Everything that is new since the last time, then the plans where QuickBooks is known.

    Raises KeapError and ZoneUnknown; what was read until then is committed.
    """
    reader = Reader(database, connection_id, client, clock=clock, progress=progress)
    reader.read_new_orders()
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
    ) -> None:
        """Raises KeapError and ZoneUnknown."""
        self._client = client
        self._progress = progress
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
        )

    def read_new_orders(self) -> None:
        """All that changed since the watermark; at first, since the start date."""
        since = self.account.first_reading_since
        if self._orders_watermark is not None:
            since = self._orders_watermark - ORDERS_OVERLAP
        for page in self._client.orders(modified_since=since):
            self._take_orders(page, is_feed=True)

    def read_new_payments(self) -> None:
        """All above the watermark, and the last ones before it once more."""
        above = max(0, self._payments_watermark - PAYMENTS_OVERLAP)
        for page in self._client.payments(id_above=above):
            self._take_payments(page, is_feed=True)

    def read_orders(self, order_ids: Iterable[int]) -> set[int]:
        """These orders with their contacts and payments, changed or not; gives those there are."""
        wanted = list(order_ids)
        for page in self._client.orders(ids=[str(order_id) for order_id in wanted]):
            self._take_orders(page, all_contacts=True)
        found = self.order_ids.intersection(wanted)
        self._read_payments_of(found)
        return found

    def read_invoices(self, invoice_ids: Iterable[int]) -> set[int]:
        """The same for the orders of these invoices; gives the invoices that there are."""
        found = set()
        for invoice_id in invoice_ids:
            before = len(self.order_ids)
            for page in self._client.orders(invoice_id=str(invoice_id)):
                self._take_orders(page, all_contacts=True)
            if len(self.order_ids) > before:
                found.add(invoice_id)
        self._read_payments_of(self.order_ids)
        return found

    def read_days(self, first: date | None, last: date | None) -> None:
        """The orders placed or changed on these days of the account (None: no limit)."""
        for _ in self.walk_days(first, last):
            pass

    def walk_days(
        self, first: date | None, last: date | None, *, above: int = 0
    ) -> Iterator[DaysPage]:
        """The same in the order of ids, those above one; gives each page when it is committed."""
        begin = self.account.midnight(first or date(2000, 1, 1))
        end = self.account.midnight(last + timedelta(days=1)) if last else None
        for page in self._client.orders(modified_since=begin, id_above=above):
            kept = _before(page, end)
            self._take_orders(kept, all_contacts=True)
            order_ids = self.order_ids.intersection(_ids(kept))
            self._read_payments_of(order_ids)
            above = max([above, *_ids(page)])
            yield DaysPage(above, frozenset(order_ids))

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

    def _read_payments_of(self, order_ids: Iterable[int]) -> None:
        ids = [str(order_id) for order_id in sorted(order_ids)]
        for page in self._client.payments(order_ids=ids):
            self._take_payments(page)


def _ids(page: Page[Order]) -> set[int]:
    """The ids on the page, also of what could not be read."""
    texts = [order.id for order in page.records]
    texts += [record.record_id for record in page.unreadable]
    return {int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19}


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
