"""What older versions wrote, loaded into a database of either kind, with its company file."""

import gzip
import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, text

from qbwc_service import database_schema
from qbwc_service.config import Config
from qbwc_service.connections import NewConnection, find_connection
from qbwc_service.database import Database
from qbwc_service.demo.quickbooks import Company
from qbwc_service.demo.quickbooks.human import Person
from qbwc_service.demo.quickbooks.store import Store
from qbwc_service.demo.web_connector.faults import Faults
from qbwc_service.secrecy import Secrecy
from qbwc_service.webconnector.service import Service
from qbwc_service.webconnector.soap import create_endpoint
from tests.migrations.schemas import insert, reflected
from tests.world import TestClock, World

DUMPS = Path(__file__).parent / "dumps"
#: the simulated company file calls them this way now
_RENAMED = {("application", "payment_id"): "credit_id", ("application", "invoice_id"): "debit_id"}
_COMPANY_DEFAULTS = {"application": {"set_by": ""}}

Row = dict[str, Any]


@dataclass(frozen=True)
class Dump:
    """One database as a version left it, and the company file that belongs to it."""

    revision: str
    password: str
    secret_key: bytes
    #: the statements that its tables were made with, on SQLite
    schema: tuple[str, ...]
    tables: dict[str, list[Row]]
    company: dict[str, list[Row]]

    @property
    def ended_at(self) -> datetime:
        """The last time that the version wrote."""
        moments = [row["last_call_at"] for row in self.tables["update_session"]]
        return datetime.fromisoformat(max(moments)).replace(tzinfo=UTC)


def names() -> list[str]:
    """The revisions of which there is a dump, oldest first."""
    return sorted(path.name.partition(".")[0] for path in DUMPS.glob("*.json.gz"))


@cache
def dump_of(revision: str) -> Dump:
    with gzip.open(DUMPS / f"{revision}.json.gz", "rt", encoding="utf-8") as file:
        found = json.load(file)
    return Dump(
        revision,
        found["password"],
        bytes.fromhex(found["secret_key"]),
        tuple(found["service"]["schema"]),
        _rows(found["service"]["tables"]),
        _rows(found["company"]["tables"]),
    )


def _rows(tables: dict[str, list[list[Any]]]) -> dict[str, list[Row]]:
    return {
        name: [dict(zip(columns, row, strict=True)) for row in rows]
        for name, (columns, *rows) in tables.items()
    }


def load(database: Database, dump: Dump) -> None:
    """The empty database becomes what the version left: on SQLite with the version's own tables."""
    if database.is_sqlite:
        with database.engine.begin() as connection:
            for statement in dump.schema:
                connection.execute(text(statement.replace(":", r"\:")))
    else:
        database_schema.upgrade(database, dump.revision)
    with database.engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("DELETE FROM alembic_version"))
        tables = reflected(connection)
        assert set(tables.tables) == set(dump.tables)
        for table in tables.sorted_tables:
            booleans = [c.name for c in table.columns if isinstance(c.type, Boolean)]
            for row in dump.tables[table.name]:
                insert(connection, table, row | {name: bool(row[name]) for name in booleans})
            if not database.is_sqlite and "id" in table.columns:
                _count_on(connection, table.name)


def _count_on(connection: Any, table: str) -> None:
    """PostgreSQL's counter does not see ids that were given."""
    connection.execute(
        text(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table} "
            "HAVING max(id) IS NOT NULL AND pg_get_serial_sequence(:table, 'id') IS NOT NULL"
        ),
        {"table": table},
    )


def write_company(dump: Dump, path: Path) -> None:
    """The company file, in the form that the simulated QuickBooks keeps it in now."""
    Store(path).close()
    db = sqlite3.connect(path)
    with db:
        for table, rows in dump.company.items():
            for row in rows:
                now = {_RENAMED.get((table, name), name): value for name, value in row.items()}
                now |= _COMPANY_DEFAULTS.get(table, {}) | now
                marks = ", ".join("?" for _ in now)
                db.execute(
                    f"INSERT INTO {table} ({', '.join(now)}) VALUES ({marks})", [*now.values()]
                )
    db.close()


class Upgraded(World):
    """The service of today on the database of then, an hour later."""

    def __init__(self, folder: Path, database: Database, dump: Dump) -> None:
        self.folder = folder
        self.name = dump.tables["connection"][0]["name"]
        self.clock = TestClock(dump.ended_at + timedelta(hours=1))
        self.config = Config(
            database_url=database.url,
            public_url="http://localhost:8000",
            keap_api_url="http://localhost:1/crm",
            log_level="INFO",
            secret_key=dump.secret_key,
        )
        self.secrecy = Secrecy(dump.secret_key)
        self.database = self._open_database()
        with self.database.reading() as db:
            known = find_connection(db, self.name)
            self.new = NewConnection(
                self.name, known.user_name, dump.password, known.file_id, known.owner_id
            )
        self.service = Service(self.database, self.secrecy, self.clock)
        self._endpoint = create_endpoint(self.service, public_url=self.config.public_url)
        self._clients = {}
        write_company(dump, folder / "company.db")
        self.company = Company(folder / "company.db", clock=self._quickbooks_clock)
        self.human = Person(self.company)
        self.faults = Faults()
