"""Form tokens and headers: nobody else can press our buttons or run anything on our pages."""

from datetime import timedelta

from flask import Flask, Response, abort, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_wtf import CSRFProtect
from werkzeug.exceptions import SecurityError

SIGNED_IN_FOR = timedelta(hours=12)


def content_policy(*form_targets: str) -> str:
    """`form_targets`: where a form of this page may lead to beside this service."""
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            " ".join(("form-action 'self'", *form_targets)),
            "frame-ancestors 'none'",
        )
    )


_HEADERS = {
    "Content-Security-Policy": content_policy(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


class QuietSessions(SecureCookieSessionInterface):
    """A session lasts as long as a person uses it: what an open page asks by itself keeps nobody
    signed in."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        by_itself = "HX-Request" in request.headers
        return session.modified or (not by_itself and super().should_set_cookie(app, session))


def register_guards(app: Flask) -> None:
    """Refuse queries that are no text, ask every POST for its token, add the headers.

    The key, the flags of the cookie and the size limits are the site's (`create_app`).
    """
    app.config.update(
        PERMANENT_SESSION_LIFETIME=SIGNED_IN_FOR,
        # A page may stay open over lunch: its token lives as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.session_interface = QuietSessions()
    app.before_request(_refuse_unreadable_query)
    CSRFProtect(app)
    app.after_request(_add_headers)


def _refuse_unreadable_query() -> None:
    """Browsers escape what stands behind the question mark; raw bytes may be no UTF-8.

    A host that is not ours is refused in another way: for it no address can be made, so no page.
    """
    if isinstance(request.routing_exception, SecurityError):
        return
    try:
        _ = request.args
    except UnicodeDecodeError:
        abort(400)


def _add_headers(response: Response) -> Response:
    """A page that has set a stricter value of its own keeps it."""
    asset = request.endpoint == "sign_in.static" and response.status_code == 200
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if asset:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
