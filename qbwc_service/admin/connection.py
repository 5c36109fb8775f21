"""The connection page: how it is, its last sessions, its settings. Its buttons are in `upkeep`."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from qbwc_service import connections
from qbwc_service.admin.connection_view import connection_view
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger.list_entries import check_settings
from qbwc_service.ledger.models import Connection
from qbwc_service.settings import LIST_SETTINGS, SETTINGS, SettingError, changed

pages = Blueprint("connection", __name__, url_prefix="/c/<connection:connection>")


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    return _page(connection)


@pages.post("/settings")
def change_settings(connection: str) -> ResponseReturnValue:
    """Save all fields, or none: a field that cannot be used is shown with the reason."""
    typed = {
        setting.name: request.form[setting.name].strip()
        for setting in SETTINGS
        if setting.name in request.form
    }
    problems = save_settings(connection, typed)
    if problems:
        return _page(connection, typed, problems), 422
    flash(
        "Settings saved. Orders that are not sent yet follow them from now on. What is in "
        "QuickBooks was not changed.",
        "done",
    )
    return redirect(url_for("connection.show", connection=connection))


def save_settings(name: str, typed: dict[str, str]) -> dict[str, str]:
    """Save all of them or none: what is wrong with which field, empty when all was saved."""
    problems: dict[str, str] = {}
    with here().database.writing("settings") as db:
        connection = lock_connection(db, name)
        stored = dict(connection.settings)
        for field, text in typed.items():
            try:
                stored = changed(stored, field, text)
            except SettingError as error:
                problems[field] = error.reason
        problems |= _not_in_quickbooks(db, connection, stored)
        if not problems:
            connections.change_settings(
                db, connection, stored, who=signed_in_name(), now=here().now()
            )
    return problems


def _not_in_quickbooks(
    db: Session, connection: Connection, stored: dict[str, Any]
) -> dict[str, str]:
    """What QuickBooks' lists do not have of the settings that are new, field by field."""
    problems: dict[str, str] = {}
    for setting in LIST_SETTINGS:
        new = {setting.name: stored.get(setting.name, "")}
        try:
            check_settings(db, connection.id, connection.settings, new)
        except SettingError as error:
            problems[setting.name] = error.reason
    return problems


def _page(
    name: str, typed: dict[str, str] | None = None, problems: dict[str, str] | None = None
) -> str:
    now = here().now()
    with here().database.reading() as db:
        connection = find_connection(db, name)
        view = connection_view(
            db,
            connection,
            now,
            can_sign_in=bool(here().config.keap_client_id),
            calls_per_second=here().config.keap_calls_per_second,
            typed=typed,
            problems=problems,
        )
    return render_template("connection.html", head=view.health.head, view=view, now=now)
