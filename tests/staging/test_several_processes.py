"""Several processes read one shop, and some of them die: nothing is missing, nothing is there
twice, and another goes on within a minute. Real processes, on both databases."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import func, select

from qbwc_service import database_schema
from qbwc_service.database import Database, DatabaseBusy
from qbwc_service.demo.programs import Program
from qbwc_service.ledger.models import Connection, KeapOrder, KeapWalk, Lease
from qbwc_service.staging.reading_lease import LEASE_TTL
from tests.databases import ENGINES
from tests.staging.against_shop import differences
from tests.staging.installation import Installation
from tests.staging.keap_program import WITHOUT_LIMITS, KeapProgram, keap_program

ORDERS = 4000
#: where the first process dies, counted in transactions of its own
DEATHS = ["staging.orders-page.before-commit:2", "staging.payments-page.after-commit:1"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def keap() -> Iterator[KeapProgram]:
    with keap_program("--full", str(ORDERS), *WITHOUT_LIMITS) as made:
        yield made


@pytest.fixture(params=ENGINES)
def installation(
    request: pytest.FixtureRequest, tmp_path: Path, keap: KeapProgram
) -> Iterator[Installation]:
    made = Installation(tmp_path, keap, request.param)
    database_schema._migrate(made.database, command.stamp, "head")
    yield made
    made.close()


def reader(installation: Installation, name: str, crash_at: str = "") -> Program:
    program = Program(
        name,
        ["qbwc_service", "stage"],
        log=installation.folder / f"{name}.log",
        environment={**installation.environment, "QBWC_CRASH_AT": crash_at},
    )
    assert program.process.stdout is not None
    assert "Reading Keap" in program.process.stdout.readline()
    return program


def pass_time(database: Database) -> None:
    """As long as a lease lasts, for whoever does not renew it: its end comes so much nearer."""
    with database.writing("test") as db:
        for lease in db.scalars(select(Lease)):
            lease.expires_at -= LEASE_TTL
        for connection in db.scalars(select(Connection)):
            if connection.next_sync_at is not None:
                connection.next_sync_at -= LEASE_TTL


def stop_until_its_lease_is_over(program: Program, database: Database) -> None:
    """Stopped between two transactions: in the middle of one it would hold the rows of its lease,
    on SQLite the whole database."""
    impatient = database.waiting_at_most(0.5)
    for _ in range(100):
        program.process.send_signal(signal.SIGSTOP)
        with suppress(DatabaseBusy):
            pass_time(impatient)
            return
        program.process.send_signal(signal.SIGCONT)
        time.sleep(0.03)
    raise AssertionError("it was in a transaction each time")


def wait_for(what: str, is_so: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"still waiting: {what}"
        time.sleep(0.1)


def is_all_read(installation: Installation) -> bool:
    with installation.database.reading() as db:
        return db.scalars(select(Connection.last_sync_at)).one() is not None


@pytest.mark.parametrize("death", DEATHS)
def test_another_goes_on_where_one_was_killed(
    installation: Installation, keap: KeapProgram, death: str
) -> None:
    first = reader(installation, "first", death)
    others = [reader(installation, name) for name in ("second", "third")]
    try:
        wait_for("the first one to die", lambda: first.process.poll() is not None)
        assert first.process.returncode == -signal.SIGKILL
        assert not is_all_read(installation)
        pass_time(installation.database)
        wait_for("another one to read the rest", lambda: is_all_read(installation))
    finally:
        for program in (first, *others):
            program.stop()
    assert [program.process.returncode for program in others] == [0, 0]
    assert differences(installation.database, keap.dump()) == []
    with installation.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(KeapOrder)) == ORDERS
        assert db.scalars(select(KeapWalk.ended_at)).all()
    assert leases(installation) == []


def test_one_that_was_stopped_and_replaced_writes_nothing_when_it_goes_on(
    installation: Installation, keap: KeapProgram
) -> None:
    stopped = reader(installation, "stopped")
    wait_for("its first page", lambda: orders(installation) > 0)
    stop_until_its_lease_is_over(stopped, installation.database)
    other = reader(installation, "other")
    try:
        wait_for("the other one to read all", lambda: is_all_read(installation))
        stopped.process.send_signal(signal.SIGCONT)
        wait_for("nobody to read", lambda: not leases(installation))
        assert differences(installation.database, keap.dump()) == []
    finally:
        stopped.process.send_signal(signal.SIGCONT)
        for program in (stopped, other):
            program.stop()


def orders(installation: Installation) -> int:
    with installation.database.reading() as db:
        return db.scalar(select(func.count()).select_from(KeapOrder)) or 0


def leases(installation: Installation) -> list[str]:
    with installation.database.reading() as db:
        return [name for name in db.scalars(select(Lease.name)) if name.startswith("sync:")]
