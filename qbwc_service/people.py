"""The people who may sign in to the admin pages.

Exception
  PasswordFileUnusable    the file that is to hold the owner's password cannot be read
"""

import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import Person
from qbwc_service.secrecy import person_password_hash, person_password_matches

OWNER = "owner"
_SHORTEST = 8


class PasswordFileUnusable(Exception):
    """QBWC_ADMIN_PASSWORD_FILE cannot be read, or holds too short a password."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"QBWC_ADMIN_PASSWORD_FILE: {path} {reason}")


def ensure_owner(db: Session, *, now: datetime, password_file: Path | None = None) -> str | None:
    """See to it that somebody can sign in.

    With a file its first line is the owner's password from now on. Without one, and at the first
    start only, a password is made and returned: it can be shown this once, only its hash is kept.
    Raises PasswordFileUnusable.
    """
    owner = db.scalars(select(Person).where(Person.name == OWNER)).first()
    if password_file is not None:
        _set_password(db, owner, _read_password(password_file), now)
        return None
    if owner is not None:
        return None
    password = secrets.token_urlsafe(12)
    _set_password(db, None, password, now)
    return password


def _set_password(db: Session, owner: Person | None, password: str, now: datetime) -> None:
    if owner is None:
        hashed = person_password_hash(password)
        db.add(Person(name=OWNER, password_hash=hashed, created_at=now))
    elif not person_password_matches(password, owner.password_hash):
        owner.password_hash = person_password_hash(password)


def _read_password(path: Path) -> str:
    try:
        password = path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PasswordFileUnusable(path, "cannot be read") from error
    if len(password) < _SHORTEST:
        raise PasswordFileUnusable(path, f"must hold at least {_SHORTEST} characters")
    return password
