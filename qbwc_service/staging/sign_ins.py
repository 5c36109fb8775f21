"""Sign-ins are renewed long before they end, also where nothing is read: Keap voids a refresh token
that nobody used for 45 days. Own transactions: keap-sign-in.turn, keap-sign-in.trouble."""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from keap import KeapClientRefused, KeapError, KeapSignInEnded
from qbwc_service.keap_access.access import Access
from qbwc_service.keap_access.failures import ClientNotConfigured, KeapNotConnected
from qbwc_service.keap_access.renewal import held_tokens, renew
from qbwc_service.ledger import leases
from qbwc_service.ledger.models import Connection, KeapSignIn, SignInState
from qbwc_service.secrecy import SecretUnreadable
from qbwc_service.staging.trouble import record_trouble, trouble_of

#: a renewal that failed is not tried again sooner, whichever process looks
TRY_EVERY = timedelta(minutes=5)
#: a sign-in that nobody has confirmed by then is forgotten
PENDING_LIVES = timedelta(days=1)

_log = logging.getLogger(__name__)


def renew_due_sign_ins(access: Access, *, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Renew every sign-in that has used three quarters of its time; none stops the others."""
    for connection_id, name in _candidates(access):
        if is_stopping():
            return
        try:
            _renew_if_due(access, connection_id)
        except (KeapSignInEnded, KeapClientRefused, ClientNotConfigured, SecretUnreadable) as error:
            with access.database.writing("keap-sign-in.trouble") as db:
                row = db.get_one(Connection, connection_id, with_for_update=True)
                record_trouble(db, row, trouble_of(error), access.clock())
            _log.warning("%s", error, extra={"connection": name})
        except KeapError as error:
            _log.warning("The sign-in was not renewed: %s", error, extra={"connection": name})
        except KeapNotConnected:
            continue
    _forget_unconfirmed(access)


def _candidates(access: Access) -> list[tuple[int, str]]:
    """Unbroken sign-ins in force, also of connections that are paused."""
    with access.database.reading() as db:
        found = db.execute(
            select(KeapSignIn.connection_id, Connection.name)
            .join(Connection, Connection.id == KeapSignIn.connection_id)
            .where(
                KeapSignIn.state == SignInState.IN_FORCE,
                KeapSignIn.broken_at.is_(None),
            )
            .order_by(KeapSignIn.expires_at)
        )
        return [(connection_id, name) for connection_id, name in found]


def _renew_if_due(access: Access, connection_id: int) -> None:
    held = held_tokens(access, connection_id)
    now = access.clock()
    if now >= held.renew_at and _is_our_turn(access, connection_id, now):
        renew(access, connection_id, held.access_token)


def _is_our_turn(access: Access, connection_id: int, now: datetime) -> bool:
    """A lease that nobody gives back: it says when the last try was."""
    with access.database.writing("keap-sign-in.turn") as db:
        return leases.acquire(
            db, f"keap-renewal:{connection_id}", secrets.token_hex(8), now, TRY_EVERY
        )


def _forget_unconfirmed(access: Access) -> None:
    late = (
        KeapSignIn.state == SignInState.PENDING,
        KeapSignIn.issued_at <= access.clock() - PENDING_LIVES,
    )
    with access.database.reading() as db:
        if db.scalars(select(KeapSignIn.id).where(*late)).first() is None:
            return
    with access.database.writing("keap-sign-in.unconfirmed") as db:
        db.execute(
            delete(KeapSignIn).where(*late), execution_options={"synchronize_session": False}
        )
