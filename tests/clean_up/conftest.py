"""A world, and a ledger, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import ENGINES, url_with_tables
from tests.ledger.conftest import database
from tests.world import World

__all__ = ["database"]


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, url_with_tables(tmp_path, request.param))
    yield made
    made.close()
