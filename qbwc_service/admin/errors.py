"""The error log of a connection: when, which order, what, why, what to do."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.addresses import id_from
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

pages = Blueprint("errors", __name__, url_prefix="/c/<connection:connection>/errors")

_COLUMNS = ("When", "Order no.", "What", "Why", "What to do", "Times", "Solved")


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    solved, about = _solved(), _about()
    before = id_from(request.args.get("before", ""))
    with here().database.reading() as db:
        found = find_connection(db, connection)
        page = error_page(db, found.id, solved=solved, about=about, before=before)
        kinds = error_kinds(db, found.id, solved=solved)
    return render_template(
        "errors.html",
        head=head_of(found),
        page=page,
        kinds={kind: (explained(kind, {}).title, count) for kind, count in kinds.items()},
        solved=solved,
        query=_query(),
        about=about,
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
    return redirect(url_for("errors.show", connection=connection, **_query()))


@pages.get("/errors.csv")
def export(connection: str) -> ResponseReturnValue:
    with here().database.reading() as db:
        found = find_connection(db, connection)
    rows = every_error(here().database, found.id, solved=_solved(), about=_about())
    head = head_of(found)
    return download(f"{connection}-errors.csv", _COLUMNS, (_cells(row, head) for row in rows))


def _solved() -> bool:
    return request.args.get("show") == "solved"


def _about() -> str:
    return request.args.get("about", "")[:60].replace("\0", "")


def _query() -> dict[str, Any]:
    """The filter as a query string, without what is empty."""
    query = {"show": "solved" if _solved() else "", "about": _about()}
    return {key: value for key, value in query.items() if value}


def _cells(row: ErrorRow, head: Head) -> tuple[Cell, ...]:
    return (
        local_time(row.at, head.zone),
        row.order_id,
        row.message.title,
        row.message.why,
        row.message.do,
        row.times,
        local_time(row.solved_at, head.zone),
    )
