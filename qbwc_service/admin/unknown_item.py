"""The orders of one product that have the unknown item, and what a person can do about them."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.health import head_of
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.words import counted
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger.decisions import DecisionRefused, Decisions
from qbwc_service.ledger.models import KeapProduct
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.product_reports import NEEDS_YOU
from qbwc_service.ledger.send_again import corrected_by_hand, orders_with_unknown_item

pages = Blueprint(
    "unknown_item",
    __name__,
    url_prefix="/c/<connection:connection>/products/<keap_id:row_id>/unknown",
)

ORDERS_SHOWN = 100


@pages.get("")
def show(connection: str, row_id: int) -> ResponseReturnValue:
    """The orders of one product that have the unknown item, and what can be done about them."""
    with here().database.reading() as db:
        found = find_connection(db, connection)
        product = _product(db, found.id, row_id)
        orders = orders_with_unknown_item(db, found.id, product.key, ORDERS_SHOWN + 1)
        settings = effective_settings(found)
    return render_template(
        "unknown_item.html",
        head=head_of(found),
        product=product,
        item=product.item if product.state not in NEEDS_YOU else "",
        unknown_item=settings.unknown_item,
        orders=orders[:ORDERS_SHOWN],
        has_more=len(orders) > ORDERS_SHOWN,
    )


@pages.post("")
def settle(connection: str, row_id: int) -> ResponseReturnValue:
    """The ticked orders: sent again once they are deleted, or corrected by hand."""
    chosen = [order_id for text in request.form.getlist("order") if (order_id := id_from(text))]
    verb = request.form.get("verb", "")
    with here().database.reading() as db:
        _product(db, find_connection(db, connection).id, row_id)
    if verb not in {"again", "corrected"} or len(chosen) > ORDERS_SHOWN:
        abort(400)
    if not chosen:
        flash("Nothing was changed. Tick the orders first, then press the button.", "refused")
    elif verb == "again":
        _send_again(connection, chosen)
    else:
        _corrected(connection, row_id, chosen)
    return redirect(url_for("unknown_item.show", connection=connection, row_id=row_id))


def _send_again(connection: str, order_ids: Sequence[int]) -> None:
    done = 0
    for order_id in order_ids:
        try:
            with here().database.writing("send-again") as db:
                found = lock_connection(db, connection)
                Decisions(db, found, signed_in_name(), here().now()).send_again_once_deleted(
                    order_id
                )
            done += 1
        except DecisionRefused as refusal:
            flash(f"Not changed: order {order_id}, because {refusal.reason}.", "refused")
    if done:
        flash(
            f"Remembered for {counted(done, 'order')}. QuickBooks was not changed. Now delete it "
            "there, its payment first; the next update notices it and sends the order again.",
            "done",
        )


def _corrected(connection: str, row_id: int, order_ids: Sequence[int]) -> None:
    with here().database.writing("products.corrected") as db:
        found = lock_connection(db, connection)
        product = _product(db, found.id, row_id)
        number = corrected_by_hand(
            db, found, product.key, order_ids, who=signed_in_name(), now=here().now()
        )
    flash(
        f"Marked as corrected in QuickBooks: {counted(number, 'order')}. This service changed "
        "nothing there.",
        "done",
    )


def _product(db: Session, connection_id: int, row_id: int) -> KeapProduct:
    row = db.scalars(
        select(KeapProduct).where(
            KeapProduct.connection_id == connection_id, KeapProduct.id == row_id
        )
    ).first()
    if row is None:
        abort(404)
    return row
