"""Browsers in which a person has signed in before: a signed cookie, void with a new password.

It lets nobody in. It only keeps those who guess elsewhere from slowing this browser down
(OWASP, "device cookies").
"""

import secrets
from datetime import timedelta

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

_COOKIE = "qbwc_known"
_LASTS = timedelta(days=400)


def browser_of(name: str, mark: str) -> str:
    """The id of this browser where that person signed in here with that password; else "".

    `mark` is that of the person's password (see sign_in).
    """
    try:
        told = _signing().loads(
            request.cookies.get(_COOKIE, ""), max_age=int(_LASTS.total_seconds())
        )
    except BadData:
        return ""
    browser, known_name, known_mark = told
    return str(browser) if (known_name, known_mark) == (name, mark) else ""


def remember(response: Response, name: str, mark: str) -> None:
    """Leave the cookie, with an id that nobody has seen."""
    response.set_cookie(
        _COOKIE,
        _signing().dumps([secrets.token_hex(8), name, mark]),
        max_age=_LASTS,
        path="/sign-in",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def _signing() -> URLSafeTimedSerializer:
    keys = [*(current_app.config.get("SECRET_KEY_FALLBACKS") or []), current_app.secret_key]
    return URLSafeTimedSerializer(keys, salt="known browsers")
