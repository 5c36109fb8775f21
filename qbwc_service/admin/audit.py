"""The page Audit: who did what, when and from where, newest first."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from qbwc_service.admin.addresses import day_from, id_from
from qbwc_service.admin.audit_rows import AuditRow, Scope, every_row, row_of, scope_of, wanted
from qbwc_service.admin.sign_in import signed_in
from qbwc_service.admin.spreadsheet import Cell, download
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.words import local_time
from qbwc_service.ledger.audit import Wanted, audit_page
from qbwc_service.ledger.models import Person
from qbwc_service.people import LONGEST_NAME

pages = Blueprint("audit", __name__, url_prefix="/audit")

_COLUMNS = ("When", "Who", "Connection", "What", "What came of it", "Asked for", "From")
_NAMES_OFFERED = 200


@pages.get("")
def show() -> ResponseReturnValue:
    with here().database.reading() as db:
        scope = scope_of(db, signed_in())
        before = id_from(request.args.get("before", ""))
        page = audit_page(db, _wanted(scope), before=before)
        names = select(Person.name).order_by(Person.name).limit(_NAMES_OFFERED)
        people = list(db.scalars(names)) if scope.sees_service else []
    return render_template(
        "audit.html",
        rows=[row_of(entry, scope) for entry in page.rows],
        older=page.older,
        paged=before is not None,
        query=_query(scope),
        scope=scope,
        zone=scope.zone(_connection(scope)),
        people=people,
    )


@pages.get("/audit.csv")
def export() -> ResponseReturnValue:
    with here().database.reading() as db:
        scope = scope_of(db, signed_in())
    rows = every_row(here().database, _wanted(scope), scope)
    return download("audit.csv", _COLUMNS, (_cells(row, scope) for row in rows))


def _wanted(scope: Scope) -> Wanted:
    return wanted(scope, _who(), _connection(scope), _day("from"), _day("to"))


def _cells(row: AuditRow, scope: Scope) -> tuple[Cell, ...]:
    return (
        local_time(row.at, scope.zone(_connection(scope))),
        row.who,
        row.connection,
        row.what,
        " ".join(row.told),
        "; ".join(f"{name}: {value}" for name, value in row.asked),
        row.address,
    )


def _who() -> str:
    return request.args.get("who", "")[:LONGEST_NAME].replace("\0", "").strip()


def _connection(scope: Scope) -> str:
    """ "" for all of theirs, and for one that is not."""
    asked = request.args.get("connection", "")
    return asked if asked in scope.connections.values() else ""


def _day(field: str) -> date | None:
    return day_from(request.args.get(field, ""))


def _query(scope: Scope) -> Mapping[str, str]:
    """The filter as a query string, without what is empty."""
    days = {field: str(_day(field) or "") for field in ("from", "to")}
    query = {"who": _who(), "connection": _connection(scope), **days}
    return {key: value for key, value in query.items() if value}
