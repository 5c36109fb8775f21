"""The payments page: Keap's payments beside QuickBooks', their sums, the file for the bank."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from qbwc_service.admin.health import head_of
from qbwc_service.admin.payment_query import payment_filter, place_from, place_text, query_of
from qbwc_service.admin.payment_rows import payment_page
from qbwc_service.admin.spreadsheet import download
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import find_connection
from qbwc_service.ledger import payment_report
from qbwc_service.ledger.payment_search import RECEIVED, choices, sums

pages = Blueprint("payments", __name__, url_prefix="/c/<connection:connection>/payments")


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    wanted = payment_filter(request.args)
    after = place_from(request.args.get("after", ""))
    with here().database.reading() as db:
        found = find_connection(db, connection)
        page = payment_page(db, found.id, wanted, after)
        added = sums(db, found.id, wanted, RECEIVED)
        offered = choices(db, found.id)
    return render_template(
        "payments.html",
        head=head_of(found),
        page=page,
        older=place_text(page.older),
        paged=after is not None,
        sums=added,
        choices=offered,
        wanted=wanted,
        query=query_of(wanted),
    )


@pages.get("/payments.csv")
def export(connection: str) -> ResponseReturnValue:
    """Each payment and refund that was asked for with its whole reference, for the statement of
    the bank or the merchant account; what is no money is left out."""
    with here().database.reading() as db:
        found = find_connection(db, connection)
    wanted = payment_filter(request.args)
    lines = payment_report.every_payment_line(here().database, found.id, wanted)
    rows = (payment_report.cells_of(line) for line in lines)
    return download(f"{connection}-payments.csv", payment_report.COLUMNS, rows)
