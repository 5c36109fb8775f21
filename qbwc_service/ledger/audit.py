"""The audit: who did what, when and from where. Nothing in it is ever changed, or deleted
before its connection is erased.

`history` tells what happened to an order or a connection, whoever caused it; the audit tells what
a person did, once, however many orders it reached, and also what concerns no order at all: people,
passwords, sign-ins.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import AuditEntry

ROWS_OF_A_PAGE = 50
SETTINGS_CHANGED: Final = "Settings changed"
MASK: Final = "(not shown)"
#: how many changes of settings are looked at to tell who changed each last
_SETTING_CHANGES_LOOKED_AT = 500
_SECRET = re.compile("password|secret|token|key|code", re.IGNORECASE)
_LONGEST_TEXT = 200
_MOST_VALUES = 50
_MOST_FIELDS = 60


@dataclass(frozen=True, slots=True)
class Author:
    """Who does it, when (aware UTC), and where the browser is ("" for a command)."""

    who: str
    now: datetime
    address: str = ""


def record(
    db: Session,
    author: Author,
    what: str,
    *,
    connection_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add one entry. `details` go in as they are: see `asked_for` for what comes from outside."""
    db.add(
        AuditEntry(
            at=author.now,
            who=author.who[:80],
            connection_id=connection_id,
            what=what,
            details=dict(details or {}),
            address=author.address[:45],
        )
    )


def asked_for(fields: Iterable[tuple[str, Collection[str]]]) -> dict[str, Any]:
    """The fields of a form or command for `details`: without secrets, empty ones, and what is
    too long to read."""
    kept: dict[str, Any] = {}
    for name, values in fields:
        filled = [_short(value) for value in values if value.strip()]
        if not filled or len(kept) == _MOST_FIELDS:
            continue
        if _SECRET.search(name):
            filled = [MASK]
        more = len(filled) - _MOST_VALUES
        shown = filled[:_MOST_VALUES] + ([f"and {more} more"] if more > 0 else [])
        kept[name[:_LONGEST_TEXT]] = shown[0] if len(shown) == 1 else shown
    return kept


def _short(text: str) -> str:
    clean = text.replace("\0", "").strip()
    return clean if len(clean) <= _LONGEST_TEXT else f"{clean[:_LONGEST_TEXT]} ..."


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; None and "" leave out nothing. `until` is not included."""

    who: str = ""
    connection_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    #: the connections of the person who looks; None: everything, also what concerns none of them
    among: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """`older` is the id to go on from."""

    rows: list[AuditEntry] = field(default_factory=list)
    older: int | None = None


def audit_page(
    db: Session, wanted: Wanted, *, before: int | None = None, size: int = ROWS_OF_A_PAGE
) -> AuditPage:
    """The newest entries, or those older than the entry with the id `before`."""
    statement = _matching(wanted)
    if before is not None:
        last = db.get(AuditEntry, before)
        if last is None:
            return AuditPage()
        older = or_(AuditEntry.at < last.at, AuditEntry.id < last.id)
        statement = statement.where(and_(AuditEntry.at <= last.at, older))
    found = list(db.scalars(statement.limit(size + 1)))
    return AuditPage(found[:size], found[size - 1].id if len(found) > size else None)


def _matching(wanted: Wanted) -> Select[AuditEntry]:
    statement = select(AuditEntry)
    if wanted.who:
        statement = statement.where(AuditEntry.who == wanted.who)
    if wanted.connection_id is not None:
        statement = statement.where(AuditEntry.connection_id == wanted.connection_id)
    if wanted.among is not None:
        statement = statement.where(AuditEntry.connection_id.in_(sorted(wanted.among)))
    if wanted.since is not None:
        statement = statement.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(AuditEntry.at < wanted.until)
    return statement.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())


@dataclass(frozen=True, slots=True)
class SettingChange:
    """The last change of one setting; None stands for the default."""

    who: str
    at: datetime
    before: object
    after: object


def settings_changed(
    db: Session, author: Author, connection_id: int, changes: Mapping[str, tuple[object, object]]
) -> None:
    """Note the settings with their values before and after; None stands for the default."""
    details = {"changes": {name: list(pair) for name, pair in changes.items()}}
    record(db, author, SETTINGS_CHANGED, connection_id=connection_id, details=details)


def last_setting_changes(db: Session, connection_id: int) -> dict[str, SettingChange]:
    """Who changed each setting last, as far back as the newest changes go."""
    found: dict[str, SettingChange] = {}
    entries = db.scalars(
        _matching(Wanted(connection_id=connection_id))
        .where(AuditEntry.what == SETTINGS_CHANGED)
        .limit(_SETTING_CHANGES_LOOKED_AT)
    )
    for entry in entries:
        for name, (before, after) in entry.details.get("changes", {}).items():
            found.setdefault(name, SettingChange(entry.who, entry.at, before, after))
    return found
