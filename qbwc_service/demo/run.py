"""The demo: a simulated Keap, a simulated QuickBooks and its Web Connector around the real service.

Four programs on four sockets. Connects them as the README tells a user to, lets the Web Connector
run until nothing is left, and compares the books with Keap.
"""

import json
import os
import signal
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.table import Table

from qbwc_service.config import make_key_file
from qbwc_service.demo.audit import Difference, audit
from qbwc_service.demo.keap.demo_orders import DEMO_DAYS, bulk_shop, demo_shop
from qbwc_service.demo.keap.expected import Expected
from qbwc_service.demo.keap.seed import COMPANY_ITEMS, TAKEN_NUMBERS, VENDORS
from qbwc_service.demo.programs import Program, ProgramFailed, free_port, run
from qbwc_service.demo.quickbooks.remote import RemoteQuickBooks
from qbwc_service.secrecy import new_password

NAME = "demo"
SEED = 1
MAX_SESSIONS = 12


@dataclass(frozen=True, slots=True)
class Trips:
    """Round trips: one sendRequestXML with its receiveResponseXML each."""

    first_load: int
    sending: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the demo came to."""

    orders: Sequence[Mapping[str, Any]]
    books: Mapping[str, Any]
    trips: Trips
    differences: list[Difference]
    second_round: str
    #: invoices that somebody had typed into the company file before
    typed_by_hand: int


class Demo:
    """The four programs, started and connected; `stop()` ends them all."""

    def __init__(self, folder: Path, *, orders: int, bulk: int | None, port: int) -> None:
        self.folder = folder
        self.admin_password = new_password()
        self._stack = ExitStack()
        self._start = datetime.now(UTC).date() - timedelta(days=DEMO_DAYS)
        self._orders = orders
        self._bulk = bulk
        self.port = free_port(port)
        self.url = f"http://localhost:{self.port}"
        self.environment: dict[str, str] = {}
        self._quickbooks_url = ""

    def stop(self) -> None:
        self._stack.close()

    @property
    def typed_by_hand(self) -> tuple[str, ...]:
        """Numbers of invoices that are in the company file before the first order comes."""
        return () if self._bulk else TAKEN_NUMBERS

    @property
    def expected(self) -> tuple[Expected, ...]:
        """What must become of each order, by the shop's own arithmetic."""
        if not self._bulk:
            return demo_shop(self._orders, seed=SEED, start=self._start)[1]
        dump = bulk_shop(self._bulk, start=self._start).dump()
        return tuple(_bulk_expectation(order) for order in dump["orders"])

    def start(self) -> None:
        """Keap, QuickBooks and the service; raises ProgramFailed."""
        keap = self._program("keap", self._keap_arguments()).first_line()
        key_file = self._write("keap.key", str(keap["key"]))
        quickbooks = self._program("quickbooks", self._quickbooks_arguments()).first_line()
        self._quickbooks_url = str(quickbooks["url"])
        make_key_file(self.folder / "secret.key")
        self.environment = {
            # Not the file of a service that is installed on this machine.
            "QBWC_CONFIG_FILE": os.devnull,
            "QBWC_DATABASE_URL": f"sqlite:///{self.folder / 'service.db'}",
            "QBWC_PUBLIC_URL": self.url,
            "QBWC_SECRET_KEY_FILE": str(self.folder / "secret.key"),
            "QBWC_ADMIN_PASSWORD_FILE": str(self._write("admin.password", self.admin_password)),
            "QBWC_LOG_LEVEL": "WARNING",
            "KEAP_API_URL": str(keap["url"]),
            "KEAP_CALLS_PER_SECOND": "0",
        }
        arguments = ["qbwc_service", "up", "--port", str(self.port), "--no-scheduler"]
        self._program("service", arguments).wait_for(f"{self.url}/healthz")
        self._connect(key_file)

    def sync(self) -> Any:
        """Read Keap now."""
        return self.command("sync", NAME, "--json")

    def sessions(self, *, add: bool = False) -> list[dict[str, Any]]:
        """Web Connector sessions until there is no work, or something stands in the way."""
        done: list[dict[str, Any]] = []
        for _ in range(MAX_SESSIONS):
            session = self._session(add=add and not done)
            done.append(session)
            if session["ended"] != "done":
                break
        return done

    def one_session(self, *, add: bool = False) -> dict[str, Any]:
        return self._session(add=add)

    def orders(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.command("orders", NAME, "--json")
        return listed

    def books(self) -> Any:
        with RemoteQuickBooks(self._quickbooks_url) as quickbooks:
            return quickbooks.books()

    def command(self, *arguments: str) -> Any:
        """Run qbwc-service with these arguments; its JSON, or None where it prints none."""
        done = run(["qbwc_service", *arguments], environment=self.environment)
        return json.loads(done.stdout) if "--json" in arguments else None

    # -- the parts --------------------------------------------------------------------------------

    def _connect(self, key_file: Path) -> None:
        new = self.command(
            "connection",
            "add",
            NAME,
            "--keap-account",
            "iq146",
            "--keap-key-file",
            str(key_file),
            "--start-date",
            self._start.isoformat(),
            "--json",
        )
        self._write("web-connector.password", str(new["password"]))
        self.command(
            "set",
            NAME,
            "income_account=Sales",
            "tax_account=Sales Tax Payable",
            "credit_item=Keap Credit",
            "refund_item=Keap Refund",
        )
        self.command("qwc", NAME, "-o", str(self.folder / "demo.qwc"))

    def _session(self, *, add: bool) -> dict[str, Any]:
        arguments = [
            "qbwc_service.demo.web_connector",
            "--qwc",
            str(self.folder / "demo.qwc"),
            "--password-file",
            str(self.folder / "web-connector.password"),
            "--quickbooks",
            self._quickbooks_url,
            "--once",
        ]
        done = run([*arguments, "--add"] if add else arguments, environment=self.environment)
        session: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return session

    def _keap_arguments(self) -> list[str]:
        how_many = ["--bulk", str(self._bulk)] if self._bulk else ["--orders", str(self._orders)]
        return [
            "qbwc_service.demo.keap",
            "--seed",
            str(SEED),
            "--start",
            self._start.isoformat(),
            *how_many,
        ]

    def _quickbooks_arguments(self) -> list[str]:
        arguments = ["qbwc_service.demo.quickbooks", "--company", str(self.folder / "company.db")]
        for flag, values in (
            ("--item", COMPANY_ITEMS),
            ("--vendor", VENDORS),
            ("--taken-number", self.typed_by_hand),
        ):
            for value in values:
                arguments += [flag, value]
        return arguments

    def _program(self, name: str, arguments: list[str]) -> Program:
        program = Program(
            name, arguments, log=self.folder / f"{name}.log", environment=self.environment
        )
        self._stack.callback(program.stop)
        return program

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text + "\n", encoding="utf-8")
        path.chmod(0o600)
        return path


def main_demo(*, check: bool, orders: int, bulk: int | None, port: int, keep: Path | None) -> int:
    """Run the demo and say what happened; 0 when every order ended as it should, else 1."""
    console = Console(stderr=False)
    # As Ctrl-C does: the programs are ended, and their folder is removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _folder(keep) as folder:
        demo = Demo(folder, orders=orders, bulk=bulk, port=port)
        if port and demo.port != port:
            console.print(f"Port {port} is taken: the pages are at port {demo.port}.")
        try:
            outcome = _play(demo, console)
            _tell(outcome, demo.expected, console)
            if not check:
                _leave_open(demo, console)
        except ProgramFailed as error:
            console.print(f"The demo stopped: {error}", markup=False)
            return 1
        finally:
            demo.stop()
    return 1 if outcome.differences else 0


def _play(demo: Demo, console: Console) -> Outcome:
    with _step(console, "Starting a simulated Keap, a simulated QuickBooks and the service"):
        demo.start()
    with _step(console, "The Web Connector is added to QuickBooks and reads the lists"):
        first = demo.one_session(add=True)
    with _step(console, "Reading the orders and payments from Keap"):
        demo.sync()
    with _step(console, "The Web Connector carries them into QuickBooks"):
        sessions = demo.sessions()
    with _step(console, "Reading Keap again: nothing may become new"):
        demo.sync()
        again = demo.one_session()
    orders, books = demo.orders(), demo.books()
    hand = demo.typed_by_hand
    trips = Trips(first["round_trips"], sum(session["round_trips"] for session in sessions))
    differences = audit(demo.expected, orders, books, typed_by_hand=hand)
    errors = [error for session in (first, *sessions, again) for error in session["errors"]]
    differences += [Difference("", "Web Connector", error) for error in errors]
    return Outcome(orders, books, trips, differences, str(again["ended"]), len(hand))


def _tell(outcome: Outcome, expected: Sequence[Expected], console: Console) -> None:
    """The table of end states, the sums, the round trips, and what is not as it should be."""
    wrong = {difference.order_id for difference in outcome.differences}
    counts: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for each in expected:
        end = (str(each.outcome), each.cause or each.payment_cause)
        counts[end] += 1
        right[end] += each.order_id not in wrong
    table = Table("Expected end state", "Cause", "Orders", "As expected", box=None)
    for (state, cause), count in sorted(counts.items(), key=lambda item: -item[1]):
        table.add_row(state, cause or "-", str(count), str(right[state, cause]))
    console.print(table)
    books = outcome.books
    console.print(
        f"QuickBooks now has {len(books['invoices'])} invoices, {len(books['payments'])} payments "
        f"and {len(books['customers'])} customers."
    )
    if outcome.typed_by_hand:
        console.print(f"{outcome.typed_by_hand} of the invoices was typed by hand before.")
    needing = sum(each.outcome == "posted" and bool(each.payment_cause) for each in expected)
    if needing:
        orders = "order has" if needing == 1 else "orders have"
        console.print(f"{needing} posted {orders} a payment, refund or credit that needs you.")
    console.print(
        f"Round trips: {outcome.trips.first_load} for the first load of the lists, "
        f"{outcome.trips.sending} to send {len(outcome.orders)} orders."
    )
    console.print(f"The Web Connector's last answer: {outcome.second_round} (none = nothing new).")
    for difference in outcome.differences:
        console.print(
            f"  Order {difference.order_id} {difference.title}: {difference.what}", markup=False
        )
    if outcome.differences:
        console.print(f"NOT as expected: {len(outcome.differences)}.")
    else:
        console.print(f"All {len(expected)} orders ended as expected, equal to Keap to the cent.")


def _leave_open(demo: Demo, console: Console) -> None:
    console.print(f"\nThe admin pages are open: {demo.url}/")
    console.print(f"Sign in as owner, password {demo.admin_password}")
    console.print("Ctrl-C ends the demo.")
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    ended.wait()


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="qbwc-demo-") as name:
        yield Path(name)


@contextmanager
def _step(console: Console, text: str) -> Iterator[None]:
    """Say what is going on; with a spinner on a terminal."""
    if sys.stdout.isatty():
        with console.status(text):
            yield
    else:
        yield
    console.print(f"{text}: done.")


def _bulk_expectation(order: Mapping[str, Any]) -> Expected:
    total = int(order["total"]["amount"])
    return Expected(str(order["id"]), "posted", "", total, total, "", str(order["title"]))
