"""(b) Polls with nothing to do, one after the other: authenticate -> none, closeConnection."""

import tempfile
import time
from pathlib import Path

from tests.benchmarks import bench, many
from tests.benchmarks.calls import Line, authenticate, close_connection
from tests.benchmarks.databases import database_of
from tests.benchmarks.figures import Figure
from tests.benchmarks.programs import service, service_address

PART = "idle"
CONNECTIONS = 50
LEAST_A_SECOND = 300


def run(polls: int, engine: str = "sqlite") -> list[Figure]:
    """`polls` of 50 connections; the first of each is not counted, because it writes."""
    with tempfile.TemporaryDirectory() as name, database_of(engine, Path(name)) as database:
        folder, address = Path(name), service_address()
        environment = bench.environment(folder, database, address)
        known = many.add_idle_connections(database, CONNECTIONS)
        bodies = [(each.name, authenticate(each.user, many.PASSWORD)) for each in known]
        closing, line = close_connection(), Line(address)
        with service(folder, environment, address, "--no-scheduler") as running:
            for connection, body in bodies:
                answer, _ = line.call(connection, "authenticate", body)
                assert ">none<" in answer, answer
            cpu, began = running.cpu_seconds(), time.perf_counter()
            for number in range(polls):
                connection, body = bodies[number % CONNECTIONS]
                line.call(connection, "authenticate", body)
                line.call(connection, "closeConnection", closing)
            used, took = running.cpu_seconds() - cpu, time.perf_counter() - began
        line.close()
    each = polls / used
    return [
        Figure(
            PART,
            f"idle polls a second of one core ({engine})",
            f"{each:.0f} ({used * 1000 / polls:.2f} ms of CPU each; {polls / took:.0f}/s as run)",
            f">= {LEAST_A_SECOND}",
            each >= LEAST_A_SECOND,
        )
    ]
