"""(c) What a call costs with a short and a very long queue, in one connection and in many."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from tests.benchmarks import full_queue, many
from tests.benchmarks.carried import Carrier, Timed
from tests.benchmarks.databases import NoServer, database_of, engine_version, settle
from tests.benchmarks.figures import Figure, milliseconds, quantile
from tests.world import World

PART = "queue"
SPREAD = 1_000
#: messages that a session of each run carries, beside those that only begin
MESSAGES = 8
MOST_TIMES = 1.5


def run(engine: str, sizes: Sequence[int], samples: int) -> list[Figure]:
    """sendRequestXML at each number of queued postings, and the longest against the shortest."""
    figures: list[Figure] = []
    try:
        for connections in (1, SPREAD):
            figures += _run(engine, sizes, samples, connections)
    except NoServer as error:
        figures.append(Figure(PART, engine, f"not measured: {error}"))
    return figures


def _run(engine: str, sizes: Sequence[int], samples: int, connections: int) -> list[Figure]:
    figures, p99, cpu = [], [], []
    place = "one connection" if connections == 1 else f"{connections:,} connections"
    name = engine
    for size in sizes:
        with world_with_queue(engine, size // 2, connections) as (world, known):
            name = engine_version(world.database)
            timed = _measure(world, known, samples)
            sending = timed.seconds["sendRequestXML"]
            p99.append(quantile(sending, 0.99))
            cpu.append(quantile(timed.cpu["sendRequestXML"], 0.99))
            figures.append(
                Figure(
                    PART,
                    f"sendRequestXML, {size:,} postings in {place} ({name})",
                    f"{milliseconds(sending)} ({len(sending)} calls; CPU p99 "
                    f"{cpu[-1] * 1000:.1f} ms); authenticate "
                    f"{milliseconds(timed.seconds['authenticate'])}; receiveResponseXML most "
                    f"{max(timed.seconds['receiveResponseXML']) * 1000:.0f} ms (CPU most "
                    f"{max(timed.cpu['receiveResponseXML']) * 1000:.0f} ms)",
                )
            )
    times = p99[-1] / p99[0]
    figures.append(
        Figure(
            PART,
            f"p99 at {sizes[-1]:,} against {sizes[0]:,} in {place} ({name})",
            f"{times:.2f} x (CPU {cpu[-1] / cpu[0]:.2f} x)",
            f"<= {MOST_TIMES} x",
            times <= MOST_TIMES,
        )
    )
    return figures


def _measure(world: World, known: Sequence[many.Known], samples: int) -> Timed:
    """Sessions that begin, the connections in turn, and one that sends some messages."""
    with closing(Carrier(world)) as carrier:
        carrier.session(known[0], messages=1, answer=False)
        carrier.timed.forget()
        for number in range(samples):
            world.clock.pass_time(seconds=61)
            carrier.session(known[number % len(known)], messages=1, answer=False)
        for each in known[:: max(1, len(known) // 10)][:10] if len(known) > 1 else known:
            carrier.session(each, messages=MESSAGES)
        return carrier.timed


@contextmanager
def world_with_queue(
    engine: str, orders: int, connections: int
) -> Iterator[tuple[World, Sequence[many.Known]]]:
    """A company file and connections to it with so many planned orders together."""
    with (
        tempfile.TemporaryDirectory() as name,
        database_of(engine, Path(name)) as database,
        closing(World(Path(name), database.url)) as world,
    ):
        full_queue.plan_template(world)
        known = many.add_idle_connections(world.database, min(connections, orders))
        full_queue.copy_lists(world.database, known, world.connection().id)
        full_queue.copy_orders(world.database, known, orders)
        settle(world.database)
        for each in known:
            world.company.write_file_id(each.owner_id, each.file_id)
        yield world, known
