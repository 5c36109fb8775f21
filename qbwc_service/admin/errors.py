"""The error log of a connection: when, which order, what, why, what to do."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.error_rows import ErrorRow, error_page, every_error
from qbwc_service.admin.health import Head, head_of
from qbwc_service.admin.spreadsheet import Cell, download
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.words import local_time
from qbwc_service.connections import find_connection

pages = Blueprint("errors", __name__, url_prefix="/c/<connection:connection>/errors")

_COLUMNS = ("When", "Order no.", "What", "Why", "What to do", "Times", "Solved")


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    solved = _solved()
    before = id_from(request.args.get("before", ""))
    with here().database.reading() as db:
        found = find_connection(db, connection)
        page = error_page(db, found.id, solved=solved, before=before)
    return render_template(
        "errors.html", head=head_of(found), page=page, solved=solved, paged=before is not None
    )


@pages.get("/errors.csv")
def export(connection: str) -> ResponseReturnValue:
    with here().database.reading() as db:
        found = find_connection(db, connection)
    rows = every_error(here().database, found.id, solved=_solved())
    head = head_of(found)
    return download(f"{connection}-errors.csv", _COLUMNS, (_cells(row, head) for row in rows))


def _solved() -> bool:
    return request.args.get("show") == "solved"


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
