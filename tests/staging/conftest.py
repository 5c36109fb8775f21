"""A shop and a database for each test, closed after it; an empty ledger on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.conftest import database
from tests.staging.joined import Joined

__all__ = ["database", "joined"]


@pytest.fixture
def joined(tmp_path: Path) -> Iterator[Joined]:
    made = Joined(tmp_path)
    yield made
    made.close()
