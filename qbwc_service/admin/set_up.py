"""Set-up: the steps until a connection runs. Where each stands is read off the data every time."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.admin.health import head_of
from qbwc_service.admin.keap_view import KeapLogin, keap_login
from qbwc_service.admin.settings import save_settings
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import find_connection
from qbwc_service.ledger.models import Connection, MirrorRecord, UpdateSession

pages = Blueprint("set_up", __name__, url_prefix="/c/<connection:connection>/set-up")

ACCOUNT_FIELDS = ("income_account", "tax_account")


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `number` from 1."""

    number: int
    title: str
    is_done: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class SetUp:
    """The whole page."""

    steps: tuple[Step, ...]
    keap: KeapLogin
    user_name: str
    last_contact_result: str
    company: str
    has_called: bool
    #: names of the company file's accounts, "" none read yet
    accounts: tuple[str, ...]
    chosen: dict[str, str]

    @property
    def is_done(self) -> bool:
        return all(step.is_done for step in self.steps)


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    return _page(connection, {})


@pages.post("/accounts")
def choose_accounts(connection: str) -> ResponseReturnValue:
    """Both accounts, or neither."""
    typed = {field: request.form.get(field, "").strip() for field in ACCOUNT_FIELDS}
    problems = {field: "Choose an account." for field, text in typed.items() if not text}
    if not problems:
        problems = save_settings(connection, typed)
    if problems:
        return _page(connection, problems, typed), 422
    flash("The accounts are saved.", "done")
    return redirect(url_for("set_up.show", connection=connection))


def _page(name: str, problems: dict[str, str], typed: dict[str, str] | None = None) -> str:
    with here().database.reading() as db:
        connection = find_connection(db, name)
        view = set_up_of(db, connection, can_sign_in=bool(here().config.keap_client_id))
    return render_template(
        "set_up.html",
        head=head_of(connection),
        view=view,
        typed=view.chosen if typed is None else typed,
        problems=problems,
    )


def set_up_of(db: Session, connection: Connection, *, can_sign_in: bool) -> SetUp:
    """The first step that is not done is the open one."""
    login = keap_login(db, connection, can_sign_in=can_sign_in)
    chosen = {field: str(connection.settings.get(field, "")) for field in ACCOUNT_FIELDS}
    done = (
        ("Connect Keap", login.is_connected),
        ("Connect QuickBooks", _has_signed_in(db, connection.id)),
        ("Choose the accounts for new items", all(chosen.values())),
    )
    first = next((number for number, (_, is_done) in enumerate(done, 1) if not is_done), 0)
    return SetUp(
        steps=tuple(
            Step(number, title, is_done, number == first)
            for number, (title, is_done) in enumerate(done, 1)
        ),
        keap=login,
        user_name=connection.user_name,
        last_contact_result=connection.last_contact_result,
        company=connection.company_name or connection.company_file,
        has_called=connection.last_contact_at is not None,
        accounts=_accounts(db, connection.id),
        chosen=chosen,
    )


def _has_signed_in(db: Session, connection_id: int) -> bool:
    """Whether the Web Connector ever came in; with a wrong password it only called."""
    session = select(UpdateSession.id).where(UpdateSession.connection_id == connection_id)
    return db.scalars(session.limit(1)).first() is not None


def _accounts(db: Session, connection_id: int) -> tuple[str, ...]:
    found = db.scalars(
        select(MirrorRecord.full_name)
        .where(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name == "Account",
            MirrorRecord.is_active,
        )
        .order_by(MirrorRecord.full_name_key)
    )
    return tuple(found)
