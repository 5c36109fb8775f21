"""Home: every connection that the person may see in one line, worst first."""

from collections.abc import Collection
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.admin.health import all_health
from qbwc_service.admin.sign_in import signed_in
from qbwc_service.admin.surroundings import here
from qbwc_service.ledger import drain
from qbwc_service.ledger.models import Connection
from qbwc_service.staging.api_use import ApiUse, api_uses

pages = Blueprint("home", __name__)


@pages.get("/")
def show() -> ResponseReturnValue:
    now = here().now()
    with here().database.reading() as db:
        connections = all_health(db, now, signed_in().connections)
        keap_calls = _keap_calls(db, {health.head.name for health in connections}, now)
        draining = drain.current(db)
    return render_template(
        "home.html", connections=connections, keap_calls=keap_calls, draining=draining, now=now
    )


@pages.post("/drain/end")
def end_drain() -> ResponseReturnValue:
    """Updates may begin again."""
    with here().database.writing("drain.end") as db:
        ended = drain.end(db)
    flash("Updates begin again." if ended else "Updates begin as usual already.", "done")
    return redirect(url_for("home.show"))


def _keap_calls(db: Session, names: Collection[str], now: datetime) -> dict[str, ApiUse]:
    """Of these connections, by their names."""
    shown = select(Connection).where(Connection.name.in_(sorted(names)))
    connections = db.scalars(shown).all()
    uses = api_uses(db, connections, now, here().config.keap_calls_per_second)
    return {connection.name: uses[connection.id] for connection in connections}
