"""Help: every message of the catalogue by what it is about, found by words and codes, and a page of
its own for each.

Old links (/help#id) still lead to the message in the list.
"""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from qbwc_service import messages
from qbwc_service.admin.help_search import LONGEST_QUERY, codes_of, found
from qbwc_service.admin.sign_in import may, signed_in
from qbwc_service.admin.surroundings import here
from qbwc_service.ledger.models import Connection

pages = Blueprint("help", __name__)

#: connections for which the page offers a support file
_CONNECTIONS = 200


@pages.get("/help")
def show() -> ResponseReturnValue:
    """`q`: what to look for; without it, everything."""
    query = " ".join(request.args.get("q", "").split())[:LONGEST_QUERY]
    groups = {
        title: [entry.rendered({}) for entry in entries]
        for title, entries in messages.GROUPS.items()
    }
    with here().database.reading() as db:
        names = db.scalars(select(Connection.name).order_by(Connection.name))
        connections = [name for name in names if signed_in().sees(name)][:_CONNECTIONS]
    result = found(query) if query else None
    return render_template(
        "help.html",
        query=query,
        codes=result.codes if result else (),
        entries=[entry.rendered({}) for entry in result.entries] if result else (),
        groups={} if query else groups,
        connections=connections if may("support_file.choose", "GET") else (),
    )


@pages.get("/help/<message_id>")
def entry(message_id: str) -> ResponseReturnValue:
    """One message: what happened, why, what to do, who makes it go on, and the steps."""
    if message_id not in messages.CATALOGUE:
        abort(404)
    found_entry = messages.CATALOGUE[message_id]
    (group,) = (title for title, entries in messages.GROUPS.items() if found_entry in entries)
    return render_template(
        "help_entry.html",
        entry=found_entry.rendered({}),
        group=group,
        codes=codes_of(found_entry),
        sayings=[text for text in found_entry.found_by if not text.startswith("QBWC")],
    )
