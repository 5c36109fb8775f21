"""A shop and a database for each test, closed after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.staging.joined import Joined


@pytest.fixture
def joined(tmp_path: Path) -> Iterator[Joined]:
    made = Joined(tmp_path)
    yield made
    made.close()
