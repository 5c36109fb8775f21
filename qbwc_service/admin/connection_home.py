"""Home of one connection: one sentence first, four figures, how each part is, three buttons."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.connection_home_view import connection_home_view
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.keap_access import sign_ins
from qbwc_service.ledger import leases

pages = Blueprint("connection_home", __name__, url_prefix="/c/<connection:connection>/home")


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    now = here().now()
    with here().database.reading() as db:
        found = find_connection(db, connection)
        view = connection_home_view(db, found, now, here().database)
    return render_template("connection_home.html", head=view.health.head, view=view, now=now)


@pages.post("/read")
def read_keap(connection: str) -> ResponseReturnValue:
    """Have the job read Keap at its next look, which is at once. Pressed twice it is read once."""
    with here().database.writing("home.read-keap") as db:
        found = lock_connection(db, connection)
        paused, is_suspended = found.paused, bool(found.suspended_because)
        if not paused:
            sign_ins.read_at_once(found)
        is_looked_after = leases.is_looked_after(db, here().now())
    if paused:
        word = "suspended." if is_suspended else "paused. Press Resume first."
        flash(f"Keap is not read, because the connection is {word}", "refused")
    else:
        wake_the_reader(is_looked_after=is_looked_after)
    return redirect(url_for("connection_home.show", connection=connection))


def wake_the_reader(*, is_looked_after: bool) -> None:
    """Have Keap read at once, and say whether anybody does."""
    if is_looked_after:
        here().wake()
        flash("Keap is being read. Look again in a moment.", "done")
    else:
        flash(
            "Keap is read as soon as the part of this service that reads it runs again: tell "
            "whoever runs it.",
            "refused",
        )
