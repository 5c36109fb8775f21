"""The page "Accounts and payments": where Keap's kinds of payment and its taxes go, in two forms.

A choice that was not touched is left alone, so that an entry that is gone keeps none of the others
from being saved.
"""

from collections.abc import Callable, Iterator

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.accounts_view import PAYMENTS_LOOKED_AT, ROWS, accounts_view
from qbwc_service.admin.settings_view import KEEP
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger import mappings
from qbwc_service.ledger.choices import Choices
from qbwc_service.ledger.list_entries import ChoiceRefused
from qbwc_service.ledger.models import MappingKind
from qbwc_service.matching.payment_methods import method_key

pages = Blueprint("accounts", __name__, url_prefix="/c/<connection:connection>/accounts")

_FIELDS = {
    MappingKind.PAYMENT_METHOD: "method",
    MappingKind.DEPOSIT_ACCOUNT: "deposit",
}
_TAX_KINDS = ("label", "state", "rate")


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    return _page(connection)


@pages.post("/payments")
def choose_payments(connection: str) -> ResponseReturnValue:
    """Save the choices that were changed: all of them, or none."""
    return _choose(connection, "payments", map_payments)


@pages.post("/taxes")
def choose_tax(connection: str) -> ResponseReturnValue:
    """Add a tax, or change its item."""
    kind, value = request.form.get("kind", ""), request.form.get("value", "").strip()
    if kind not in _TAX_KINDS:
        abort(400)
    item = request.form.get("item", "")
    return _choose(connection, "taxes", lambda choices: choices.map_tax(f"{kind}:{value}", item))


@pages.post("/taxes/forget")
def forget_tax(connection: str) -> ResponseReturnValue:
    tax = request.form.get("tax", "")
    return _choose(connection, "taxes", lambda choices: choices.unmap_tax(tax))


def _choose(name: str, anchor: str, choose: Callable[[Choices], bool]) -> ResponseReturnValue:
    """One transaction: what is refused leaves everything as it was."""
    try:
        with here().database.writing("mappings") as db:
            found = lock_connection(db, name)
            is_new = choose(Choices(db, found, signed_in_name(), here().now()))
    except ChoiceRefused as error:
        flash(f"Nothing was changed. {error}", "refused")
    else:
        if is_new:
            flash(
                "Saved. What is not sent yet follows it from now on. What is in QuickBooks was "
                "not changed.",
                "done",
            )
        else:
            flash("Nothing was changed: it was chosen so before.", "done")
    return redirect(url_for("accounts.show", connection=name, _anchor=anchor))


def map_payments(choices: Choices) -> bool:
    """What the form chooses for payment types and cards; True when something is new.

    Raises ChoiceRefused.
    """
    mapped = mappings.of_connection(choices.db, choices.connection, tuple(_FIELDS))
    before = {(row.kind, row.key): row.full_name for row in mapped}
    is_new = False
    for words, kind, entry in _chosen_payments():
        if entry == before.get((kind, method_key(words)), ""):
            continue
        if entry:
            is_new |= choices.map_payment(words, kind, entry)
        else:
            is_new |= choices.unmap_payment(words, kind)
    return is_new


def _chosen_payments() -> Iterator[tuple[str, MappingKind, str]]:
    """Payment type or card, what is chosen for it, and the entry ("" none)."""
    for row in range(ROWS):
        words = request.form.get(f"words-{row}")
        if words is None:
            return
        for kind, field in _FIELDS.items():
            entry = request.form.get(f"{field}-{row}", KEEP)
            if entry != KEEP:
                yield words, kind, entry


def _page(name: str) -> str:
    with here().database.reading() as db:
        view = accounts_view(db, find_connection(db, name))
    return render_template(
        "accounts.html", head=view.head, view=view, keep=KEEP, looked_at=PAYMENTS_LOOKED_AT
    )
