"""The way around: which pages the bar at the top offers."""

from flask import Flask

from qbwc_service.admin.health import needs_you_number
from qbwc_service.admin.surroundings import here


def register_navigation(app: Flask) -> None:
    """Give the templates `needs_you(connection)`."""
    app.jinja_env.globals["needs_you"] = _needs_you


def _needs_you(connection: str) -> int:
    with here().database.reading() as db:
        return needs_you_number(db, connection)
