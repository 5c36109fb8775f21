"""The page of one order, and the decisions about it."""

from enum import StrEnum

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.health import head_of
from qbwc_service.admin.loaded_order import LoadedOrder, load_order
from qbwc_service.admin.order_buttons import (
    SHOWN_FIRST,
    Verb,
    approve_refund,
    decide,
    skip_payment,
    tell,
)
from qbwc_service.admin.order_detail import order_detail, without_decisions
from qbwc_service.admin.order_payments import RowVerb
from qbwc_service.admin.sign_in import may
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.technical import exchanges, readable_json
from qbwc_service.connections import find_connection

pages = Blueprint(
    "order", __name__, url_prefix="/c/<connection:connection>/orders/<keap_id:order_id>"
)


class Tab(StrEnum):
    """What the lower part of the page shows; links, so that it works without a script."""

    PLAIN = "plain"
    TECHNICAL = "technical"
    KEAP = "keap"


@pages.get("")
def show(connection: str, order_id: int) -> ResponseReturnValue:
    asked = request.args.get("tab", "")
    tab = Tab(asked) if asked in set(Tab) else Tab.PLAIN
    with here().database.reading() as db:
        found = find_connection(db, connection)
        loaded = load_order(db, found, order_id)
        detail = order_detail(db, loaded, here().now())
        if not may("order.decide_one"):
            detail = without_decisions(detail)
        both = (*loaded.postings, *loaded.list_postings)
        sent = exchanges(db, found.id, both) if tab is Tab.TECHNICAL else ()
        raw = _as_keap_sent_it(loaded) if tab is Tab.KEAP else ()
    return render_template(
        "order.html", head=head_of(found), order=detail, tab=tab, exchanges=sent, raw=raw
    )


def _as_keap_sent_it(loaded: LoadedOrder) -> tuple[tuple[str, str], ...]:
    """The order and its payments, by what they are; secrets masked."""
    order = (f"Order {loaded.order.keap_id}", readable_json(loaded.order.raw))
    rows = ((f"Payment {row.payment_id}", readable_json(row.raw)) for row in loaded.rows)
    return (order, *rows)


@pages.post("")
def decide_one(connection: str, order_id: int) -> ResponseReturnValue:
    """One decision; the page then shows what became of it."""
    chosen = request.form.get("verb", "")
    if chosen not in set(Verb) - SHOWN_FIRST:
        abort(400)
    verb = Verb(chosen)
    outcome = decide(
        connection,
        verb,
        order_id,
        txn_id=request.form.get("txn_id", ""),
        prefix=request.form.get("prefix", ""),
        seen=request.form.get("seen", ""),
    )
    tell(verb, [outcome])
    return redirect(url_for("order.show", connection=connection, order_id=order_id))


@pages.post("/payments")
def decide_payment(connection: str, order_id: int) -> ResponseReturnValue:
    """Approve or skip one payment row of this order."""
    payment_id = id_from(request.form.get("payment", ""))
    chosen = request.form.get("verb", "")
    if payment_id is None or chosen not in set(RowVerb):
        abort(400)
    with here().database.reading() as db:
        loaded = load_order(db, find_connection(db, connection), order_id)
    if payment_id not in {row.payment_id for row in loaded.rows}:
        abort(404)
    match RowVerb(chosen):
        case RowVerb.APPROVE:
            refusal = approve_refund(connection, payment_id)
            done = f"Approved: refund {payment_id}. It goes to QuickBooks with the next update."
        case RowVerb.SKIP:
            refusal = skip_payment(connection, payment_id)
            done = f"Skipped: payment {payment_id}. It is never sent."
    if refusal:
        flash(f"Not changed: payment {payment_id}, because {refusal}.", "refused")
    else:
        flash(done, "done")
    page = url_for("order.show", connection=connection, order_id=order_id, _anchor="payments")
    return redirect(page)
