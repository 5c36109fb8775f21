"""A service on each kind of database, with what watches it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qbwc_service import database_schema
from qbwc_service.app import create_app
from qbwc_service.config import Config
from qbwc_service.connections import add_connection, find_connection
from qbwc_service.database import Database
from qbwc_service.secrecy import Secrecy
from tests.databases import ENGINES, Engine, empty_url, new_database
from tests.ledger_rows import NOON

KEY = bytes(32)
TOKEN = "a-token-that-nobody-guesses"


@dataclass
class Watched:
    """A service whose reading job beats as told."""

    database: Database
    token: str = TOKEN
    beats: Callable[[], bool] | None = None
    trusted_proxies: int = 0
    _app: Flask | None = field(default=None, init=False)

    @property
    def client(self) -> FlaskClient:
        if self._app is None:
            config = Config(
                database_url=self.database.url,
                public_url="https://sync.example.com",
                keap_api_url="http://localhost:1/crm",
                log_level="INFO",
                secret_key=KEY,
                metrics_token=self.token,
                trusted_proxies=self.trusted_proxies,
            )
            self._app = create_app(
                config,
                self.database,
                Secrecy(KEY),
                clock=lambda: NOON,
                reader_beats=self.beats,
            )
        return self._app.test_client()


def add(database: Database, *names: str) -> list[int]:
    """Connections of these names; their ids."""
    with database.writing("test") as db:
        for name in names:
            add_connection(
                db,
                Secrecy(KEY),
                name=name,
                keap_account="",
                keap_key="",
                company_file="",
                start_date=None,
                clock=lambda: NOON,
            )
        return [find_connection(db, name).id for name in names]


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """All tables, no rows."""
    made = new_database(tmp_path, request.param)
    yield made
    made.close()


@pytest.fixture(params=ENGINES)
def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Made by the migrations, as they are in use."""
    engine: Engine = request.param
    made = Database(empty_url(tmp_path, engine))
    database_schema.upgrade(made)
    yield made
    made.close()
