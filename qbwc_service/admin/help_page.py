"""Help: every message of the catalogue, its id as anchor, so that each can be linked to."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from qbwc_service import messages

pages = Blueprint("help", __name__)


@pages.get("/help")
def show() -> ResponseReturnValue:
    entries = [messages.message(message_id) for message_id in messages.CATALOGUE]
    return render_template("help.html", entries=entries)
