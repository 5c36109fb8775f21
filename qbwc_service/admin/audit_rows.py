"""The entries of the audit in words, and which of them a person may see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.admin.addresses import start_of
from qbwc_service.admin.health import head_of
from qbwc_service.admin.setting_words import setting_label, setting_value
from qbwc_service.admin.sign_in import SignedIn
from qbwc_service.database import Database
from qbwc_service.ledger import audit
from qbwc_service.ledger.audit import Wanted
from qbwc_service.ledger.models import AuditEntry, Connection, Role

_ROWS_OF_A_CHUNK = 500
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry. `told`: what came of it, in sentences; `asked`: the fields that were sent."""

    id: int
    at: datetime
    who: str
    connection: str
    what: str
    told: tuple[str, ...]
    asked: tuple[tuple[str, str], ...]
    address: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The connections that a person may see, by id, and whether they see what is of none."""

    connections: Mapping[int, str]
    sees_service: bool
    zones: Mapping[str, ZoneInfo]

    def zone(self, connection: str) -> ZoneInfo:
        """In which to show times: the connection's; without one that of all, where it is one."""
        if connection in self.zones:
            return self.zones[connection]
        different = set(self.zones.values())
        return different.pop() if len(different) == 1 else _UTC


def scope_of(db: Session, person: SignedIn) -> Scope:
    """What concerns no connection (sign-ins, users) is for owners."""
    rows = db.scalars(select(Connection).order_by(Connection.name))
    seen = [row for row in rows if person.sees(row.name)]
    return Scope(
        {row.id: row.name for row in seen},
        person.role is Role.OWNER,
        {row.name: head_of(row).zone for row in seen},
    )


def wanted(
    scope: Scope, who: str, connection: str, since: date | None, until: date | None
) -> Wanted:
    """Days are those of the zone in which times are shown, both included."""
    zone = scope.zone(connection)
    ids = {name: row_id for row_id, name in scope.connections.items()}
    return Wanted(
        who,
        ids.get(connection),
        start_of(since, zone) if since else None,
        start_of(until + timedelta(days=1), zone) if until and until < date.max else None,
        None if scope.sees_service else frozenset(scope.connections),
    )


def row_of(entry: AuditEntry, scope: Scope) -> AuditRow:
    details = dict(entry.details)
    asked = details.pop("asked", {})
    result = details.pop("result", [])
    changes = details.pop("changes", {})
    told = [*map(str, result), *_changes(changes), *(_fact(each) for each in details.items())]
    return AuditRow(
        entry.id,
        entry.at,
        entry.who,
        scope.connections.get(entry.connection_id or 0, ""),
        entry.what,
        tuple(told),
        tuple((name, _text(value)) for name, value in asked.items()),
        entry.address,
    )


def every_row(database: Database, entries: Wanted, scope: Scope) -> Iterator[AuditRow]:
    """All rows, read in chunks so that no transaction stays open."""
    before: int | None = None
    while True:
        with database.reading() as db:
            page = audit.audit_page(db, entries, before=before, size=_ROWS_OF_A_CHUNK)
        yield from (row_of(entry, scope) for entry in page.rows)
        if page.older is None:
            return
        before = page.older


def _changes(changes: Mapping[str, Sequence[Any]]) -> list[str]:
    return [
        f"{setting_label(name)}: {setting_value(name, before)}, now {setting_value(name, after)}"
        for name, (before, after) in changes.items()
    ]


def _fact(named: tuple[str, Any]) -> str:
    name, value = named
    if isinstance(value, Mapping):
        return f"{name}: " + "; ".join(_fact(each) for each in value.items())
    return f"{name}: {_text(value) or 'none'}"


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
