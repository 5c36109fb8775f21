"""(e) A thousand Web Connectors that poll every minute, some of them with work."""

import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

import qwc
from qbwc_service.config import Config
from qbwc_service.connections import find_connection, qwc_file
from qbwc_service.demo.quickbooks.remote import RemoteQuickBooks
from qbwc_service.demo.web_connector import WebConnector
from qbwc_service.demo.web_connector.qwc_file import QwcFile
from tests.benchmarks import bench, many
from tests.benchmarks.calls import Line, authenticate, close_connection
from tests.benchmarks.databases import database_of
from tests.benchmarks.figures import Figure, milliseconds, quantile
from tests.benchmarks.programs import quickbooks, service, service_address

PART = "polling"
EVERY_SECONDS = 60.0
WORKERS = 16
#: of a hundred connections, how many have orders to send
BUSY = 2
ORDERS_EACH = 20
MOST_MILLISECONDS = 250


class _Calls:
    """How long each call took, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.seconds: list[float] = []
        self.late: list[float] = []
        self.failed = 0

    def note(self, seconds: float) -> None:
        with self._lock:
            self.seconds.append(seconds)

    def note_late(self, seconds: float) -> None:
        with self._lock:
            self.late.append(seconds)

    def note_failed(self) -> None:
        with self._lock:
            self.failed += 1


def run(connections: int, minutes: float, engine: str = "sqlite") -> list[Figure]:
    """Each connection polls once a minute, evenly spread, on a connection of its own."""
    with tempfile.TemporaryDirectory() as name, database_of(engine, Path(name)) as database:
        folder, address = Path(name), service_address()
        environment = bench.environment(folder, database, address)
        known = many.add_idle_connections(database, connections)
        busy = known[: max(1, connections * BUSY // 100)]
        items = [word for item in bench.ITEMS for word in ("--item", item)]
        calls = _Calls()
        with (
            quickbooks(folder, *items) as quickbooks_url,
            service(folder, environment, address, "--no-scheduler") as running,
        ):
            config = Config.from_environment(environment)
            with RemoteQuickBooks(quickbooks_url) as remote, database.reading() as db:
                files = {}
                for each in busy:
                    connection = find_connection(db, each.name)
                    remote.write_file_id(connection.owner_id, connection.file_id)
                    files[each.name] = QwcFile.parse(qwc.build(qwc_file(connection, config)))
            for place, each in enumerate(busy):
                first = 1 + place * ORDERS_EACH
                numbers = range(first, first + ORDERS_EACH)
                bench.read_from_keap(database, each.name, bench.orders_of_new_customers(numbers))
            cpu, began = running.cpu_seconds(), time.perf_counter()
            polls = _poll_all(known, files, address, quickbooks_url, calls, minutes)
            used, took = running.cpu_seconds() - cpu, time.perf_counter() - began
            memory = running.memory_mb()
    p99 = quantile(calls.seconds, 0.99) * 1000
    return [
        Figure(
            PART,
            f"{connections:,} connections polling every minute, {len(busy)} with work ({engine})",
            f"{milliseconds(calls.seconds)}, most {max(calls.seconds) * 1000:.0f} ms "
            f"({len(calls.seconds):,} calls, {calls.failed} failed)",
            f"p99 < {MOST_MILLISECONDS} ms",
            p99 < MOST_MILLISECONDS and not calls.failed,
        ),
        Figure(
            PART,
            "what that takes",
            f"{100 * used / took:.0f} % of a core, {memory:.0f} MB, {polls:,} polls; "
            f"begun late: p99 {quantile(calls.late, 0.99) * 1000:.0f} ms",
        ),
    ]


def _poll_all(
    known: "many.Sequence[many.Known]",
    files: dict[str, QwcFile],
    address: str,
    quickbooks_url: str,
    calls: _Calls,
    minutes: float,
) -> int:
    """Every poll at its time, by some threads; how many there were."""
    began = time.perf_counter()
    between = EVERY_SECONDS / len(known)
    polls = int(minutes * 60 / between)

    def poll(number: int) -> None:
        each = known[number % len(known)]
        try:
            if each.name in files:
                _update(files[each.name], quickbooks_url, calls)
            else:
                calls.note_late(time.perf_counter() - began - number * between)
                _poll(each, address, calls)
        except OSError:
            calls.note_failed()

    # There is one QuickBooks: who has work waits for it, and keeps nobody else waiting.
    with ThreadPoolExecutor(WORKERS) as idle, ThreadPoolExecutor(1) as busy:
        for number in range(polls):
            time.sleep(max(0.0, began + number * between - time.perf_counter()))
            is_busy = known[number % len(known)].name in files
            (busy if is_busy else idle).submit(poll, number)
    return polls


def _poll(each: "many.Known", address: str, calls: _Calls) -> None:
    line = Line(address)
    try:
        body = authenticate(each.user, many.PASSWORD)
        answer, seconds = line.call(each.name, "authenticate", body)
        calls.note(seconds)
        if ">none<" not in answer:
            calls.note_failed()
        _, seconds = line.call(each.name, "closeConnection", close_connection())
        calls.note(seconds)
    finally:
        line.close()


def _update(file: QwcFile, quickbooks_url: str, calls: _Calls) -> None:
    began: dict[int, float] = {}
    hooks = {
        "request": [lambda request: began.__setitem__(id(request), time.perf_counter())],
        "response": [
            lambda response: (
                response.read(),
                calls.note(time.perf_counter() - began.pop(id(response.request))),
            )
        ],
    }
    with (
        httpx.Client(timeout=60, trust_env=False, event_hooks=hooks) as http,
        RemoteQuickBooks(quickbooks_url) as remote,
    ):
        result = WebConnector(file, many.PASSWORD, remote, http).update()
    if result.errors:
        calls.note_failed()
