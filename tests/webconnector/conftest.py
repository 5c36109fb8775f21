"""Fixtures of the books that several tests share, and of an empty ledger on each database."""

from tests.bookkeeper.conftest import untaxed
from tests.ledger.conftest import database, every_query_names_its_connection

__all__ = ["database", "every_query_names_its_connection", "untaxed"]
