"""The connection page: how it is, and its last sessions. Its buttons are in `upkeep`."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from qbwc_service.admin.connection_view import connection_view
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import find_connection

pages = Blueprint("connection", __name__, url_prefix="/c/<connection:connection>")


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    now = here().now()
    with here().database.reading() as db:
        view = connection_view(
            db,
            find_connection(db, connection),
            now,
            can_sign_in=bool(here().config.keap_client_id),
            calls_per_second=here().config.keap_calls_per_second,
        )
    return render_template("connection.html", head=view.health.head, view=view, now=now)
