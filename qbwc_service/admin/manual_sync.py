"""The page "Manually sync": chosen orders or days, the standing order status, what came of it.

The page only writes down what is wanted; the job that reads Keap carries it out.
"""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service import connections
from qbwc_service.admin.addresses import day_from, id_from
from qbwc_service.admin.manual_sync_view import STATE_TONE, STATE_WORDS, Typed, manual_sync_view
from qbwc_service.admin.sign_in import author, signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger import manual_syncs
from qbwc_service.ledger.manual_syncs import By, Wanted
from qbwc_service.ledger.models import OrderStatus
from qbwc_service.order_numbers import OrderNumbersUnreadable, read_order_numbers
from qbwc_service.planning.order_status import PaidState
from qbwc_service.settings import SettingError, changed

pages = Blueprint("manual_sync", __name__, url_prefix="/c/<connection:connection>/sync")

#: ten thousand numbers of 18 digits, each on a line of its own
_LONGEST_NUMBERS = 250_000


class _Unusable(Exception):
    """What was typed cannot be done; the text says why and what was not done."""


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    """The form; while one runs its progress, with the form a click away."""
    return _page(connection, form_asked_for="new" in request.args)


@pages.get("/<keap_id:row_id>")
def show_one(connection: str, row_id: int) -> ResponseReturnValue:
    """What came of one, as it is now."""
    return _page(connection, row_id=row_id)


@pages.post("")
def ask(connection: str) -> ResponseReturnValue:
    """Write it down and wake the job; the page that follows shows how far it is."""
    typed = Typed(
        request.form.get("numbers", ""),
        request.form.get("by", ""),
        request.form.get("from", "").strip(),
        request.form.get("to", "").strip(),
        "even_if_skipped" in request.form,
    )
    try:
        wanted = _wanted(typed)
    except (_Unusable, OrderNumbersUnreadable) as error:
        refused = Typed(
            typed.numbers[:_LONGEST_NUMBERS],
            typed.by,
            typed.first,
            typed.last,
            typed.even_if_skipped,
            str(error),
        )
        return _page(connection, typed=refused), 422
    with here().database.writing("manual-sync.ask") as db:
        found = lock_connection(db, connection)
        row = manual_syncs.ask(db, found, wanted, who=signed_in_name(), now=here().now())
    here().wake()
    return redirect(url_for("manual_sync.show_one", connection=connection, row_id=row.id))


@pages.post("/even-so")
def send_even_so(connection: str) -> ResponseReturnValue:
    """Send one order that the settings skip."""
    order_id = id_from(request.form.get("order", ""))
    row_id = id_from(request.form.get("row", ""))
    if order_id is None or row_id is None:
        abort(400)
    with here().database.writing("manual-sync.even-so") as db:
        found = lock_connection(db, connection)
        orders = [
            order
            for order in manual_syncs.orders_of(db, found.id, [order_id])
            if order.status is OrderStatus.SKIPPED_BY_SETTINGS
        ]
        manual_syncs.send_by_hand(
            db,
            found,
            orders,
            even_if_skipped=True,
            who=signed_in_name(),
            now=here().now(),
        )
    if orders:
        flash(f"Order {order_id} goes with the next update, whatever the settings say.", "done")
    else:
        flash(f"Not changed: order {order_id} is not skipped by the settings now.", "refused")
    here().wake()
    return redirect(url_for("manual_sync.show_one", connection=connection, row_id=row_id))


@pages.post("/order-status")
def choose_order_status(connection: str) -> ResponseReturnValue:
    """Save the standing setting; orders that are not sent yet follow it from now on."""
    ticked = [state.value for state in PaidState if state in request.form.getlist("status")]
    text = ", ".join([*ticked, request.form.get("other", "")])
    try:
        with here().database.writing("settings") as db:
            found = lock_connection(db, connection)
            stored = changed(found.settings, "order_status", text.strip(", "))
            me = author()
            connections.change_settings(
                db, found, stored, who=me.who, now=me.now, address=me.address
            )
    except SettingError as error:
        flash(f"The order status was not changed: {error.reason}.", "refused")
    else:
        flash("Order status saved. Orders that are not sent yet follow it from now on.", "done")
        here().wake()
    return redirect(url_for("manual_sync.show", connection=connection, _anchor="order-status"))


def _wanted(typed: Typed) -> Wanted:
    """Raises _Unusable and OrderNumbersUnreadable."""
    if len(typed.numbers) > _LONGEST_NUMBERS:
        raise _Unusable("That is too much text for a list of order numbers. Nothing was done.")
    if typed.by not in set(By):
        abort(400)
    numbers = read_order_numbers([typed.numbers])
    first, last = day_from(typed.first), day_from(typed.last)
    if (typed.first and not first) or (typed.last and not last):
        raise _Unusable("Write the days like 2026-10-31. Nothing was done.")
    if numbers and (first or last):
        raise _Unusable(
            "Give order numbers or days, not both, so that it is clear what is meant. "
            "Nothing was done."
        )
    if not numbers and not first:
        raise _Unusable("Type order numbers, or choose the first day. Nothing was done.")
    if first and last and last < first:
        raise _Unusable("The last day is before the first day. Nothing was done.")
    return Wanted(
        numbers,
        By(typed.by) if numbers else By.EITHER,
        first,
        last,
        even_if_skipped=typed.even_if_skipped,
    )


def _page(
    name: str,
    *,
    typed: Typed | None = None,
    row_id: int | None = None,
    form_asked_for: bool = False,
) -> str:
    with here().database.reading() as db:
        view = manual_sync_view(db, find_connection(db, name), here().now(), row_id)
    if view is None:
        abort(404)
    runs = view.shown is not None and view.shown.is_open
    return render_template(
        "manual_sync.html",
        head=view.head,
        view=view,
        typed=typed or Typed(),
        with_form=typed is not None or form_asked_for or (row_id is None and not runs),
        refresh=runs and typed is None and not form_asked_for,
        state_words=STATE_WORDS,
        state_tone=STATE_TONE,
    )
