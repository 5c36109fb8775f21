"""A shop in Keap on a real socket, joined to a connection in a database of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from keap import KeapClient, Order, Page, Payment, Tokens
from qbwc_service.config import Config
from qbwc_service.connections import add_connection, find_connection
from qbwc_service.demo.keap import Account, Fault, FaultKind, Line, Shop, SimulatedKeap
from qbwc_service.keap_access import sign_ins
from qbwc_service.keap_access.access import Access
from qbwc_service.ledger.columns import Base
from qbwc_service.ledger.manual_syncs import Wanted
from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    KeapContact,
    KeapOrder,
    KeapPayment,
    KeapSignIn,
    KeapWalk,
    MirrorList,
    UnreadableRecord,
)
from qbwc_service.secrecy import Secrecy
from qbwc_service.staging.manual import sync_by_hand
from qbwc_service.staging.poll import poll
from qbwc_service.staging.reading import Reader, Reading
from qbwc_service.staging.slices import Slice
from qbwc_service.staging.sync import sync
from tests.allowing import allowed_code
from tests.databases import new_database

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

    def __init__(self, folder: Path, shop: Shop | None = None) -> None:
        self.clock = Clock()
        self.shop = shop or Shop(Account(payments_touch_orders=False))
        self.shop.clock = self.clock
        self.keap = SimulatedKeap(self.shop)
        self.keap.start()
        self.database = new_database(folder)
        self.secrecy = Secrecy(bytes(32))
        self.config = Config.from_environment(
            {
                "KEAP_API_URL": self.keap.url,
                "KEAP_TOKEN_URL": self.keap.token_url,
                "KEAP_AUTHORIZE_URL": self.keap.authorize_url,
                "KEAP_CLIENT_ID": self.keap.sign_in.client_id,
                "KEAP_CLIENT_SECRET_FILE": str(_file(folder, "client", self.keap.sign_in.secret)),
                "KEAP_CALLS_PER_SECOND": "0",
                "QBWC_DATABASE_URL": self.database.url,
                "QBWC_SECRET_KEY_FILE": str(_file(folder, "secret.key", "00" * 32)),
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

    # -- signing in --------------------------------------------------------------------------------
    @property
    def access(self) -> Access:
        """What asks Keap; waiting moves the clock."""
        return Access(
            self.database,
            self.secrecy,
            self.config,
            self.clock,
            sleep=lambda seconds: self.clock.forward(seconds=seconds),
        )

    def sign_in(self, name: str = NAME, *, tenant: str = "", in_force: bool = True) -> Tokens:
        """A person allows access, and says that it is the right account."""
        code = allowed_code(self.keap, self.config.keap_redirect_uri, tenant=tenant)
        tokens = self.access.token_endpoint().exchange(
            code, redirect_uri=self.config.keap_redirect_uri, verifier="v"
        )
        with self.database.writing("test") as db:
            connection = find_connection(db, name)
            pending = sign_ins.keep_pending(db, self.secrecy, connection, tokens, "owner")
            pending.tenant = tenant or self.shop.account.tenant
            pending.account_name = self.shop.account.name
            if in_force:
                sign_ins.put_in_force(db, connection, pending, "owner", self.clock())
        return tokens

    def signed_in(self, name: str = NAME) -> KeapSignIn | None:
        """The sign-in in force."""
        with self.database.reading() as db:
            return sign_ins.sign_in_of(db, find_connection(db, name).id)

    def token_requests(self) -> int:
        """How often tokens were asked for."""
        return len([one for one in self.keap.requests if one == "POST /token"])

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
    @property
    def hasty(self) -> Access:
        """What asks Keap, without waiting."""
        return replace(self.access, sleep=lambda seconds: None)

    def sync(self, name: str = NAME, **wanted: Any) -> Reading:
        """All that is new."""
        return sync(self.hasty, name, **wanted)

    def sync_by_hand(self, **wanted: Any) -> Reading:
        """What a person asks for."""
        asked = Wanted(**wanted)
        done = sync_by_hand(self.hasty, NAME, asked, who="test", progress=lambda *_: None)
        return done.reading

    def read(self, kind: type[KeapClient] = KeapClient, piece: Slice | None = None) -> Reading:
        """One poll without the lease, by a client of that kind."""
        with kind(
            self.keap.url, self.keap.key, sleep=lambda seconds: None, now=self.clock
        ) as client:
            reader = Reader(
                self.database,
                self.connection().id,
                client,
                clock=self.clock,
                progress=lambda resource, count: None,
                piece=piece,
            )
            return poll(reader)

    # -- the database ----------------------------------------------------------------------------
    def connection(self, name: str = NAME) -> Connection:
        with self.database.reading() as db:
            return find_connection(db, name)

    def change_connection(self, name: str = NAME, **values: Any) -> None:
        with self.database.writing("test") as db:
            connection = find_connection(db, name)
            for field, value in values.items():
                setattr(connection, field, value)

    def change_order(self, order_id: int, **values: Any) -> None:
        with self.database.writing("test") as db:
            order = db.scalars(select(KeapOrder).where(KeapOrder.keap_id == order_id)).one()
            for field, value in values.items():
                setattr(order, field, value)

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

    def walks(self) -> dict[str, tuple[int, bool]]:
        """How far each walk has come, and whether it came to its end."""
        with self.database.reading() as db:
            rows = db.scalars(select(KeapWalk))
            return {row.name: (row.above, row.ended_at is not None) for row in rows}

    def unreadable(self) -> list[UnreadableRecord]:
        with self.database.reading() as db:
            return list(db.scalars(select(UnreadableRecord)))

    def open_errors(self) -> list[tuple[str, int | None]]:
        """Message and order of what the error log still shows."""
        with self.database.reading() as db:
            entries = db.scalars(select(ErrorEntry).where(ErrorEntry.solved_at.is_(None)))
            return [(entry.message, entry.order_id) for entry in entries]

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row but those of leases, walks and pace, to see whether anything was changed."""
        with self.database.reading() as db:
            return {
                table.name: [tuple(row) for row in db.execute(select(table))]
                for table in Base.metadata.sorted_tables
                if table.name not in {"lease", "keap_walk", "keap_pace"}
            }


class Died(Exception):
    """What a test lets happen in the middle of a reading."""


class SmallPages(KeapClient):
    """Pages of two orders and two payments."""

    def walk_orders(self, **wanted: Any) -> Iterator[Page[Order]]:
        return super().walk_orders(**wanted, page_size=2)

    def walk_payments(self, **wanted: Any) -> Iterator[Page[Payment]]:
        return super().walk_payments(**wanted, page_size=2)


class DiesInOrders(SmallPages):
    """Gives one page of orders, then the process dies."""

    def walk_orders(self, **wanted: Any) -> Iterator[Page[Order]]:
        return _then_die(super().walk_orders(**wanted))


class DiesInPayments(SmallPages):
    """Gives one page of payments, then the process dies."""

    def walk_payments(self, **wanted: Any) -> Iterator[Page[Payment]]:
        return _then_die(super().walk_payments(**wanted))


def _then_die(pages: Iterable[Page[Any]]) -> Iterator[Page[Any]]:
    for page in pages:
        yield page
        raise Died


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="ascii")
    return path


def other_tenant(joined: Joined, tenant: str) -> None:
    """The same key opens another account from now on."""
    joined.shop.account = replace(joined.shop.account, tenant=tenant)
