"""One sign-in of one browser: signing out ends it for every copy of its cookie.

The cookie bears a random name. At the sign-out its digest is kept as a lease until the cookie would
have ended by itself, and every page looks whether it is there.
"""

import hashlib
import secrets
from datetime import datetime
from typing import Final

from flask import session
from sqlalchemy.orm import Session

from qbwc_service.admin.session_length import LONGEST
from qbwc_service.ledger import leases

_NAME: Final = "sign_in"
_OVER: Final = "signed-out:"


def begin() -> None:
    """Name the sign-in that this session is from now on."""
    session[_NAME] = secrets.token_urlsafe(16)


def end(db: Session, now: datetime) -> None:
    """It is over, wherever its cookie is."""
    leases.forget_ended(db, _OVER, now)
    leases.acquire(db, _lease(), "", now, LONGEST)


def is_over(db: Session) -> bool:
    """Also of a cookie from before sign-ins had names."""
    return _NAME not in session or leases.holder(db, _lease()) is not None


def _lease() -> str:
    return _OVER + hashlib.sha256(str(session.get(_NAME)).encode()).hexdigest()
