"""That somebody can sign in: the owner of the first start, and the file that may hold its password.

Every change is in the audit, in the same transaction.

Exception
  PasswordFileUnusable    the file that is to hold the owner's password cannot be read
"""

import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import audit, history
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.models import Person, Role
from qbwc_service.people import OWNER, SHORTEST_PASSWORD
from qbwc_service.secrecy import person_password_hash, person_password_matches


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
    author = Author(history.SERVICE, now)
    if password_file is not None:
        _set_password(db, author, owner, read_password_file(password_file))
        return None
    if owner is not None:
        return None
    password = secrets.token_urlsafe(12)
    _set_password(db, author, None, password)
    return password


def read_password_file(path: Path) -> str:
    """The owner's password: the first line. Raises PasswordFileUnusable."""
    try:
        password = path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PasswordFileUnusable(path, "cannot be read") from error
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordFileUnusable(path, f"must hold at least {SHORTEST_PASSWORD} characters")
    return password


def _set_password(db: Session, author: Author, owner: Person | None, password: str) -> None:
    if owner is None:
        hashed = person_password_hash(password)
        everything = {"role": Role.OWNER, "sees_all": True, "created_at": author.now}
        db.add(Person(name=OWNER, password_hash=hashed, **everything))
        audit.record(db, author, f"Person added: {OWNER}")
    elif not person_password_matches(password, owner.password_hash):
        owner.password_hash = person_password_hash(password)
        owner.password_is_one_time = False
        audit.record(db, author, f"Password of {OWNER} taken from the file")
