"""Writes the audit of the pages: one entry for each press of a button that changed something.

What came of it is what the page says next, so a press that was refused leaves no entry. The change
itself has its line in the history, in its own transaction; the entry follows right after it.
"""

import logging
from typing import Any

from flask import Flask, Response, g, message_flashed, request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from qbwc_service.admin.audit_words import AUDIT_WORDS, ONLY_SHOWS
from qbwc_service.admin.sign_in import author
from qbwc_service.admin.surroundings import here
from qbwc_service.database import DatabaseBusy
from qbwc_service.ledger import audit
from qbwc_service.ledger.models import Connection

_log = logging.getLogger(__name__)


def register_audit(app: Flask) -> None:
    message_flashed.connect(_heard, app)
    app.after_request(_note)


def _heard(_app: Flask, message: str, category: str, **_more: object) -> None:
    g.setdefault("said", []).append((category, message))


def _note(response: Response) -> Response:
    words = AUDIT_WORDS.get(request.endpoint or "")
    if request.method != "POST" or not words or "signed_in" not in g:
        return response
    if (request.endpoint, request.form.get("verb")) in ONLY_SHOWS:
        return response
    said = [message for category, message in g.get("said", []) if category != "refused"]
    was_refused = bool(g.get("said")) and not said
    if response.status_code < 400 and not was_refused:
        _record(words, said)
    return response


def _record(words: str, said: list[str]) -> None:
    details = _details(said)
    try:
        with here().database.writing("audit") as db:
            name = _connection_name()
            found = select(Connection.id).where(Connection.name == name)
            connection_id = db.scalar(found) if name else None
            audit.record(db, author(), words, connection_id=connection_id, details=details)
    except (DatabaseBusy, SQLAlchemyError):
        # The change is done and in the history: an error page now would say the opposite.
        # What was typed stays out of the log: it may be a person's name, or a key.
        _log.exception("not in the audit: %s, by %s", words, author().who)


def _details(said: list[str]) -> dict[str, Any]:
    place = {name: [str(value)] for name, value in (request.view_args or {}).items()}
    place.pop("connection", None)
    typed = dict(request.form.lists())
    typed.pop("csrf_token", None)
    files = {name: [file.filename or ""] for name, file in request.files.items()}
    asked = audit.asked_for((place | typed | files).items())
    return {"result": said, "asked": asked} if said else {"asked": asked}


def _connection_name() -> str:
    """In the address, or in the form that adds it."""
    in_address = (request.view_args or {}).get("connection")
    return str(in_address or (request.endpoint == "adding.add" and request.form.get("name")) or "")
