"""The orders page: the list with its filter, decisions about many, the spreadsheet file."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.health import Head, head_of
from qbwc_service.admin.order_buttons import Verb, decide, tell
from qbwc_service.admin.order_query import order_filter, query_of
from qbwc_service.admin.order_rows import ROWS_OF_A_PAGE, OrderRow, every_order, order_page
from qbwc_service.admin.spreadsheet import Cell, download
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.words import ORDER_STATUS, local_time
from qbwc_service.connections import find_connection
from qbwc_service.ledger.order_search import order_sums, skipped_by_reason
from qbwc_service.planning.money import decimal_amount
from qbwc_service.planning.order_status import PaidState

pages = Blueprint("orders", __name__, url_prefix="/c/<connection:connection>/orders")

_FOR_MANY = frozenset({Verb.SEND, Verb.REQUEUE, Verb.HOLD, Verb.SKIP, Verb.LINK, Verb.UNDO})
#: the page that shows first what they would do
_SHOWN_ON = {Verb.UNDO: "undo_many.show_ticked", Verb.LINK: "link_many.show"}
_COLUMNS = (
    "Order no.",
    "Keap invoice no.",
    "Date",
    "Customer",
    "Customer in QuickBooks",
    "Currency",
    "Total",
    "Paid",
    "Status",
    "QuickBooks no.",
    "Sent at",
    "Note",
)


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    wanted = order_filter(request.args)
    before = id_from(request.args.get("before", ""))
    after = id_from(request.args.get("after", ""))
    with here().database.reading() as db:
        found = find_connection(db, connection)
        page = order_page(db, found, wanted, before=before, after=after)
        sums = order_sums(db, found.id, wanted)
        skipped = skipped_by_reason(db, found.id, wanted)
    head = head_of(found)
    return render_template(
        "orders.html",
        head=head,
        page=page,
        sums=sums,
        skipped=skipped,
        months=_months(here().now().astimezone(head.zone).date()),
        wanted=wanted,
        query=query_of(wanted),
        paid_states=tuple(PaidState),
        all_ticked=request.args.get("tick") == "all",
        position=query_of(wanted)
        | {key: at for key, at in (("before", before), ("after", after)) if at is not None},
    )


@pages.post("")
def decide_many(connection: str) -> ResponseReturnValue:
    """Send, requeue, hold or skip the ticked orders as the page showed them; the next page tells
    each outcome. What undoing or linking them would do is shown first."""
    chosen = request.form.get("verb", "")
    ticked = [id_from(text) for text in request.form.getlist("order")]
    if chosen not in _FOR_MANY or len(ticked) > ROWS_OF_A_PAGE:
        abort(400)
    verb, seen = Verb(chosen), _seen(request.form.getlist("seen"))
    order_ids = list(dict.fromkeys(order_id for order_id in ticked if order_id))
    if verb in _SHOWN_ON and order_ids:
        return redirect(url_for(_SHOWN_ON[verb], connection=connection, order=order_ids))
    outcomes = [
        decide(connection, verb, order_id, mark=seen.get(order_id, "")) for order_id in order_ids
    ]
    if not outcomes:
        flash("Tick the orders first, then press the button.", "refused")
    tell(verb, outcomes)
    if verb is Verb.SEND:
        here().wake()
    query = query_of(order_filter(request.args))
    return redirect(url_for("orders.show", connection=connection, **query))


@pages.get("/orders.csv")
def export(connection: str) -> ResponseReturnValue:
    with here().database.reading() as db:
        found = find_connection(db, connection)
    rows = every_order(here().database, found, order_filter(request.args))
    head = head_of(found)
    return download(f"{connection}-orders.csv", _COLUMNS, (_cells(row, head) for row in rows))


def _seen(texts: Sequence[str]) -> dict[int, str]:
    """What the page saw of its orders (OrderRow.seen), by order."""
    parts = [text.partition(".") for text in texts]
    return {order_id: mark for number, _, mark in parts if (order_id := id_from(number))}


def _cells(row: OrderRow, head: Head) -> tuple[Cell, ...]:
    return (
        row.keap_id,
        row.invoice_id,
        row.placed_on,
        row.customer,
        row.customer_there or (row.customer if row.quickbooks_number else ""),
        row.currency,
        decimal_amount(row.total),
        decimal_amount(row.paid),
        ORDER_STATUS[row.status],
        row.quickbooks_number,
        local_time(row.sent_at, head.zone),
        row.note,
    )


def _months(today: date) -> dict[str, dict[str, str]]:
    """The dates to ask for, by the words of the links: the month before last to this month."""
    first = today.replace(day=1)
    months: dict[str, dict[str, str]] = {}
    for _ in range(3):
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        months[f"{first:%B %Y}"] = {"from": str(first), "to": str(last)}
        first = (first - timedelta(days=1)).replace(day=1)
    return months
