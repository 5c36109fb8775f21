"""The buttons of the connection page: Web Connector file, new password, pause and suspension,
loose payments, and the two questions about the company file."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import qwc
from qbwc_service import connections
from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.health import head_of
from qbwc_service.admin.order_buttons import skip_payment
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger import company_file, history, pausing, set_up
from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.pausing import BeingErased, Suspended

pages = Blueprint("upkeep", __name__, url_prefix="/c/<connection:connection>")


@pages.get("/qwc")
def web_connector_file(connection: str) -> ResponseReturnValue:
    """The .qwc file; it holds no password."""
    with here().database.reading() as db:
        return connection_file(find_connection(db, connection))


def connection_file(connection: Connection) -> Response:
    """The .qwc file of the connection, for the browser to keep."""
    name = f"keap-{connection.name}.qwc"
    return Response(
        qwc.build(connections.qwc_file(connection, here().config)),
        mimetype="application/xml",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@pages.get("/password")
def ask_for_password(connection: str) -> ResponseReturnValue:
    with here().database.reading() as db:
        found = find_connection(db, connection)
        # `connection add` shows one at once; a connection that the pages made begins switched off.
        never_shown = not found.is_on and set_up.progress_of(db, found.id).password_made_at is None
        is_first = never_shown and found.last_contact_at is None
    return render_template("password.html", head=head_of(found), made=None, is_first=is_first)


@pages.post("/password")
def make_password(connection: str) -> ResponseReturnValue:
    """A new password, shown on this page and nowhere again."""
    with here().database.writing("new-password") as db:
        found = lock_connection(db, connection)
        made = connections.new_password(db, here().secrecy, connection)
        set_up.note_password(db, found, here().now())
        _note(db, found, "New Web Connector password")
    return render_template("password.html", head=head_of(found), made=made)


@pages.post("/pause")
def pause(connection: str) -> ResponseReturnValue:
    with here().database.writing("pause") as db:
        pausing.pause(db, lock_connection(db, connection), signed_in_name(), here().now())
    flash("Paused. Nothing is read or sent until you resume it.", "done")
    return _back(connection)


@pages.post("/resume")
def resume(connection: str) -> ResponseReturnValue:
    try:
        with here().database.writing("resume") as db:
            pausing.resume(db, lock_connection(db, connection), signed_in_name(), here().now())
    except Suspended as refused:
        flash(str(refused), "refused")
    else:
        flash("Resumed. It goes on by itself.", "done")
    return _back(connection)


@pages.post("/suspend")
def suspend(connection: str) -> ResponseReturnValue:
    reason = request.form.get("reason", "").replace("\0", "").strip()
    if not reason:
        flash("Not suspended: write the reason, a sentence that people will read.", "refused")
        return _back(connection)
    try:
        with here().database.writing("suspend") as db:
            found = lock_connection(db, connection)
            pausing.suspend(db, found, signed_in_name(), here().now(), reason)
    except BeingErased as refused:
        flash(str(refused), "refused")
    else:
        flash("Suspended. Nothing is read or sent until an owner lifts it.", "done")
    return _back(connection)


@pages.post("/reinstate")
def reinstate(connection: str) -> ResponseReturnValue:
    try:
        with here().database.writing("reinstate") as db:
            found = lock_connection(db, connection)
            was_suspended = pausing.reinstate(db, found, signed_in_name(), here().now())
            is_paused = found.paused
    except BeingErased as refused:
        flash(str(refused), "refused")
        return _back(connection)
    if not was_suspended:
        flash("It was not suspended; nothing was changed.", "refused")
    elif is_paused:
        flash("Suspension lifted. It is still paused: press Resume.", "done")
    else:
        flash("The suspension is lifted. It goes on by itself.", "done")
    return _back(connection)


@pages.post("/payments")
def skip_one_payment(connection: str) -> ResponseReturnValue:
    """Skip a payment that has no order of ours to be shown with."""
    payment_id = id_from(request.form.get("payment", ""))
    if payment_id is None:
        abort(400)
    refusal = skip_payment(connection, payment_id)
    if refusal:
        flash(f"Not changed: payment {payment_id}, because {refusal}.", "refused")
    else:
        flash(f"Skipped: payment {payment_id}. It is never sent.", "done")
    return _back(connection)


@pages.post("/company-file")
def answer_about_company_file(connection: str) -> ResponseReturnValue:
    """What a person says when the company file is at a new place, or lacks records of ours."""
    answer = request.form.get("answer", "")
    with here().database.writing("company-file") as db:
        found = lock_connection(db, connection)
        told = _answer(db, found, answer)
    if told:
        flash(told, "done")
    else:
        flash("That question is settled already; nothing was changed.", "refused")
    return _back(connection)


def _answer(db: Session, connection: Connection, answer: str) -> str:
    """The sentence that says what was done; "" when the question was settled before."""
    who, now = signed_in_name(), here().now()
    match answer:
        case "same-file":
            settled = company_file.confirm_new_place(db, connection, who, now)
            told = "The new place is confirmed. Sending goes on at the next update."
        case "restored":
            settled = company_file.confirm_restored(db, connection, who, now)
            told = "Noted: a restored backup. What is missing waits for you in Orders."
        case "copy":
            settled = connection.write_block == company_file.RESTORED
            told = "Noted: a copy. Nothing is sent to it; open the real company file."
            if settled:
                _note(db, connection, "The company file is a copy: kept stopped")
        case _:
            abort(400)
    return told if settled else ""


def _note(db: Session, connection: Connection, text: str) -> None:
    history.note(db, connection.id, text, now=here().now(), who=signed_in_name())


def _back(name: str) -> ResponseReturnValue:
    """To the page that the button was on."""
    page = "connection_home.show" if request.form.get("from") == "home" else "connection.show"
    return redirect(url_for(page, connection=name))
