"""A site for each test, closed after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.admin.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()
