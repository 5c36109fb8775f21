"""The orders page: the list with its filter, decisions about many, the spreadsheet file."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.decide import Verb, decide, tell
from qbwc_service.admin.health import head_of
from qbwc_service.admin.order_rows import (
    ROWS_OF_A_PAGE,
    OrderFilter,
    OrderRow,
    every_order,
    order_page,
    order_sums,
    skipped_by_reason,
)
from qbwc_service.admin.spreadsheet import Cell, download
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.words import ORDER_STATUS
from qbwc_service.connections import find_connection
from qbwc_service.planning.money import decimal_amount

pages = Blueprint("orders", __name__, url_prefix="/c/<connection:connection>/orders")

_FOR_MANY = frozenset({Verb.APPROVE, Verb.REQUEUE, Verb.HOLD, Verb.SKIP, Verb.UNDO})
_COLUMNS = (
    "Order no.",
    "Date",
    "Customer",
    "Currency",
    "Total",
    "Paid",
    "Status",
    "QuickBooks no.",
    "Note",
)


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    wanted = _wanted()
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
        query=_query(wanted),
        can_approve=any(row.to_approve for row in page.rows),
        all_ticked=request.args.get("tick") == "all",
        position=_query(wanted)
        | {key: at for key, at in (("before", before), ("after", after)) if at is not None},
    )


@pages.post("")
def decide_many(connection: str) -> ResponseReturnValue:
    """Approve, requeue, hold or skip the ticked orders; the next page tells each outcome. What
    undoing them would do is shown first."""
    chosen = request.form.get("verb", "")
    order_ids = [id_from(text) for text in request.form.getlist("order")]
    if chosen not in _FOR_MANY or len(order_ids) > ROWS_OF_A_PAGE:
        abort(400)
    verb = Verb(chosen)
    if verb is Verb.UNDO and any(order_ids):
        ticked = [order_id for order_id in order_ids if order_id]
        return redirect(url_for("undo_many.show_ticked", connection=connection, order=ticked))
    outcomes = [
        decide(connection, verb, order_id, seen=request.form.get(f"seen-{order_id}", ""))
        for order_id in order_ids
        if order_id
    ]
    if not outcomes:
        flash("Tick the orders first, then press the button.", "refused")
    tell(verb, outcomes)
    return redirect(url_for("orders.show", connection=connection, **_query(_wanted())))


@pages.get("/orders.csv")
def export(connection: str) -> ResponseReturnValue:
    with here().database.reading() as db:
        found = find_connection(db, connection)
    rows = every_order(here().database, found, _wanted())
    return download(f"{connection}-orders.csv", _COLUMNS, (_cells(row) for row in rows))


def _cells(row: OrderRow) -> tuple[Cell, ...]:
    return (
        row.keap_id,
        row.placed_on,
        row.customer,
        row.currency,
        decimal_amount(row.total),
        decimal_amount(row.paid),
        ORDER_STATUS[row.status],
        row.quickbooks_number,
        row.note,
    )


def _wanted() -> OrderFilter:
    names = ("status", "q", "from", "to", "cause", "subject")
    return OrderFilter.read(*(request.args.get(name, "") for name in names))


def _query(wanted: OrderFilter) -> dict[str, Any]:
    """The filter as a query string, without what is empty."""
    query = {
        "status": wanted.status,
        "q": wanted.text,
        "from": wanted.since,
        "to": wanted.until,
        "cause": wanted.cause,
        "subject": wanted.subject,
    }
    return {key: str(value) for key, value in query.items() if value}


def _months(today: date) -> dict[str, dict[str, str]]:
    """The dates to ask for, by the words of the links: the month before last to this month."""
    first = today.replace(day=1)
    months: dict[str, dict[str, str]] = {}
    for _ in range(3):
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        months[f"{first:%B %Y}"] = {"from": str(first), "to": str(last)}
        first = (first - timedelta(days=1)).replace(day=1)
    return months
