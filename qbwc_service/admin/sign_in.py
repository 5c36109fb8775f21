"""Signing in and out, and who may open which page.

The session holds the person's id and a mark of the password it was made with, so that a new
password signs out every browser, and a name of its own, so that a sign-out ends every copy of it.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import cast

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
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
from sqlalchemy.orm import Session

from qbwc_service.admin import one_sign_in, roles, support_view, throttle
from qbwc_service.admin.addresses import place_from
from qbwc_service.admin.known_browsers import browser_of, remember
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import ConnectionUnknown
from qbwc_service.ledger import audit
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.models import Connection, Person, PersonConnection, Role
from qbwc_service.people import LONGEST_NAME, LONGEST_PASSWORD, NOBODY
from qbwc_service.secrecy import person_password_hash, person_password_matches

pages = Blueprint(
    "sign_in",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/assets",
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person whose request this is. `connections`: ids and names; None stands for all."""

    id: int
    name: str
    role: Role
    connections: dict[int, str] | None

    def sees(self, connection: str) -> bool:
        return self.connections is None or connection in self.connections.values()


def require_person() -> ResponseReturnValue | None:
    """Runs before every page but this one.

    Nobody signed in is sent here, and whoever has a one-time password to choose one. A connection
    that is not theirs is not found (ConnectionUnknown), and what their role may not do is
    refused (403).
    """
    person_id = session.get("person")
    found = _signed_in(person_id) if isinstance(person_id, int) else None
    if found is None:
        session.clear()
        return _to_sign_in()
    person, has_one_time_password = found
    if has_one_time_password and request.blueprint != "own_password":
        return redirect(url_for("own_password.show"))
    g.person, g.signed_in = person.name, person
    connection = (request.view_args or {}).get("connection")
    if connection is not None and not person.sees(connection):
        raise ConnectionUnknown(connection)
    if not person.role.may(roles.needed(request.endpoint or "", request.method)):
        abort(403)
    support_view.begin(person.name, person.role)
    return None


def _to_sign_in() -> ResponseReturnValue:
    if "HX-Request" in request.headers:
        # A part of a page asked for itself again: the whole page has to go to the sign-in.
        _, wanted = place_from(request.headers.get("HX-Current-URL", ""))
        return Response(status=401, headers={"HX-Redirect": url_for("sign_in.show", next=wanted)})
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("sign_in.show", next=wanted))


def signed_in() -> SignedIn:
    """The person whose request this is."""
    return cast("SignedIn", g.signed_in)


def signed_in_name() -> str:
    """The name of the person whose request this is."""
    return signed_in().name


def author() -> Author:
    """The same for the audit."""
    return Author(signed_in_name(), here().now(), request.remote_addr or "")


def may(endpoint: str, method: str = "POST") -> bool:
    """Whether the person who looks may press that button, or open that page ("GET")."""
    person = g.get("signed_in")
    return person is not None and person.role.may(roles.needed(endpoint, method))


def register_permissions(app: Flask) -> None:
    """Let templates ask who looks: only what a person may press is shown."""
    app.jinja_env.globals |= {
        "may": may,
        "may_change": lambda: _has_role(Role.BOOKKEEPER),
        "is_owner": lambda: _has_role(Role.OWNER),
    }


def keep_signed_in(person: Person) -> None:
    """This browser goes on after a change of the password; all others are signed out."""
    session["mark"] = _mark(person)


def _has_role(role: Role) -> bool:
    person = g.get("signed_in")
    return person is not None and person.role.may(role)


def _signed_in(person_id: int) -> tuple[SignedIn, bool] | None:
    """The person of this session, and whether their password is a one-time one."""
    with here().database.reading() as db:
        person = db.get(Person, person_id)
        if person is None or person.disabled_at is not None:
            return None
        if not hmac.compare_digest(str(session.get("mark")), _mark(person)):
            return None
        if one_sign_in.is_over(db):
            return None
        seen = None if person.sees_all else _connections(db, person_id)
    found = SignedIn(person.id, person.name, person.role, seen)
    return found, person.password_is_one_time


def _connections(db: Session, person_id: int) -> dict[int, str]:
    rows = db.execute(
        select(Connection.id, Connection.name)
        .join(PersonConnection, PersonConnection.connection_id == Connection.id)
        .where(PersonConnection.person_id == person_id)
    )
    return dict(rows.all())


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
        _note(known, "Sign-in refused")
        return _form("The name or the password is not right."), 403
    with here().database.writing("sign-in") as db:
        throttle.forgive(db, name, address, browser=browser)
        audit.record(db, Author(person.name, here().now(), address), "Signed in")
    session.clear()
    session.permanent = True
    session["person"] = person.id
    session["mark"] = _mark(person)
    one_sign_in.begin()
    response = make_response(redirect(_local(request.args.get("next", ""))))
    if not browser:
        remember(response, person.name, _mark(person))
    return response


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    person_id = session.get("person")
    found = _signed_in(person_id) if isinstance(person_id, int) else None
    if found is not None:
        with here().database.writing("sign-out") as db:
            one_sign_in.end(db, here().now())
            author = Author(found[0].name, here().now(), request.remote_addr or "")
            audit.record(db, author, "Signed out")
    session.clear()
    return redirect(url_for("sign_in.show"))


def _note(person: Person | None, what: str) -> None:
    """In the audit. A name that nobody has is not kept: it may be a password in the wrong field."""
    who = person.name if person else NOBODY
    with here().database.writing("sign-in.audit") as db:
        audit.record(db, Author(who, here().now(), request.remote_addr or ""), what)


def _named(name: str) -> Person | None:
    if "\0" in name or len(name) > LONGEST_NAME:
        return None
    with here().database.reading() as db:
        return db.scalars(select(Person).where(Person.name == name)).first()


def _checked(person: Person | None, password: str) -> Person | None:
    """The person, if this is the password and they are not disabled; nobody takes as long as a
    wrong password."""
    if len(password) > LONGEST_PASSWORD:
        return None
    stored = person.password_hash if person else _nobody()
    fits = person_password_matches(password, stored)
    return person if fits and person and person.disabled_at is None else None


@cache
def _nobody() -> str:
    return person_password_hash("")


def _mark(person: Person) -> str:
    return hashlib.sha256(person.password_hash.encode()).hexdigest()[:32]


def _local(address: str) -> str:
    """Only a path of ours: `//elsewhere` and `https://elsewhere` lead home."""
    return address if re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", address) else "/"


def wait_words(wait: timedelta) -> str:
    """How long to wait: "11 seconds", "3 minutes"."""
    seconds = int(wait.total_seconds()) + 1
    return f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"


def _too_many(wait: timedelta) -> ResponseReturnValue:
    page = _form(f"Too many wrong passwords from here. Try again in {wait_words(wait)}.")
    return page, 429, {"Retry-After": str(int(wait.total_seconds()) + 1)}


def _form(problem: str = "") -> str:
    return render_template("sign_in.html", problem=problem)
