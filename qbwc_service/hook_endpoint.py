"""POST /keap/hooks/<token>: Keap says that something has changed.

Whoever has the address may say so, and nothing that is said is believed: a call of a known event
leaves the wish that Keap be read soon (ledger.hooks), and that is all. Whatever else comes changes
nothing. The secret of a handshake goes back as it came, and is kept while the job waits for it.

404  no connection has that token, or this is no POST: as for any page that there is not
410  nobody wants the calls any more: Keap ends the subscription
"""

from collections.abc import Callable
from datetime import timedelta

import msgspec
from flask import Flask, Response, abort, request

from keap.hooks import SECRET_HEADER
from qbwc_service.clock import Clock
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.ledger import hooks
from qbwc_service.ledger.models import Connection
from qbwc_service.secrecy import Secrecy
from qbwc_service.staging.due import sharing_of
from qbwc_service.staging.hook_subscriptions import EVENTS

#: Keap tells of up to 1,000 changes at once, with some 130 bytes for each
MAX_BODY_BYTES = 256 * 1024
_LONGEST_SECRET = 500
#: Keap waits for 30 seconds, and comes again
_PATIENCE_SECONDS = 5.0
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class _Call(msgspec.Struct):
    """All that is read of a body."""

    event_key: str


class _Answering:
    """Answers the calls."""

    def __init__(
        self,
        database: Database,
        secrecy: Secrecy,
        config: Config,
        clock: Clock,
        wake_after: Callable[[timedelta], object],
    ) -> None:
        self._database = database.waiting_at_most(_PATIENCE_SECONDS)
        self._secrecy = secrecy
        self._config = config
        self._clock = clock
        self._wake_after = wake_after

    def answer(self, token: str) -> Response:
        """Raises werkzeug's HTTPException for all that is no call of Keap's."""
        if request.method != "POST":
            abort(404)
        request.max_content_length = MAX_BODY_BYTES
        with self._database.reading() as db:
            called = hooks.called(db, token, self._clock())
        if called is None:
            abort(404)
        body = request.get_data(cache=False)
        if not called.is_wanted:
            return _plain("Nobody wants these calls any more.", 410)
        if secret := request.headers.get(SECRET_HEADER, ""):
            return self._handshake(called, secret)
        event = _event_of(body)
        if event is None:
            return _plain("This is no call of Keap's. Nothing was changed.", 400)
        if event in EVENTS and not called.has_wish:
            self._wish(called.connection_id)
        return _plain("", 200)

    def _handshake(self, called: hooks.Called, secret: str) -> Response:
        if len(secret) > _LONGEST_SECRET or not (secret.isascii() and secret.isprintable()):
            return _plain("This is no secret of Keap's. Nothing was changed.", 400)
        if called.awaits_secret:
            with self._database.writing("keap-hooks.handshake") as db:
                hooks.keep_secret(db, called.connection_id, self._secrecy.encrypt(secret))
        answer = _plain("", 200)
        answer.headers[SECRET_HEADER] = secret
        return answer

    def _wish(self, connection_id: int) -> None:
        now = self._clock()
        with self._database.writing("keap-hooks.call") as db:
            connection = db.get_one(Connection, connection_id, with_for_update=True)
            sharing = sharing_of(db, connection, self._config.keap_calls_per_second)
            gap = sharing.stretch(hooks.LEAST_BETWEEN)
            is_new = hooks.wish(db, connection, now, gap)
        if is_new:
            self._wake_after(hooks.SOON)


def register(
    app: Flask,
    *,
    database: Database,
    secrecy: Secrecy,
    config: Config,
    clock: Clock,
    wake_after: Callable[[timedelta], object],
) -> None:
    """Add the address to a site that has the admin on it: Keap brings no form token."""
    answering = _Answering(database, secrecy, config, clock, wake_after)

    @app.route(f"{hooks.PATH}<token>", methods=_METHODS)
    def keap_hooks(token: str) -> Response:
        return answering.answer(token)

    app.extensions["csrf"].exempt(keap_hooks)


def _event_of(body: bytes) -> str | None:
    """The event that a body names; None for what cannot be read."""
    try:
        return msgspec.json.decode(body, type=_Call).event_key
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return None


def _plain(text: str, status: int) -> Response:
    return Response(f"{text}\n" if text else "", status, mimetype="text/plain")
