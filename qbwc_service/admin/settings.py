"""The page Settings: all of them on one page, searchable, saved together or not at all."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from qbwc_service import connections
from qbwc_service.admin.health import head_of
from qbwc_service.admin.settings_view import (
    KEEP,
    Search,
    field_value,
    found_lines,
    setting_lines,
)
from qbwc_service.admin.sign_in import author
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger.list_entries import check_settings
from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.reconcile.number_overlap import number_overlap
from qbwc_service.public_address import check_hooks_setting
from qbwc_service.settings import LIST_SETTINGS, SETTINGS, SettingError, changed

pages = Blueprint("settings", __name__, url_prefix="/c/<connection:connection>/settings")

_LONGEST_SEARCH = 100
_CHANGED_MEANWHILE = (
    'Somebody changed this after you had opened the page: it is "{now}" now. Choose again, or '
    "leave it."
)


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    return _page(connection)


@pages.post("")
def change(connection: str) -> ResponseReturnValue:
    """Save every field that was touched, or none: what cannot be used is shown with the reason."""
    typed, was = _touched()
    problems = save_settings(connection, typed, was)
    if problems:
        return _page(connection, typed, problems), 422
    flash(
        "Settings saved. Orders that are not sent yet follow them from now on. What is in "
        "QuickBooks was not changed.",
        "done",
    )
    return redirect(url_for("settings.show", **_query(), connection=connection))


def save_settings(
    name: str, typed: Mapping[str, str], was: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Save all of them or none: what is wrong with which field, empty when all was saved.

    `was`: what the fields held when the page was opened; what somebody else has changed since is
    not written over.
    """
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
        try:
            check_hooks_setting(here().config, connection.settings, stored)
        except SettingError as error:
            problems[error.name] = error.reason
        problems |= _changed_meanwhile(connection, typed, was or {})
        if not problems:
            me = author()
            connections.change_settings(
                db, connection, stored, who=me.who, now=me.now, address=me.address
            )
    return problems


def _touched() -> tuple[dict[str, str], dict[str, str]]:
    """The fields whose value is another than when the page was opened, and what they were."""
    was = {
        setting.name: request.form[f"was-{setting.name}"]
        for setting in SETTINGS
        if f"was-{setting.name}" in request.form
    }
    typed = {
        setting.name: request.form[setting.name].strip()
        for setting in SETTINGS
        if request.form.get(setting.name, KEEP) != KEEP
        and request.form[setting.name] != was.get(setting.name)
    }
    return typed, was


def _changed_meanwhile(
    connection: Connection, typed: Mapping[str, str], was: Mapping[str, str]
) -> dict[str, str]:
    problems: dict[str, str] = {}
    for setting in (each for each in SETTINGS if each.name in typed):
        now, name = field_value(connection, setting), setting.name
        was_then = was.get(name, now)
        is_as_shown = was_then == KEEP or was_then.casefold() == now.casefold()
        if not is_as_shown and typed[name] != now:
            problems[name] = _CHANGED_MEANWHILE.format(now=now or "the default")
    return problems


def _not_in_quickbooks(
    db: Session, connection: Connection, stored: Mapping[str, Any]
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
    name: str,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> str:
    query = _query()
    search = Search(query.get("q", ""), "show" in query)
    with here().database.reading() as db:
        connection = find_connection(db, name)
        lines = setting_lines(db, connection, typed=typed, problems=problems)
        overlap = number_overlap(db, connection, effective_settings(connection)).sentence()
    found = found_lines(lines, search)
    return render_template(
        "settings.html",
        head=head_of(connection),
        themes=found,
        shown=sum(map(len, found.values())),
        number=len(SETTINGS),
        number_changed=sum(line.is_changed for of_theme in lines.values() for line in of_theme),
        query=query,
        number_overlap=overlap,
        keep=KEEP,
    )


def _query() -> dict[str, Any]:
    """The search as a query string, without what is empty."""
    text = request.args.get("q", "")[:_LONGEST_SEARCH].replace("\0", "").strip()
    shown = "changed" if request.args.get("show") == "changed" else ""
    return {key: value for key, value in (("q", text), ("show", shown)) if value}
