"""What undoing one order does and where an undo stands, as plain values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from qbwc_service.admin.loaded_order import LoadedOrder
from qbwc_service.admin.order_buttons import NOTHING_THERE, Verb, offered
from qbwc_service.admin.order_rows import order_trouble
from qbwc_service.ledger.decision_steps import DecisionRefused
from qbwc_service.ledger.kind_words import form_word
from qbwc_service.ledger.models import Connection, KeapOrder, OrderStatus, Posting
from qbwc_service.ledger.sendable import is_undo, sale_of
from qbwc_service.ledger.states import State
from qbwc_service.ledger.undo import UndoPreview, plan_undo
from qbwc_service.messages import Message

_UNDONE = (
    "Undone: what we made for it was deleted in QuickBooks. To send it anew, press Requeue; it "
    "then goes with the next update."
)
_ASKED = (
    "Being undone: QuickBooks was asked to delete it and has not answered yet. The next update of "
    "the Web Connector settles it."
)


@dataclass(frozen=True, slots=True)
class UndoView:
    """The page before an order is undone. `refusal`: why it cannot be ("" = it can); `planned` is
    None then."""

    order_id: int
    customer: str
    currency: str
    planned: UndoPreview | None
    refusal: str
    #: what stopped it before
    trouble: Message | None
    verbs: tuple[Verb, ...]


def undo_view(db: Session, loaded: LoadedOrder) -> UndoView:
    order, postings = loaded.order, loaded.postings
    planned, refusal = planned_or_why(db, loaded.connection, order.keap_id)
    verbs = offered(order, postings)
    return UndoView(
        order.keap_id,
        order.customer_name,
        order.currency,
        planned,
        refusal,
        order_trouble(loaded.connection, order, postings) if Verb.KEEP in verbs else None,
        verbs,
    )


def planned_or_why(
    db: Session, connection: Connection, order_id: int, only: Collection[int] | None = None
) -> tuple[UndoPreview | None, str]:
    """What undoing it would delete, or None and why that cannot be."""
    try:
        planned = plan_undo(db, connection, order_id, only=only)
    except DecisionRefused as refused:
        return None, refused.reason
    return (planned, "") if planned.removed else (None, NOTHING_THERE)


def undo_note(order: KeapOrder, postings: Sequence[Posting]) -> str:
    """Where an undo stands that no message of the catalogue tells; "" for most orders."""
    if order.status is OrderStatus.UNDONE:
        if any(is_undo(each) and each.state is State.POSTED for each in postings):
            return _UNDONE
        form = form_word(sale_of(postings))
        return f"Its {form} is void in QuickBooks, because the order was refunded in Keap."
    asked = any(is_undo(each) and each.state is State.SENT for each in postings)
    return _ASKED if asked and not order.cause else ""
