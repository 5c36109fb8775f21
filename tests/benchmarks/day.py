"""(f) A day of many orders: read from Keap and brought to QuickBooks by one service process."""

import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from sqlalchemy import func, select

import qwc
from qbwc_service.connections import find_connection, new_password, qwc_file
from qbwc_service.database import Database
from qbwc_service.demo.keap.seed import COMPANY_ITEMS
from qbwc_service.demo.quickbooks.remote import RemoteQuickBooks
from qbwc_service.ledger.models import KeapOrder, OrderStatus
from qbwc_service.settings import changed
from tests.benchmarks.books import CHOSEN
from tests.benchmarks.databases import database_of
from tests.benchmarks.figures import Figure
from tests.benchmarks.programs import Service, WebConnector, quickbooks, service, service_address
from tests.staging.installation import NAME, Installation
from tests.staging.keap_program import WITHOUT_LIMITS, keap_program

PART = "day"
MOST_MB = 300
#: as much more in the last fifth of the day than in the one after the first as may be by chance
FLAT = 1.1
SAMPLE_SECONDS = 2.0
POLL_SECONDS = 1.0
#: polls without work after which the day is over
IDLE_POLLS = 5
#: it is given up after that, and five minutes more
MOST_SECONDS_AN_ORDER = 0.1
_ON_THE_WAY = (OrderStatus.NEW, OrderStatus.READY, OrderStatus.SENT, OrderStatus.WILL_RETRY)


class _Memory:
    """The service's memory, looked at every two seconds until told to stop."""

    def __init__(self, running: Service) -> None:
        self.samples: list[float] = []
        self._running = running
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self.samples.append(self._running.memory_mb())


def run(orders: int) -> list[Figure]:
    """Every kind of order; the service reads Keap by itself while update sessions send."""
    shop = ("--full", str(orders), *WITHOUT_LIMITS)
    items = [word for item in COMPANY_ITEMS for word in ("--item", item)]
    with (
        tempfile.TemporaryDirectory() as name,
        # The service takes only tables that the migrations made.
        database_of("sqlite", Path(name)),
        keap_program(*shop) as keap,
        closing(Installation(Path(name), keap)) as installation,
    ):
        folder, address = installation.folder, service_address()
        environment = {
            **installation.environment,
            "QBWC_PUBLIC_URL": address,
            "QBWC_LOG_LEVEL": "WARNING",
        }
        with quickbooks(folder, *items) as quickbooks_url:
            connector = _join(installation, quickbooks_url, address)
            with service(folder, environment, address) as running:
                memory, began = _Memory(running), time.perf_counter()
                trips, is_over = _send_all(connector, installation.database, orders)
                memory.stop()
                took, used = time.perf_counter() - began, running.cpu_seconds()
        statuses = _statuses(installation.database)
    return _figures(orders, is_over, trips, took, used, memory.samples, statuses)


def _join(installation: Installation, quickbooks_url: str, address: str) -> WebConnector:
    with installation.database.writing("bench") as db:
        connection = find_connection(db, NAME)
        for setting, text in CHOSEN.items():
            connection.settings = changed(connection.settings, setting, text)
        new = new_password(db, installation.secrecy, NAME)
    with RemoteQuickBooks(quickbooks_url) as remote:
        remote.write_file_id(new.owner_id, new.file_id)
    config = type(installation.config).from_environment(
        {**installation.environment, "QBWC_PUBLIC_URL": address}
    )
    with installation.database.reading() as db:
        file = qwc.build(qwc_file(find_connection(db, NAME), config))
    return WebConnector(installation.folder, file, new.password, quickbooks_url)


def _send_all(connector: WebConnector, database: Database, orders: int) -> tuple[int, bool]:
    """Poll until all is read and no order is on its way; gives the round trips, and whether it came
    to that."""
    trips = idle = 0
    deadline = time.perf_counter() + 300 + orders * MOST_SECONDS_AN_ORDER
    while idle < IDLE_POLLS and time.perf_counter() < deadline:
        made = connector.update()["round_trips"]
        trips += made
        idle = 0 if made or not _all_arrived(_statuses(database), orders) else idle + 1
        time.sleep(POLL_SECONDS)
    return trips, idle == IDLE_POLLS


def _all_arrived(statuses: Counter[str], orders: int) -> bool:
    on_the_way = sum(statuses[status.value] for status in _ON_THE_WAY)
    return statuses.total() >= orders and not on_the_way


def _statuses(database: Database) -> Counter[str]:
    with database.reading() as db:
        rows = db.execute(select(KeapOrder.status, func.count()).group_by(KeapOrder.status))
        return Counter({status.value: count for status, count in rows})


def _figures(
    orders: int,
    is_over: bool,
    trips: int,
    took: float,
    used: float,
    memory: list[float],
    statuses: Counter[str],
) -> list[Figure]:
    fifth = max(1, len(memory) // 5)
    early, late = max(memory[fifth : 2 * fifth], default=0), max(memory[-fifth:], default=0)
    most = max(memory, default=0)
    is_flat = late <= early * FLAT
    told = ", ".join(f"{count:,} {status}" for status, count in statuses.most_common(4))
    return [
        Figure(
            PART,
            f"memory of the service over {orders:,} orders, Keap read by itself",
            f"most {most:.0f} MB; second fifth {early:.0f} MB, last fifth {late:.0f} MB",
            f"< {MOST_MB} MB and flat",
            is_over and most < MOST_MB and is_flat,
        ),
        Figure(
            PART,
            "what that took",
            f"{'' if is_over else 'GIVEN UP: '}{took:.0f} s, {trips:,} round trips, "
            f"{used * 1000 / orders:.1f} ms of service CPU an order; {told}",
        ),
    ]
