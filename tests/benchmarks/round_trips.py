"""(a) Messages and service time for orders of new customers, three lines and a payment each."""

import tempfile
import time
from pathlib import Path

from qbwc_service.config import Config
from tests.benchmarks import bench
from tests.benchmarks.databases import database_of
from tests.benchmarks.figures import Figure
from tests.benchmarks.programs import quickbooks, service, service_address

PART = "round-trips"
LIST_ADD_SECONDS, TXN_ADD_SECONDS = 0.05, 0.1
MOST_TRIPS_A_THOUSAND, MOST_MILLISECONDS = 45, 15
MOST_SESSIONS = 10


def run(orders: int, engine: str = "sqlite") -> list[Figure]:
    """QuickBooks takes 50 ms a list Add and 100 ms a transaction Add, so this takes its time."""
    slow = ("--list-add-seconds", str(LIST_ADD_SECONDS), "--txn-add-seconds", str(TXN_ADD_SECONDS))
    items = [word for name in bench.ITEMS for word in ("--item", name)]
    with tempfile.TemporaryDirectory() as name, database_of(engine, Path(name)) as database:
        folder, address = Path(name), service_address()
        environment = bench.environment(folder, database, address)
        config = Config.from_environment(environment)
        with (
            quickbooks(folder, *items, *slow) as quickbooks_url,
            service(folder, environment, address, "--no-scheduler") as running,
        ):
            connector = bench.join(database, config, quickbooks_url, folder)
            first_load = connector.update()["round_trips"]
            bench.read_from_keap(
                database, bench.NAME, bench.orders_of_new_customers(range(1, orders + 1))
            )
            cpu, began = running.cpu_seconds(), time.perf_counter()
            trips = sessions = 0
            while sessions < MOST_SESSIONS:
                told = connector.update()
                sessions += 1
                trips += told["round_trips"]
                if told["ended"] != "done" or not told["round_trips"]:
                    break
            used, took = running.cpu_seconds() - cpu, time.perf_counter() - began
            return _figures(orders, engine, trips, sessions, first_load, used, took)


def _figures(
    orders: int, engine: str, trips: int, sessions: int, first: int, used: float, took: float
) -> list[Figure]:
    each = used * 1000 / orders
    return [
        Figure(
            PART,
            f"round trips for {orders:,} orders ({engine})",
            f"{trips} in {sessions} sessions, {took:.0f} s; first load before: {first}",
            f"<= {MOST_TRIPS_A_THOUSAND} for 1,000",
            trips <= MOST_TRIPS_A_THOUSAND * max(1, orders / 1000),
        ),
        Figure(
            PART,
            f"service CPU an order ({engine})",
            f"{each:.1f} ms",
            f"<= {MOST_MILLISECONDS} ms",
            each <= MOST_MILLISECONDS,
        ),
    ]
