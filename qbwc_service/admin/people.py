"""The page Users: who may come in, as what, and to which connections. For owners."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service import people
from qbwc_service.admin.role_words import ROLE_MEANING, ROLE_WORDS
from qbwc_service.admin.sign_in import author, signed_in
from qbwc_service.admin.surroundings import here
from qbwc_service.invitations import open_invitations
from qbwc_service.ledger.models import Connection, Person, Role
from qbwc_service.people import NewPassword, PersonRefused, Standing

pages = Blueprint("people", __name__, url_prefix="/users")

ROWS_OF_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in the list; `connections` None stands for all. Holds no secret."""

    id: int
    name: str
    email: str
    role: Role
    connections: tuple[str, ...] | None
    is_disabled: bool
    has_one_time_password: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of the form, as they were typed or as they are."""

    name: str = ""
    email: str = ""
    role: str = Role.BOOKKEEPER.value
    sees: str = "all"
    connections: tuple[str, ...] = ()

    def standing(self) -> Standing:
        """Raises PersonRefused."""
        if self.role not in set(Role):
            raise PersonRefused("Choose a role.", "role")
        sees_all = self.sees == "all" or self.role == Role.OWNER
        if not sees_all and not self.connections:
            raise PersonRefused("Tick at least one connection, or choose all.", "connections")
        return Standing(self.email, Role(self.role), None if sees_all else self.connections)


@pages.get("")
def show() -> ResponseReturnValue:
    after = request.args.get("after", "")[: people.LONGEST_NAME].replace("\0", "")
    with here().database.reading() as db:
        statement = select(Person).where(Person.name > after).order_by(Person.name)
        found = db.scalars(statement.limit(ROWS_OF_A_PAGE + 1)).all()
        rows = _lines(db, found[:ROWS_OF_A_PAGE])
        invited = open_invitations(db, here().now())
    more = rows[-1].name if len(found) > ROWS_OF_A_PAGE else ""
    return render_template(
        "people.html", rows=rows, more=more, paged=bool(after), invited=invited, **role_words()
    )


@pages.get("/add")
def ask_to_add() -> ResponseReturnValue:
    return _add_form(Typed(), {})


@pages.post("/add")
def add() -> ResponseReturnValue:
    """The answer shows the one-time password, which is on no page again."""
    typed = typed_in_form(request.form.get("name", "").strip())
    try:
        standing, password = typed.standing(), people.one_time_password()
        with here().database.writing("people.add") as db:
            people.add(db, author(), typed.name, standing, password)
    except PersonRefused as refused:
        return _add_form(typed, {refused.field: str(refused)}), 422
    return _shown_once(typed.name, password)


@pages.get("/<keap_id:person_id>")
def show_one(person_id: int) -> ResponseReturnValue:
    return _page(person_id)


@pages.post("/<keap_id:person_id>")
def change(person_id: int) -> ResponseReturnValue:
    """E-mail, role and connections; refused where somebody changed them meanwhile."""
    typed = typed_in_form("")
    try:
        standing = typed.standing()
        with here().database.writing("people.change") as db:
            person = _person(db, person_id)
            _check_is_as_shown(db, person)
            is_new = people.change(db, author(), person, standing)
    except PersonRefused as refused:
        shown = None if refused.field == "stale" else typed
        return _page(person_id, shown, {refused.field: str(refused)}), 422
    flash("Saved. It counts from now on." if is_new else "Nothing was changed.", "done")
    if person_id == signed_in().id and standing.role is not Role.OWNER:
        return redirect(url_for("home.show"))
    return redirect(url_for("people.show_one", person_id=person_id))


@pages.post("/<keap_id:person_id>/password")
def renew_password(person_id: int) -> ResponseReturnValue:
    """The answer shows the one-time password, which is on no page again."""
    with here().database.reading() as db:
        name = _person(db, person_id).name
    if is_set_by_file(name):
        flash(SET_BY_FILE, "refused")
        return redirect(url_for("people.show_one", person_id=person_id))
    password = people.one_time_password()
    with here().database.writing("people.password") as db:
        people.renew_password(db, author(), _person(db, person_id), password)
    return _shown_once(name, password)


@pages.post("/<keap_id:person_id>/disable")
def disable(person_id: int) -> ResponseReturnValue:
    try:
        with here().database.writing("people.disable") as db:
            person = _person(db, person_id)
            people.disable(db, author(), person)
    except PersonRefused as refused:
        flash(f"Nothing was changed. {refused}", "refused")
    else:
        flash(f"{person.name} is signed out and cannot come in any more.", "done")
    return redirect(url_for("people.show"))


@pages.post("/<keap_id:person_id>/enable")
def enable(person_id: int) -> ResponseReturnValue:
    """The answer shows the one-time password, which is on no page again."""
    password = people.one_time_password()
    with here().database.writing("people.enable") as db:
        person = _person(db, person_id)
        is_new = people.enable(db, author(), person, password)
    if is_new:
        return _shown_once(person.name, password)
    flash(f"{person.name} may come in already; nothing was changed.", "refused")
    return redirect(url_for("people.show_one", person_id=person_id))


SET_BY_FILE = (
    "The password of this person is taken from a file at every start of the service "
    "(QBWC_ADMIN_PASSWORD_FILE). Nothing was changed. Whoever runs the service changes it there."
)


def is_set_by_file(name: str) -> bool:
    """Whether a password chosen here would be gone at the next start."""
    return name == people.OWNER and here().config.admin_password_file is not None


def typed_in_form(name: str) -> Typed:
    """What was typed under that name."""
    form = request.form
    return Typed(
        name,
        form.get("email", "").strip(),
        form.get("role", ""),
        form.get("sees", ""),
        tuple(form.getlist("connection")),
    )


def _person(db: Session, person_id: int) -> Person:
    return db.get(Person, person_id) or abort(404)


def _check_is_as_shown(db: Session, person: Person) -> None:
    """Raises PersonRefused where the page was opened before somebody else's change."""
    if request.form.get("was") != _mark(people.standing_of(db, person)):
        raise PersonRefused(
            f"Somebody changed {person.name} after you had opened this page. Nothing was changed "
            "now. Look at what is shown and try again.",
            "stale",
        )


def _lines(db: Session, found: Sequence[Person]) -> list[PersonLine]:
    seen = people.connections_of(db, found)
    return [
        PersonLine(
            person.id,
            person.name,
            person.email,
            person.role,
            None if person.sees_all else tuple(seen[person.id]),
            person.disabled_at is not None,
            person.password_is_one_time,
        )
        for person in found
    ]


def _page(
    person_id: int, typed: Typed | None = None, problems: Mapping[str, str] | None = None
) -> str:
    with here().database.reading() as db:
        person = _person(db, person_id)
        (line,) = _lines(db, [person])
        standing = people.standing_of(db, person)
        connections = connection_names(db)
    shown = typed or Typed(
        email=line.email,
        role=line.role.value,
        sees="all" if line.connections is None else "some",
        connections=line.connections or (),
    )
    return render_template(
        "person.html",
        person=line,
        typed=shown,
        was=_mark(standing),
        connections=connections,
        problems=problems or {},
        set_by_file=is_set_by_file(line.name),
        **role_words(),
    )


def _add_form(typed: Typed, problems: Mapping[str, str]) -> str:
    with here().database.reading() as db:
        connections = connection_names(db)
    return render_template(
        "person_add.html",
        typed=typed,
        connections=connections,
        problems=problems,
        **role_words(),
    )


def _shown_once(name: str, password: NewPassword) -> str:
    return render_template("person_password.html", name=name, password=password.text)


def connection_names(db: Session) -> list[str]:
    """All of them, to choose from."""
    return list(db.scalars(select(Connection.name).order_by(Connection.name)))


def role_words() -> Mapping[str, object]:
    """For the templates: what the roles are called, and what each may do."""
    return {"role_words": ROLE_WORDS, "role_meaning": ROLE_MEANING}


def _mark(standing: Standing) -> str:
    return hashlib.sha256(repr(sorted(standing.words().items())).encode()).hexdigest()[:16]
