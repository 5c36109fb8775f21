"""Fixtures of the books that several tests share."""

from tests.bookkeeper.conftest import untaxed

__all__ = ["untaxed"]
