"""The answers to a batch's look-ups: cleared for sending, adopted, planned again, or held."""

from datetime import timedelta

from sqlalchemy import select

from qbwc_service.ledger import mirror, states
from qbwc_service.ledger.models import KeapOrder, Kind, Posting
from qbwc_service.ledger.states import State
from qbwc_service.planning.plan import Hold
from qbwc_service.webconnector import look_up, outcome
from qbwc_service.webconnector.batch import Batch, OrderPostings, load_batch
from qbwc_service.webconnector.look_up import Adopt, Decision, Found, PlanAgain
from qbwc_service.webconnector.pipeline import Facts, InFlight, Pipeline
from qbwc_service.webconnector.turn import Turn

#: a look-up that was not answered is asked again after this
LOOK_AGAIN_AFTER = timedelta(minutes=1)


def take_look_ups(turn: Turn, line: Pipeline, landed: InFlight, found: Found) -> None:
    if not landed.look_up:
        return
    batch = load_batch(turn, landed.look_up)
    ours = _our_txn_ids(turn, found)
    cleared = set(line.cleared)
    for posting in batch.new_names:
        if found.covers(posting.kind, landed.asked):
            decision = look_up.decide_name(posting, found)
            _settle(turn, posting, decision, cleared)
    for order in batch.orders:
        _look_at_order(turn, line, order, landed, found, ours, cleared)
    line.cleared = sorted(cleared)
    _move_on(turn, line, batch, cleared)


def _look_at_order(
    turn: Turn,
    line: Pipeline,
    order: OrderPostings,
    landed: InFlight,
    found: Found,
    ours: frozenset[str],
    cleared: set[int],
) -> None:
    if order.invoice.state is State.READY:
        if not found.covers(Kind.INVOICE, landed.asked):
            return
        decision = look_up.decide_invoice(order.invoice, found)
        _settle(turn, order.invoice, decision, cleared)
    invoice = found.invoices_by_id.get(order.invoice.record_id)
    if order.invoice.state is State.POSTED and invoice is None:
        _invoice_gone(turn, order, landed, found)
        return
    customer = (
        invoice.customer_list_id
        if invoice
        else str(order.invoice.payload.get("customer", {}).get("list_id", ""))
    )
    for payment in order.payments:
        if payment.state is not State.READY or not found.covers(Kind.PAYMENT, landed.asked):
            continue
        decision = look_up.decide_payment(payment, found, customer, ours)
        if decision is None and invoice is not None:
            decision = look_up.decide_against_invoice(payment, invoice, ours)
            line.invoices[str(payment.id)] = Facts(
                invoice.customer_list_id, invoice.ar_account_list_id
            )
        _settle(turn, payment, decision, cleared)


def _invoice_gone(turn: Turn, order: OrderPostings, landed: InFlight, found: Found) -> None:
    """A payment's invoice was asked for and QuickBooks does not have it."""
    asked = {request for request in landed.asked if ":paid:" in request}
    if asked and asked <= found.answered:
        details = {"thing": f"Invoice {order.invoice.number}", "order": str(order.order_id)}
        states.lose(order.invoice, "gone-from-quickbooks")
        turn.tell("gone-from-quickbooks", details, order.invoice)


def _settle(turn: Turn, posting: Posting, decision: Decision, cleared: set[int]) -> None:
    match decision:
        case None:
            cleared.add(posting.id)
        case Adopt(record=record, linked=linked):
            outcome.made(turn, posting, record, linked=linked)
        case PlanAgain(record=record):
            mirror.store(turn.db, turn.connection.id, [record])
        case Hold() as why:
            outcome.hold(turn, posting, why)


def _move_on(turn: Turn, line: Pipeline, batch: Batch, cleared: set[int]) -> None:
    """To the next station; what was not cleared is planned or looked up again later."""
    for order in batch.orders:
        waiting = order.ready
        names = [p for p in batch.names_of(order) if p.state is State.READY]
        blocked = [p for p in (*waiting, *names) if p.id not in cleared]
        if blocked:
            _come_again(turn, order, replan=any(p in names for p in blocked))
        elif names:
            line.looked.append(order.order_id)
        elif waiting:
            line.named.append(order.order_id)


def _come_again(turn: Turn, order: OrderPostings, *, replan: bool) -> None:
    """A name turned out to be taken: plan anew at once. An unanswered look-up: in a minute."""
    row = turn.db.scalars(
        select(KeapOrder).where(
            KeapOrder.connection_id == turn.connection.id,
            KeapOrder.keap_id == order.order_id,
        )
    ).one()
    row.needs_plan = row.needs_plan or replan
    if not replan:
        for posting in order.ready:
            pause = turn.now + LOOK_AGAIN_AFTER
            states.retry_later(posting, pause)


def _our_txn_ids(turn: Turn, found: Found) -> frozenset[str]:
    """Which of the payments that came back are postings of ours."""
    seen = {record.txn_id for records in found.payments.values() for record in records}
    for invoice in found.invoices_by_id.values():
        seen |= {linked.txn_id for linked in invoice.linked}
    if not seen:
        return frozenset()
    known = turn.db.scalars(
        select(Posting.record_id).where(
            Posting.connection_id == turn.connection.id, Posting.record_id.in_(sorted(seen))
        )
    )
    return frozenset(known)
