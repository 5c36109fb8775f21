"""The page "My password": everybody may choose their own. All other browsers are signed out."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from qbwc_service import people
from qbwc_service.admin import throttle
from qbwc_service.admin.people import SET_BY_FILE, is_set_by_file
from qbwc_service.admin.sign_in import author, keep_signed_in, signed_in, wait_words
from qbwc_service.admin.surroundings import here
from qbwc_service.ledger.models import Person
from qbwc_service.people import PersonRefused
from qbwc_service.secrecy import person_password_matches

pages = Blueprint("own_password", __name__, url_prefix="/my-password")


@pages.get("")
def show() -> ResponseReturnValue:
    return _page({})


@pages.post("")
def change() -> ResponseReturnValue:
    """Asks for the password of now: a browser that was left open is not enough."""
    name, address = signed_in().name, request.remote_addr or ""
    if is_set_by_file(name):
        return _page({"old": SET_BY_FILE}), 422
    browser = f"own-password|{signed_in().id}"
    with here().database.writing("own-password-try") as db:
        wait = throttle.begin_try(db, name, address, here().now(), browser=browser)
        stored = _me(db).password_hash
    if wait:
        return _page({"old": f"Too many wrong passwords. Try again in {wait_words(wait)}."}), 429
    old, new = request.form.get("old", ""), request.form.get("password", "")
    if len(old) > people.LONGEST_PASSWORD or not person_password_matches(old, stored):
        return _page({"old": "That is not your password of now. Nothing was changed."}), 422
    if new != request.form.get("again", ""):
        return _page({"again": "The two new passwords differ. Nothing was changed."}), 422
    if new == old:
        return _page({"password": "That is the password of now. Choose another one."}), 422
    try:
        password = people.chosen_password(new)
    except PersonRefused as refused:
        return _page({refused.field: str(refused)}), 422
    with here().database.writing("own-password") as db:
        me = _me(db)
        people.choose_password(db, author(), me, password)
        throttle.forgive(db, name, address, browser=browser)
    keep_signed_in(me)
    flash("Your password is changed. Every other browser with it is signed out.", "done")
    return redirect(url_for("home.show"))


def _me(db: Session) -> Person:
    return db.get(Person, signed_in().id) or abort(404)


def _page(problems: dict[str, str]) -> str:
    with here().database.reading() as db:
        is_one_time = _me(db).password_is_one_time
    return render_template(
        "own_password.html",
        problems=problems,
        is_one_time=is_one_time,
        set_by_file=is_set_by_file(signed_in().name),
        shortest=people.SHORTEST_PASSWORD,
    )
