"""The last 30 days of a Keap account in figures, for the questions of the set-up.

Asked for by a person, in a few calls; the orders and payments themselves are not kept, so that
nothing of them can be sent. Transactions: set-up.last-days, set-up.keap-trouble.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from keap import KeapClient, KeapError, Order, Page, Payment
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.keap_access.access import Access
from qbwc_service.keap_access.failures import KeapUnusable
from qbwc_service.keap_access.stored_login import open_client
from qbwc_service.ledger import set_up
from qbwc_service.planning.last_days import LastDays, figures
from qbwc_service.planning.order import ReceivedPayment, SalesOrder
from qbwc_service.secrecy import SecretUnreadable
from qbwc_service.staging.account import Account, account_of, pin_account
from qbwc_service.staging.failures import LoginRefused
from qbwc_service.staging.from_keap import received_payments, sales_order
from qbwc_service.staging.trouble import record_trouble, trouble_of
from qbwc_service.staging.usable import RecordUnusable

DAYS = 30
#: a person waits for the answer: so many pages of 1,000 records each
MOST_PAGES = 3
_ATTEMPTS = 1
_R = TypeVar("_R", Order, Payment)


def read_last_days(access: Access, name: str) -> LastDays:
    """Ask Keap now and keep the figures.

    Raises ConnectionUnknown, and LoginRefused with the trouble, which the connection then shows.
    """
    with access.database.reading() as db:
        connection = find_connection(db, name)
    try:
        with open_client(access, connection, max_attempts=_ATTEMPTS) as client:
            account = _account(access, name, client)
            found = _read(client, account, access.clock())
    except (KeapError, KeapUnusable, SecretUnreadable) as error:
        trouble = trouble_of(error)
        with access.database.writing("set-up.keap-trouble") as db:
            record_trouble(db, lock_connection(db, name), trouble, access.clock())
        raise LoginRefused(trouble.message, trouble.details) from error
    with access.database.writing("set-up.last-days") as db:
        set_up.keep_last_days(db, lock_connection(db, name), found, access.clock())
    return found


def _account(access: Access, name: str, client: KeapClient) -> Account:
    """Zone and currency, asked for where the job has not read them yet."""
    with access.database.reading() as db:
        row = find_connection(db, name)
        if row.time_zone:
            return account_of(row)
    profile = client.business_profile()
    with access.database.writing("set-up.last-days") as db:
        return pin_account(lock_connection(db, name), profile, client.tenant)


def _read(client: KeapClient, account: Account, now: datetime) -> LastDays:
    last = now.astimezone(account.zone).date()
    first = last - timedelta(days=DAYS - 1)
    since = account.midnight(first)
    order_pages = list(islice(client.walk_orders(modified_since=since), MOST_PAGES + 1))
    payment_pages = list(islice(client.payments(since=since), MOST_PAGES + 1))
    return figures(
        _usable_orders(_records(order_pages[:MOST_PAGES]), account),
        _usable_payments(_records(payment_pages[:MOST_PAGES]), account),
        first=first,
        last=last,
        is_whole=max(len(order_pages), len(payment_pages)) <= MOST_PAGES,
    )


def _records(pages: Iterable[Page[_R]]) -> Iterator[_R]:
    """What cannot be read does not count; the job tells of it when it meets it."""
    for page in pages:
        yield from page.records


def _usable_orders(orders: Iterable[Order], account: Account) -> Iterator[SalesOrder]:
    for order in orders:
        try:
            yield sales_order(order, zone=account.zone, account_currency=account.currency)
        except RecordUnusable:
            continue


def _usable_payments(payments: Iterable[Payment], account: Account) -> Iterator[ReceivedPayment]:
    for payment in payments:
        try:
            yield from received_payments(
                payment, zone=account.zone, test_merchants=account.test_merchants
            )
        except RecordUnusable:
            continue
