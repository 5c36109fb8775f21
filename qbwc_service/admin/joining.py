"""The page behind an invitation's link: who was invited chooses a name and a password, once."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service import invitations, people
from qbwc_service.admin.role_words import ROLE_WORDS
from qbwc_service.admin.surroundings import here
from qbwc_service.invitations import InvitationOver, OpenInvitation
from qbwc_service.people import PersonRefused

pages = Blueprint("joining", __name__, url_prefix="/join")

_LONGEST_SECRET = 100


@pages.get("/<secret>")
def show(secret: str) -> ResponseReturnValue:
    """Looking uses nothing up: mail programs open links by themselves."""
    try:
        return _form(_found(secret), "", {})
    except InvitationOver as over:
        return _over(over)


@pages.post("/<secret>")
def join(secret: str) -> ResponseReturnValue:
    name, new = request.form.get("name", "").strip(), request.form.get("password", "")
    try:
        found = _found(secret)
        if new != request.form.get("again", ""):
            return _form(found, name, {"again": "The two passwords differ."}), 422
        # Made before the transaction, because it takes long.
        password = people.chosen_password(new)
        with here().database.writing("invitations.accept") as db:
            address = request.remote_addr or ""
            invitations.accept(db, secret, name, password, here().now(), address)
    except InvitationOver as over:
        return _over(over)
    except PersonRefused as refused:
        return _form(found, name, {refused.field: str(refused)}), 422
    flash("Welcome. Sign in with the name and the password that you have chosen.", "done")
    return redirect(url_for("sign_in.show"))


def _found(secret: str) -> OpenInvitation:
    """Raises InvitationOver."""
    if not secret.isascii() or len(secret) > _LONGEST_SECRET:
        raise InvitationOver
    with here().database.reading() as db:
        return invitations.find(db, secret, here().now())


def _form(found: OpenInvitation, name: str, problems: dict[str, str]) -> str:
    return render_template(
        "join.html",
        invited_by=found.invited_by,
        role=ROLE_WORDS[found.standing.role],
        connections=found.standing.connections,
        name=name,
        problems=problems,
        shortest=people.SHORTEST_PASSWORD,
    )


def _over(over: InvitationOver) -> ResponseReturnValue:
    return render_template("join_over.html", sentence=str(over)), 404
