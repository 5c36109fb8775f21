"""What one Keap account holds, in the shapes of REST v2, and how it is kept."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Literal, Self
from zoneinfo import ZoneInfo

from qbwc_service.demo.keap.shapes import Json

FIRST_ORDER_ID = 20101
_FIRST_IDS = {
    "contact": 4401,
    "product": 61,
    "order": FIRST_ORDER_ID,
    # Keap numbers invoices apart from orders; one deleted order and the two differ for good.
    "invoice": 20077,
    "item": 90401,
    "payment": 28701,
    "order_payment": 33101,
}


class ShopError(ValueError):
    """An act that names what the shop does not have, or that Keap would refuse."""


@dataclass(frozen=True, slots=True)
class Account:
    """The Keap account. The last two are undocumented in Keap: play either answer."""

    tenant: str = "ab103.infusionsoft.com"
    name: str = "Acme Studio"
    time_zone: str = "America/New_York"
    currency: str = "USD"
    order_payments_in: Literal["major", "minor"] = "major"
    payments_touch_orders: bool = True


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


class Records:
    """Every record by its id. Hold `lock` while reading several."""

    def __init__(
        self,
        account: Account = Account(),
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """An empty account; `clock` gives aware times and may be replaced at any time."""
        self.account = account
        self.clock = clock
        self.lock = threading.RLock()
        self.contacts: dict[str, Json] = {}
        self.products: dict[str, Json] = {}
        self.orders: dict[str, Json] = {}
        self.payments: dict[str, Json] = {}
        #: by order id
        self.order_payments: dict[str, list[Json]] = {}
        self._next_ids = dict(_FIRST_IDS)
        self._latest = datetime.min.replace(tzinfo=UTC)

    def dump(self) -> Json:
        """Everything, for a state file or a check."""
        with self.lock:
            return {
                "account": asdict(self.account),
                "next_ids": dict(self._next_ids),
                "latest": self._latest.isoformat(),
                "contacts": list(self.contacts.values()),
                "products": list(self.products.values()),
                "orders": list(self.orders.values()),
                "payments": list(self.payments.values()),
                "order_payments": {key: list(rows) for key, rows in self.order_payments.items()},
            }

    @classmethod
    def restored(cls, dump: Json, clock: Callable[[], datetime] = utc_now) -> Self:
        """The records of a dump, in which payment amounts are Decimal."""
        found = cls(Account(**dump["account"]), clock)
        found._next_ids.update(dump["next_ids"])
        found._latest = datetime.fromisoformat(dump["latest"])
        for name in ("contacts", "products", "orders", "payments"):
            getattr(found, name).update({row["id"]: row for row in dump[name]})
        found.order_payments.update(dump["order_payments"])
        return found

    def _new_id(self, kind: str) -> str:
        self._next_ids[kind] += 1
        return str(self._next_ids[kind] - 1)

    def _now(self) -> datetime:
        """The clock's time, but never before anything that was done already."""
        self._latest = max(self._latest, self.clock())
        return self._latest

    def _moment(self, on: datetime | None, day: date | None) -> datetime:
        """When money moved: an instant, or a day typed by hand, which Keap keeps as midnight."""
        if day is None:
            return on or self._now()
        return datetime.combine(day, time(), ZoneInfo(self.account.time_zone))

    @staticmethod
    def _one(records: Mapping[str, Json], identity: str, kind: str) -> Json:
        try:
            return records[identity]
        except KeyError:
            raise ShopError(f"no such {kind}: {identity}") from None
