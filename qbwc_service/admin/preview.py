"""The page "Preview": what QuickBooks would get of an order, beside Keap, before it is sent."""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.fixes import Fix, fix_of
from qbwc_service.admin.health import head_of
from qbwc_service.admin.order_buttons import Verb, decide, tell
from qbwc_service.admin.order_sides import KeapSide, keap_side
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.technical import readable_xml
from qbwc_service.admin.words import explained
from qbwc_service.connections import find_connection
from qbwc_service.ledger import mirror
from qbwc_service.ledger.decisions import HELD_BY_YOU
from qbwc_service.ledger.models import Connection, OrderStatus
from qbwc_service.ledger.plan_orders import word_awaited_by
from qbwc_service.ledger.preview import Preview, RowLeft, newest_eligible, previews
from qbwc_service.messages import Message
from qbwc_service.webconnector.phases.post import NEEDED_LISTS
from qbwc_service.webconnector.previewed import previewed_messages

pages = Blueprint("preview", __name__, url_prefix="/c/<connection:connection>/preview")

_VERBS = frozenset({Verb.SEND, Verb.HOLD})
_CAN_BE_HELD = frozenset({OrderStatus.NEW, OrderStatus.READY, OrderStatus.WILL_RETRY})


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that tells who the customer is, on both sides."""

    label: str
    keap: str
    quickbooks: str


@dataclass(frozen=True, slots=True)
class RowNote:
    """A payment or refund of Keap that stays behind, and why."""

    row: RowLeft
    why: Message


@dataclass(frozen=True, slots=True)
class PreviewedOrder:
    """The two panes and what is said below them."""

    preview: Preview
    keap: KeapSide
    #: why nothing would be sent; None where something would
    trouble: Message | None
    fix: Fix | None
    evidence: tuple[Compared, ...]
    rows_left: tuple[RowNote, ...]
    #: a person's word is all that it waits for, or would send it now
    can_be_sent: bool
    can_be_held: bool
    #: as they would be sent, masked; a sentence where they cannot be written
    messages: tuple[str, ...] | str


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    asked = id_from(request.args.get("order", ""))
    with here().database.reading() as db:
        found = find_connection(db, connection)
        listed = newest_eligible(db, found.id)
        known = previews(db, found, sorted({*listed, *([asked] if asked else [])}), here().now())
        chosen = asked or next(iter(listed), None)
        shown = known.get(chosen) if chosen else None
        order = _previewed(found, shown) if shown else None
        are_lists_read = mirror.is_loaded(db, found.id, NEEDED_LISTS)
        if asked and order is None:
            return _elsewhere(db, found, asked)
    return render_template(
        "preview.html",
        head=head_of(found),
        listed=[known[number] for number in listed if number in known],
        order=order,
        is_on=found.is_on,
        are_lists_read=are_lists_read,
    )


@pages.post("")
def decide_one(connection: str) -> ResponseReturnValue:
    """Send or hold the order that was shown; refused where it was changed in Keap meanwhile."""
    order_id = id_from(request.form.get("order", ""))
    chosen = request.form.get("verb", "")
    if order_id is None or chosen not in _VERBS:
        abort(400)
    verb = Verb(chosen)
    tell(verb, [decide(connection, verb, order_id, seen=request.form.get("seen", ""))])
    return redirect(url_for("preview.show", connection=connection, order=order_id))


def _elsewhere(db: Session, connection: Connection, order_id: int) -> ResponseReturnValue:
    """What is in QuickBooks already has no preview but a page; what was never read has neither:
    that page answers 404."""
    return redirect(url_for("order.show", connection=connection.name, order_id=order_id))


def _previewed(connection: Connection, preview: Preview) -> PreviewedOrder:
    order = preview.order
    cause = preview.hold.cause if preview.hold else preview.skip
    details = {"order": order.keap_id, **(preview.hold.details if preview.hold else {})}
    awaits_word = bool(word_awaited_by(order, connection, preview.settings))
    is_stopped = order.status is OrderStatus.WILL_RETRY or order.cause == HELD_BY_YOU
    written = previewed_messages(connection, preview, here().now())
    return PreviewedOrder(
        preview=preview,
        keap=keap_side(order, preview.sale, preview.settings),
        trouble=explained(cause, details) if cause else None,
        fix=fix_of(connection.name, cause, order.keap_id) if preview.hold else None,
        evidence=_evidence(preview),
        rows_left=tuple(_row_note(row, order.keap_id) for row in preview.rows_left),
        can_be_sent=preview.form is not None and (awaits_word or is_stopped),
        can_be_held=order.status in _CAN_BE_HELD or awaits_word,
        messages=written if isinstance(written, str) else tuple(map(readable_xml, written)),
    )


def _row_note(row: RowLeft, order_id: int) -> RowNote:
    details = {"order": order_id, **(row.hold.details if row.hold else {})}
    return RowNote(row, explained(row.hold.cause if row.hold else row.skip, details))


def _evidence(preview: Preview) -> tuple[Compared, ...]:
    """What speaks for the customer: each thing that one of the two sides knows."""
    buyer, customer = preview.sale.buyer, preview.customer
    person = f"{buyer.first_name} {buyer.last_name}".strip()
    city = buyer.bill_to.city if buyer.bill_to else ""
    rows = (
        Compared("Name", person, customer.full_name if customer else ""),
        Compared("Company", buyer.company, customer.company if customer else ""),
        Compared("E-mail", buyer.email, customer.email if customer else ""),
        Compared("City", city, customer.city if customer else ""),
    )
    return tuple(row for row in rows if row.keap or row.quickbooks)
