"""Inviting a person by a link that can be used once. For owners. What the invited sees: joining."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from qbwc_service import invitations
from qbwc_service.admin.people import Typed, connection_names, role_words, typed_in_form
from qbwc_service.admin.sign_in import author
from qbwc_service.admin.surroundings import here
from qbwc_service.alerts import invitation as invitation_mail
from qbwc_service.alerts.failures import NotTold
from qbwc_service.people import PersonRefused

pages = Blueprint("invitations", __name__, url_prefix="/users/invitations")


@pages.get("/new")
def ask_to_invite() -> ResponseReturnValue:
    return _form(Typed(), {})


@pages.post("/new")
def invite() -> ResponseReturnValue:
    """Sends the link, or shows it where it cannot be sent; it is on no page again."""
    typed = typed_in_form("")
    try:
        with here().database.writing("invitations.invite") as db:
            secret = invitations.invite(db, author(), typed.standing())
    except PersonRefused as refused:
        return _form(typed, {refused.field: str(refused)}), 422
    link = here().config.address(f"/join/{secret}")
    problem = _problem_of_mail(typed.email, link)
    if problem is None:
        flash(f"The invitation is on its way to {typed.email}.", "done")
        return redirect(url_for("people.show"))
    return render_template(
        "invitation.html",
        link=link,
        email=typed.email,
        problem=problem,
        days=invitations.LASTS.days,
    )


@pages.post("/<keap_id:invitation_id>/withdraw")
def withdraw(invitation_id: int) -> ResponseReturnValue:
    with here().database.writing("invitations.withdraw") as db:
        was_open = invitations.withdraw(db, author(), invitation_id)
    if was_open:
        flash("The invitation is withdrawn: its link opens nothing any more.", "done")
    else:
        flash("That invitation was over already; nothing was changed.", "refused")
    return redirect(url_for("people.show"))


def _problem_of_mail(email: str, link: str) -> str | None:
    """None: the mail is on its way. "" where none was to be sent."""
    server = here().config.mail_server
    if server is None or not email:
        return ""
    try:
        invitation_mail.send(server, email, link, invited_by=author().who, now=here().now())
    except NotTold as reason:
        return str(reason)
    return None


def _form(typed: Typed, problems: Mapping[str, str]) -> str:
    with here().database.reading() as db:
        connections = connection_names(db)
    return render_template(
        "invite.html",
        typed=typed,
        connections=connections,
        problems=problems,
        sends_mail=here().config.mail_server is not None,
        days=invitations.LASTS.days,
        **role_words(),
    )
