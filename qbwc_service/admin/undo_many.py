"""Undo of ticked orders or of all that one update posted: shown first, then order by order."""

from collections import Counter
from collections.abc import Iterable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.health import head_of
from qbwc_service.admin.order_buttons import Outcome, Verb, decide
from qbwc_service.admin.order_rows import ROWS_OF_A_PAGE
from qbwc_service.admin.runs import find_session
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.undo_rows import AT_ONCE, ticked_list, undo_list
from qbwc_service.admin.words import counted, local_time
from qbwc_service.connections import find_connection
from qbwc_service.ledger.undo_runs import made_in, undone_of

pages = Blueprint("undo_many", __name__, url_prefix="/c/<connection:connection>")

_NOT_OF_IT = "nothing that this update posted for it is in QuickBooks any more"


@pages.get("/orders/undo")
def show_ticked(connection: str) -> ResponseReturnValue:
    order_ids = _ids(request.args.getlist("order"), ROWS_OF_A_PAGE)
    with here().database.reading() as db:
        found = find_connection(db, connection)
        orders = ticked_list(db, found, order_ids)
    if not orders.rows:
        abort(404)
    return render_template(
        "undo_many.html",
        head=head_of(found),
        title=f"Undo {counted(len(orders.rows), 'order')}",
        orders=orders,
        back=url_for("orders.show", connection=connection),
        back_words="Orders",
    )


@pages.post("/orders/undo")
def undo_ticked(connection: str) -> ResponseReturnValue:
    """Those that the page showed; the page then tells what became of each."""
    order_ids = _ids(request.form.getlist("order"), ROWS_OF_A_PAGE)
    if not order_ids:
        abort(400)
    _tell(decide(connection, Verb.UNDO, order_id) for order_id in order_ids)
    # All that were ticked, also those that could not be undone.
    ticked = _ids(request.args.getlist("order"), ROWS_OF_A_PAGE) or order_ids
    return redirect(url_for("undo_many.show_ticked", connection=connection, order=ticked))


@pages.get("/updates/<keap_id:session_id>/undo")
def show_update(connection: str, session_id: int) -> ResponseReturnValue:
    with here().database.reading() as db:
        found = find_connection(db, connection)
        session = find_session(db, found.id, session_id)
        made = made_in(db, found.id, session_id)
        orders = undo_list(db, found, made, undone_of(db, found.id, session_id))
    head = head_of(found)
    return render_template(
        "undo_many.html",
        head=head,
        title=f"Undo the update of {local_time(session.started_at, head.zone)}",
        orders=orders,
        back=url_for("runs.show_one", connection=connection, session_id=session_id),
        back_words="the update",
    )


@pages.post("/updates/<keap_id:session_id>/undo")
def undo_update(connection: str, session_id: int) -> ResponseReturnValue:
    """The orders that the page showed, of each what this update posted."""
    order_ids = _ids(request.form.getlist("order"), AT_ONCE)
    if not order_ids:
        abort(400)
    with here().database.reading() as db:
        found = find_connection(db, connection)
        find_session(db, found.id, session_id)
        made = {each.order_id: each for each in made_in(db, found.id, session_id)}
    _tell(
        decide(connection, Verb.UNDO, order_id, only=made[order_id].only)
        if order_id in made
        else Outcome(order_id, _NOT_OF_IT)
        for order_id in order_ids
    )
    return redirect(url_for("undo_many.show_update", connection=connection, session_id=session_id))


def _tell(outcomes: Iterable[Outcome]) -> None:
    """How many; the page below tells each."""
    by_refusal = Counter(outcome.refusal for outcome in outcomes)
    if done := by_refusal.pop("", 0):
        flash(
            f"Being undone: {counted(done, 'order')}. What is listed is deleted in QuickBooks with "
            "the next update of the Web Connector.",
            "done",
        )
    for refusal, number in sorted(by_refusal.items()):
        flash(f"Not changed: {counted(number, 'order')}, because {refusal}.", "refused")


def _ids(texts: list[str], most: int) -> list[int]:
    """Order numbers of the page, each once; aborts with 400 where it does not make such a form."""
    found = [id_from(text) for text in texts]
    if not all(found) or len(found) > most:
        abort(400)
    return sorted({order_id for order_id in found if order_id})
