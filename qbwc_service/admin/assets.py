"""Style sheet and scripts. Their addresses carry a mark of what is in them, so that a browser keeps
them for a year and still takes the new ones."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, url_for

_FOLDER = Path(__file__).parent / "static"


def register_assets(app: Flask) -> None:
    """Give the templates `asset("style.css")`."""
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """The address of a file of the folder static."""
    return url_for("sign_in.static", filename=name, v=_mark(name))


@cache
def _mark(name: str) -> str:
    return hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:12]
