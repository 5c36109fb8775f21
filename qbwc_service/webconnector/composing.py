"""The Adds of a message: transactions of named orders, and the names that the next ones need.

Names are made one message before they are used, because with continueOnError a refused
CustomerAdd does not stop an InvoiceAdd by FullName, which would then land on whoever owns the
name. Transactions refer by ListID and TxnID only; an invoice and its payments share a message by
macro.
"""

from datetime import date, timedelta

from sqlalchemy import update

from qbwc_service.ledger import standing, states
from qbwc_service.ledger.message_sets import QBXML_VERSION
from qbwc_service.ledger.models import KeapOrder, Kind, Posting
from qbwc_service.ledger.states import State
from qbwc_service.planning.plan import Hold, planned_sale_from
from qbwc_service.webconnector import outcome
from qbwc_service.webconnector.batch import Batch, OrderPostings, load_batch
from qbwc_service.webconnector.pipeline import TRANSACTIONS_AN_ORDER, Pipeline
from qbwc_service.webconnector.render import (
    PaidInvoice,
    ReferenceMissing,
    Surroundings,
    customer_request,
    invoice_request,
    item_request,
    macro_of,
    payment_request,
)
from qbwc_service.webconnector.turn import Turn
from qbxml_builders.elements import Request
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.schema import check

#: an order whose customer or item is not made yet is tried again after this
COME_AGAIN_AFTER = timedelta(minutes=1)

Sendable = list[tuple[Posting, Request]]


def transactions(turn: Turn, line: Pipeline, order_ids: list[int]) -> tuple[Sendable, list[int]]:
    """The Adds of as many orders as fit; the orders that wait for the next message."""
    batch = load_batch(turn, order_ids)
    around = Surroundings(
        {
            posting.source_key: posting.record_id
            for posting in (*batch.customers.values(), *batch.items.values())
            if posting.state is State.POSTED
        },
        turn.connection.quickbooks.get("non_taxable_code", ""),
    )
    sending: Sendable = []
    for place, order in enumerate(batch.orders):
        if place >= line.limit or len(sending) >= TRANSACTIONS_AN_ORDER * line.limit:
            return sending, [later.order_id for later in batch.orders[place:]]
        sending.extend(_order_requests(turn, line, order, batch, around))
    return sending, []


def names(turn: Turn, line: Pipeline, order_ids: list[int]) -> Sendable:
    """The Adds of the customers and items that these orders need and nobody has made yet."""
    batch = load_batch(turn, order_ids)
    around = Surroundings({}, turn.connection.quickbooks.get("non_taxable_code", ""))
    cleared = set(line.cleared)
    sending: Sendable = []
    for posting in batch.new_names:
        if posting.id not in cleared:
            continue
        try:
            sending.append((posting, _name_request(posting, around)))
        except QbxmlInvalid as error:
            _hold_unreadable(turn, posting, error)
    return sending


def _name_request(posting: Posting, around: Surroundings) -> Request:
    if posting.kind is Kind.CUSTOMER:
        return _checked(customer_request(posting, around))
    return _checked(item_request(posting, around))


def _checked(request: Request) -> Request:
    """Checked alone, so that one bad record holds itself and not the message it would be in."""
    check(request, QBXML_VERSION)
    return request


def _hold_unreadable(turn: Turn, posting: Posting, error: QbxmlInvalid) -> None:
    details = {"order": str(posting.order_id or posting.number), "reason": str(error)}
    outcome.hold(turn, posting, Hold("message-unreadable", details))


def _is_looked_up(line: Pipeline, posting: Posting, invoice: Posting) -> bool:
    """Cleared by the look-up, and for a payment to an invoice in QuickBooks with what it saw."""
    if posting.id not in line.cleared:
        return False
    return invoice.state is not State.POSTED or str(posting.id) in line.invoices


def _order_requests(
    turn: Turn,
    line: Pipeline,
    order: OrderPostings,
    batch: Batch,
    around: Surroundings,
) -> Sendable:
    """The invoice and payments of one order; trouble with it holds it and nothing else."""
    ready = [posting for posting in order.ready if _is_looked_up(line, posting, order.invoice)]
    if order.invoice.state is State.READY and order.invoice not in ready:
        return []
    sending: Sendable = []
    try:
        for posting in ready:
            if not _closed(turn, posting):
                request = _request(line, posting, order.invoice, around)
                sending.append((posting, _checked(request)))
            elif posting is order.invoice:
                return []
        return sending
    except ReferenceMissing:
        _follow_names(turn, order, batch)
    except QbxmlInvalid as error:
        for posting in ready:
            _hold_unreadable(turn, posting, error)
    standing.refresh(turn.db, turn.connection.id, [order.order_id])
    return []


def _request(line: Pipeline, posting: Posting, invoice: Posting, around: Surroundings) -> Request:
    if posting.kind is Kind.INVOICE:
        return invoice_request(posting, around)
    if invoice.state is State.POSTED:
        facts = line.invoices[str(posting.id)]
        paid = PaidInvoice(facts.customer, facts.ar_account, txn_id=invoice.record_id)
        return payment_request(posting, paid)
    planned = planned_sale_from(invoice.payload)
    customer = around.ref(planned.customer).list_id
    paid = PaidInvoice(customer, planned.ar_account_list_id, macro=macro_of(invoice))
    return payment_request(posting, paid)


def _closed(turn: Turn, posting: Posting) -> bool:
    """Hold what is dated in a closed period of this company file, as it is now."""
    facts = turn.connection.quickbooks
    closed_to = max(facts.get("closing_date") or "", facts.get("dividing_date") or "")
    day = str(posting.payload.get("placed_on") or posting.payload.get("paid_on"))
    if not closed_to or date.fromisoformat(day) > date.fromisoformat(closed_to):
        return False
    details = {"order": str(posting.order_id), "date": day, "closing_date": closed_to}
    outcome.hold(turn, posting, Hold("closed-period", details))
    standing.refresh(turn.db, turn.connection.id, [posting.order_id or 0])
    return True


def _follow_names(turn: Turn, order: OrderPostings, batch: Batch) -> None:
    """Its customer or an item could not be made: the order shares its fate."""
    for posting in batch.names_of(order):
        if posting.state is State.HELD:
            details = {**posting.details, "order": str(order.order_id)}
            outcome.hold(turn, order.invoice, Hold(posting.cause, details))
            return
    pause = max(
        (posting.not_before for posting in batch.names_of(order) if posting.not_before),
        default=turn.now + COME_AGAIN_AFTER,
    )
    states.retry(order.invoice, "quickbooks-busy", _busy(order.invoice), pause)
    # What it waits for may be planned no more.
    turn.db.execute(
        update(KeapOrder)
        .where(KeapOrder.connection_id == turn.connection.id, KeapOrder.keap_id == order.order_id)
        .values(needs_plan=True),
        execution_options={"synchronize_session": "fetch"},
    )


def _busy(posting: Posting) -> dict[str, str]:
    return {"thing": f"Invoice {posting.number}", "reason": "its customer or an item comes first"}
