"""The page "Needs you": held orders by cause, with the one thing that releases them all."""

from dataclasses import dataclass

from flask import (
    Blueprint,
    abort,
    flash,
    get_template_attribute,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.fixes import Fix, fix_of
from qbwc_service.admin.health import head_of
from qbwc_service.admin.order_buttons import Verb, decide, tell
from qbwc_service.admin.order_sides import NUMBER_TAKEN, NumberHolder, holder_from
from qbwc_service.admin.refunds import approve_shown
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.words import explained
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger.approvals_waiting import count_waiting, orders_to_approve
from qbwc_service.ledger.held import HeldGroup, held_groups, orders_of
from qbwc_service.ledger.item_search import choosable
from qbwc_service.ledger.mappings import MappingRefused, ProductChoice
from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.product_choices import choose_items
from qbwc_service.ledger.refunds import TO_APPROVE, refunds_to_approve
from qbwc_service.messages import CATALOGUE, Message
from qbwc_service.planning.approval import APPROVAL, AWAITING

pages = Blueprint("needs_you", __name__, url_prefix="/c/<connection:connection>/needs-you")

_GROUPS = 200
#: orders requeued by one press of the button
_AT_ONCE = 200
_LONGEST_SUBJECT = 200
_LONGEST_TEXT = 200
#: orders shown for approval, and approved by one press of the button
_ORDERS = 50
_ITEMS_OFFERED = 500
#: an item chosen for the product releases these
_OF_A_PRODUCT = frozenset(
    {
        "item-not-in-quickbooks",
        "no-item-by-field",
        "item-name-ambiguous",
        "item-field-ambiguous",
        "line-without-sku",
    }
)
#: refunds shown, and approved by one press of the button
_REFUNDS = 50


@dataclass(frozen=True, slots=True)
class Product:
    """A product of Keap that waits for its item."""

    sku: str
    name: str


@dataclass(frozen=True, slots=True)
class NeedsYouGroup:
    """One cause with its orders, and where one act releases them."""

    group: HeldGroup
    message: Message
    fix: Fix
    #: the product whose item is chosen right here; None where that is not what is missing
    product: Product | None = None
    #: who has its number in QuickBooks; None where that is not the cause
    holder: NumberHolder | None = None

    @property
    def can_be_tried(self) -> bool:
        """Trying again may help: something outside may have changed."""
        return self.group.cause not in AWAITING


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    with here().database.reading() as db:
        found = find_connection(db, connection)
        groups = _groups(db, found)
        refunds = refunds_to_approve(db, found.id, limit=_REFUNDS)
        approvals = orders_to_approve(db, found.id, limit=_ORDERS)
        waiting = count_waiting(db, found.id) if len(approvals) == _ORDERS else len(approvals)
        asks_for_item = any(one.product for one in groups)
        items = choosable(db, found.id, "", _ITEMS_OFFERED) if asks_for_item else ()
    return render_template(
        "needs_you.html",
        head=head_of(found),
        groups=groups,
        refunds=refunds,
        approvals=approvals,
        waiting=waiting,
        items=items,
        most=_GROUPS,
        most_refunds=_REFUNDS,
    )


@pages.get("/count")
def count(connection: str) -> str:
    """The number beside the page's name in the navigation, which asks for it again and again."""
    with here().database.reading() as db:
        find_connection(db, connection)
    return str(get_template_attribute("live.html", "needs_you_count")(connection))


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


@pages.post("/approve")
def approve_orders(connection: str) -> ResponseReturnValue:
    """Approve the ticked orders, or all that the page showed; each as it was shown."""
    field = "shown" if request.form.get("which") == "shown" else "order"
    order_ids = [id_from(text) for text in request.form.getlist(field)]
    if None in order_ids or len(order_ids) > _ORDERS:
        abort(400)
    with here().database.reading() as db:
        find_connection(db, connection)
    outcomes = [
        decide(connection, Verb.APPROVE, order_id, seen=request.form.get(f"seen-{order_id}", ""))
        for order_id in order_ids
        if order_id is not None
    ]
    if not outcomes:
        flash("Tick the orders first, then press the button.", "refused")
    tell(Verb.APPROVE, outcomes)
    return redirect(url_for("needs_you.show", connection=connection))


@pages.post("/item")
def choose_item(connection: str) -> ResponseReturnValue:
    """Choose the item of one product; every order that sells it follows."""
    sku, name, item = (
        request.form.get(each, "")[:_LONGEST_TEXT] for each in ("sku", "name", "item")
    )
    try:
        with here().database.writing("needs-you.item") as db:
            found = lock_connection(db, connection)
            choice = ProductChoice(sku.replace("\0", ""), name.replace("\0", ""), item.strip())
            choose_items(db, found, [choice], who=signed_in_name(), now=here().now())
    except MappingRefused as refused:
        flash(f"Not changed: {refused}.", "refused")
    else:
        flash(
            f"{sku or name} goes to {item.strip()}. All orders that wait for it are tried again "
            "with the next update; what is in QuickBooks was not changed.",
            "done",
        )
    return redirect(url_for("needs_you.show", connection=connection))


@pages.post("/refunds")
def approve_refunds(connection: str) -> ResponseReturnValue:
    """Approve the refunds that the page showed, each by itself; others are not touched."""
    approve_shown(connection, request.form.getlist("payment"))
    return redirect(url_for("needs_you.show", connection=connection))


def _groups(db: Session, connection: Connection) -> list[NeedsYouGroup]:
    """What is to be approved is shown one by one, not as a group of orders."""
    found = held_groups(db, connection.id, limit=_GROUPS)
    one_by_one = {TO_APPROVE, APPROVAL}
    return [_with_words(connection, group) for group in found if group.cause not in one_by_one]


def _with_words(connection: Connection, group: HeldGroup) -> NeedsYouGroup:
    details = {"order": group.first_order, **group.details}
    fix = fix_of(
        connection.name,
        group.cause,
        group.first_order,
        orders=group.orders,
        setting=str(group.details.get("setting", "")),
    )
    return NeedsYouGroup(
        group, explained(group.cause, details), fix, _product(group), _number_holder(group)
    )


def _product(group: HeldGroup) -> Product | None:
    if group.cause not in _OF_A_PRODUCT:
        return None
    sku, name = (str(group.details.get(each, "")) for each in ("sku", "line"))
    return Product(sku, name) if sku or name else None


def _number_holder(group: HeldGroup) -> NumberHolder | None:
    """Of one order: several have several."""
    if group.cause != NUMBER_TAKEN or group.orders > 1:
        return None
    return holder_from({key: str(value) for key, value in group.details.items()})
