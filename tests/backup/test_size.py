"""Fifty thousand orders: backed up and restored by real processes, in little memory, to the cent.

`pytest tests/backup/test_size.py -s` tells the times and the most memory that each process took.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from qbwc_service import database_schema
from qbwc_service.database import Database
from qbwc_service.ledger.models import MessageSet
from tests.benchmarks import full_queue
from tests.benchmarks.many import Known
from tests.databases import ENGINES, Engine, empty_url
from tests.world import KEY, World

ORDERS = 50_000
EVENTS_OF_AN_ORDER = 3
#: answers of QuickBooks, of two megabytes each
ANSWERS = 100
MOST_MB = 250

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(sys.platform != "linux", reason="memory is told by /proc"),
]

_PROGRAM = """
import sys
from qbwc_service.cli.entry import run
code = run(sys.argv[1:])
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
sys.exit(code)
"""
_SUMS = """
    SELECT (SELECT count(*) FROM keap_order), (SELECT sum(total) FROM keap_order),
      (SELECT count(*) FROM keap_payment), (SELECT sum(amount) FROM keap_payment),
      (SELECT count(*) FROM posting), (SELECT sum(amount) FROM posting),
      (SELECT count(*) FROM event WHERE who <> 'command line'),
      (SELECT sum(length(answer)) FROM message_set)
"""


@pytest.fixture
def new_url(tmp_path: Path) -> Callable[[Engine, str], str]:
    """The address of a database without tables, in a folder of that name."""

    def make(engine: Engine, name: str) -> str:
        folder = tmp_path / name
        folder.mkdir()
        return empty_url(folder, engine)

    return make


@pytest.mark.parametrize("source", ENGINES)
def test_many_orders_are_backed_up_and_restored_in_little_memory(
    tmp_path: Path, new_url: Callable[[Engine, str], str], source: Engine
) -> None:
    url = new_url(source, "here")
    with closing(Database(url)) as database:
        database_schema.upgrade(database)
    _build(tmp_path / "here", url)
    wanted = _sums(url)
    path = tmp_path / "a.zip"
    _run(f"{source.value} backup", url, "backup", str(path))
    print(f"{path.stat().st_size / 1e6:.1f} MB")
    for target in ENGINES:
        there = new_url(target, f"there-{target.value}")
        _run(f"{source.value} -> {target.value}", there, "restore", str(path))
        assert _sums(there) == wanted


def _build(folder: Path, url: str) -> None:
    world = World(folder, url)
    try:
        full_queue.plan_template(world)
        own = world.connection()
        known = Known(own.id, own.name, own.user_name, own.owner_id, own.file_id)
        full_queue.copy_orders(world.database, [known], ORDERS)
        with world.database.writing("test") as db:
            for place in range(EVENTS_OF_AN_ORDER):
                event = f"'2026-11-23 12:00:0{place}.000000', 'service', 'Invoice ' || keap_id"
                if not world.database.is_sqlite:
                    event = f"timestamp {event}"
                db.execute(
                    text(
                        "INSERT INTO event (connection_id, order_id, at, who, text) "
                        f"SELECT connection_id, keap_id, {event} FROM keap_order"
                    )
                )
            db.execute(
                text("UPDATE message_set SET answer = :answer WHERE id = 1"),
                {"answer": "<Ü/>" * 500_000},
            )
            columns = ", ".join(
                column.name for column in MessageSet.__table__.columns if column.name != "id"
            )
            for _ in range(ANSWERS):
                db.execute(
                    text(
                        f"INSERT INTO message_set ({columns}) "
                        f"SELECT {columns} FROM message_set WHERE id = 1"
                    )
                )
    finally:
        world.database.close()
        world.company.close()


def _sums(url: str) -> tuple[int, ...]:
    with closing(Database(url)) as database, database.reading() as db:
        return tuple(int(each) for each in db.execute(text(_SUMS)).one())


def _run(what: str, url: str, *arguments: str) -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        env={"QBWC_DATABASE_URL": url, "QBWC_SECRET_KEY": KEY.hex(), "PATH": ""},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    memory = int(done.stdout.split()[-1]) / 1024
    print(f"{what}: {time.monotonic() - began:.1f} s, {memory:.0f} MB at the most")
    assert memory < MOST_MB
