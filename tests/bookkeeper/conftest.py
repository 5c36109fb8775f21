"""A shop with its books for each test, closed after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bookkeeper.shop_and_books import ShopAndBooks
from tests.world import World


@pytest.fixture
def business(tmp_path: Path) -> Iterator[ShopAndBooks]:
    made = ShopAndBooks(tmp_path)
    yield made
    made.close()


@pytest.fixture
def untaxed(world: World) -> World:
    """The books of a business that collects no sales tax, so that typed figures are totals."""
    world.human.switch("sales tax", on=False)
    return world
