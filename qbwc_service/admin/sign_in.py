"""Signing in and out. The session holds the person's id and a mark of the password it was made
with, so that a new password signs out every browser."""

import hashlib
import hmac
import re
from datetime import timedelta
from functools import cache
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from qbwc_service.admin import throttle
from qbwc_service.admin.known_browsers import browser_of, remember
from qbwc_service.admin.surroundings import here
from qbwc_service.ledger.models import Person
from qbwc_service.secrecy import person_password_hash, person_password_matches

pages = Blueprint(
    "sign_in",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/assets",
)

_LONGEST_NAME = 80
_LONGEST_PASSWORD = 1000


def require_person() -> ResponseReturnValue | None:
    """Runs before every page but this one: nobody signed in is sent here."""
    person_id = session.get("person")
    if isinstance(person_id, int):
        with here().database.reading() as db:
            person = db.get(Person, person_id)
        if person and hmac.compare_digest(str(session.get("mark")), _mark(person)):
            g.person = person.name
            return None
    session.clear()
    if "HX-Request" in request.headers:
        # A part of a page asked for itself again: the whole page has to go to the sign-in.
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        wanted = f"{page.path}?{page.query}".rstrip("?")
        return Response(status=401, headers={"HX-Redirect": url_for("sign_in.show", next=wanted)})
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("sign_in.show", next=wanted))


def signed_in_name() -> str:
    """The name of the person whose request this is."""
    return str(g.person)


@pages.get("/sign-in")
def show() -> ResponseReturnValue:
    return _form()


@pages.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    name = request.form.get("name", "").strip()
    password = request.form.get("password", "")
    address = request.remote_addr or ""
    known = _named(name)
    browser = browser_of(known.name, _mark(known)) if known else ""
    with here().database.writing("sign-in-try") as db:
        wait = throttle.begin_try(db, name, address, here().now(), browser=browser)
    if wait > timedelta():
        return _too_many(wait)
    person = _checked(known, password)
    if person is None:
        return _form("The name or the password is not right."), 403
    with here().database.writing("sign-in") as db:
        throttle.forgive(db, name, address, browser=browser)
    session.clear()
    session.permanent = True
    session["person"] = person.id
    session["mark"] = _mark(person)
    response = make_response(redirect(_local(request.args.get("next", ""))))
    if not browser:
        remember(response, person.name, _mark(person))
    return response


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    session.clear()
    return redirect(url_for("sign_in.show"))


def _named(name: str) -> Person | None:
    if "\0" in name or len(name) > _LONGEST_NAME:
        return None
    with here().database.reading() as db:
        return db.scalars(select(Person).where(Person.name == name)).first()


def _checked(person: Person | None, password: str) -> Person | None:
    """The person, if this is the password; nobody takes as long as a wrong password."""
    if len(password) > _LONGEST_PASSWORD:
        return None
    stored = person.password_hash if person else _nobody()
    return person if person_password_matches(password, stored) and person else None


@cache
def _nobody() -> str:
    return person_password_hash("")


def _mark(person: Person) -> str:
    return hashlib.sha256(person.password_hash.encode()).hexdigest()[:32]


def _local(address: str) -> str:
    """Only a path of ours: `//elsewhere` and `https://elsewhere` lead home."""
    return address if re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", address) else "/"


def _too_many(wait: timedelta) -> ResponseReturnValue:
    seconds = int(wait.total_seconds()) + 1
    unit = f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"
    page = _form(f"Too many wrong passwords from here. Try again in {unit}.")
    return page, 429, {"Retry-After": str(seconds)}


def _form(problem: str = "") -> str:
    return render_template("sign_in.html", problem=problem)
