"""Home: every connection in one line, worst first."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from qbwc_service.admin.health import all_health
from qbwc_service.admin.surroundings import here

pages = Blueprint("home", __name__)


@pages.get("/")
def show() -> ResponseReturnValue:
    now = here().now()
    with here().database.reading() as db:
        connections = all_health(db, now)
    return render_template("home.html", connections=connections, now=now)
