"""How long a browser stays signed in: SIGNED_IN_FOR after a person last used it, and LONGEST after
the sign-in however often it is used, so that a copied cookie ends."""

from datetime import timedelta

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from qbwc_service.clock import Clock

SIGNED_IN_FOR = timedelta(hours=12)
LONGEST = timedelta(days=7)
_PERSON, _SINCE = "person", "since"


class SessionLength(SecureCookieSessionInterface):
    """Flask's signed cookie, with a day on which the person signed in."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Nobody's session where the sign-in is too long ago."""
        found = super().open_session(app, request)
        if found is None or _PERSON not in found:
            return found
        since, now = found.get(_SINCE), self._now()
        is_in_time = isinstance(since, int) and since <= now < since + LONGEST.total_seconds()
        return found if is_in_time else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if _PERSON in session:
            session.setdefault(_SINCE, self._now())
        super().save_session(app, session, response)

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """What an open page asks by itself keeps nobody signed in."""
        by_itself = "HX-Request" in request.headers
        return session.modified or (not by_itself and super().should_set_cookie(app, session))

    def _now(self) -> int:
        return int(self._clock().timestamp())
