"""The support file, in one click: from Help for a connection, from the page of an order with it."""

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.sign_in import signed_in
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import ConnectionUnknown, find_connection
from qbwc_service.support_file import SupportFileRefused, support_file

pages = Blueprint("support_file", __name__)


@pages.get("/help/support-file")
def choose() -> ResponseReturnValue:
    """Where the form of Help leads: to the file of the connection that was chosen."""
    name = request.args.get("connection", "")[:60].replace("\0", "")
    if not signed_in().sees(name):
        raise ConnectionUnknown(name)
    with here().database.reading() as db:
        connection = find_connection(db, name)
    return redirect(url_for("support_file.save", connection=connection.name))


@pages.get("/c/<connection:connection>/support-file")
def save(connection: str) -> ResponseReturnValue:
    """`order`: an order of Keap that it tells of too."""
    asked = request.args.get("order", "")
    order_id = id_from(asked) if asked else None
    if asked and order_id is None:
        abort(404)
    surroundings = here()
    with surroundings.database.reading() as db:
        try:
            content = support_file(
                db,
                find_connection(db, connection),
                config=surroundings.config,
                secrecy=surroundings.secrecy,
                now=surroundings.now(),
                order_id=order_id,
            )
        except SupportFileRefused:
            abort(404)
    about = f"-{order_id}" if order_id else ""
    name = f"support-{connection}{about}-{surroundings.now():%Y%m%d-%H%M}.zip"
    return Response(
        content,
        mimetype="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
