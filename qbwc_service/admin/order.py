"""The page of one order, and the decisions about it."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.decide import Verb, decide, tell
from qbwc_service.admin.health import head_of
from qbwc_service.admin.order_detail import load_order, order_detail
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.technical import exchanges, readable_json
from qbwc_service.connections import find_connection

pages = Blueprint(
    "order", __name__, url_prefix="/c/<connection:connection>/orders/<keap_id:order_id>"
)


@pages.get("")
def show(connection: str, order_id: int) -> ResponseReturnValue:
    with here().database.reading() as db:
        found = find_connection(db, connection)
        loaded = load_order(db, found, order_id)
        detail = order_detail(db, loaded, here().now())
        sent = exchanges(db, found.id, (*loaded.postings, *loaded.list_postings))
    return render_template(
        "order.html",
        head=head_of(found),
        order=detail,
        exchanges=sent,
        raw=readable_json(detail.raw),
    )


@pages.post("")
def decide_one(connection: str, order_id: int) -> ResponseReturnValue:
    """One decision; the page then shows what became of it."""
    chosen = request.form.get("verb", "")
    if chosen not in set(Verb):
        abort(400)
    verb = Verb(chosen)
    outcome = decide(connection, verb, order_id, txn_id=request.form.get("txn_id", ""))
    tell(verb, [outcome])
    return redirect(url_for("order.show", connection=connection, order_id=order_id))
