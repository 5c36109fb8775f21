"""The calls. Every one is a GET; every list is an iterator of pages.

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
from keap.decoding import Page, ShapeError, decode_page, decode_record
from keap.filters import Filter
from keap.http import KeapReader
from keap.quota import Quota
from keap.records import (
    BusinessProfile,
    Contact,
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
    "contact_type",
    "create_time",
    "email_addresses",
    "family_name",
    "given_name",
    "id",
    "middle_name",
    "phone_numbers",
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
        modified_since: datetime | None = None,
        ids: Sequence[str] | None = None,
        id_above: int | None = None,
        invoice_id: str | None = None,
        page_size: int = PAGE_SIZE,
    ) -> Iterator[Page[Order]]:
        """Orders, oldest change first where `modified_since` is given, else by id.

        An empty `ids` asks for nothing and gives nothing; None does not restrict. Of the orders
        named by `ids`, those deleted in Keap are simply not there.
        """
        wanted = Filter()
        if modified_since is not None:
            wanted = wanted.equal("modified_since_time", modified_since)
        if id_above is not None:
            wanted = wanted.above("id", id_above)
        if invoice_id is not None:
            wanted = wanted.equal("invoice_id", invoice_id)
        order_by = "id asc" if modified_since is None else "modification_time asc"
        for part in _by_ids(wanted, "ids", ids):
            yield from self._pages("orders", "orders", Order, part, order_by, page_size)

    def payments(
        self,
        *,
        id_above: int | None = None,
        since: datetime | None = None,
        ids: Sequence[str] | None = None,
        order_ids: Sequence[str] | None = None,
        page_size: int = PAGE_SIZE,
    ) -> Iterator[Page[Payment]]:
        """The account's payments by id, so that backdated manual ones are never missed."""
        wanted = Filter()
        if id_above is not None:
            wanted = wanted.above("id", id_above)
        if since is not None:
            wanted = wanted.equal("since_time", since)
        for part in _by_ids(wanted, "ids", ids):
            for narrower in _by_ids(part, "order_ids", order_ids):
                yield from self._pages(
                    "sales/payments", "payments", Payment, narrower, "id asc", page_size
                )

    def order_payments(self, order_id: str) -> Iterator[Page[OrderPayment]]:
        """The payments applied to one order; KeapNotFound where the order was deleted."""
        path = f"orders/{quote(order_id, safe='')}/payments"
        return self._pages(
            path,
            "invoice_order_payments",
            OrderPayment,
            Filter(),
            "last_updated_time asc",
            PAGE_SIZE,
        )

    def contacts(
        self, ids: Sequence[str], *, fields: Sequence[str] = CONTACT_FIELDS
    ) -> Iterator[Page[Contact]]:
        """The contacts of these ids; one that was deleted or merged away is not there."""
        for part in _by_ids(Filter(), "ids", ids):
            yield from self._pages(
                "contacts", "contacts", Contact, part, "id asc", PAGE_SIZE, ",".join(fields)
            )

    def products(self, ids: Sequence[str]) -> Iterator[Page[Product]]:
        """The products of these ids."""
        for part in _by_ids(Filter(), "product_ids", ids):
            yield from self._pages("products", "products", Product, part, "", PAGE_SIZE)

    def business_profile(self) -> BusinessProfile:
        """The account's name, time zone and currency."""
        return self._one("businessProfile", BusinessProfile)

    def user_info(self) -> UserInfo:
        """Whose key this is: the cheapest check that a key works."""
        return self._one("oauth/connect/userinfo", UserInfo)

    def _pages(
        self,
        path: str,
        resource: str,
        kind: type[R],
        wanted: Filter,
        order_by: str,
        page_size: int,
        fields: str = "",
    ) -> Iterator[Page[R]]:
        """Follows the tokens until a page is empty, or has no token or one that was seen."""
        parameters = {
            "filter": str(wanted),
            "order_by": order_by,
            "fields": fields,
            "page_size": str(page_size),
        }
        seen: set[str] = set()
        while True:
            response = self._reader.get(path, parameters)
            try:
                page = decode_page(response.content, resource, kind)
            except ShapeError as error:
                reason = f"Keap's page of {resource} cannot be read: {error}"
                raise self._reader.unreadable(response, reason) from error
            if not page.records and not page.unreadable:
                return
            yield page
            token = page.next_page_token
            if not token or token in seen:
                return
            seen.add(token)
            parameters["page_token"] = token

    def _one(self, path: str, kind: type[R]) -> R:
        response = self._reader.get(path, {})
        try:
            return decode_record(response.content, kind)
        except ShapeError as error:
            reason = f"Keap's answer cannot be read: {error}"
            raise self._reader.unreadable(response, reason) from error


def _by_ids(wanted: Filter, field: str, ids: Sequence[str] | None) -> Iterator[Filter]:
    """The filter itself where ids is None, else one a call: a URL holds only so many ids."""
    if ids is None:
        yield wanted
        return
    distinct = list(dict.fromkeys(ids))
    for start in range(0, len(distinct), IDS_PER_CALL):
        yield wanted.one_of(field, distinct[start : start + IDS_PER_CALL])
