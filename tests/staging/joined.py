"""A shop in Keap on a real socket, joined to a connection in a database of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from keap import KeapClient, Order, Page, Payment
from qbwc_service.config import Config
from qbwc_service.connections import add_connection, find_connection
from qbwc_service.database import Database
from qbwc_service.demo.keap import Account, Fault, FaultKind, Line, Shop, SimulatedKeap
from qbwc_service.ledger.columns import Base
from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    KeapContact,
    KeapOrder,
    KeapPayment,
    MirrorList,
    UnreadableRecord,
)
from qbwc_service.secrecy import Secrecy
from qbwc_service.staging.reading import Reading, read_keap
from qbwc_service.staging.slices import Slice
from qbwc_service.staging.sync import SyncResult, sync

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
START = date(2026, 11, 1)
NAME = "acme"
HAMMER = Line("Hammer", 1000)


@dataclass
class Clock:
    """Stands still until it is moved; one for Keap and for us."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **units: float) -> None:
        self.now += timedelta(**units)


class Joined:
    """`close()` when done."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.shop = Shop(Account(payments_touch_orders=False), self.clock)
        self.keap = SimulatedKeap(self.shop)
        self.keap.start()
        self.database = Database(f"sqlite:///{folder / 'service.db'}")
        Base.metadata.create_all(self.database.engine)
        self.secrecy = Secrecy(bytes(32))
        self.config = Config.from_environment(
            {
                "KEAP_API_URL": self.keap.url,
                "KEAP_CALLS_PER_SECOND": "0",
                "QBWC_DATABASE_URL": self.database.url,
                "QBWC_SECRET_KEY_FILE": str(_key_file(folder)),
            }
        )
        self.add_connection(NAME)
        self.ann = self.shop.add_contact("Ann", "Lee", email="ann@example.com")

    def close(self) -> None:
        self.keap.stop()
        self.database.close()

    def add_connection(self, name: str, key: str | None = None) -> None:
        with self.database.writing("test") as db:
            add_connection(
                db,
                self.secrecy,
                name=name,
                keap_account="",
                keap_key=self.keap.key if key is None else key,
                company_file="",
                start_date=START,
                clock=self.clock,
            )

    # -- Keap ------------------------------------------------------------------------------------
    def order(self, *lines: Line, paid: int = 0, **more: Any) -> int:
        """A new order of Ann's (a hammer of 10.00), a minute after what was done last."""
        self.clock.forward(minutes=1)
        order_id = self.shop.add_order(self.ann, lines or (HAMMER,), **more)
        if paid:
            self.shop.pay(order_id, paid)
        return int(order_id)

    def trouble(self, kind: FaultKind, *, path: str = "", times: int = 99, **more: Any) -> None:
        self.keap.faults.add(Fault(kind, times=times, path=path, **more))

    def asked(self, resource: str) -> list[str]:
        """The requests for one resource so far, as sent."""
        return [one for one in self.keap.requests if f"/rest/v2/{resource}?" in one]

    # -- reading ---------------------------------------------------------------------------------
    def sync(self, name: str = NAME, **wanted: Any) -> SyncResult:
        return sync(
            self.database,
            self.secrecy,
            self.config,
            name,
            clock=self.clock,
            sleep=lambda seconds: None,
            **wanted,
        )

    def read(self, kind: type[KeapClient] = KeapClient, budget: Slice | None = None) -> Reading:
        """One poll without the lease, by a client of that kind."""
        with kind(
            self.keap.url, self.keap.key, sleep=lambda seconds: None, now=self.clock
        ) as client:
            return read_keap(
                self.database,
                self.connection().id,
                client,
                clock=self.clock,
                progress=lambda resource, count: None,
                budget=budget,
            )

    # -- the database ----------------------------------------------------------------------------
    def connection(self, name: str = NAME) -> Connection:
        with self.database.reading() as db:
            return find_connection(db, name)

    def change_connection(self, name: str = NAME, **values: Any) -> None:
        with self.database.writing("test") as db:
            connection = find_connection(db, name)
            for field, value in values.items():
                setattr(connection, field, value)

    def load_mirror(self) -> None:
        """QuickBooks was read, and has nothing in it."""
        connection_id = self.connection().id
        with self.database.writing("test") as db:
            for name in ("Account", "Customer", "Item"):
                row = MirrorList(connection_id=connection_id, list_name=name, loaded_at=NOON)
                db.add(row)

    def orders(self) -> dict[int, KeapOrder]:
        with self.database.reading() as db:
            return {row.keap_id: row for row in db.scalars(select(KeapOrder))}

    def payments(self) -> dict[tuple[int, int], KeapPayment]:
        """By payment id and order id."""
        with self.database.reading() as db:
            return {(row.payment_id, row.order_id): row for row in db.scalars(select(KeapPayment))}

    def contacts(self) -> dict[str, KeapContact]:
        with self.database.reading() as db:
            return {row.contact_id: row for row in db.scalars(select(KeapContact))}

    def unreadable(self) -> list[UnreadableRecord]:
        with self.database.reading() as db:
            return list(db.scalars(select(UnreadableRecord)))

    def open_errors(self) -> list[tuple[str, int | None]]:
        """Message and order of what the error log still shows."""
        with self.database.reading() as db:
            entries = db.scalars(select(ErrorEntry).where(ErrorEntry.solved_at.is_(None)))
            return [(entry.message, entry.order_id) for entry in entries]

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every table's rows but those of leases and pace, to see whether anything was changed."""
        with self.database.reading() as db:
            return {
                table.name: [tuple(row) for row in db.execute(select(table))]
                for table in Base.metadata.sorted_tables
                if table.name not in {"lease", "keap_pace"}
            }


class Died(Exception):
    """What a test lets happen in the middle of a reading."""


class SmallPages(KeapClient):
    """Pages of two orders and two payments."""

    def orders(self, **wanted: Any) -> Iterator[Page[Order]]:
        return super().orders(**wanted, page_size=2)

    def payments(self, **wanted: Any) -> Iterator[Page[Payment]]:
        return super().payments(**wanted, page_size=2)


class DiesInOrders(SmallPages):
    """Gives one page of orders, then the process dies."""

    def orders(self, **wanted: Any) -> Iterator[Page[Order]]:
        return _then_die(super().orders(**wanted))


class DiesInPayments(SmallPages):
    """Gives one page of payments, then the process dies."""

    def payments(self, **wanted: Any) -> Iterator[Page[Payment]]:
        return _then_die(super().payments(**wanted))


def _then_die(pages: Iterable[Page[Any]]) -> Iterator[Page[Any]]:
    for page in pages:
        yield page
        raise Died


def _key_file(folder: Path) -> Path:
    path = folder / "secret.key"
    path.write_text("00" * 32, encoding="ascii")
    return path


def other_tenant(joined: Joined, tenant: str) -> None:
    """The same key opens another account from now on."""
    joined.shop.account = replace(joined.shop.account, tenant=tenant)
