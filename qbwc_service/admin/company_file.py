"""The page for a company file that was moved, renamed, restored, rebuilt or replaced."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.health import head_of
from qbwc_service.admin.sign_in import signed_in, signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.words import explained
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger import company_file, sharing

pages = Blueprint("company_file", __name__, url_prefix="/c/<connection:connection>/company-file")


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    """What is known of the file, the question that is open, and the steps for each case."""
    with here().database.reading() as db:
        found = find_connection(db, connection)
        block = found.write_block
        links = sharing.names(db, found)
        return render_template(
            "company_file.html",
            head=head_of(found),
            name=found.company_name,
            place=found.company_file,
            links=[each for each in links if signed_in().sees(each)],
            unseen=sum(not signed_in().sees(each) for each in links),
            question=explained(block, found.write_block_details) if block else None,
        )


@pages.post("/open-one")
def take_the_open_one(connection: str) -> ResponseReturnValue:
    """The file that is open at the next update is to be taken; the ledger stays as it is."""
    with here().database.writing("company-file") as db:
        found = lock_connection(db, connection)
        company_file.take_the_open_one(db, found, signed_in_name(), here().now())
    flash(
        "Noted. Open the company file in QuickBooks and press Update Selected in the Web "
        "Connector. Nothing that was sent before is sent again.",
        "done",
    )
    return redirect(url_for("company_file.show", connection=connection))
