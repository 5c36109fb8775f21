"""The calls. Every one of v2 is a GET; every list is an iterator of pages.

A client holds one connection pool and one pace: use it from one thread at a time.
"""

import random as random_numbers
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from keap.allowance import Pace
from keap.auth import Auth, StaticKey
from keap.decoding import Page, ShapeError, decode_record
from keap.filters import Filter
from keap.hooks import Hooks
from keap.http import KeapReader
from keap.paging import ListQuery, by_id, by_token
from keap.quota import Quota
from keap.records import (
    BusinessProfile,
    Contact,
    Merchant,
    Order,
    OrderPayment,
    Payment,
    Product,
    UserInfo,
)
from keap.retries import MAX_ATTEMPTS
from keap.throttle import Pacer, TokenBucket

R = TypeVar("R", bound=msgspec.Struct)

PAGE_SIZE = 1000
IDS_PER_CALL = 200
CONTACT_FIELDS = (
    "addresses",
    "company",
    "create_time",
    "email_addresses",
    "family_name",
    "given_name",
    "id",
    "phone_numbers",
    "tag_ids",
    "time_zone",
    "update_time",
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class KeapClient:
    """Reads one Keap account with a service account key, a personal token or an access token.

    Raises ValueError at once for a key that no header can carry. Every call raises KeapError.
    """

    def __init__(
        self,
        base_url: str,
        auth: str | Auth,
        *,
        tenant: str = "",
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
        now: Callable[[], datetime] = _utc_now,
        random: Callable[[], float] = random_numbers.random,
        max_attempts: int = MAX_ATTEMPTS,
        pacer: Pacer | None = None,
    ) -> None:
        """`base_url` is what stands before /rest/v2; `now` is aware.

        `auth` is a key, or what gives the token. `tenant` is the account that must answer ("": the
        first that does is the one). `pacer` is shared with other clients of the same key; without
        one this client keeps to two calls a second alone.
        """
        self._reader = KeapReader(
            base_url,
            StaticKey(auth) if isinstance(auth, str) else auth,
            tenant=tenant,
            transport=transport,
            sleep=sleep,
            now=now,
            random=random,
            max_attempts=max_attempts,
            pacer=pacer or TokenBucket(Pace(), now()),
        )
        #: subscriptions to what happens in the account: the only calls that change anything
        self.hooks = Hooks(self._reader)

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the connections."""
        self.close()

    def close(self) -> None:
        """Closes the connections; the client is of no use afterwards."""
        self._reader.close()

    @property
    def tenant(self) -> str:
        """The account that answers (x-keap-tenant-id), "" while none was named."""
        return self._reader.tenant

    @property
    def answered_at(self) -> datetime | None:
        """Keap's own clock at the newest answer (its Date header), None where it did not tell."""
        return self._reader.answered_at

    @property
    def calls(self) -> dict[str, int]:
        """How often each kind of call was made, tries included: "orders", "contacts" ..."""
        return self._reader.calls

    @property
    def quota(self) -> Quota | None:
        """The limits that the newest answer named, None before the first."""
        return self._reader.quota

    def orders(
        self,
        *,
        ids: Sequence[str] | None = None,
        invoice_id: str | None = None,
        page_size: int = PAGE_SIZE,
    ) -> Iterator[Page[Order]]:
        """Orders by id; those of the named ones that were deleted in Keap are not there.

        An empty `ids` asks for nothing and gives nothing; None does not restrict.
        """
        wanted = Filter()
        if invoice_id is not None:
            wanted = wanted.equal("invoice_id", invoice_id)
        for part in _by_ids(wanted, "ids", ids):
            yield from by_token(self._reader, _orders(part, page_size))

    def walk_orders(
        self,
        *,
        above: int = 0,
        modified_since: datetime | None = None,
        page_size: int = PAGE_SIZE,
    ) -> Iterator[Page[Order]]:
        """Orders with an id above that, by id; of those modified since then, or of all."""
        wanted = Filter()
        if modified_since is not None:
            wanted = wanted.equal("modified_since_time", modified_since)
        return by_id(self._reader, _orders(wanted, page_size), above)

    def orders_by_change(self, modified_since: datetime) -> Iterator[Page[Order]]:
        """Orders by the time of their change: for an account that refuses the walk by ids."""
        wanted = Filter().equal("modified_since_time", modified_since)
        query = _orders(wanted, PAGE_SIZE, "modification_time asc")
        return by_token(self._reader, query)

    def payments(
        self,
        *,
        since: datetime | None = None,
        ids: Sequence[str] | None = None,
        order_ids: Sequence[str] | None = None,
        newest_first: bool = False,
        page_size: int = PAGE_SIZE,
    ) -> Iterator[Page[Payment]]:
        """The account's payments by id: those since a time, with these ids, or of these orders."""
        wanted = Filter()
        if since is not None:
            wanted = wanted.equal("since_time", since)
        order_by = "id desc" if newest_first else "id asc"
        for part in _by_ids(wanted, "ids", ids):
            for narrower in _by_ids(part, "order_ids", order_ids):
                yield from by_token(self._reader, _payments(narrower, page_size, order_by))

    def walk_payments(
        self, *, above: int = 0, since: datetime | None = None, page_size: int = PAGE_SIZE
    ) -> Iterator[Page[Payment]]:
        """Payments with an id above that, by id, so that backdated manual ones are never missed."""
        wanted = Filter() if since is None else Filter().equal("since_time", since)
        return by_id(self._reader, _payments(wanted, page_size), above)

    def order_payments(self, order_id: str) -> Iterator[Page[OrderPayment]]:
        """The payments applied to one order; KeapNotFound where the order was deleted."""
        query = ListQuery(
            f"orders/{quote(order_id, safe='')}/payments",
            "invoice_order_payments",
            OrderPayment,
            Filter(),
            PAGE_SIZE,
            "last_updated_time asc",
        )
        return by_token(self._reader, query)

    def contacts(
        self, ids: Sequence[str], *, fields: Sequence[str] = CONTACT_FIELDS
    ) -> Iterator[Page[Contact]]:
        """The contacts of these ids; one that was deleted or merged away is not there."""
        for part in _by_ids(Filter(), "ids", ids):
            query = ListQuery(
                "contacts", "contacts", Contact, part, PAGE_SIZE, fields=",".join(fields)
            )
            yield from by_token(self._reader, query)

    def products(self, ids: Sequence[str]) -> Iterator[Page[Product]]:
        """The products of these ids."""
        for part in _by_ids(Filter(), "product_ids", ids):
            query = ListQuery("products", "products", Product, part, PAGE_SIZE, order_by="")
            yield from by_token(self._reader, query)

    def merchants(self) -> Iterator[Page[Merchant]]:
        """The merchant accounts, those in test mode among them."""
        query = ListQuery("merchants", "merchant_accounts", Merchant, Filter(), PAGE_SIZE)
        return by_token(self._reader, query)

    def business_profile(self) -> BusinessProfile:
        """The account's name, time zone and currency."""
        return self._one("businessProfile", BusinessProfile)

    def user_info(self) -> UserInfo:
        """Whose key this is: the cheapest check that a key works."""
        return self._one("oauth/connect/userinfo", UserInfo)

    def _one(self, path: str, kind: type[R]) -> R:
        response = self._reader.get(path, {})
        try:
            return decode_record(response.content, kind)
        except ShapeError as error:
            reason = f"Keap's answer cannot be read: {error}"
            raise self._reader.unreadable(response, reason) from error


def _orders(wanted: Filter, page_size: int, order_by: str = "id asc") -> ListQuery[Order]:
    return ListQuery("orders", "orders", Order, wanted, page_size, order_by)


def _payments(wanted: Filter, page_size: int, order_by: str = "id asc") -> ListQuery[Payment]:
    return ListQuery("sales/payments", "payments", Payment, wanted, page_size, order_by)


def _by_ids(wanted: Filter, field: str, ids: Sequence[str] | None) -> Iterator[Filter]:
    """The filter itself where ids is None, else one a call: a URL holds only so many ids."""
    if ids is None:
        yield wanted
        return
    distinct = list(dict.fromkeys(ids))
    for start in range(0, len(distinct), IDS_PER_CALL):
        yield wanted.one_of(field, distinct[start : start + IDS_PER_CALL])
