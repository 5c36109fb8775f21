"""What one Keap account holds, in the shapes of REST v2, and how it is kept."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Self
from zoneinfo import ZoneInfo

import msgspec

from qbwc_service.demo.keap.account import DEFAULT_ACCOUNT, Account
from qbwc_service.demo.keap.encoding import to_json
from qbwc_service.demo.keap.money import merchant_json
from qbwc_service.demo.keap.rows import (
    contact_table,
    order_table,
    payment_table,
    product_table,
    transaction_table,
)
from qbwc_service.demo.keap.tables import EncodedLists
from qbwc_service.demo.keap.values import Json

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
    "transaction": 1,
}
_TABLES = ("contacts", "products", "orders", "payments", "transactions")


class ShopError(ValueError):
    """An act that names what the shop does not have, or that Keap would refuse."""


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


class Records:
    """Every record by its id: a copy, to be put back when changed. Hold `lock` for several."""

    def __init__(
        self,
        account: Account = DEFAULT_ACCOUNT,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """An empty account; `clock` gives aware times and may be replaced at any time."""
        self.account = account
        self.clock = clock
        self.lock = threading.RLock()
        #: told the name and the outcome of every act
        self.heard: Callable[[str, object], object] = lambda act, outcome: None
        self.contacts = contact_table()
        self.products = product_table()
        self.orders = order_table()
        self.payments = payment_table()
        #: by a number of the simulator's own, which Keap does not have
        self.transactions = transaction_table()
        #: by order id
        self.order_payments = EncodedLists()
        #: the live one first
        self.merchants = [
            merchant_json("6", "Stripe", "STRIPE"),
            merchant_json("7", "Stripe (test)", "STRIPE", is_test=True),
        ]
        self._next_ids = dict(_FIRST_IDS)
        self._reserved: dict[str, str] = {}
        self._latest = datetime.min.replace(tzinfo=UTC)

    def dump(self) -> Json:
        """Everything, for a state file or a check."""
        with self.lock:
            tables = {name: list(getattr(self, name).values()) for name in _TABLES}
            return self._own_state() | tables | {"order_payments": dict(self.order_payments)}

    def dump_json(self) -> bytes:
        """The same as JSON, made without taking the records apart."""
        with self.lock:
            tables = {
                name: [msgspec.Raw(row.body) for row in getattr(self, name).rows()]
                for name in _TABLES
            }
            bodies = self.order_payments.bodies()
            lists = {order_id: msgspec.Raw(body) for order_id, body in bodies.items()}
            return to_json(self._own_state() | tables | {"order_payments": lists})

    @classmethod
    def restored(cls, dump: Json, clock: Callable[[], datetime] = utc_now) -> Self:
        """The records of a dump, in which payment amounts are Decimal."""
        found = cls(msgspec.convert(dump["account"], Account), clock)
        found._next_ids.update(dump["next_ids"])
        found._reserved.update(dump["reserved"])
        found._latest = datetime.fromisoformat(dump["latest"])
        for name in ("contacts", "products", "orders", "payments"):
            getattr(found, name).update({row["id"]: row for row in dump[name]})
        # They have no ids of their own: any will do, in their order.
        found.transactions.update(
            {str(place): row for place, row in enumerate(dump["transactions"], start=1)}
        )
        found.order_payments.update(dump["order_payments"])
        return found

    def _own_state(self) -> Json:
        return {
            "account": asdict(self.account),
            "next_ids": dict(self._next_ids),
            "reserved": dict(self._reserved),
            "latest": self._latest.isoformat(),
        }

    def _new_id(self, kind: str) -> str:
        self._next_ids[kind] += 1
        return str(self._next_ids[kind] - 1)

    def _now(self) -> datetime:
        """The clock's time, but never before anything that was done already."""
        self._latest = max(self._latest, self.clock())
        return self._latest

    def _begun(self, kind: str, reserved: str) -> tuple[str, datetime]:
        """Id and time of a record of a kind: those that were reserved, or new ones."""
        if not reserved:
            return self._new_id(kind), self._now()
        try:
            return reserved, datetime.fromisoformat(self._reserved.pop(f"{kind} {reserved}"))
        except KeyError:
            raise ShopError(f"{kind} {reserved} was not reserved") from None

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
