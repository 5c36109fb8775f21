"""All benchmarks, or some of them, with one table at the end:

    python -m tests.benchmarks
    python -m tests.benchmarks round-trips idle queue claims polling day pages
    python -m tests.benchmarks --quick

The service and the simulators run as processes of their own, so that the service's processor time
and memory are its alone. `staging`, `planning`, `mirror` and `books` run where they are named, each
as a program that prints its own figures; by itself it takes other sizes
(python -m tests.benchmarks.staging --help).
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks import claims, day, idle, pages, polling, queue_length, round_trips
from tests.benchmarks.databases import ENGINES
from tests.benchmarks.figures import Figure, machine, table

Part = Callable[[argparse.Namespace], list[Figure]]

PARTS: Mapping[str, Part] = {
    "round-trips": lambda asked: round_trips.run(asked.orders),
    "idle": lambda asked: idle.run(asked.polls),
    "queue": lambda asked: [
        figure
        for engine in asked.engines
        for figure in queue_length.run(engine, asked.queued, asked.samples)
    ],
    "claims": lambda asked: [
        figure for engine in asked.engines for figure in claims.run(engine, asked.orders)
    ],
    "polling": lambda asked: polling.run(asked.connections, asked.minutes),
    "day": lambda asked: day.run(asked.day_orders),
    "pages": lambda asked: pages.run(asked.history, asked.times),
}


#: programs that measure the memory of their own process
PROGRAMS = ("staging", "planning", "mirror", "books")


def main() -> int:
    """0 where every target that was measured holds."""
    asked = _asked()
    figures: list[Figure] = []
    began = datetime.now(UTC)
    for name in asked.parts or PARTS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        if name in PROGRAMS:
            subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=True)
        else:
            figures += PARTS[name](asked)
    text = f"{table(figures)}\n\n`python -m tests.benchmarks {' '.join(sys.argv[1:])}`".rstrip()
    text += f"\n{machine()}; {began:%Y-%m-%d}\n"
    print(text)
    if asked.markdown:
        asked.markdown.write_text(text, encoding="utf-8")
    return 0 if all(figure.holds is not False for figure in figures) else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join([*PARTS, *PROGRAMS]))
    parser.add_argument("--quick", action="store_true", help="small sizes: a few minutes in all")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--orders", type=int, help="of round-trips and claims")
    parser.add_argument("--polls", type=int, help="of idle")
    parser.add_argument("--queued", type=int, nargs="+", help="sizes of the queue, in postings")
    parser.add_argument("--samples", type=int, help="sessions for each size of the queue")
    parser.add_argument("--connections", type=int, help="of polling")
    parser.add_argument("--minutes", type=float, help="of polling")
    parser.add_argument("--day-orders", type=int, help="of day")
    parser.add_argument("--history", type=int, help="orders of pages")
    parser.add_argument("--times", type=int, help="that each page is asked")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="the table once more")
    asked = parser.parse_args()
    for name in asked.parts:
        if name not in {*PARTS, *PROGRAMS}:
            parser.error(f"there is no part {name}: {', '.join([*PARTS, *PROGRAMS])}")
    for name, (full, quick) in _SIZES.items():
        if getattr(asked, name) is None:
            setattr(asked, name, quick if asked.quick else full)
    return asked


_SIZES = {
    "orders": (1_000, 100),
    "polls": (5_000, 500),
    "queued": ([1_000, 100_000, 1_000_000], [1_000, 20_000]),
    "samples": (300, 50),
    "connections": (1_000, 200),
    "minutes": (3.0, 1.0),
    "day_orders": (100_000, 1_000),
    "history": (100_000, 2_000),
    "times": (9, 3),
}

if __name__ == "__main__":
    sys.exit(main())
