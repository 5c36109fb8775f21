"""A person's decision that an order is planned and sent again. A record that is in QuickBooks, or
may be, is never queued a second time."""

from collections.abc import Sequence

from sqlalchemy import select

from qbwc_service.ledger import error_log, states
from qbwc_service.ledger.decision_steps import SENT_ALREADY, Deciding, DecisionRefused
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import REFUNDS, Kind, OrderStatus, Posting
from qbwc_service.ledger.sendable import is_undo
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.planning.money import shown
from qbwc_service.planning.plan import planned_sale_from

POSTED_ALREADY = "it is in QuickBooks already; sending it again would make it twice"
UNDOING = "it is being undone; skip it first, which keeps what is still in QuickBooks"
#: they follow the form that they change: planning writes them, never a decision
FOLLOW_THE_FORM = frozenset({Kind.SALE_UPDATE, Kind.CUSTOM_FIELDS, Kind.REMOVAL})


class RequeueDecisions(Deciding):
    """To plan and send an order again, inside one write transaction."""

    def requeue(self, order_id: int) -> None:
        """Plan and send it again: what is held, skipped, failed or gone. Posted parts stay."""
        order, postings = self._load(order_id)
        if removals_waiting(postings):
            raise DecisionRefused(order_id, UNDOING)
        freed = [posting for posting in postings if self._requeue_posting(posting)]
        if not freed and not order.skip and order.status is not OrderStatus.NEW:
            self._refuse_requeue(order_id, postings)
        self._void_again(postings)
        self._free_names(postings)
        order.needs_plan = True
        order.group_limit = None
        loose = [*self._loosen_payments(order_id, postings), *_loosen_refunds(order_id, postings)]
        self._done(order, "Requeued")
        for payment in loose:
            error_log.tell(
                self._db,
                self._connection.id,
                payment.cause,
                payment.details,
                now=self._now,
                order_id=order_id,
                posting_id=payment.id,
            )

    # -- the parts --------------------------------------------------------------------------------

    def _loosen_payments(self, order_id: int, postings: list[Posting]) -> list[Posting]:
        """The invoice is made anew: payments that were applied to the lost one hang loose."""
        lost = any(p.kind.is_sale and p.state in ENDED for p in postings)
        loose = [p for p in postings if lost and p.kind is Kind.PAYMENT and p.state is State.POSTED]
        for payment in loose:
            details = {
                "thing": f"Payment {payment.number}",
                "order": str(order_id),
                "unused": shown(payment.amount),
            }
            states.flag(payment, "payment-not-applied", details)
        return loose

    def _requeue_posting(self, posting: Posting) -> bool:
        if is_undo(posting) or (posting.state in ENDED and posting.kind in FOLLOW_THE_FORM):
            return False
        if posting.state in {State.HELD, State.SKIPPED}:
            states.release(posting)
            posting.attempts = 0
            return True
        if posting.state is State.READY:
            posting.not_before = None
            posting.attempts = 0
            return True
        if posting.state in ENDED:
            self._living(posting)
            return True
        return False

    def _void_again(self, postings: list[Posting]) -> None:
        """The form is made anew: what made the one before void is still to be done to it."""
        if not any(posting.kind.is_sale and posting.state in ENDED for posting in postings):
            return
        for void in postings:
            if void.kind is Kind.REMOVAL and void.state is State.POSTED and not is_undo(void):
                states.undo(void)
                self._living(void)

    def _free_names(self, postings: list[Posting]) -> None:
        """The customer and items that its unsent invoice waits for are tried again with it."""
        for invoice in postings:
            if not invoice.kind.is_sale or not invoice.payload:
                continue
            planned = planned_sale_from(invoice.payload)
            keys = {planned.customer.made_by, *(line.item.made_by for line in planned.lines)}
            held = select(Posting).where(
                Posting.connection_id == self._connection.id,
                Posting.kind.in_([Kind.CUSTOMER, Kind.ITEM]),
                Posting.source_key.in_(sorted(keys - {""})),
                Posting.state == State.HELD,
            )
            for posting in self._db.scalars(held):
                states.release(posting)
                posting.attempts = 0

    def _refuse_requeue(self, order_id: int, postings: list[Posting]) -> None:
        sent = any(posting.state is State.SENT for posting in postings)
        raise DecisionRefused(order_id, SENT_ALREADY if sent else POSTED_ALREADY)


def _loosen_refunds(order_id: int, postings: Sequence[Posting]) -> list[Posting]:
    """The credit memo is made anew: a refund that used up the lost one hangs loose."""
    lost = {p.source_key for p in postings if p.kind is Kind.CREDIT_MEMO and p.state in ENDED}
    loose = [
        p
        for p in postings
        if p.kind in REFUNDS and p.state is State.POSTED and p.source_key in lost
    ]
    for refund in loose:
        details = {"thing": thing(refund), "order": str(order_id), "amount": shown(refund.amount)}
        states.flag(refund, "refund-not-applied", details)
    return loose


def removals_waiting(postings: Sequence[Posting]) -> list[Posting]:
    """What is to be deleted in QuickBooks on a person's word, and was not sent yet."""
    return [
        posting
        for posting in postings
        if is_undo(posting) and posting.state in {State.READY, State.HELD}
    ]
