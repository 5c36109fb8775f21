"""The answers to a batch's look-ups: cleared for sending, adopted, planned again, or held."""

from datetime import timedelta

from sqlalchemy import select

from qbwc_service.ledger import send_again, states
from qbwc_service.ledger.models import KeapOrder, Posting
from qbwc_service.ledger.states import State
from qbwc_service.planning.plan import Hold
from qbwc_service.webconnector import look_up, outcome
from qbwc_service.webconnector.batch import OrderPostings, load_batch
from qbwc_service.webconnector.look_up import Adopt, Decision, Found, PlanAgain
from qbwc_service.webconnector.pipeline import Facts, InFlight, Pipeline
from qbwc_service.webconnector.turn import Turn
from qbxml_builders.answers import Answer
from qbxml_builders.records import InvoiceRecord

#: a look-up that was not answered is asked again after this
LOOK_AGAIN_AFTER = timedelta(minutes=1)


def take_look_ups(turn: Turn, line: Pipeline, landed: InFlight, answer: Answer) -> None:
    """Read the look-up answers of the batch that was in flight, and move its orders on."""
    if landed.look_up:
        _LookedUp(turn, line, landed, look_up.collect(answer)).take()


class _LookedUp:
    """The answers to one batch. A posting that nobody asked about is never cleared by them."""

    def __init__(self, turn: Turn, line: Pipeline, landed: InFlight, found: Found) -> None:
        self._turn = turn
        self._line = line
        self._found = found
        self._asked = landed.asked
        self._asked_about = set(landed.looked_up)
        self._cleared = set(line.cleared)
        self._batch = load_batch(turn, landed.look_up)
        self._ours = _our_txn_ids(turn, found)

    def take(self) -> None:
        for posting in self._batch.new_names:
            if self._is_answered(posting):
                self._settle(posting, look_up.decide_name(posting, self._found))
        for order in self._batch.orders:
            self._look_at_order(order)
        self._line.cleared = sorted(self._cleared)
        for order in self._batch.orders:
            self._move_on(order)

    def _is_answered(self, posting: Posting) -> bool:
        """Asked about, and every question of its kind was answered."""
        asked = posting.id in self._asked_about
        return asked and self._found.covers(posting.kind, self._asked)

    def _look_at_order(self, order: OrderPostings) -> None:
        if order.invoice.state is State.READY:
            if not self._is_answered(order.invoice):
                return
            self._settle(order.invoice, look_up.decide_invoice(order.invoice, self._found))
        invoice = self._found.invoices_by_id.get(order.invoice.record_id)
        if order.invoice.state is State.POSTED and invoice is None:
            self._invoice_gone(order)
            return
        for payment in order.payments:
            if payment.state is State.READY and self._is_answered(payment):
                self._look_at_payment(payment, order, invoice)

    def _look_at_payment(
        self, payment: Posting, order: OrderPostings, invoice: InvoiceRecord | None
    ) -> None:
        planned = str(order.invoice.payload.get("customer", {}).get("list_id", ""))
        customer = invoice.customer_list_id if invoice else planned
        decision = look_up.decide_payment(payment, self._found, customer, self._ours)
        if decision is None and invoice is not None:
            decision = look_up.decide_against_invoice(payment, invoice, self._ours)
            facts = Facts(invoice.customer_list_id, invoice.ar_account_list_id)
            self._line.invoices[str(payment.id)] = facts
        self._settle(payment, decision)

    def _invoice_gone(self, order: OrderPostings) -> None:
        """A payment's invoice was asked for and QuickBooks does not have it."""
        asked = {request for request in self._asked if ":paid:" in request}
        if asked and asked <= self._found.answered:
            details = {"thing": f"Invoice {order.invoice.number}", "order": str(order.order_id)}
            states.lose(order.invoice, "gone-from-quickbooks")
            self._turn.tell("gone-from-quickbooks", details, order.invoice)
            turn = self._turn
            send_again.after_deletion(turn.db, turn.connection, [order.invoice], turn.now)

    def _settle(self, posting: Posting, decision: Decision) -> None:
        match decision:
            case None:
                self._cleared.add(posting.id)
            case Adopt(record=record, linked=linked):
                outcome.made(self._turn, posting, record, linked=linked)
            case PlanAgain(record=record):
                outcome.learn(self._turn, [record])
            case Hold() as why:
                outcome.hold(self._turn, posting, why)

    def _move_on(self, order: OrderPostings) -> None:
        """To the next station; what was not cleared is planned or looked up again later."""
        waiting = order.ready
        names = [p for p in self._batch.names_of(order) if p.state is State.READY]
        blocked = [p for p in (*waiting, *names) if p.id not in self._cleared]
        if blocked:
            self._come_again(order, replan=any(p in names for p in blocked))
        elif names:
            self._line.looked.append(order.order_id)
        elif waiting:
            self._line.named.append(order.order_id)

    def _come_again(self, order: OrderPostings, *, replan: bool) -> None:
        """A name turned out to be taken: plan anew at once. An unanswered look-up: in a minute.
        What was not asked about yet is asked at its turn."""
        if replan:
            row = self._turn.db.scalars(
                select(KeapOrder).where(
                    KeapOrder.connection_id == self._turn.connection.id,
                    KeapOrder.keap_id == order.order_id,
                )
            ).one()
            row.needs_plan = True
            return
        for posting in order.ready:
            if posting.id in self._asked_about and posting.id not in self._cleared:
                states.retry_later(posting, self._turn.now + LOOK_AGAIN_AFTER)


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
