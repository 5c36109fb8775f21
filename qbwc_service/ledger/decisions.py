"""What a person may decide about an order: send, hold, skip, accept a difference, undo. To requeue
it: `requeue_decisions`; that it is a record of QuickBooks: `link_decisions`; whether it may go:
`approval`; and about a payment alone: `payment_decisions`.

Each decision either happens or is refused with a reason (DecisionRefused); a record that is in
QuickBooks, or may be, is never queued a second time. Every decision leaves a line of history.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from qbwc_service.ledger import manual_syncs, states, undo
from qbwc_service.ledger.approval import ApprovalDecisions
from qbwc_service.ledger.decision_steps import SENT_ALREADY
from qbwc_service.ledger.decision_steps import DecisionRefused as DecisionRefused
from qbwc_service.ledger.kind_words import form_word
from qbwc_service.ledger.link_decisions import LinkDecisions
from qbwc_service.ledger.models import KeapOrder, KeapPayment, Kind, OrderStatus, Posting
from qbwc_service.ledger.payment_decisions import PaymentDecisions
from qbwc_service.ledger.reconcile.agreed import take_as_right
from qbwc_service.ledger.reconcile.runs import MADE
from qbwc_service.ledger.requeue_decisions import (
    FOLLOW_THE_FORM,
    POSTED_ALREADY,
    UNDOING,
    RequeueDecisions,
    removals_waiting,
)
from qbwc_service.ledger.standing import OF_THE_MONEY
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.planning.approval import AWAITING
from qbwc_service.planning.order import Override
from qbwc_service.settings import SettingError, changed

#: what a person says about an order who accepts it although it is held for this cause
ACCEPTED_BY = {
    "payments-do-not-add-up": Override.PAYMENT_SUM,
    "refunds-do-not-add-up": Override.REFUND_SUM,
    "deleted-in-keap": Override.DELETED,
    "held-by-rule": Override.SETTINGS,
}
_SKIPPED = "it was skipped by one of you or undone; Requeue plans and sends it again"
_NOT_SENT_NOW = {
    OrderStatus.HELD: "it waits for you; its page says for what",
    OrderStatus.SENT: SENT_ALREADY,
    OrderStatus.POSTED: POSTED_ALREADY,
    OrderStatus.POSTED_PAYMENT_OPEN: POSTED_ALREADY,
    OrderStatus.SKIPPED_BY_YOU: _SKIPPED,
    OrderStatus.UNDONE: _SKIPPED,
}
HELD_BY_YOU = "held-by-you"


def _of_a_receipt(order: KeapOrder, postings: Sequence[Posting]) -> Override | None:
    """A receipt is right although Keap has less money for it by now."""
    is_receipt = any(posting.kind is Kind.SALES_RECEIPT for posting in postings)
    return Override.PAYMENT_SUM if is_receipt and order.cause in OF_THE_MONEY else None


class Decisions(RequeueDecisions, LinkDecisions, ApprovalDecisions, PaymentDecisions):
    """A person's decisions on one connection, inside one write transaction."""

    def send(self, order_id: int, *, seen: str = "") -> None:
        """It goes with the next update whatever the settings leave out, and does not wait for its
        payment; approved where that is asked for, as the person has `seen` it (its content hash).
        What a person holds is released; of all else that is held nothing is."""
        order, _ = self._load(order_id)
        self.refuse_unseen(order, seen)
        if order.cause == HELD_BY_YOU:
            self.requeue(order_id)
        elif order.cause not in AWAITING:
            if order.status in _NOT_SENT_NOW:
                raise DecisionRefused(order_id, _NOT_SENT_NOW[order.status])
            manual_syncs.send_by_hand(
                self._db,
                self._connection,
                [order],
                even_if_skipped=True,
                who=self._who,
                now=self._now,
            )
        if self.awaits_word(order_id):
            self.approve(order_id)

    def hold(self, order_id: int) -> None:
        """Keep what is not sent from being sent."""
        order, postings = self._load(order_id)
        if removals_waiting(postings):
            raise DecisionRefused(order_id, UNDOING)
        invoice = self._sale(order, postings)
        waiting = [p for p in postings if p.state in {State.READY, State.HELD}]
        if invoice.state in {State.READY, State.HELD} and invoice not in waiting:
            waiting.append(invoice)
        if not waiting:
            raise DecisionRefused(order_id, self._why_fixed(invoice))
        for posting in waiting:
            states.hold(posting, HELD_BY_YOU, {"order": str(order_id)})
        order.needs_plan = False
        self._done(order, "Held")

    def skip(self, order_id: int) -> None:
        """Never send what is not in QuickBooks yet; accept as it is what differs there. Of an order
        that is being undone: leave in QuickBooks what is still there."""
        order, postings = self._load(order_id)
        if removals_waiting(postings):
            self.keep(order_id)
            return
        postings = [
            self._living(posting)
            for posting in postings
            if posting.state not in ENDED or posting.kind not in FOLLOW_THE_FORM
        ]
        invoice = self._sale(order, postings)
        parts = {invoice.id: invoice} | {posting.id: posting for posting in postings}
        if not [part for part in parts.values() if self._skip_or_settle(order, part)]:
            raise DecisionRefused(order_id, self._why_fixed(invoice))
        if invoice.state is State.SKIPPED:
            self._skip_unplanned(order)
        # Of a form that is in QuickBooks, a payment read since it was planned last still goes.
        order.needs_plan = invoice.state is not State.SKIPPED
        self._done(order, "Skipped for good")

    def renumber(self, order_id: int, prefix: str) -> None:
        """Its number is somebody else's in QuickBooks: it gets a prefix of its own."""
        order, postings = self._load(order_id)
        sale = self._living(self._sale(order, postings))
        if sale.state not in {State.READY, State.HELD, State.SKIPPED}:
            raise DecisionRefused(order_id, self._why_fixed(sale))
        try:
            changed({}, "number_prefix", prefix)
        except SettingError as error:
            raise DecisionRefused(order_id, error.reason) from error
        if not prefix.strip():
            raise DecisionRefused(order_id, "write the letters that go before its number")
        order.own_prefix = prefix.strip()
        self._requeue_posting(sale)
        order.needs_plan = True
        self._done(order, f"Gets the prefix {order.own_prefix}")

    def accept(self, order_id: int) -> None:
        """What QuickBooks shows differs from what was meant, and a person says it is right."""
        order, postings = self._load(order_id)
        flagged = [p for p in postings if p.state is State.POSTED and self._differs(order, p)]
        override = ACCEPTED_BY.get(order.cause) or _of_a_receipt(order, postings)
        if not flagged and override is None:
            raise DecisionRefused(order_id, "nothing of it differs")
        for posting in flagged:
            self._settle(order, posting)
        for posting in postings:
            if posting.kind is Kind.SALE_UPDATE and posting.state in {State.READY, State.HELD}:
                states.skip(posting)
        if override is not None:
            order.overrides = sorted({*order.overrides, override})
            order.needs_plan = True
        waiting = {posting.cause for posting in postings if posting.state is State.HELD}
        self._done(order, "Looks right", keep=waiting - ACCEPTED_BY.keys())

    def send_again_once_deleted(self, order_id: int) -> None:
        """It is to be made anew with what its lines go to now. Nothing is deleted in QuickBooks: a
        person does that, and the next update notices it."""
        order, postings = self._load(order_id)
        invoice = self._sale(order, postings)
        if invoice.state is not State.POSTED:
            raise DecisionRefused(order_id, self._why_not_there(invoice))
        order.overrides = sorted({*order.overrides, Override.SEND_AGAIN})
        text = f"Will be sent again once its {form_word(invoice)} is deleted in QuickBooks"
        self._note(order, text)

    def undo(
        self, order_id: int, *, even_so: bool = False, only: Collection[int] | None = None
    ) -> undo.UndoPreview:
        """Take it back: what was not sent is skipped, what is in QuickBooks is deleted there at the
        next update. `even_so`: also where something of somebody else's would be lost. `only`: of
        these postings alone."""
        who, now = self._who, self._now
        return undo.undo_order(
            self._db, self._connection, order_id, who, now, even_so=even_so, only=only
        )

    def keep(self, order_id: int) -> None:
        """It is being undone: leave in QuickBooks what is still there."""
        order, postings = self._load(order_id)
        removals = removals_waiting(postings)
        if not removals:
            raise DecisionRefused(order_id, "nothing of it waits to be deleted any more")
        for removal in removals:
            states.skip(removal)
        self._done(order, "No longer undone; what is still in QuickBooks stays there")

    # -- the parts --------------------------------------------------------------------------------

    def _why_not_there(self, sale: Posting) -> str:
        if sale.state is State.SENT:
            return SENT_ALREADY
        return f"its {form_word(sale)} is not in QuickBooks"

    def _skip_or_settle(self, order: KeapOrder, posting: Posting) -> bool:
        if posting.state in {State.READY, State.HELD}:
            states.skip(posting)
            return True
        if posting.state is State.POSTED and posting.cause:
            self._settle(order, posting)
            return True
        return False

    def _settle(self, order: KeapOrder, posting: Posting) -> None:
        """As it is in QuickBooks it is right for what Keap says now; the next edit shows again."""
        states.settle(posting)
        if posting.kind in MADE:
            take_as_right(self._db, posting)
        posting.planned_hash = self._hash_now(order, posting)

    def _hash_now(self, order: KeapOrder, posting: Posting) -> str:
        if posting.kind.is_sale:
            return order.content_hash
        payment_id, _, _ = posting.source_key.partition("/")
        return self._db.scalars(
            select(KeapPayment.content_hash).where(
                KeapPayment.connection_id == self._connection.id,
                KeapPayment.order_id == order.keap_id,
                KeapPayment.payment_id == int(payment_id),
            )
        ).one()

    def _differs(self, order: KeapOrder, posting: Posting) -> bool:
        edited = posting.kind.is_sale and posting.planned_hash not in {
            "",
            order.content_hash,
        }
        return bool(posting.cause) or edited
