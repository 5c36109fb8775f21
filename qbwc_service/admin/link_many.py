"""Ticked orders that QuickBooks has already: what it has under their numbers is shown, and a person
says which record each order is. Nothing is linked by itself."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.health import head_of
from qbwc_service.admin.order_buttons import Verb, decide, seen_mark, tell
from qbwc_service.admin.order_rows import ROWS_OF_A_PAGE
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import find_connection
from qbwc_service.ledger.reconcile.same_number import with_same_number

pages = Blueprint("link_many", __name__, url_prefix="/c/<connection:connection>/orders/link")


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    order_ids = _ids(request.args.getlist("order"))
    with here().database.reading() as db:
        found = find_connection(db, connection)
        rows = with_same_number(db, found, order_ids)
    if not rows:
        abort(404)
    marks = {row.order.keap_id: seen_mark(row.order) for row in rows}
    return render_template("link_many.html", head=head_of(found), rows=rows, marks=marks)


@pages.post("")
def link(connection: str) -> ResponseReturnValue:
    """Link those orders whose field is filled in; the page before tells each outcome."""
    order_ids = _ids(request.form.getlist("order"))
    chosen = {
        order_id: txn_id
        for order_id in order_ids
        if (txn_id := request.form.get(f"txn_id_{order_id}", "").strip())
    }
    outcomes = [
        decide(
            connection,
            Verb.LINK,
            order_id,
            txn_id=txn_id,
            mark=request.form.get(f"seen_{order_id}", ""),
        )
        for order_id, txn_id in chosen.items()
    ]
    if not outcomes:
        flash("Nothing was changed. Type a TxnID for an order, then press the button.", "refused")
    tell(Verb.LINK, outcomes)
    return redirect(url_for("orders.show", connection=connection))


def _ids(texts: list[str]) -> list[int]:
    """Order numbers, each once; aborts with 400 where our page does not make such a form."""
    found = [id_from(text) for text in texts]
    if not found or not all(found) or len(found) > ROWS_OF_A_PAGE:
        abort(400)
    return sorted({order_id for order_id in found if order_id})
