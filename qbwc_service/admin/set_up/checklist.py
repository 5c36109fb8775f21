"""Step 2 of the set-up: how far the Web Connector has come, as a list that turns green."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_service.admin.words import explained, span
from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    MirrorList,
    MirrorRecord,
    UpdateSession,
)
from qbwc_service.ledger.set_up import Progress
from qbwc_service.messages import Message
from qbwc_service.webconnector.log_in import WRONG_PASSWORD

#: the lists that people know, in the order in which they are told, and those that are needed
_COUNTED: Final = (
    ("Customer", "Customers"),
    ("Item", "Items"),
    ("Account", "Accounts"),
    ("Terms", "Terms"),
    ("Class", "Classes"),
    ("PaymentMethod", "Payment methods"),
)
_NEEDED: Final = frozenset({"Customer", "Item", "Account"})


class Mark(StrEnum):
    """How one line of the list stands."""

    DONE = "done"
    WAITING = "waiting"
    TROUBLE = "trouble"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """The whole list; `asks_for_company`: a person has to say whether it is the right one."""

    checks: Sequence[Check]
    company: str
    company_file: str
    quickbooks: str
    asks_for_company: bool
    is_complete: bool
    #: what the newest update says that stands in the way
    trouble: Message | None = None

    @property
    def waits(self) -> bool:
        """Something may turn green without the person here."""
        return any(check.mark is Mark.WAITING for check in self.checks)


def checklist(db: Session, connection: Connection, progress: Progress, now: datetime) -> Checklist:
    """Read off what the Web Connector did; five small queries."""
    newest = _newest_session(db, connection.id)
    is_wrong = _password_is_wrong(db, connection.id)
    counts = _counts(db, connection.id)
    is_named = bool(connection.company_file or connection.company_name)
    is_right = is_named and progress.right_company_file == connection.company_file
    is_read = counts.keys() >= _NEEDED
    has_called = connection.last_contact_at is not None or is_wrong
    done = (
        has_called or progress.file_downloaded_at is not None,
        newest is not None or progress.password_made_at is not None,
        has_called,
        newest is not None and not is_wrong,
        is_named,
        is_read,
    )
    waits_at = next((index for index, is_done in enumerate(done) if not is_done), len(done))
    texts = (
        ("Connection file downloaded", "Download the connection file"),
        ("Password made", "Make the password"),
        ("The Web Connector has called", _waiting(progress, now)),
        ("User name and password are right", "User name and password"),
        (f"Connected to {_company(connection)}", "Company file named"),
        (f"Lists read: {_told(counts)}", "Lists read"),
    )
    checks = []
    for index, (is_done, (green, grey)) in enumerate(zip(done, texts, strict=True)):
        mark = Mark.DONE if is_done else Mark.WAITING if index == waits_at else Mark.LATER
        checks.append(Check(mark, green if is_done else grey))
    if is_wrong:
        wrong = "It called, but the password was wrong. Make a new password and paste it again."
        checks[3] = Check(Mark.TROUBLE, wrong)
    return Checklist(
        tuple(checks),
        connection.company_name,
        connection.company_file,
        str(connection.quickbooks.get("product") or ""),
        asks_for_company=is_named and not is_right,
        is_complete=all(done) and is_right,
        trouble=_trouble(newest),
    )


def _waiting(progress: Progress, now: datetime) -> str:
    since = progress.password_made_at or progress.file_downloaded_at
    if since is None:
        return "The Web Connector calls"
    return f"Waiting for the Web Connector to call ({span(now - since)})"


def _company(connection: Connection) -> str:
    return connection.company_name or connection.company_file


def _newest_session(db: Session, connection_id: int) -> UpdateSession | None:
    return db.scalars(
        select(UpdateSession)
        .where(UpdateSession.connection_id == connection_id)
        .order_by(UpdateSession.id.desc())
        .limit(1)
    ).first()


def _password_is_wrong(db: Session, connection_id: int) -> bool:
    """The last try had the wrong one: the right one settles the entry of the error log."""
    found = db.scalar(
        select(ErrorEntry.id)
        .where(
            ErrorEntry.connection_id == connection_id,
            ErrorEntry.order_id.is_(None),
            ErrorEntry.message == WRONG_PASSWORD,
            ErrorEntry.solved_at.is_(None),
        )
        .limit(1)
    )
    return found is not None


def _counts(db: Session, connection_id: int) -> dict[str, int]:
    """Of the lists that were read to their end; one that is empty counts 0."""
    read = db.scalars(
        select(MirrorList.list_name).where(
            MirrorList.connection_id == connection_id, MirrorList.loaded_at.is_not(None)
        )
    ).all()
    numbers = dict(
        db.execute(
            select(MirrorRecord.list_name, func.count())
            .where(MirrorRecord.connection_id == connection_id)
            .group_by(MirrorRecord.list_name)
        ).all()
    )
    return {name: numbers.get(name, 0) for name in read}


def _told(counts: dict[str, int]) -> str:
    """ "Customers 3,420, Items 212"."""
    return ", ".join(f"{word} {counts[name]:,}" for name, word in _COUNTED if name in counts)


def _trouble(newest: UpdateSession | None) -> Message | None:
    if newest is None or not newest.trouble:
        return None
    return explained(newest.trouble, newest.trouble_details)
