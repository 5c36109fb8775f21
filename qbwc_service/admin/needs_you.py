"""The page "Needs you": held orders by cause, with the one thing that releases them all."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.decide import Verb, approve_refund, decide
from qbwc_service.admin.fixes import setting_that_fixes
from qbwc_service.admin.health import head_of
from qbwc_service.admin.setting_words import setting_label
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.words import counted, explained
from qbwc_service.connections import find_connection
from qbwc_service.ledger.causes import CUSTOMER_CAUSES, ENTRY_CAUSES, ITEM_CAUSES
from qbwc_service.ledger.held import HeldGroup, held_groups, orders_of
from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.refunds import TO_APPROVE, refunds_to_approve
from qbwc_service.messages import CATALOGUE, Message
from qbwc_service.settings import LIST_SETTINGS

pages = Blueprint("needs_you", __name__, url_prefix="/c/<connection:connection>/needs-you")

_GROUPS = 200
#: orders requeued by one press of the button
_AT_ONCE = 200
_LONGEST_SUBJECT = 200
#: refunds shown, and approved by one press of the button
_REFUNDS = 50


@dataclass(frozen=True, slots=True)
class NeedsYouGroup:
    """One cause with its orders; `fix_at` is the page on which one act releases them ("" = the
    page of each order)."""

    group: HeldGroup
    message: Message
    fix_at: str
    fix_words: str


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    with here().database.reading() as db:
        found = find_connection(db, connection)
        groups = _groups(db, found)
        refunds = refunds_to_approve(db, found.id, limit=_REFUNDS)
    return render_template(
        "needs_you.html",
        head=head_of(found),
        groups=groups,
        refunds=refunds,
        most=_GROUPS,
        most_refunds=_REFUNDS,
    )


@pages.post("")
def try_again(connection: str) -> ResponseReturnValue:
    """Requeue the orders of one group; what is in QuickBooks stays."""
    cause = request.form.get("cause", "")
    subject = request.form.get("subject", "")
    if cause not in CATALOGUE or len(subject) > _LONGEST_SUBJECT:
        abort(400)
    with here().database.reading() as db:
        found = find_connection(db, connection)
        order_ids = orders_of(db, found.id, cause, subject, limit=_AT_ONCE + 1)
    outcomes = [decide(connection, Verb.REQUEUE, order) for order in order_ids[:_AT_ONCE]]
    done = sum(not outcome.refusal for outcome in outcomes)
    more = (
        f" Press again for the rest: {_AT_ONCE} are done at once." if order_ids[_AT_ONCE:] else ""
    )
    if done:
        noun = "order is" if done == 1 else "orders are"
        flash(
            f"{done} {noun} tried again with the next update. What is in QuickBooks stays.{more}",
            "done",
        )
    for reason in sorted({outcome.refusal for outcome in outcomes} - {""}):
        flash(f"Not changed: some orders, because {reason}.", "refused")
    return redirect(url_for("needs_you.show", connection=connection))


@pages.post("/refunds")
def approve_refunds(connection: str) -> ResponseReturnValue:
    """Approve the refunds that the page showed, each by itself; others are not touched."""
    payment_ids = [id_from(text) for text in request.form.getlist("payment")]
    if not payment_ids or None in payment_ids or len(payment_ids) > _REFUNDS:
        abort(400)
    with here().database.reading() as db:
        find_connection(db, connection)
    refusals = {
        payment_id: approve_refund(connection, payment_id)
        for payment_id in payment_ids
        if payment_id is not None
    }
    done = sum(not refusal for refusal in refusals.values())
    if done:
        flash(f"{counted(done, 'refund')} approved, posted with the next update.", "done")
    for payment_id, refusal in refusals.items():
        if refusal:
            flash(f"Not changed: refund {payment_id}, because {refusal}.", "refused")
    return redirect(url_for("needs_you.show", connection=connection))


#: what the page "Accounts and payments" settles
_OF_LISTS = frozenset(
    {
        *("list-entry-not-in-quickbooks", "no-deposit-account", "account-not-there"),
        *("tax-entry-not-there", "list-entry-not-there", "several-entries-fit"),
    }
)
#: what the page "Products" settles, beside what matching holds
_OF_PRODUCTS = frozenset({"line-without-sku", "item-not-there", "item-kind-refused"})
_OF_TAXES = frozenset({"tax-item-not-chosen"})
#: settings that are chosen most easily from QuickBooks' own lists
_FROM_LISTS = frozenset(setting.name for setting in LIST_SETTINGS)


def _groups(db: Session, connection: Connection) -> list[NeedsYouGroup]:
    """Refunds to approve are shown one by one, not as a group of orders."""
    found = held_groups(db, connection.id, limit=_GROUPS)
    return [_with_words(connection, group) for group in found if group.cause != TO_APPROVE]


def _with_words(connection: Connection, group: HeldGroup) -> NeedsYouGroup:
    details = {"order": group.first_order, **group.details}
    at, words = _fix(connection, group)
    return NeedsYouGroup(group, explained(group.cause, details), at, words)


def _fix(connection: Connection, group: HeldGroup) -> tuple[str, str]:
    order = url_for("order.show", connection=connection.name, order_id=group.first_order)
    if group.cause in CUSTOMER_CAUSES:
        return f"{order}#customer", "Choose the customer"
    if group.cause in _OF_TAXES:
        taxes = url_for("accounts.show", connection=connection.name, _anchor="taxes")
        return taxes, "Choose the tax item"
    if group.cause in _OF_LISTS:
        accounts = url_for("accounts.show", connection=connection.name)
        return accounts, "Open Accounts and payments"
    if group.cause in ITEM_CAUSES | _OF_PRODUCTS:
        return url_for("products.show", connection=connection.name), "Choose the item"
    if group.cause in ENTRY_CAUSES:
        return url_for("accounts.show", connection=connection.name), "Choose another entry"
    if setting := setting_that_fixes(group.cause):
        page = "accounts.show" if setting in _FROM_LISTS else "connection.show"
        at = url_for(page, connection=connection.name, _anchor=setting)
        return at, f'Open the setting "{setting_label(setting)}"'
    if CATALOGUE[group.cause].about in {"setting", "account"}:
        settings = url_for("connection.show", connection=connection.name, _anchor="settings")
        return settings, "Open the settings"
    return order, "Open the first order" if group.orders > 1 else "Open the order"
