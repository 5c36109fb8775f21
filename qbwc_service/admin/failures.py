"""Error pages in the style of all others: what happened and one next step."""

from dataclasses import dataclass

from flask import Flask, Response, render_template, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from qbwc_service.connections import ConnectionUnknown
from qbwc_service.database import DatabaseBusy


@dataclass(frozen=True, slots=True)
class Failure:
    """The words of one error page."""

    title: str
    text: str


_FAILURES = {
    400: Failure("That form could not be read", "Nothing was changed. Go back and try once more."),
    403: Failure(
        "Your role does not allow that",
        "Nothing was changed. An owner can do it, or give you another role on the page Users.",
    ),
    404: Failure("There is no such page", "The address may be mistyped, or the thing is gone."),
    405: Failure("That page takes no such request", "Nothing was changed."),
    413: Failure("That form is too large", "Nothing was changed. Choose fewer orders at a time."),
    429: Failure("Too many tries", "Nothing was changed. Wait a minute, then try again."),
    500: Failure(
        "Something went wrong here",
        "This is our mistake, not yours. Nothing was changed by this page. If it happens again, "
        "tell whoever runs this service the time of day; the log says what it was.",
    ),
}
_BUSY = Failure(
    "The database was busy for too long",
    "Something else was at work on the same connection. Nothing was changed by this page. Wait a "
    "minute, then repeat the last step.",
)
_STALE_FORM = Failure(
    "This page was open too long",
    "You were signed out meanwhile, or cookies are switched off. Nothing was changed. Open the "
    "page again and repeat the last step.",
)


def register_failures(app: Flask) -> None:
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(ConnectionUnknown, _no_connection)
    app.register_error_handler(DatabaseBusy, _busy)
    app.register_error_handler(SecurityError, _other_host)
    app.register_error_handler(HTTPException, _failed)


def _stale_form(_error: CSRFError) -> tuple[str, int]:
    return _page(_STALE_FORM, 400)


def _no_connection(_error: ConnectionUnknown) -> tuple[str, int]:
    return _page(_FAILURES[404], 404)


def _busy(_error: DatabaseBusy) -> tuple[str, int]:
    return _page(_BUSY, 503)


def _other_host(_error: SecurityError) -> Response:
    # Without a trusted host no address can be made, so there is no page to show.
    return Response(
        "This service is not reached under that name. Use the address in QBWC_PUBLIC_URL.\n",
        400,
        mimetype="text/plain",
    )


def _failed(error: HTTPException) -> tuple[str, int]:
    code = error.code or 500
    return _page(_FAILURES.get(code, _FAILURES[400 if code < 500 else 500]), code)


def _page(failure: Failure, code: int) -> tuple[str, int]:
    return render_template("failure.html", failure=failure, home=url_for("home.show")), code
