"""Fixtures of the whole suite. The environment of the machine never reaches a test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.world import World

_OURS = {"QBWC_REFERENCE", "QBWC_PRISM", "QBWC_TEST_DATABASE", "QBWC_TEST_POSTGRES"}
for name in list(os.environ):
    if name.startswith(("QBWC_", "KEAP_")) and name not in _OURS:
        del os.environ[name]
# Nor the file of a service that is installed on it.
os.environ["QBWC_CONFIG_FILE"] = os.devnull


@pytest.fixture(autouse=True)
def _given_back() -> Iterator[None]:
    """The databases of a test are free for the next one."""
    with databases.given_back():
        yield


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A connection, a company file, a Web Connector; nothing has happened yet."""
    made = World(tmp_path)
    yield made
    made.close()
