"""Fixtures of the books that several tests share, and of an empty ledger on each database."""

from tests.bookkeeper.conftest import untaxed
from tests.ledger.conftest import database

__all__ = ["database", "untaxed"]
