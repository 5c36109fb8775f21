"""A sign-in that was begun in a browser and has to come back to it: once, soon, by the same person.

The state that travels is 256 random bits; only its digest is stored.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from keap import new_secret_word
from qbwc_service.ledger.models import Connection, KeapSignInTry
from qbwc_service.secrecy import Secrecy

TRY_LIVES = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in under way; `verifier` is PKCE's."""

    connection_id: int
    state: str = field(repr=False)
    verifier: str = field(repr=False)


def begin(db: Session, secrecy: Secrecy, connection: Connection, who: str, now: datetime) -> Begun:
    """Note a new one; those whose time is over go."""
    db.execute(
        delete(KeapSignInTry).where(KeapSignInTry.expires_at <= now),
        execution_options={"synchronize_session": False},
    )
    begun = Begun(connection.id, new_secret_word(), new_secret_word())
    db.add(
        KeapSignInTry(
            state_digest=_digest(begun.state),
            connection_id=connection.id,
            begun_by=who,
            verifier=secrecy.encrypt(begun.verifier),
            expires_at=now + TRY_LIVES,
        )
    )
    return begun


def take(db: Session, secrecy: Secrecy, state: str, who: str, now: datetime) -> Begun | None:
    """The sign-in of that state, used up by this; None for a used, foreign or late one.

    Raises SecretUnreadable.
    """
    row = db.execute(
        delete(KeapSignInTry)
        .where(KeapSignInTry.state_digest == _digest(state))
        .returning(
            KeapSignInTry.connection_id,
            KeapSignInTry.begun_by,
            KeapSignInTry.verifier,
            KeapSignInTry.expires_at,
        ),
        execution_options={"synchronize_session": False},
    ).first()
    if row is None or row.begun_by != who or row.expires_at <= now:
        return None
    return Begun(row.connection_id, state, secrecy.decrypt(row.verifier))


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()
