"""Undo of one order: first what it deletes in QuickBooks and what stays, then the button."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.health import head_of
from qbwc_service.admin.loaded_order import load_order
from qbwc_service.admin.order_buttons import SHOWN_FIRST, Verb, decide, tell
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.undo_view import undo_view
from qbwc_service.connections import find_connection

pages = Blueprint(
    "undo", __name__, url_prefix="/c/<connection:connection>/orders/<keap_id:order_id>/undo"
)


@pages.get("")
def show(connection: str, order_id: int) -> ResponseReturnValue:
    with here().database.reading() as db:
        found = find_connection(db, connection)
        view = undo_view(db, load_order(db, found, order_id))
    even_so = "even-so" in request.args and Verb.UNDO_EVEN_SO in view.verbs
    return render_template("undo.html", head=head_of(found), view=view, even_so=even_so)


@pages.post("")
def undo(connection: str, order_id: int) -> ResponseReturnValue:
    """Have it deleted at the next update; the page of the order then says so."""
    with here().database.reading() as db:
        load_order(db, find_connection(db, connection), order_id)
    chosen = request.form.get("verb", "")
    if chosen not in SHOWN_FIRST:
        abort(400)
    tell(Verb(chosen), [decide(connection, Verb(chosen), order_id)])
    return redirect(url_for("order.show", connection=connection, order_id=order_id))
