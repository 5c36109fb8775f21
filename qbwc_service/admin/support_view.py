"""What support staff see: the same pages without people, each of them in the audit.

Names, addresses and words about people are blotted out where they are read (Database.masked), so
that no page and no file can forget it. Behind that stands a second net: whatever still looks like
an e-mail address is taken out of what is sent.
"""

import re
from datetime import timedelta
from typing import Final

from flask import Flask, Response, g, request
from sqlalchemy import select

from qbwc_service.admin.surroundings import here
from qbwc_service.blotting import BLOT
from qbwc_service.ledger import audit
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.models import AuditEntry, Connection, Role

#: a page that is looked at again within this time is in the audit once
SEEN_FOR: Final = timedelta(hours=1)
_LONGEST_PATH = 200
_EMAIL: Final = re.compile(r"[\w.+%-]+(?:@|&#64;|%40)[\w-]+(?:\.[\w-]+)+")
_TEXTS: Final = ("text/", "application/json", "application/xml")


def begin(name: str, role: Role) -> None:
    """For support, blot people out from here on, and note the page before it is shown."""
    if role is not Role.SUPPORT:
        return
    g.is_support = True
    if request.method in {"GET", "HEAD"}:
        _note(name)


def register_support_view(app: Flask) -> None:
    """Add the second net."""
    app.after_request(_without_addresses)


def _note(name: str) -> None:
    now = here().now()
    what = f"Looked at {request.path[:_LONGEST_PATH]}"
    with here().whole.writing("support.seen") as db:
        seen = select(AuditEntry.id).where(
            AuditEntry.who == name, AuditEntry.at > now - SEEN_FOR, AuditEntry.what == what
        )
        if db.scalars(seen.limit(1)).first() is not None:
            return
        connection = (request.view_args or {}).get("connection", "")
        connection_id = db.scalar(select(Connection.id).where(Connection.name == connection))
        author = Author(name, now, request.remote_addr or "")
        audit.record(db, author, what, connection_id=connection_id)


def _without_addresses(response: Response) -> Response:
    is_text = (response.mimetype or "").startswith(_TEXTS)
    if g.get("is_support", False) and is_text and not response.direct_passthrough:
        response.set_data(_EMAIL.sub(BLOT, response.get_data(as_text=True)))
    return response
