"""A database that comes out of a backup knows nothing of what happened since: what follows.

Whatever is sent is looked up before it is added, by number and by our GUID (webconnector.look_up,
unclaimed), so that what was made since is found and not made again. That holds for what was ready
in the backup, and for what Keap tells anew. Left to do is what was under way when the backup was
made:

- An update session that was open goes on in no one's hands: it ends, and its ticket with it. Under
  that ticket the answer to a later message might come.
- A message that was prepared to write may have been handed out a moment later. "Never handed out"
  is not true of it any more: it counts as sent, and recovery asks QuickBooks what became of it.
- Orders may have been sent since by settings that the backup does not know. So records of every
  kind that bear our mark are read, once.
- Who had which work, a drain, wrong passwords and sign-ins that were begun are of the old time.
- So are invitations, which may have been used or withdrawn since: they end. And alerts that
  waited, which were told since: they are given up.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from qbwc_service.ledger import history, live_sessions, message_sets
from qbwc_service.ledger.models import (
    AlertDelivery,
    Connection,
    DeliveryState,
    Drain,
    Invitation,
    InvitationConnection,
    KeapSignIn,
    KeapSignInTry,
    Lease,
    LoginFailure,
    MessageSet,
    SignInState,
    UpdateSession,
)
from qbwc_service.secrecy import new_ticket, ticket_digest
from qbwc_service.webconnector import unclaimed

ENDED = "It was open when the backup was made that this database was restored from."
WAITED = "It waited when the backup was made that this database was restored from."


def begin(db: Session, *, made_at: datetime, who: str, now: datetime) -> Sequence[str]:
    """End what was under way in the backup, and say so in the history of every connection; gives
    their names."""
    # Foreign keys are off on SQLite here: what refers to an invitation goes by name, and first.
    for gone in (Lease, Drain, LoginFailure, KeapSignInTry, InvitationConnection, Invitation):
        db.execute(delete(gone))
    db.execute(
        update(AlertDelivery)
        .where(AlertDelivery.state == DeliveryState.WAITING)
        .values(state=DeliveryState.GIVEN_UP, problem=WAITED)
    )
    db.execute(delete(KeapSignIn).where(KeapSignIn.state == SignInState.PENDING))
    connections = db.scalars(select(Connection).order_by(Connection.name)).all()
    for connection in connections:
        _count_as_sent(db, connection, now)
        connection.quickbooks = {**connection.quickbooks, unclaimed.EVERY_KIND: True}
        history.note(
            db,
            connection.id,
            f"Restored from a backup of {made_at:%Y-%m-%d %H:%M} UTC. Everything since is looked "
            "up in QuickBooks before it is sent",
            now=now,
            who=who,
        )
    for session in db.scalars(select(UpdateSession).where(UpdateSession.ended_at.is_(None))):
        live_sessions.end(session, now, ENDED)
        session.ticket_digest = ticket_digest(new_ticket())
    db.flush()
    return [connection.name for connection in connections]


def _count_as_sent(db: Session, connection: Connection, now: datetime) -> None:
    """Recovery asks what became of them, before anything else is written."""
    unsent = db.scalars(
        select(MessageSet).where(
            MessageSet.connection_id == connection.id,
            MessageSet.writes,
            MessageSet.sent_at.is_(None),
            MessageSet.resolved_at.is_(None),
        )
    )
    for message_set in unsent:
        session = db.get_one(UpdateSession, message_set.session_id)
        clock = connection.quickbooks_clock
        message_sets.hand_out(message_set, session, clock=clock, now=now)
