"""The refunds page: what each refund of Keap becomes in QuickBooks, and the approval of those that
wait for one."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.health import head_of
from qbwc_service.admin.order_buttons import approve_refund
from qbwc_service.admin.payment_query import payment_filter, place_from, place_text, query_of
from qbwc_service.admin.refund_rows import ROWS_OF_A_PAGE, refund_page
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.words import counted
from qbwc_service.connections import find_connection
from qbwc_service.ledger.payment_search import GIVEN_BACK, sums

pages = Blueprint("refunds", __name__, url_prefix="/c/<connection:connection>/refunds")


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    wanted = payment_filter(request.args)
    after = place_from(request.args.get("after", ""))
    with here().database.reading() as db:
        found = find_connection(db, connection)
        page = refund_page(db, found, wanted, after)
        added = sums(db, found.id, wanted, GIVEN_BACK)
    return render_template(
        "refunds.html",
        head=head_of(found),
        page=page,
        older=place_text(page.older),
        paged=after is not None,
        sums=added,
        wanted=wanted,
        query=query_of(wanted),
        all_ticked=request.args.get("tick") == "all",
    )


@pages.post("")
def approve(connection: str) -> ResponseReturnValue:
    """Approve the ticked ones, each by itself."""
    if request.form.getlist("payment"):
        approve_shown(connection, request.form.getlist("payment"))
    else:
        flash("Nothing was changed. Tick the refunds first, then press the button.", "refused")
    query = query_of(payment_filter(request.args))
    return redirect(url_for("refunds.show", connection=connection, **query))


def approve_shown(connection: str, payments: Sequence[str]) -> None:
    """Approve the refunds that a page showed, by their payment numbers, and say what became of
    each; others are not touched. Aborts with 400 where no page of ours makes such a form."""
    payment_ids = [id_from(text) for text in payments]
    if not payment_ids or None in payment_ids or len(payment_ids) > ROWS_OF_A_PAGE:
        abort(400)
    with here().database.reading() as db:
        find_connection(db, connection)
    refusals = {
        payment_id: approve_refund(connection, payment_id)
        for payment_id in payment_ids
        if payment_id is not None
    }
    done = sum(not refusal for refusal in refusals.values())
    if done:
        flash(f"{counted(done, 'refund')} approved, posted with the next update.", "done")
    for payment_id, refusal in refusals.items():
        if refusal:
            flash(f"Not changed: refund {payment_id}, because {refusal}.", "refused")
