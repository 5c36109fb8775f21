"""Add a connection: a name, the Keap account if it is known, the first day. Its set-up follows."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service import connections
from qbwc_service.admin.addresses import day_from
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import (
    ConnectionExists,
    ConnectionNameUnusable,
    KeapAccountUnusable,
    find_connection,
)
from qbwc_service.ledger import history

pages = Blueprint("adding", __name__)


@pages.get("/connections/add")
def show() -> ResponseReturnValue:
    return _form({"start_date": here().now().date().isoformat()}, {})


@pages.post("/connections/add")
def add() -> ResponseReturnValue:
    typed = {
        field: request.form.get(field, "").strip()
        for field in ("name", "keap_account", "start_date")
    }
    start = day_from(typed["start_date"])
    if typed["start_date"] and start is None:
        return _form(typed, {"start_date": "Write a day like 2026-10-31."}), 422
    try:
        _add(typed["name"], typed["keap_account"], start)
    except (ConnectionNameUnusable, ConnectionExists) as error:
        return _form(typed, {"name": str(error)}), 422
    except KeapAccountUnusable as error:
        return _form(typed, {"keap_account": str(error)}), 422
    return redirect(url_for("set_up.show", connection=typed["name"]))


def _add(name: str, keap_account: str, start: date | None) -> None:
    with here().database.writing("connection.add") as db:
        connections.add_connection(
            db,
            here().secrecy,
            name=name,
            keap_account=keap_account,
            keap_key="",
            company_file="",
            start_date=start,
            clock=here().clock,
        )
        added = find_connection(db, name)
        history.note(db, added.id, "Connection added", now=here().now(), who=signed_in_name())


def _form(typed: dict[str, str], problems: dict[str, str]) -> str:
    return render_template("adding.html", typed=typed, problems=problems)
