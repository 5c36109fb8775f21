"""What planning costs does not grow with the orders of a batch, nor with the company file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qbwc_service.database import Database
from tests.benchmarks.planning import fill, plan_all
from tests.databases import new_database

#: SELECTs of a batch at most, whatever its size
MOST = 29


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = new_database(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(("customers", "items"), [(50, 20), (1500, 400)])
def test_a_batch_takes_the_same_few_statements_whatever_its_size(
    database: Database, customers: int, items: int
) -> None:
    fill(database, customers, items, orders=240)
    for batch in (1, 60, 240):
        _, selects = plan_all(database, 240 if batch > 1 else 5, batch)
        assert max(selects) <= MOST
