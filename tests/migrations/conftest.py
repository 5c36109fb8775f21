"""An empty database of each kind; PostgreSQL where a server of this machine lets us in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qbwc_service.database import Database
from tests.databases import ENGINES, empty_url


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    folder = tmp_path / "100%"
    folder.mkdir()
    database = Database(empty_url(folder, request.param))
    yield database
    database.close()
