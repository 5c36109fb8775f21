"""The world of a history: a service that can be killed, wrong clocks, older copies put back.

Killed means here: an exception that nothing catches leaves a named point of qbwc_service.crash, and
a new service is made on the same database. `test_sigkill.py` kills real processes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from qbwc_service import crash
from qbwc_service.connections import NewConnection
from qbwc_service.database import Database
from qbwc_service.demo.quickbooks import Company
from qbwc_service.ledger.columns import Base
from qbwc_service.webconnector.service import Service
from qbwc_service.webconnector.soap import create_endpoint
from tests.world import World


class ServiceKilled(BaseException):
    """The service died at that point. No Exception: nothing in the product may catch it."""


class KillAt:
    """Strikes at the n-th passage of a named point, once."""

    def __init__(self, point: str, passage: int) -> None:
        self.point = point
        self.struck = False
        self._left = passage

    def reach(self, point: str) -> None:
        if point != self.point or self.struck:
            return
        self._left -= 1
        if self._left == 0:
            self.struck = True
            raise ServiceKilled(point)


@contextmanager
def killing(kill: KillAt | None) -> Iterator[None]:
    """The service dies where `kill` says, as long as this block lasts."""
    if kill is None:
        yield
        return
    before = crash._points
    crash._points = kill  # type: ignore[assignment]
    try:
        yield
    finally:
        crash._points = before


@dataclass
class Copied:
    """A copy of our database: a file, or the tables and sequences of PostgreSQL."""

    file: bytes = b""
    tables: dict[str, bytes] = field(default_factory=dict)
    sequences: dict[str, tuple[int, bool]] = field(default_factory=dict)


_OPENED: dict[str, Database] = {}
_BEGINNINGS: dict[str, tuple[NewConnection, Copied]] = {}
_COMPANIES: dict[str, bytes] = {}


class Stage(World):
    """Close it at the end. `memory`: how many answers QuickBooks keeps."""

    def __init__(self, folder: Path, database_url: str = "", *, memory: int = 1) -> None:
        self.our_clock_is_off = timedelta()
        self.quickbooks_clock_is_off = timedelta()
        self._copies = 0
        super().__init__(folder, database_url, memory=memory)
        self.start_service()

    def _open_database(self) -> Database:
        """One engine for all stages of a process in one place: it keeps its compiled statements."""
        url = self.config.database_url
        if url not in _OPENED:
            opened = super()._open_database()
            Base.metadata.create_all(opened.engine)
            _OPENED[url] = opened
        return _OPENED[url]

    def _add_connection(self, name: str) -> NewConnection:
        """The first stage makes it; later ones begin with a copy of what it made."""
        url = self.config.database_url
        if url in _BEGINNINGS:
            new, copied = _BEGINNINGS[url]
            self._put_back(copied)
            return new
        new = super()._add_connection(name)
        _BEGINNINGS[url] = new, self.copy_database()
        return new

    def _new_company(self, memory: int, *, zero_keeps: bool) -> Company:
        path, url = self.folder / "company.db", self.config.database_url
        if url in _COMPANIES:
            path.write_bytes(_COMPANIES[url])
            return Company(path, clock=self._quickbooks_clock, memory=memory)
        company = super()._new_company(memory, zero_keeps=zero_keeps)
        _COMPANIES[url] = path.read_bytes()
        return company

    def _quickbooks_clock(self) -> datetime:
        return self.clock.now + self.quickbooks_clock_is_off

    def http(self, address: str = "10.0.0.5") -> httpx.Client:
        if address not in self._clients:
            transport = httpx.WSGITransport(
                app=self._application,  # type: ignore[arg-type]
                remote_addr=address,
            )
            self._clients[address] = httpx.Client(transport=transport)
        return self._clients[address]

    def _application(self, environ: Any, start_response: Any) -> Any:
        """The service that runs now."""
        mounted = DispatcherMiddleware(self._endpoint, {"/qbwc": self._endpoint})
        return mounted(environ, start_response)

    def our_time(self) -> datetime:
        return self.clock.now + self.our_clock_is_off

    def close(self, *, checking: bool = True) -> None:
        """`checking`: every message against the schemas, which takes as long as a few sessions."""
        if checking:
            super().close()
            return
        for client in self._clients.values():
            client.close()
        self.company.close()
        self.database.close()

    def start_service(self) -> None:
        """What was in the old one's memory is gone; Web Connectors go on with the new one."""
        self.database.close()
        self.service = Service(self.database, self.secrecy, self.our_time)
        self._endpoint = create_endpoint(self.service, public_url=self.config.public_url)

    def new_copy_path(self, name: str) -> Path:
        self._copies += 1
        return self.folder / f"{name}-{self._copies}"

    # -- our database -----------------------------------------------------------------------------

    def copy_database(self) -> Copied:
        if self.database.is_sqlite:
            # The last connection that is closed takes the write-ahead log along.
            self.database.close()
            return Copied((self.folder / "service.db").read_bytes())
        return self._copy_postgresql()

    def put_back_database(self, copied: Copied) -> None:
        """All that was committed since is gone; the service starts anew on it."""
        self._put_back(copied)
        self.start_service()

    def _put_back(self, copied: Copied) -> None:
        self.database.close()
        if not copied.file:
            self._put_back_postgresql(copied)
            return
        for tail in ("-wal", "-shm"):
            (self.folder / f"service.db{tail}").unlink(missing_ok=True)
        (self.folder / "service.db").write_bytes(copied.file)

    def _copy_postgresql(self) -> Copied:
        copied = Copied()
        with self.database.engine.connect() as connection:
            for table in Base.metadata.tables:
                chunks = []
                with _cursor(connection).copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as copy:
                    chunks = [bytes(chunk) for chunk in copy]
                copied.tables[table] = b"".join(chunks)
            for (name,) in connection.execute(
                text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
            ).all():
                row = connection.execute(text(f'SELECT last_value, is_called FROM "{name}"')).one()
                copied.sequences[name] = (row[0], row[1])
        return copied

    def _put_back_postgresql(self, copied: Copied) -> None:
        with self.database.engine.connect() as connection:
            # Few rows: quicker than TRUNCATE, which makes new files.
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())
            for table in Base.metadata.sorted_tables:
                with _cursor(connection).copy(
                    f'COPY "{table.name}" FROM STDIN (FORMAT binary)'
                ) as copy:
                    copy.write(copied.tables[table.name])
            for name, (value, called) in copied.sequences.items():
                connection.execute(
                    text("SELECT setval(:name, :value, :called)"),
                    {"name": f'"{name}"', "value": value, "called": called},
                )
            connection.commit()


def _cursor(connection: Any) -> Any:
    return connection.connection.driver_connection.cursor()
