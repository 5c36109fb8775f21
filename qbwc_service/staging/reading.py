"""One reading of Keap: a poll of all that is new, or what a person asked for.

A poll reads in this order: the account (once an hour), changed orders, new payments, what is left
open between the two, and at night the last weeks once more. An order is planned only when its
payments have been read after it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from keap import KeapClient, KeapNotFound, KeapPermissionMissing, Order, Page, Payment
from qbwc_service.clock import Clock
from qbwc_service.collector import collect_all
from qbwc_service.database import Database
from qbwc_service.ledger.models import Connection
from qbwc_service.staging.account import Account, account_of
from qbwc_service.staging.pages import PageWriter, Step
from qbwc_service.staging.part_rows import StagedPart
from qbwc_service.staging.quarantine import together
from qbwc_service.staging.reading_lease import nobody_else
from qbwc_service.staging.slices import Slice, SliceSpent
from qbwc_service.staging.staged_pages import (
    stage_contacts,
    stage_orders,
    stage_parts,
    stage_payments,
)

READ_ACCOUNT_EVERY = timedelta(hours=1)
#: orders whose own rows are written in one transaction
PARTS_TOGETHER = 50

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
    #: its time was up before it came to the end; the next one goes on there
    is_unfinished: bool = False
    #: how often Keap was asked, by the kind of call, tries included
    calls: Mapping[str, int] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class DaysPage:
    """A page of a walk through days: the id to go on above, and the orders that were read."""

    above: int
    order_ids: frozenset[int]


#: so many pages between two looks for garbage
COLLECTED_EVERY = 5


class Reader:
    """Reads one account into one connection; what it writes is committed page by page."""

    def __init__(
        self,
        database: Database,
        connection_id: int,
        client: KeapClient,
        *,
        clock: Clock,
        progress: Progress,
        hold: Callable[[Session], None] = nobody_else,
        piece: Slice | None = None,
        extra: Callable[[], AbstractContextManager[None]] = nullcontext,
        settle_for: timedelta = timedelta(),
    ) -> None:
        """Asks Keap for the account where that is due. Raises KeapError and ZoneUnknown.

        `hold` is called in every transaction that writes, and raises SyncBusy where the right to
        read was lost. `piece` is how long the reading may go on. What is read inside `extra` can
        wait for another day. A new unpaid order waits `settle_for` before it is sent, so that its
        payment can come along.
        """
        self.client = client
        self.database = database
        self.clock = clock
        self.writer = PageWriter(database, connection_id, clock, hold)
        self.progress = progress
        self.extra = extra
        self._piece = piece
        self._settle_for = settle_for
        self.account = self._read_account(connection_id)
        self._contacts_read: set[str] = set()
        self._pages = 0
        self._orders = self._payments = self._changed = self._unreadable = self._planned = 0

    def result(self, *, is_unfinished: bool = False) -> Reading:
        """What was read so far."""
        return Reading(
            orders=self._orders,
            payments=self._payments,
            changed=self._changed,
            unreadable=self._unreadable,
            planned=self._planned,
            is_unfinished=is_unfinished,
            calls=dict(self.client.calls),
        )

    def page_done(self) -> None:
        """A page is committed. Raises SliceSpent when the others have their turn."""
        self._pages += 1
        if self._pages % COLLECTED_EVERY == 0:
            collect_all()
        if self._piece is not None:
            self._piece.page_read()
            if self._piece.spent():
                raise SliceSpent

    def connection(self) -> Connection:
        """The connection's row as it is now, for reading."""
        with self.database.reading() as db:
            return db.get_one(Connection, self.writer.connection_id)

    def keap_clock(self) -> datetime:
        """Keap's time at its newest answer, never ahead of ours: one of the two may be wrong, and
        too early only means that something is read twice."""
        now = self.clock()
        told = self.client.answered_at
        return min(told, now) if told else now - timedelta(hours=1)

    # -- what a person asks for -------------------------------------------------------------------
    def read_orders(self, order_ids: Iterable[int]) -> set[int]:
        """These orders with their contacts and payments, changed or not; gives those there are."""
        found: set[int] = set()
        for page in self.client.orders(ids=[str(order_id) for order_id in order_ids]):
            found |= self.take_orders(page, all_contacts=True)
        self.read_payments_of(found)
        return found

    def walk_days(
        self, first: date | None, last: date | None, *, above: int = 0
    ) -> Iterator[DaysPage]:
        """The orders placed or changed on these days of the account (None: no limit), those above
        one id, with contacts and payments; gives each page when it is committed."""
        begin = self.account.midnight(first or date(2000, 1, 1))
        end = self.account.midnight(last + timedelta(days=1)) if last else None
        for page in self.client.walk_orders(modified_since=begin, above=above):
            order_ids = self.take_orders(_before(page, end), all_contacts=True)
            self.read_payments_of(order_ids)
            yield DaysPage(page.highest_id, frozenset(order_ids))

    def plan(self) -> None:
        """Plan every order that waits for it, where QuickBooks' lists are known."""
        above = 0
        while planned := self.writer.plan(above):
            self._planned += len(planned)
            self.progress("planned", self._planned)
            above = planned[-1]
            self.page_done()

    # -- pages ------------------------------------------------------------------------------------
    def take_orders(
        self, page: Page[Order], *, step: Step | None = None, all_contacts: bool = False
    ) -> set[int]:
        """A page of orders with the contacts that they need; gives the ids of its orders.

        Of an order that differs from before the payments are read again first: Keap does not say
        what of an order changed, and a payment that was corrected is in no feed.
        """
        self.progress("orders", len(page.records))
        staged = stage_orders(page, self.account)
        wanted = self.writer.contacts_to_read(staged)
        if all_contacts:
            wanted = {one.sale.buyer.contact_id for one in staged.staged} - {""}
        self._read_contacts(wanted)
        self.read_payments_of(self.writer.known_and_changed(staged))
        self._changed += self.writer.orders(staged, step, self._settle_for)
        self._unreadable += len(staged.unreadable)
        self._orders += len(staged.staged)
        return {one.sale.order_id for one in staged.staged}

    def take_payments(self, page: Page[Payment], *, step: Step | None = None) -> set[int]:
        """A page of payments, after the orders that it names: a payment that finds none waits for
        a person. Gives the ids of its payments."""
        self.progress("payments", len(page.records))
        staged = stage_payments(page, self.account)
        unread = sorted(self.writer.unread_orders(staged))
        for orders in self.client.orders(ids=[str(order_id) for order_id in unread]):
            self.take_orders(orders)
        self._changed += self.writer.payments(staged, step)
        self._unreadable += len(staged.unreadable)
        self._payments += len(staged.staged)
        return {one.rows[0].payment_id for one in staged.staged}

    def read_payments_of(self, order_ids: Iterable[int]) -> None:
        """All payments that name these orders."""
        for page in self.client.payments(order_ids=[str(number) for number in order_ids]):
            self.take_payments(page)

    def read_parts_of(self, order_ids: Iterable[int]) -> None:
        """What payments gave to these orders: one call an order, so a few orders together."""
        wanted = list(order_ids)
        for start in range(0, len(wanted), PARTS_TOGETHER):
            found: dict[int, list[StagedPart]] = {}
            for order_id in wanted[start : start + PARTS_TOGETHER]:
                self.progress("order payments", 1)
                parts = self._parts_of(order_id)
                if parts is not None:
                    found[order_id] = parts
            if found:
                self.writer.parts(found, self.account)

    def _parts_of(self, order_id: int) -> list[StagedPart] | None:
        """None for an order deleted meanwhile: the nightly look at the orders tells."""
        found: list[StagedPart] = []
        try:
            for page in self.client.order_payments(str(order_id)):
                staged = stage_parts(page, order_id)
                found.extend(staged.staged)
                self._unreadable += len(staged.unreadable)
        except KeapNotFound:
            return None
        return found

    def read_contacts_of(self, contact_ids: Iterable[str]) -> None:
        """These contacts, read already or not."""
        self._contacts_read.difference_update(contact_ids)
        self._read_contacts(set(contact_ids))

    def _read_contacts(self, contact_ids: set[str]) -> None:
        wanted = sorted(contact_ids - self._contacts_read)
        pages = []
        for page in self.client.contacts(wanted):
            self.progress("contacts", len(page.records))
            pages.append(stage_contacts(page))
        if pages:
            self.writer.contacts(together(pages))
        self._contacts_read.update(wanted)

    def _read_account(self, connection_id: int) -> Account:
        with self.database.reading() as db:
            connection = db.get_one(Connection, connection_id)
        read_at = connection.account_read_at
        if read_at is not None and self.clock() - read_at < READ_ACCOUNT_EVERY:
            return account_of(connection)
        profile = self.client.business_profile()
        return self.writer.account(profile, self.client.tenant, self._test_merchants())

    def _test_merchants(self) -> list[str] | None:
        """None where the key may not see them."""
        try:
            pages = list(self.client.merchants())
        except (KeapNotFound, KeapPermissionMissing):
            return None
        return [one.id for page in pages for one in page.records if one.is_test]


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
