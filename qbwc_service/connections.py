"""Connections: made, found, given a new password, turned into a .qwc file.

    Exception
      ConnectionUnknown         no connection has that name
      ConnectionExists          the name is taken
      ConnectionNameUnusable    a name that cannot stand in a web address
      KeapAccountUnusable       neither an account name nor its web address

The name is part of the addresses that the QuickBooks PC calls, so it never changes.
"""

import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from qbwc_service import secrecy as passwords
from qbwc_service.clock import Clock
from qbwc_service.config import Config
from qbwc_service.ledger import audit, chosen_entries, history, queue, walks
from qbwc_service.ledger.models import Connection, KeapOrder
from qbwc_service.secrecy import Secrecy
from qwc import QwcFile

#: how often the Web Connector is to call, in minutes; calls with nothing to do end at once
RUN_EVERY_MINUTES = 5

_NAME = re.compile("[a-z0-9-]{1,40}")
_KEAP_ACCOUNT = re.compile("[a-z0-9][a-z0-9-]{0,62}")
_KEAP_DOMAIN = ".infusionsoft.com"


class ConnectionUnknown(Exception):
    """No connection has that name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"There is no connection called {name!r}. "
            '"qbwc-service connection list" shows the ones there are.'
        )


class ConnectionExists(Exception):
    """Another connection has that name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is a connection called {name!r} already; choose another name.")


class ConnectionNameUnusable(Exception):
    """The name cannot stand in a web address."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"{name!r} cannot be the name of a connection: "
            "use 1 to 40 small letters, digits and hyphens, for example acme-books."
        )


class KeapAccountUnusable(Exception):
    """What was given is neither an account name nor the web address of an account."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"{text!r} is not a Keap account: write it as in the address that you see "
            "after signing in, for example iq146 or iq146.infusionsoft.com."
        )


@dataclass(frozen=True, slots=True)
class NewConnection:
    """What the Web Connector needs; the password is in clear text here and nowhere else."""

    connection: str
    username: str
    password: str
    file_id: str
    owner_id: str


def add_connection(
    db: Session,
    secrecy: Secrecy,
    *,
    name: str,
    keap_account: str,
    keap_key: str,
    company_file: str,
    start_date: date | None,
    clock: Clock,
    is_on: bool = True,
) -> NewConnection:
    """Add it to the session; "" stands for "not known yet", no start date for the day of
    set-up where the business is. Not `is_on`: nothing but a trial is sent until it is switched on
    (ledger.trial).

    Raises ConnectionNameUnusable, ConnectionExists or KeapAccountUnusable.
    """
    if not _NAME.fullmatch(name):
        raise ConnectionNameUnusable(name)
    if db.scalar(select(Connection.id).where(Connection.name == name)) is not None:
        raise ConnectionExists(name)
    password = passwords.new_password()
    connection = Connection(
        name=name,
        uid=str(uuid.uuid4()),
        created_at=clock(),
        is_on=is_on,
        settings={"start_date": start_date.isoformat()} if start_date else {},
        user_name=f"{name}-{token_hex(2)}",
        password_digest=secrecy.password_digest(password),
        password_key=secrecy.key_id,
        owner_id=_guid(),
        file_id=_guid(),
        keap_account=normal_keap_account(keap_account),
        keap_key=secrecy.encrypt(keap_key) if keap_key else "",
        company_file=company_file,
    )
    db.add(connection)
    db.flush()
    return _shown_once(connection, password)


def new_password(db: Session, secrecy: Secrecy, name: str) -> NewConnection:
    """Replace the Web Connector's password; the old one ends at once. Raises ConnectionUnknown."""
    connection = find_connection(db, name)
    password = passwords.new_password()
    connection.password_digest = secrecy.password_digest(password)
    connection.password_key = secrecy.key_id
    return _shown_once(connection, password)


def new_signing_key(connection: Connection, secrecy: Secrecy) -> str:
    """Replace the key that alerts to a web address are signed with; shown once, kept encrypted."""
    key = passwords.new_password()
    connection.webhook_key = secrecy.encrypt(key)
    return key


def find_connection(db: Session, name: str) -> Connection:
    """Raises ConnectionUnknown."""
    return _found(db.scalars(select(Connection).where(Connection.name == name)).first(), name)


def lock_connection(db: Session, name: str) -> Connection:
    """The same, its row locked until the transaction ends, so that decisions come one by one."""
    statement = select(Connection).where(Connection.name == name).with_for_update()
    statement = statement.execution_options(populate_existing=True)
    return _found(db.scalars(statement).first(), name)


#: settings that say which orders go
_FILTERS = frozenset(
    {"order_status", "order_products", "order_sources", "order_min_total", "order_max_total"}
)


def change_settings(
    db: Session,
    connection: Connection,
    stored: Mapping[str, Any],
    *,
    who: str,
    now: datetime,
    address: str = "",
) -> None:
    """Put these stored settings (see settings.changed) in force for all that is not sent yet.

    `address`: where the person's browser is, for the audit.
    """
    old = connection.settings
    names = sorted(name for name in {*old, *stored} if old.get(name) != stored.get(name))
    if not names:
        return
    connection.settings = dict(stored)
    connection.next_sync_at = None
    if "start_date" in names:
        # Orders from before the old start date were never asked for.
        connection.orders_watermark = None
        connection.payments_watermark = 0
        walks.forget(db, connection.id)
    queue.plan_again(db, connection, now)
    chosen_entries.check(db, connection, now)
    db.execute(
        update(KeapOrder)
        .where(KeapOrder.connection_id == connection.id, _planned_anew(names))
        .values(needs_plan=True, has_work=True),
        execution_options={"synchronize_session": "fetch"},
    )
    changes = ", ".join(f"{name} = {stored.get(name, 'default')}" for name in names)
    history.note(db, connection.id, f"Settings changed: {changes}", now=now, who=who)
    pairs = {name: (old.get(name), stored.get(name)) for name in names}
    audit.settings_changed(db, audit.Author(who, now, address), connection.id, pairs)


def _planned_anew(names: Collection[str]) -> ColumnElement[bool]:
    """The orders to plan at once: those left out, and where other orders are wanted now, those that
    wait, so that the pages show what is hidden."""
    if _FILTERS & set(names):
        return or_(KeapOrder.skip != "", KeapOrder.status.in_(sorted(queue.UNSENT)))
    return KeapOrder.skip != ""


def qwc_file(connection: Connection, config: Config) -> QwcFile:
    """What the QuickBooks PC is to load. The same connection gives the same file every time.

    The unique name makes a newer file replace the older one instead of standing beside it.
    """
    return QwcFile(
        app_name=f"Keap Orders ({connection.name})",
        app_url=config.address(f"/qbwc/{connection.name}"),
        app_description="Brings Keap orders and payments into QuickBooks.",
        app_support=config.address(f"/support/{connection.name}"),
        user_name=connection.user_name,
        owner_id=connection.owner_id,
        file_id=connection.file_id,
        run_every_minutes=RUN_EVERY_MINUTES,
        app_unique_name=f"KeapOrders-{connection.name}",
        cert_url=config.address("/healthz"),
    )


def normal_keap_account(text: str) -> str:
    """iq146, from iq146, iq146.infusionsoft.com or an https address of it; "" stays "".

    Raises KeapAccountUnusable.
    """
    written = text.strip().lower()
    if not written:
        return ""
    try:
        host = urlsplit(written if "//" in written else f"https://{written}").hostname or ""
    except ValueError as error:
        raise KeapAccountUnusable(text) from error
    account = host.removesuffix(_KEAP_DOMAIN)
    if not _KEAP_ACCOUNT.fullmatch(account):
        raise KeapAccountUnusable(text)
    return account


def _found(connection: Connection | None, name: str) -> Connection:
    if connection is None:
        raise ConnectionUnknown(name)
    return connection


def _guid() -> str:
    return "{" + str(uuid.uuid4()) + "}"


def _shown_once(connection: Connection, password: str) -> NewConnection:
    return NewConnection(
        connection=connection.name,
        username=connection.user_name,
        password=password,
        file_id=connection.file_id,
        owner_id=connection.owner_id,
    )
