"""How fast Keap is staged, how many calls that costs, and whether all of it arrives. By hand:

    python -m tests.benchmarks.staging --orders 100000
    python -m tests.benchmarks.staging --orders 100000 --faults 1

A simulated Keap of its own process, no throttling, one SQLite file. Prints orders a second, the
peak of our memory at each tenth, and the calls by kind of the first reading and of a second one.

With `--faults SEED` no figures of speed: Keap answers some of a hundred calls wrongly, people
place, change, refund and delete orders while they are read, and the reader, a process of its own,
is killed every few seconds and started again. In the end nothing may differ from what Keap has.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from qbwc_service.collector import collect_seldom
from qbwc_service.keap_access.access import Access
from qbwc_service.staging.recheck import SWEPT
from qbwc_service.staging.sync import sync
from tests.faults.hunted import Hunter
from tests.staging.against_shop import differences, missing
from tests.staging.installation import NAME, Installation
from tests.staging.keap_program import WITHOUT_LIMITS, KeapProgram, keap_program

#: seconds that the reader runs until it is killed
KILLED_EVERY = (1.0, 6.0)
#: of a hundred calls, how many are answered wrongly
FAULTS = 3
#: seconds that the reader waits for an answer, and that a slow one takes
PATIENCE, SLOW = 2.0, 3.0
#: two new orders at every call, some of them seen so many calls after their ids were given
TRADE = {"orders": 40_000, "steps": 20_000, "late_by": 40}


def memory_mb() -> float:
    """The most that this process has ever used."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def shop_of(orders: int, seed: int, *options: str) -> Iterator[tuple[Installation, KeapProgram]]:
    """So many orders that nobody has read."""
    shop = ("--full", str(orders), "--seed", str(seed), *WITHOUT_LIMITS)
    with (
        tempfile.TemporaryDirectory() as folder,
        keap_program(*shop, *options) as keap,
        closing(Installation(Path(folder), keap)) as installation,
    ):
        yield installation, keap


def measure(orders: int, seed: int) -> None:
    """Two readings with their figures."""
    collect_seldom()
    with shop_of(orders, seed) as (installation, keap):
        print(f"before: {memory_mb():.0f} MB")
        read(installation)
        read(installation)
        compare(installation, keap)


def read(installation: Installation) -> None:
    """One poll, with its figures."""
    began = time.perf_counter()
    seen = {"orders": 0, "next": 10_000}

    def progress(resource: str, count: int) -> None:
        if resource == "orders":
            seen["orders"] += count
            if seen["orders"] >= seen["next"]:
                seen["next"] += 10_000
                print(f"  {seen['orders']:>7,} orders, {memory_mb():.0f} MB", flush=True)

    access = Access(
        installation.database,
        installation.secrecy,
        installation.config,
        sleep=lambda seconds: None,
    )
    reading = sync(access, NAME, progress=progress)
    took = time.perf_counter() - began
    print(f"{reading.orders:,} orders and {reading.payments:,} payments in {took:.1f} s", end="")
    print(f": {reading.orders / took:,.0f} orders/s, peak {memory_mb():.0f} MB")
    print(f"  calls: {sum(reading.calls.values()):,} {dict(reading.calls)}")


def hunt(orders: int, seed: int) -> None:
    """Whether all arrives whatever happens."""
    options = ("--faults", str(FAULTS), "--slow", str(SLOW))
    with shop_of(orders, seed, *options) as (installation, keap):
        # What moves money shows nowhere but in the payments: the harder case.
        keap.act("change_account", changes={"payments_touch_orders": False})
        hunter = Hunter(
            installation,
            installation.folder / "reader.log",
            seed=seed,
            every=KILLED_EVERY,
            patience=PATIENCE,
        )
        began = time.perf_counter()
        keap.trade(seed=seed, **TRADE)
        hunter.read(most_kills=1000)
        tell("the first reading came through", hunter, began)
        hunter.read(times=9, most_kills=1000)
        tell("nine more", hunter, began)
        print(f"  meanwhile in Keap: {keap.end_trade()}")
        # What the feeds show has to be there before the nights look at everything once more.
        hunter.read(most_kills=1000)
        found = missing(installation.database, keap.dump())
        print(f"  missing: {len(found)}", *found[:5], sep="\n    ")
        # Deletions and corrections are in no feed: the nights find them, a part of the shop each.
        nights = 1 + (orders + TRADE["orders"]) // SWEPT
        for night in range(1, nights + 1):
            hunter.read(days_later=night, most_kills=1000)
            tell(f"night {night}", hunter, began)
        print(f"  answered wrongly: {keap.end_faults()}")
        hunter.read_undisturbed(days_later=nights)
        tell("a last reading without faults", hunter, began)
        compare(installation, keap)


def tell(what: str, hunter: Hunter, began: float) -> None:
    """How far it is."""
    told = hunter.hunt
    print(
        f"{time.perf_counter() - began:6.1f} s: {what}; killed {told.killed} times, "
        f"given up {told.broken_off.total()} times {dict(told.broken_off)}",
        flush=True,
    )


def compare(installation: Installation, keap: KeapProgram) -> None:
    """What was staged against what Keap has."""
    found = differences(installation.database, keap.dump())
    print(f"  differences from Keap: {len(found)}", *found[:5], sep="\n    ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, metavar="SEED", help="faults, kills and trade")
    options = parser.parse_args()
    if options.faults is None:
        measure(options.orders, options.seed)
    else:
        hunt(options.orders, options.faults)


if __name__ == "__main__":
    main()
