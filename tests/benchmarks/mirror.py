"""How a big company file is mirrored: the first load, and the sessions after it. Run it by hand:

    python -m tests.benchmarks.mirror --customers 100000 --items 20000

The simulated QuickBooks and its Web Connector are processes of their own, so that the memory told
is ours alone. One SQLite file.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import waitress
from werkzeug.middleware.dispatcher import DispatcherMiddleware

import qwc
from qbwc_service.clock import utc_now
from qbwc_service.collector import collect_seldom
from qbwc_service.config import Config
from qbwc_service.connections import add_connection, find_connection, qwc_file
from qbwc_service.database import Database
from qbwc_service.demo.quickbooks.remote import RemoteQuickBooks
from qbwc_service.ledger import mirror
from qbwc_service.ledger.columns import Base
from qbwc_service.secrecy import Secrecy
from qbwc_service.webconnector.service import Service
from qbwc_service.webconnector.soap import create_endpoint

NAME = "bench"
KEY = bytes(range(32))


@contextmanager
def simulated_quickbooks(folder: Path, customers: int, items: int) -> Iterator[str]:
    """A company file of that size, in a process of its own."""
    command = [sys.executable, "-m", "qbwc_service.demo.quickbooks"]
    command += ["--company", str(folder / "company.db")]
    command += ["--customers", str(customers), "--items", str(items)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield told["url"]
    finally:
        process.terminate()
        process.wait(timeout=30)


def memory_mb() -> float:
    """The most that this process has ever used."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Timed:
    """Our endpoint on a socket; it keeps how long each call took."""

    def __init__(self) -> None:
        self.endpoint: Any = None
        self.seconds: list[float] = []
        self._server = waitress.create_server(self, host="127.0.0.1", port=0)
        self.url = f"http://localhost:{self._server.effective_port}"
        Thread(target=self._server.run, daemon=True).start()

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        began = time.perf_counter()
        try:
            return list(self.endpoint(environ, start_response))
        finally:
            self.seconds.append(time.perf_counter() - began)


class Bench:
    """One connection of ours, joined to one simulated QuickBooks."""

    def __init__(self, folder: Path, url: str) -> None:
        self.calls = Timed()
        self.folder = folder
        self.quickbooks_url = url
        self.config = Config(
            database_url=f"sqlite:///{folder / 'service.db'}",
            public_url=self.calls.url,
            keap_api_url="http://localhost:1/crm",
            log_level="INFO",
            secret_key=KEY,
        )
        self.database = Database(self.config.database_url)
        Base.metadata.create_all(self.database.engine)
        secrecy = Secrecy(KEY)
        with self.database.writing("bench") as db:
            self.new = add_connection(
                db,
                secrecy,
                name=NAME,
                keap_account="",
                keap_key="a-key",
                company_file="",
                start_date=date(2026, 11, 1),
                clock=utc_now,
            )
        with RemoteQuickBooks(url) as quickbooks:
            quickbooks.write_file_id(self.new.owner_id, self.new.file_id)
        endpoint = create_endpoint(
            Service(self.database, secrecy), public_url=self.config.public_url
        )
        self.calls.endpoint = DispatcherMiddleware(endpoint, {"/qbwc": endpoint})
        with self.database.reading() as db:
            file = qwc.build(qwc_file(find_connection(db, NAME), self.config))
        (folder / "bench.qwc").write_bytes(file)
        (folder / "password").write_text(self.new.password, encoding="utf-8")

    def act(self, action: str, **arguments: str) -> None:
        """Somebody at the QuickBooks computer, which serves one connection after the other."""
        with RemoteQuickBooks(self.quickbooks_url) as quickbooks:
            quickbooks.act(action, **arguments)

    def update(self, what: str) -> None:
        """One run of the Web Connector, with its figures."""
        self.calls.seconds.clear()
        began = time.perf_counter()
        command = [sys.executable, "-m", "qbwc_service.demo.web_connector", "--once"]
        command += ["--qwc", str(self.folder / "bench.qwc")]
        command += ["--password-file", str(self.folder / "password")]
        command += ["--quickbooks", self.quickbooks_url]
        result = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        took, seconds = time.perf_counter() - began, self.calls.seconds
        print(
            f"{what}: {result['ended']}, {result['round_trips']} messages in {took:.1f} s, "
            f"ours {sum(seconds):.1f} s, slowest call {max(seconds):.2f} s, "
            f"peak {memory_mb():.0f} MB",
            flush=True,
        )

    def forget_when(self) -> None:
        """The lists count as not read for long enough to be read again."""
        with self.database.writing("bench") as db:
            for state in mirror.states_of_lists(db, find_connection(db, NAME).id).values():
                if state.read_at:
                    state.read_at = state.read_at.replace(day=1)

    def afresh(self) -> None:
        """As after a restored backup: every list is read from its start again."""
        with self.database.writing("bench") as db:
            mirror.load_afresh(db, find_connection(db, NAME).id)

    def mirrored(self) -> tuple[int, int]:
        """Customers and items that we have."""
        with self.database.reading() as db:
            connection = find_connection(db, NAME)
            return (
                mirror.count(db, connection.id, ["Customer"]),
                mirror.count(db, connection.id, ["Item"]),
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=20_000)
    options = parser.parse_args()
    collect_seldom()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with simulated_quickbooks(folder, options.customers, options.items) as url:
            bench = Bench(folder, url)
            print(f"before: {memory_mb():.0f} MB")
            bench.update("first load")
            print(f"  mirrored: {bench.mirrored()}")
            bench.act("add_customer", name="Somebody New")
            bench.act("rename", list_name="ItemInventory", name="SKU-000001", new_name="X1")
            bench.forget_when()
            bench.update("two changes")
            bench.act("rename", list_name="ItemInventory", name="Catalogue", new_name="Goods")
            bench.forget_when()
            bench.update("a group of items renamed")
            print(f"  mirrored: {bench.mirrored()}")
            bench.afresh()
            bench.update("from the start again")
            print(f"  mirrored: {bench.mirrored()}")
            bench.database.close()
        print(f"our database: {(folder / 'service.db').stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
