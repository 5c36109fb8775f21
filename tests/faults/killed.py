"""A small shop, a company and the real service, one of which is killed with SIGKILL."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import delete, select

import qwc
from qbwc_service.clock import utc_now
from qbwc_service.config import Config
from qbwc_service.connections import add_connection, find_connection, qwc_file
from qbwc_service.database import Database
from qbwc_service.database_schema import upgrade
from qbwc_service.demo.keap.server import SimulatedKeap
from qbwc_service.demo.keap.shop import Line, Shop
from qbwc_service.demo.programs import Program, free_port
from qbwc_service.demo.quickbooks.errors import HResult
from qbwc_service.demo.quickbooks.remote import RemoteQuickBooks
from qbwc_service.demo.quickbooks.seed import new_company
from qbwc_service.demo.web_connector import WebConnector
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.demo.web_connector.qwc_file import QwcFile
from qbwc_service.keap_access.access import Access
from qbwc_service.ledger.models import KeapOrder, Lease
from qbwc_service.secrecy import Secrecy
from qbwc_service.staging.sync import sync
from tests.validity import check_messages

KEY = bytes(range(32))
NAME = "demo"
ORDERS = 6


def make_template(folder: Path) -> str:
    """A database with a connection and a company file that knows it; returns the password."""
    database = Database(f"sqlite:///{folder / 'service.db'}")
    upgrade(database)
    with database.writing("test") as db:
        new = add_connection(
            db,
            Secrecy(KEY),
            name=NAME,
            keap_account="iq146",
            keap_key="the-key",
            company_file="",
            start_date=date(2026, 1, 1),
            clock=utc_now,
        )
        connection = find_connection(db, NAME)
        connection.settings = {
            **connection.settings,
            "income_account": "Sales",
            "tax_account": "Sales Tax Payable",
        }
    database.close()
    with new_company(folder / "company.db", items=("HAMMER", "NAIL")) as company:
        company.write_file_id(new.owner_id, new.file_id)
    (folder / "secret.key").write_text(KEY.hex())
    return new.password


def small_shop() -> Shop:
    """Six orders of four people: an unknown item, two payments, none, and one that is held."""
    shop = Shop()
    hammer = shop.add_product("Hammer", 1000, sku="HAMMER")
    nail = shop.add_product("Nail", 25, sku="NAIL")
    gift = shop.add_product("Gift", 700)
    contacts = [
        shop.add_contact(given, "Doe", email=f"{given.lower()}@example.com")
        for given in ("Ann", "Bob", "Cas", "Dee")
    ]
    on = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    carts = [
        [Line("Hammer", 1000, 2, product_id=hammer)],
        [Line("Nail", 25, 40, product_id=nail), Line("Hammer", 1000, product_id=hammer)],
        [Line("Gift", 700, product_id=gift)],
        [Line("Hammer", 1000, product_id=hammer)],
        [Line("Nail", 25, 4, product_id=nail)],
        [Line("Hammer", 1000, 3, product_id=hammer)],
    ]
    orders = [
        shop.add_order(contacts[place % len(contacts)], cart, title=f"Order {place}", on=on)
        for place, cart in enumerate(carts)
    ]
    shop.pay(orders[0], 500, transaction_id="bank-a")
    shop.pay(orders[0], 1500, transaction_id="bank-b")
    for order in (orders[1], orders[2], orders[5]):
        shop.pay(order, transaction_id=f"bank-{order}")
    return shop


@dataclass(frozen=True, slots=True)
class EndOfDay:
    """The books and the ledger when everything has come to rest, without ids and times."""

    invoices: tuple[tuple[str, str, str, str], ...]
    payments: tuple[tuple[str, str, str], ...]
    customers: tuple[str, ...]
    statuses: tuple[tuple[int, str, str], ...]


class Day:
    """One day in one folder: sync, sessions, and a crash somewhere in between."""

    def __init__(self, folder: Path, password: str, keap_url: str) -> None:
        self.folder = folder
        self._password = password
        self._port = free_port(0)
        self._config = Config(
            database_url=f"sqlite:///{folder / 'service.db'}",
            public_url=f"http://localhost:{self._port}",
            keap_api_url=keap_url,
            keap_calls_per_second=0,
            log_level="WARNING",
            secret_key=KEY,
        )
        self._environment = {
            "QBWC_DATABASE_URL": self._config.database_url,
            "QBWC_PUBLIC_URL": self._config.public_url,
            "QBWC_SECRET_KEY_FILE": str(folder / "secret.key"),
            "QBWC_LOG_LEVEL": "WARNING",
            "KEAP_API_URL": keap_url,
            "KEAP_CALLS_PER_SECOND": "0",
        }
        self._service: Program | None = None
        self._quickbooks: Program | None = None
        self._quickbooks_url = ""

    def close(self) -> None:
        for program in (self._service, self._quickbooks):
            if program is not None:
                program.stop()
        database = Database(self._config.database_url)
        check_messages(database)
        database.close()

    # -- the programs -----------------------------------------------------------------------------

    def start_service(self, crash_at: str = "") -> None:
        arguments = ["qbwc_service", "up", "--port", str(self._port), "--no-scheduler"]
        self._service = Program(
            "service",
            arguments,
            log=self.folder / "service.log",
            environment={**self._environment, "QBWC_CRASH_AT": crash_at},
        )
        self._service.wait_for(f"http://localhost:{self._port}/healthz")

    def start_quickbooks(self, crash_at: str = "", memory: int = 1) -> None:
        arguments = ["qbwc_service.demo.quickbooks", "--company", str(self.folder / "company.db")]
        arguments += ["--memory", str(memory)]
        if crash_at:
            arguments += ["--crash-at", crash_at]
        log = self.folder / "quickbooks.log"
        self._quickbooks = Program("quickbooks", arguments, log=log)
        self._quickbooks_url = str(self._quickbooks.first_line()["url"])

    def sync(self, crash_at: str = "") -> int:
        """Read Keap, in a process of its own where that is to be killed; how that one ended."""
        if not crash_at:
            database = Database(self._config.database_url)
            sync(Access(database, Secrecy(KEY), self._config), NAME)
            database.close()
            return 0
        done = subprocess.run(
            [sys.executable, "-m", "qbwc_service", "sync", NAME],
            env={**os.environ, **self._environment, "QBWC_CRASH_AT": crash_at},
            check=False,
            capture_output=True,
            timeout=60,
        )
        return done.returncode

    def free_lease(self) -> None:
        """The dead reader's lease has run out (two minutes later)."""
        database = Database(self._config.database_url)
        with database.writing("test") as db:
            db.execute(delete(Lease))
        database.close()

    def update(self) -> Ended:
        """The Web Connector runs once; whatever is dead is started again first."""
        if self._service is None or self._service.process.poll() is not None:
            self._restart_service()
        if self._quickbooks is None or self._quickbooks.process.poll() is not None:
            self._restart_quickbooks()
        database = Database(self._config.database_url)
        with database.reading() as db:
            file = qwc.build(qwc_file(find_connection(db, NAME), self._config))
        database.close()
        with (
            httpx.Client(timeout=30, trust_env=False) as http,
            RemoteQuickBooks(self._quickbooks_url, timeout=30) as quickbooks,
        ):
            connector = WebConnector(QwcFile.parse(file), self._password, quickbooks, http)
            return connector.update().ended

    def _restart_service(self) -> None:
        if self._service is not None:
            self._service.stop()
        self.start_service()

    def _restart_quickbooks(self) -> None:
        if self._quickbooks is not None:
            self._quickbooks.stop()
        self.start_quickbooks()

    def until_quiet(self, most: int = 8) -> None:
        """Sessions until there is nothing left to do."""
        for _ in range(most):
            if self.update() is Ended.NONE:
                return
            time.sleep(0.05)
        raise AssertionError("the updates never came to rest")

    @property
    def was_killed(self) -> bool:
        """Whether one of the programs died by a signal on its way."""
        programs = [p.process for p in (self._service, self._quickbooks) if p is not None]
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if any((program.poll() or 0) < 0 for program in programs):
                return True
            time.sleep(0.02)
        return False

    # -- what is there now ------------------------------------------------------------------------

    def end(self) -> EndOfDay:
        books = self._books()
        return EndOfDay(
            invoices=tuple(
                sorted(
                    (i["number"], i["customer"], i["total"], i["balance"])
                    for i in books["invoices"]
                )
            ),
            payments=tuple(
                sorted(
                    (p["ref_number"], a["amount"], a["invoice_number"])
                    for p in books["payments"]
                    for a in p["applied"]
                )
            ),
            customers=tuple(sorted(c["full_name"] for c in books["customers"])),
            statuses=self._statuses(),
        )

    def _books(self) -> Any:
        with RemoteQuickBooks(self._quickbooks_url) as quickbooks:
            try:
                return quickbooks.books()
            except HResult:
                self._restart_quickbooks()
        with RemoteQuickBooks(self._quickbooks_url) as quickbooks:
            return quickbooks.books()

    def _statuses(self) -> tuple[tuple[int, str, str], ...]:
        database = Database(self._config.database_url)
        with database.reading() as db:
            rows = db.scalars(select(KeapOrder).order_by(KeapOrder.keap_id)).all()
            found = tuple((row.keap_id, row.status.value, row.cause) for row in rows)
        database.close()
        return found


@contextmanager
def a_day(template: Path, folder: Path, password: str) -> Iterator[Day]:
    """A copy of the template with a Keap of its own."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    with SimulatedKeap(small_shop(), key="the-key") as keap:
        day = Day(folder, password, keap.url)
        try:
            yield day
        finally:
            day.close()
