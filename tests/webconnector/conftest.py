"""Fixtures of the books that several tests share, and of an empty ledger on each database."""

from collections.abc import Iterator

import pytest

from tests.bookkeeper.conftest import untaxed
from tests.ledger.conftest import database
from tests.one_connection import every_query_names_one

__all__ = ["database", "untaxed"]


@pytest.fixture(autouse=True)
def _every_query_names_its_connection() -> Iterator[None]:
    with every_query_names_one():
        yield
