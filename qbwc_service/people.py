"""The people who may sign in to the admin pages: added, changed, given a password, disabled.

Every change is in the audit, in the same transaction.

Exception
  PersonRefused    what was asked for cannot be done; the sentence says why
"""

import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from qbwc_service.connections import find_connection
from qbwc_service.ledger import audit, history
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.models import Connection, Invitation, Person, PersonConnection, Role
from qbwc_service.secrecy import person_password_hash

OWNER = "owner"
COMMAND_LINE = "command line"
#: who tried to sign in, where there is no such person
NOBODY = "nobody we know"
LONGEST_NAME = 80
LONGEST_EMAIL = 200
LONGEST_PASSWORD = 1000
SHORTEST_PASSWORD = 8
#: names under which the history tells what no person did
_NOBODYS_NAMES = frozenset({history.SERVICE, COMMAND_LINE, NOBODY})
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")


class PersonRefused(Exception):
    """What was asked for cannot be done; nothing was changed. `field`: what was typed wrong."""

    def __init__(self, sentence: str, field: str = "") -> None:
        self.field = field
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password with its hash, which takes long to make: make it before a transaction begins."""

    text: str
    hashed: str


def one_time_password() -> NewPassword:
    """One to hand on; at the first sign-in the person chooses their own."""
    return _hashed(secrets.token_urlsafe(12))


def chosen_password(text: str) -> NewPassword:
    """Raises PersonRefused."""
    if len(text) < SHORTEST_PASSWORD:
        raise PersonRefused(f"Use at least {SHORTEST_PASSWORD} characters.", "password")
    if len(text) > LONGEST_PASSWORD:
        raise PersonRefused(f"Use at most {LONGEST_PASSWORD} characters.", "password")
    return _hashed(text)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is and may see; `connections` are names, None stands for all."""

    email: str
    role: Role
    connections: Collection[str] | None

    def words(self) -> dict[str, object]:
        """For the audit."""
        seen = "all" if self.connections is None else sorted(self.connections)
        return {"e-mail": self.email, "role": self.role.value, "connections": seen}


def find_person(db: Session, name: str) -> Person:
    """Raises PersonRefused."""
    found = db.scalars(select(Person).where(Person.name == name)).first()
    if found is None:
        raise PersonRefused(f'There is nobody called "{name}".', "name")
    return found


def connections_of(db: Session, people: Iterable[Person]) -> dict[int, list[str]]:
    """The names of the connections of those who do not see all, by person; two people or two
    hundred, it is one question."""
    ids = [person.id for person in people if not person.sees_all]
    found: dict[int, list[str]] = {person_id: [] for person_id in ids}
    rows = db.execute(
        select(PersonConnection.person_id, Connection.name)
        .join(Connection, Connection.id == PersonConnection.connection_id)
        .where(PersonConnection.person_id.in_(ids))
        .order_by(Connection.name)
    )
    for person_id, name in rows:
        found[person_id].append(name)
    return found


def standing_of(db: Session, person: Person) -> Standing:
    seen = None if person.sees_all else connections_of(db, [person])[person.id]
    return Standing(person.email, person.role, seen)


def add(db: Session, author: Author, name: str, standing: Standing, password: NewPassword) -> None:
    """A new person with a one-time password. Raises PersonRefused, ConnectionUnknown."""
    _add(db, author, name, standing, password, is_one_time=True)
    audit.record(db, author, f"Person added: {name}", details=standing.words())


def join(
    db: Session, author: Author, standing: Standing, password: NewPassword, *, invited_by: str
) -> None:
    """A new person, the author, who was invited and chose name and password.

    Raises PersonRefused, ConnectionUnknown.
    """
    _add(db, author, author.who, standing, password, is_one_time=False)
    details = standing.words() | {"invited by": invited_by}
    audit.record(db, author, f"Person joined by invitation: {author.who}", details=details)


def change(db: Session, author: Author, person: Person, standing: Standing) -> bool:
    """E-mail, role and connections from now on; False where they were so before. Invitations of
    somebody who is no owner any more end.

    Raises PersonRefused for the last owner, and ConnectionUnknown.
    """
    before = standing_of(db, person)
    if before.role is Role.OWNER and standing.role is not Role.OWNER:
        _check_not_last_owner(db, person)
        _end_invitations(db, person)
    _put(db, person, standing)
    after = standing_of(db, person)
    if before.words() == after.words():
        return False
    details = {"before": before.words(), "after": after.words()}
    audit.record(db, author, f"Person changed: {person.name}", details=details)
    return True


def renew_password(db: Session, author: Author, person: Person, password: NewPassword) -> None:
    """A one-time password in place of the one before, which ends at once, in every browser."""
    person.password_hash = password.hashed
    person.password_is_one_time = True
    audit.record(db, author, f"New one-time password: {person.name}")


def choose_password(db: Session, author: Author, person: Person, password: NewPassword) -> None:
    """The person's own choice; every browser that had the one before is signed out."""
    person.password_hash = password.hashed
    person.password_is_one_time = False
    audit.record(db, author, f"Own password changed: {person.name}")


def disable(db: Session, author: Author, person: Person) -> bool:
    """The person is signed out and comes in no more, and their invitations end; False where it was
    so before.

    Raises PersonRefused for the last owner.
    """
    if person.disabled_at is not None:
        return False
    if person.role is Role.OWNER:
        _check_not_last_owner(db, person)
    _end_invitations(db, person)
    person.disabled_at = author.now
    audit.record(db, author, f"Person disabled: {person.name}")
    return True


def enable(db: Session, author: Author, person: Person, password: NewPassword) -> bool:
    """The person may come in again, with a new one-time password; False where nobody kept them
    out. Sessions of before stay ended, because they end with the password."""
    if person.disabled_at is None:
        return False
    person.disabled_at = None
    person.password_hash = password.hashed
    person.password_is_one_time = True
    audit.record(db, author, f"Person enabled again: {person.name}")
    return True


def _add(
    db: Session,
    author: Author,
    name: str,
    standing: Standing,
    password: NewPassword,
    *,
    is_one_time: bool,
) -> None:
    _check_name(db, name)
    person = Person(
        name=name,
        password_hash=password.hashed,
        password_is_one_time=is_one_time,
        created_at=author.now,
    )
    db.add(person)
    _put(db, person, standing)


def _hashed(text: str) -> NewPassword:
    return NewPassword(text, person_password_hash(text))


def _put(db: Session, person: Person, standing: Standing) -> None:
    check_email(standing.email)
    person.email = standing.email
    person.role = standing.role
    person.sees_all = standing.connections is None or standing.role is Role.OWNER
    db.flush()
    mine = PersonConnection.person_id == person.id
    db.execute(delete(PersonConnection).where(mine))
    if not person.sees_all:
        names = sorted(set(standing.connections or ()))
        seen = [find_connection(db, name).id for name in names]
        db.add_all(PersonConnection(person_id=person.id, connection_id=each) for each in seen)
    db.flush()


def _end_invitations(db: Session, person: Person) -> None:
    db.execute(delete(Invitation).where(Invitation.invited_by == person.name))


def check_email(email: str) -> None:
    """An address, or none. Raises PersonRefused."""
    if len(email) > LONGEST_EMAIL or (email and not _EMAIL.fullmatch(email)):
        raise PersonRefused("Write an address like ann@example.com, or leave it empty.", "email")


def _check_name(db: Session, name: str) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise PersonRefused(f"Write a name of 1 to {LONGEST_NAME} characters.", "name")
    if name.casefold() in _NOBODYS_NAMES:
        raise PersonRefused(f'"{name}" is not a name that a person can have here.', "name")
    if db.scalar(select(Person.id).where(func.lower(Person.name) == name.lower())) is not None:
        raise PersonRefused(
            f'There is somebody called "{name}" already. If you have just added them, open them '
            "in the list and make a new password.",
            "name",
        )


def _check_not_last_owner(db: Session, person: Person) -> None:
    """The owners' rows stay locked, so that two owners do not disable each other at once."""
    owners = db.scalars(
        select(Person)
        .where(Person.role == Role.OWNER, Person.disabled_at.is_(None))
        .order_by(Person.id)
        .with_for_update()
    ).all()
    if all(owner.id == person.id for owner in owners):
        raise PersonRefused(
            f"{person.name} is the only owner. Make somebody else an owner first.", "role"
        )
