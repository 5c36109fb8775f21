"""Welcome: a name, a time zone, the back-up; the seven steps of the set-up follow."""

from zoneinfo import available_timezones

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service import connections
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import ConnectionExists, ConnectionNameUnusable, find_connection
from qbwc_service.ledger import history, set_up
from qbwc_service.ledger.set_up import Tick
from qbwc_service.settings import SettingError, changed

pages = Blueprint("adding", __name__)

#: names that stand for an offset or an old spelling, not for a place
_NO_PLACES = ("Etc/", "posix/", "right/", "SystemV/", "US/")


@pages.get("/connections/add")
def show() -> ResponseReturnValue:
    return _form({}, {})


@pages.post("/connections/add")
def add() -> ResponseReturnValue:
    """Add it, not yet on: nothing is sent before the last step of its set-up."""
    typed = {field: request.form.get(field, "").strip() for field in ("name", "time_zone")}
    try:
        changed({}, "time_zone", typed["time_zone"])
        _add(typed["name"], typed["time_zone"], backed_up="backed_up" in request.form)
    except SettingError as error:
        return _form(typed, {"time_zone": f"{error.reason}."}), 422
    except (ConnectionNameUnusable, ConnectionExists) as error:
        return _form(typed, {"name": str(error)}), 422
    return redirect(url_for("set_up.show", connection=typed["name"]))


def _add(name: str, time_zone: str, *, backed_up: bool) -> None:
    with here().database.writing("connection.add") as db:
        connections.add_connection(
            db,
            here().secrecy,
            name=name,
            keap_account="",
            keap_key="",
            company_file="",
            start_date=None,
            clock=here().clock,
            is_on=False,
        )
        added = find_connection(db, name)
        added.settings = changed(added.settings, "time_zone", time_zone)
        if backed_up:
            set_up.tick(db, added, Tick.BACKED_UP)
        history.note(db, added.id, "Connection added", now=here().now(), who=signed_in_name())


def _form(typed: dict[str, str], problems: dict[str, str]) -> str:
    zones = sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(_NO_PLACES)
    )
    backed_up = "backed_up" in request.form
    return render_template(
        "adding.html", typed=typed, problems=problems, zones=zones, backed_up=backed_up
    )
