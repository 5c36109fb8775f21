"""How fast Keap is staged, and how many calls a day costs. Run it by hand:

    python -m tests.benchmarks.staging --orders 100000

A simulated Keap of its own process, no throttling, one SQLite file. Prints orders a second, the
peak of our memory at each tenth, and the calls by kind of the first reading and of a second one.
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

import httpx

from qbwc_service.clock import utc_now
from qbwc_service.collector import collect_seldom
from qbwc_service.config import Config
from qbwc_service.connections import add_connection
from qbwc_service.database import Database
from qbwc_service.keap_access.access import Access
from qbwc_service.ledger.columns import Base
from qbwc_service.secrecy import Secrecy
from qbwc_service.staging.sync import sync
from tests.staging.against_shop import differences

NAME = "bench"


@contextmanager
def simulated_keap(orders: int, seed: int) -> Iterator[tuple[str, str]]:
    """Address and key of a shop with so many orders, in a process of its own."""
    command = [sys.executable, "-m", "qbwc_service.demo.keap", "--full", str(orders)]
    command += ["--seed", str(seed), "--per-minute", "1000000", "--per-day", "100000000"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield told["url"], told["key"]
    finally:
        process.terminate()
        process.wait(timeout=30)


def memory_mb() -> float:
    """The most that this process has ever used."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Bench:
    """One database joined to one simulated Keap."""

    def __init__(self, folder: Path, url: str, key: str) -> None:
        self.database = Database(f"sqlite:///{folder / 'service.db'}")
        Base.metadata.create_all(self.database.engine)
        self.secrecy = Secrecy(bytes(32))
        key_file = folder / "secret.key"
        key_file.write_text("00" * 32, encoding="ascii")
        self.config = Config.from_environment(
            {
                "KEAP_API_URL": url,
                "QBWC_DATABASE_URL": self.database.url,
                "QBWC_SECRET_KEY_FILE": str(key_file),
                "KEAP_CALLS_PER_SECOND": "0",
            }
        )
        self._url = url
        with self.database.writing("bench") as db:
            add_connection(
                db,
                self.secrecy,
                name=NAME,
                keap_account="",
                keap_key=key,
                company_file="",
                start_date=date(2025, 12, 31),
                clock=utc_now,
            )

    def read(self) -> None:
        """One poll, with its figures."""
        began = time.perf_counter()
        seen = {"orders": 0, "next": 10_000}

        def progress(resource: str, count: int) -> None:
            if resource == "orders":
                seen["orders"] += count
                if seen["orders"] >= seen["next"]:
                    seen["next"] += 10_000
                    print(f"  {seen['orders']:>7,} orders, {memory_mb():.0f} MB", flush=True)

        access = Access(self.database, self.secrecy, self.config, sleep=lambda seconds: None)
        reading = sync(access, NAME, progress=progress)
        took = time.perf_counter() - began
        print(
            f"{reading.orders:,} orders and {reading.payments:,} payments in {took:.1f} s", end=""
        )
        print(f": {reading.orders / took:,.0f} orders/s, peak {memory_mb():.0f} MB")
        print(f"  calls: {sum(reading.calls.values()):,} {dict(reading.calls)}")

    def compare(self) -> None:
        """What was staged against what Keap has."""
        dump = httpx.get(self._url.removesuffix("/crm") + "/simulator/dump", timeout=600)
        found = differences(self.database, dump.content)
        print(f"  differences from Keap: {len(found)}", *found[:5], sep="\n    ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    collect_seldom()
    with (
        tempfile.TemporaryDirectory() as folder,
        simulated_keap(options.orders, options.seed) as (url, key),
    ):
        bench = Bench(Path(folder), url, key)
        print(f"before: {memory_mb():.0f} MB")
        bench.read()
        bench.read()
        bench.compare()
        bench.database.close()


if __name__ == "__main__":
    main()
