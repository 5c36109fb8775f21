"""An office with one connection and a mail server; its time is ours."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from qbwc_service.alerts.job import Alerting
from qbwc_service.config import Config
from qbwc_service.connections import add_connection, find_connection
from qbwc_service.ledger import error_log
from qbwc_service.ledger.models import Connection, OrderStatus
from qbwc_service.mail_server import MailServer, Security
from qbwc_service.secrecy import Secrecy
from tests.alerts.receivers import MailSink, mail_sink
from tests.databases import new_database
from tests.ledger_rows import add_order

#: a Monday, ten in the morning in Phoenix
MONDAY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
KEY = b"k" * 32


class Office:
    """Close it at the end (the fixture does)."""

    def __init__(self, folder: Path, sink: MailSink) -> None:
        self.now = MONDAY
        self.sink = sink
        self.secrecy = Secrecy(KEY)
        self.database = new_database(folder)
        self.config = Config(
            database_url=self.database.url,
            public_url="https://sync.example.com",
            keap_api_url="http://127.0.0.1:9/crm",
            log_level="INFO",
            secret_key=KEY,
            mail_server=MailServer("127.0.0.1", sink.port, Security.NONE, "sync@example.com"),
            operator_addresses=("olga@example.com",),
            private_webhook_hosts=frozenset({"127.0.0.1"}),
        )
        self.add("acme", alert_emails="bea@example.com")
        self.job = self.process()

    def process(self) -> Alerting:
        """Another process of the same service."""
        return Alerting(self.database, self.secrecy, self.config, clock=lambda: self.now)

    def add(self, name: str, **settings: str) -> None:
        with self.database.writing("test") as db:
            add_connection(
                db,
                self.secrecy,
                name=name,
                keap_account="",
                keap_key="",
                company_file="",
                start_date=date(2026, 11, 1),
                clock=lambda: self.now,
            )
            connection = find_connection(db, name)
            connection.time_zone = "America/Phoenix"
            connection.settings = {**connection.settings, "daily_digest": "no", **settings}

    def set(self, name: str = "acme", **settings: str) -> None:
        with self.database.writing("test") as db:
            connection = find_connection(db, name)
            connection.settings = {**connection.settings, **settings}

    def change(self, name: str = "acme", **columns: Any) -> None:
        with self.database.writing("test") as db:
            connection = find_connection(db, name)
            for column, value in columns.items():
                setattr(connection, column, value)

    def connection(self, name: str = "acme") -> Connection:
        with self.database.reading() as db:
            return find_connection(db, name)

    def calls(self, *names: str) -> None:
        """These Web Connectors call now."""
        for name in names or ("acme",):
            self.change(name, last_contact_at=self.now, calls_every=900)

    def holds(self, order_id: int, cause: str = "item-not-in-quickbooks", about: str = "") -> None:
        self._order(order_id, status=OrderStatus.HELD, cause=cause, subject=about)

    def has(self, order_id: int, **columns: Any) -> None:
        self._order(order_id, **columns)

    def _order(self, order_id: int, **columns: Any) -> None:
        with self.database.writing("test") as db:
            add_order(db, find_connection(db, "acme").id, order_id, **columns)

    def releases_everything(self) -> None:
        with self.database.writing("test") as db:
            for order in _orders(db):
                order.status, order.cause = OrderStatus.READY, ""

    def fails(self, message: str, times: int = 1, name: str = "acme", **details: str) -> None:
        with self.database.writing("test") as db:
            connection = find_connection(db, name)
            for _ in range(times):
                error_log.tell(db, connection.id, message, details, now=self.now)

    def succeeds(self, *messages: str) -> None:
        with self.database.writing("test") as db:
            connection = find_connection(db, "acme")
            error_log.solve(db, connection.id, now=self.now, messages=messages)

    def looks(self, **later: float) -> list[str]:
        """Time passes and the job looks; the subjects of the mails that went out, sorted: they go
        side by side."""
        before = len(self.sink.mails)
        self.now += timedelta(**later)
        self.job.run()
        return sorted(self.sink.subjects()[before:])

    def without(self, **changes: Any) -> None:
        """The same service with another configuration."""
        self.config = replace(self.config, **changes)
        self.job = self.process()

    def close(self) -> None:
        self.database.close()


def _orders(db: Session) -> Any:
    from qbwc_service.ledger.models import KeapOrder

    return db.query(KeapOrder).all()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with mail_sink() as sink:
        made = Office(tmp_path, sink)
        yield made
        made.close()
