"""The page "Customers": which customer a person chose for which Keap contact."""

from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.health import head_of
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger import customer_choices
from qbwc_service.ledger.mappings import MappingRefused
from qbwc_service.ledger.models import Connection

pages = Blueprint("customers", __name__, url_prefix="/c/<connection:connection>/customers")

_ROWS = 100
_LONGEST_NAME = 209
_LONGEST_ID = 40


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    after = id_from(request.args.get("after", "")) or 0
    with here().database.reading() as db:
        found = find_connection(db, connection)
        rows = customer_choices.remembered(db, found.id, limit=_ROWS + 1, after=after)
    more = rows[_ROWS - 1][0] if len(rows) > _ROWS else None
    shown = [row for _, row in rows[:_ROWS]]
    return render_template("customers.html", head=head_of(found), rows=shown, more=more)


@pages.post("")
def choose(connection: str) -> ResponseReturnValue:
    """Remember a customer for a contact, or forget it; then back to where the button was."""
    contact = request.form.get("contact", "").strip()[:_LONGEST_ID]
    verb = request.form.get("verb", "")
    try:
        with here().database.writing("choose-customer") as db:
            locked = lock_connection(db, connection)
            who, now = signed_in_name(), here().now()
            told = _done(db, locked, contact, verb, who, now)
    except MappingRefused as refused:
        flash(str(refused), "refused")
    else:
        flash(told, "done")
    order_id = id_from(request.form.get("order", ""))
    if order_id:
        return redirect(url_for("order.show", connection=connection, order_id=order_id))
    return redirect(url_for("customers.show", connection=connection))


def _done(
    db: Session, connection: Connection, contact: str, verb: str, who: str, now: datetime
) -> str:
    """Do it, and say so. Raises MappingRefused."""
    match verb:
        case "forget":
            if not customer_choices.forget(db, connection, contact, who, now):
                raise MappingRefused(f"No customer was chosen for Keap contact {contact}")
            return (
                f"Forgotten. Orders of Keap contact {contact} that are not in QuickBooks yet are "
                "matched by themselves again; what is in QuickBooks stays where it is."
            )
        case "named":
            name = request.form.get("full_name", "").strip()[:_LONGEST_NAME]
            chosen = customer_choices.choose_named(db, connection, contact, name, who, now)
        case "new":
            chosen = customer_choices.choose(db, connection, contact, "", who, now)
        case "this" if list_id := request.form.get("list_id", "")[:_LONGEST_ID]:
            chosen = customer_choices.choose(db, connection, contact, list_id, who, now)
        case _:
            abort(400)
    return _remembered(contact, chosen)


def _remembered(contact: str, chosen: str) -> str:
    return (
        f"Remembered for Keap contact {contact}: {chosen}. Its orders that are not in QuickBooks "
        "yet go there with the next update; what is in QuickBooks stays where it is."
    )
