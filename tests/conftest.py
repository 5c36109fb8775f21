"""Fixtures of the whole suite. The environment of the machine never reaches a test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World

for name in list(os.environ):
    if name.startswith(("QBWC_", "KEAP_")) and name not in {"QBWC_REFERENCE", "QBWC_PRISM"}:
        del os.environ[name]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A connection, a company file, a Web Connector; nothing has happened yet."""
    made = World(tmp_path)
    yield made
    made.close()
