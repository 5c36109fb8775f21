"""Invitations: a link by which one person joins once, as what its owner fixed in it.

The link holds a secret of which only a digest is kept. It ends at its first use, after a week, when
an owner withdraws it, and when whoever made it is no owner any more.

Exception
  InvitationOver    the link was used, withdrawn or has expired, or never was one
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from qbwc_service import people
from qbwc_service.connections import find_connection
from qbwc_service.ledger import audit
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.models import Connection, Invitation, InvitationConnection, Role
from qbwc_service.people import NewPassword, PersonRefused, Standing
from qbwc_service.secrecy import link_digest, new_link_secret

LASTS = timedelta(days=7)
#: that can be open at a time
MOST = 100


class InvitationOver(Exception):
    """The link opens nothing: it was used or withdrawn, has expired, or never was one."""

    def __init__(self) -> None:
        super().__init__("This invitation is over. Ask whoever sent it for a new one.")


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """One that can still be used."""

    id: int
    standing: Standing
    invited_by: str
    expires_at: datetime


def invite(db: Session, author: Author, standing: Standing) -> str:
    """The secret of the link, which is nowhere kept.

    Raises PersonRefused, ConnectionUnknown.
    """
    people.check_email(standing.email)
    db.execute(delete(Invitation).where(Invitation.expires_at <= author.now))
    if (db.scalar(select(func.count()).select_from(Invitation)) or 0) >= MOST:
        raise PersonRefused(f"{MOST} invitations are open already. Withdraw one first.", "")
    secret = new_link_secret()
    invitation = Invitation(
        digest=link_digest(secret),
        email=standing.email,
        role=standing.role,
        sees_all=standing.connections is None or standing.role is Role.OWNER,
        invited_by=author.who,
        made_at=author.now,
        expires_at=author.now + LASTS,
    )
    db.add(invitation)
    db.flush()
    if not invitation.sees_all:
        seen = [find_connection(db, name).id for name in sorted(set(standing.connections or ()))]
        db.add_all(
            InvitationConnection(invitation_id=invitation.id, connection_id=each) for each in seen
        )
    audit.record(db, author, "Somebody invited", details=standing.words())
    return secret


def open_invitations(db: Session, now: datetime) -> list[OpenInvitation]:
    """The newest first."""
    found = db.scalars(
        select(Invitation).where(Invitation.expires_at > now).order_by(Invitation.id.desc())
    )
    return [_opened(db, each) for each in found]


def find(db: Session, secret: str, now: datetime) -> OpenInvitation:
    """The one that the link with this secret opens. Raises InvitationOver."""
    return _opened(db, _locked(db, secret, now))


def accept(
    db: Session, secret: str, name: str, password: NewPassword, now: datetime, address: str = ""
) -> None:
    """Join under that name; the link opens nothing any more.

    Raises InvitationOver, and PersonRefused, after which the link is still good.
    """
    invitation = _locked(db, secret, now)
    found = _opened(db, invitation)
    author = Author(name, now, address)
    people.join(db, author, found.standing, password, invited_by=found.invited_by)
    db.delete(invitation)


def withdraw(db: Session, author: Author, invitation_id: int) -> bool:
    """It opens nothing any more; False where it was over already."""
    invitation = db.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None:
        return False
    found = _opened(db, invitation)
    db.delete(invitation)
    audit.record(db, author, "Invitation withdrawn", details=found.standing.words())
    return True


def _locked(db: Session, secret: str, now: datetime) -> Invitation:
    """Of two who use the link at once the second finds it gone."""
    statement = select(Invitation).where(
        Invitation.digest == link_digest(secret), Invitation.expires_at > now
    )
    found = db.scalars(statement.with_for_update()).first()
    if found is None:
        raise InvitationOver
    return found


def _opened(db: Session, invitation: Invitation) -> OpenInvitation:
    names = db.scalars(
        select(Connection.name)
        .join(InvitationConnection, InvitationConnection.connection_id == Connection.id)
        .where(InvitationConnection.invitation_id == invitation.id)
        .order_by(Connection.name)
    ).all()
    seen = None if invitation.sees_all else list(names)
    standing = Standing(invitation.email, invitation.role, seen)
    return OpenInvitation(invitation.id, standing, invitation.invited_by, invitation.expires_at)
