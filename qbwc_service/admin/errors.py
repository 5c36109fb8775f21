"""The error log of a connection: when, which order, what, why, what to do, and how it goes on."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.error_filter import ErrorFilter
from qbwc_service.admin.error_rows import (
    ROWS_OF_A_PAGE,
    ErrorRow,
    error_kinds,
    error_page,
    every_error,
    mark_solved,
)
from qbwc_service.admin.health import Head, head_of
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.spreadsheet import Cell, download
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.words import counted, explained, local_time
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.messages import Level

pages = Blueprint("errors", __name__, url_prefix="/c/<connection:connection>/errors")

_COLUMNS = (
    *("When", "Order no.", "Level", "What happened", "Why", "What to do", "In QuickBooks"),
    *("Goes on", "Times", "Solved", "Message"),
)


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    wanted = ErrorFilter.read(request.args)
    before = id_from(request.args.get("before", ""))
    with here().database.reading() as db:
        found = find_connection(db, connection)
        head = head_of(found)
        page = error_page(db, found, wanted, head.zone, before=before)
        kinds = error_kinds(db, found.id, solved=wanted.solved)
    return render_template(
        "errors.html",
        head=head,
        page=page,
        kinds={kind: (explained(kind, {}).title, count) for kind, count in kinds.items()},
        wanted=wanted,
        levels=list(Level),
        query=wanted.query(),
        paged=before is not None,
    )


@pages.post("")
def solve(connection: str) -> ResponseReturnValue:
    """Mark the ticked entries as solved; what an order still waits for stays open."""
    chosen = [id_from(text) for text in request.form.getlist("entry")]
    if len(chosen) > ROWS_OF_A_PAGE:
        abort(400)
    with here().database.writing("solve-errors") as db:
        found = lock_connection(db, connection)
        ids = [entry_id for entry_id in chosen if entry_id]
        number = mark_solved(db, found.id, ids, now=here().now(), who=signed_in_name())
    if number:
        flash(f"Marked as solved: {counted(number, 'entry', 'entries')}.", "done")
    else:
        flash("Nothing was changed. Tick the entries first, then press the button.", "refused")
    query = ErrorFilter.read(request.args).query()
    return redirect(url_for("errors.show", connection=connection, **query))


@pages.get("/errors.csv")
def export(connection: str) -> ResponseReturnValue:
    """All that the filter shows, not only the page."""
    with here().database.reading() as db:
        found = find_connection(db, connection)
    head = head_of(found)
    rows = every_error(here().database, found, ErrorFilter.read(request.args), head.zone)
    return download(f"{connection}-errors.csv", _COLUMNS, (_cells(row, head) for row in rows))


def _cells(row: ErrorRow, head: Head) -> tuple[Cell, ...]:
    return (
        local_time(row.at, head.zone),
        row.order_id,
        row.message.level.capitalize(),
        row.message.title,
        row.message.why,
        row.message.do,
        row.changed,
        local_time(row.goes_on_at, head.zone) or row.goes_on,
        row.times,
        local_time(row.solved_at, head.zone),
        row.message.id,
    )
