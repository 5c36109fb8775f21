"""Form tokens and headers: nobody else can press our buttons or run anything on our pages."""

from collections.abc import Mapping

from flask import Flask, Response, abort, request
from flask_wtf import CSRFProtect
from werkzeug.exceptions import SecurityError

from qbwc_service.admin.session_length import SIGNED_IN_FOR, SessionLength
from qbwc_service.clock import Clock


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
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: where the service is reached over https, browsers keep to it for a year
_HTTPS_ALONE = {"Strict-Transport-Security": "max-age=31536000"}


def register_guards(app: Flask, *, clock: Clock, is_https: bool) -> None:
    """Refuse queries that are no text, ask every POST for its token, add the headers.

    The key, the flags of the cookie and the size limits are the site's (`create_app`).
    """
    app.config.update(
        PERMANENT_SESSION_LIFETIME=SIGNED_IN_FOR,
        # A page may stay open over lunch: its token lives as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.session_interface = SessionLength(clock)
    app.before_request(_refuse_unreadable_query)
    CSRFProtect(app)
    headers = _HEADERS | (_HTTPS_ALONE if is_https else {})
    app.after_request(lambda response: _add_headers(response, headers))


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


def _add_headers(response: Response, headers: Mapping[str, str]) -> Response:
    """A page that has set a stricter value of its own keeps it."""
    asset = request.endpoint == "sign_in.static" and response.status_code == 200
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    if asset:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
