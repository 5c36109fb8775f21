"""A site for each test, closed after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qbwc_service.demo.keap import Account, Shop, SimulatedKeap
from tests.admin.site import NOW, Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


@pytest.fixture
def keap() -> Iterator[SimulatedKeap]:
    """A shop whose name is an attack, on the site's clock."""
    shop = Shop(Account(name="Acme <script>alert(1)</script>"), lambda: NOW)
    with SimulatedKeap(shop) as made:
        yield made


@pytest.fixture
def keap_site(tmp_path: Path, keap: SimulatedKeap) -> Iterator[Site]:
    """A site that may sign in with Keap."""
    made = Site(tmp_path, keap)
    yield made
    made.close()
