"""What a person may decide about an order: requeue, hold, skip, link, accept a difference; whether
it may go: `approval`; and about a payment alone: `payment_decisions`.

Each decision either happens or is refused with a reason (DecisionRefused); a record that is in
QuickBooks, or may be, is never queued a second time. Every decision leaves a line of history.
"""

import re
from collections.abc import Collection, Sequence

from sqlalchemy import select

from qbwc_service.ledger import error_log, manual_syncs, sharing, states, undo
from qbwc_service.ledger.approval import ApprovalDecisions
from qbwc_service.ledger.decision_steps import SENT_ALREADY
from qbwc_service.ledger.decision_steps import DecisionRefused as DecisionRefused
from qbwc_service.ledger.kind_words import form_word, thing
from qbwc_service.ledger.models import REFUNDS, KeapOrder, KeapPayment, Kind, OrderStatus, Posting
from qbwc_service.ledger.payment_decisions import PaymentDecisions
from qbwc_service.ledger.postings import external_guid
from qbwc_service.ledger.reconcile.agreed import take_as_right
from qbwc_service.ledger.reconcile.runs import MADE
from qbwc_service.ledger.sendable import is_undo
from qbwc_service.ledger.standing import OF_THE_MONEY
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.planning.approval import AWAITING
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import Override
from qbwc_service.planning.plan import planned_sale_from
from qbwc_service.settings import SettingError, changed

#: what a person says about an order who accepts it although it is held for this cause
ACCEPTED_BY = {
    "payments-do-not-add-up": Override.PAYMENT_SUM,
    "refunds-do-not-add-up": Override.REFUND_SUM,
    "deleted-in-keap": Override.DELETED,
    "held-by-rule": Override.SETTINGS,
}
_POSTED = "it is in QuickBooks already; sending it again would make it twice"
_SKIPPED = "it was skipped by one of you or undone; Requeue plans and sends it again"
_NOT_SENT_NOW = {
    OrderStatus.HELD: "it waits for you; its page says for what",
    OrderStatus.SENT: SENT_ALREADY,
    OrderStatus.POSTED: _POSTED,
    OrderStatus.POSTED_PAYMENT_OPEN: _POSTED,
    OrderStatus.SKIPPED_BY_YOU: _SKIPPED,
    OrderStatus.UNDONE: _SKIPPED,
}
HELD_BY_YOU = "held-by-you"
_UNDOING = "it is being undone; skip it first, which keeps what is still in QuickBooks"
#: they follow the form that they change: planning writes them, never a decision
_FOLLOW_THE_FORM = frozenset({Kind.SALE_UPDATE, Kind.CUSTOM_FIELDS, Kind.REMOVAL})

#: as QuickBooks writes them: hexadecimal, a dash, seconds since 1970
_TXN_ID = re.compile(r"[0-9A-Fa-f]{1,16}-[0-9]{1,12}")


def _of_a_receipt(order: KeapOrder, postings: Sequence[Posting]) -> Override | None:
    """A receipt is right although Keap has less money for it by now."""
    is_receipt = any(posting.kind is Kind.SALES_RECEIPT for posting in postings)
    return Override.PAYMENT_SUM if is_receipt and order.cause in OF_THE_MONEY else None


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


class Decisions(ApprovalDecisions, PaymentDecisions):
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

    def requeue(self, order_id: int) -> None:
        """Plan and send it again: what is held, skipped, failed or gone. Posted parts stay."""
        order, postings = self._load(order_id)
        if _removals_waiting(postings):
            raise DecisionRefused(order_id, _UNDOING)
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

    def hold(self, order_id: int) -> None:
        """Keep what is not sent from being sent."""
        order, postings = self._load(order_id)
        if _removals_waiting(postings):
            raise DecisionRefused(order_id, _UNDOING)
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
        if _removals_waiting(postings):
            self.keep(order_id)
            return
        postings = [
            self._living(posting)
            for posting in postings
            if posting.state not in ENDED or posting.kind not in _FOLLOW_THE_FORM
        ]
        invoice = self._sale(order, postings)
        parts = {invoice.id: invoice} | {posting.id: posting for posting in postings}
        if not [part for part in parts.values() if self._skip_or_settle(order, part)]:
            raise DecisionRefused(order_id, self._why_fixed(invoice))
        order.needs_plan = False
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

    def link(self, order_id: int, txn_id: str, kind: Kind | None = None) -> None:
        """The order is in QuickBooks already, as the record with this TxnID: of that kind, or of
        the kind that the order was to become."""
        order, postings = self._load(order_id)
        invoice = self._living(self._sale(order, postings))
        if invoice.state is State.SENT:
            raise DecisionRefused(order_id, SENT_ALREADY)
        if invoice.state not in {State.READY, State.HELD, State.SKIPPED}:
            raise DecisionRefused(order_id, _POSTED)
        if not _TXN_ID.fullmatch(txn_id):
            raise DecisionRefused(
                order_id, f"{txn_id!r} is not a TxnID of QuickBooks, such as 1A2B-1416570432"
            )
        self._refuse_second_use(order_id, txn_id)
        self._take_kind(order_id, invoice, kind or invoice.kind)
        if invoice.state is State.SKIPPED:
            states.release(invoice)
        states.post(invoice, txn_id, edit_sequence="", linked=True)
        invoice.posted_at = self._now
        invoice.amount = order.total
        # What somebody else made is never compared with what Keap says.
        invoice.planned_hash = ""
        order.needs_plan = True
        self._done(order, f"Linked to {txn_id} in QuickBooks")

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
        removals = _removals_waiting(postings)
        if not removals:
            raise DecisionRefused(order_id, "nothing of it waits to be deleted any more")
        for removal in removals:
            states.skip(removal)
        self._done(order, "No longer undone; what is still in QuickBooks stays there")

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
        if is_undo(posting) or (posting.state in ENDED and posting.kind in _FOLLOW_THE_FORM):
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
        raise DecisionRefused(order_id, SENT_ALREADY if sent else _POSTED)

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

    def _take_kind(self, order_id: int, sale: Posting, kind: Kind) -> None:
        """What was never sent may stand for another form."""
        if sale.kind is kind:
            return
        if sale.message_set_id is not None:
            raise DecisionRefused(
                order_id, "it was sent before, as another kind of form than QuickBooks has"
            )
        sale.kind = kind
        sale.external_guid = external_guid(
            self._connection.uid, kind, sale.source_key, sale.generation
        )

    def _refuse_second_use(self, order_id: int, txn_id: str) -> None:
        other = self._db.scalars(
            select(Posting).where(
                Posting.connection_id == self._connection.id, Posting.record_id == txn_id
            )
        ).first()
        if other is not None:
            raise DecisionRefused(
                order_id, f"{txn_id} belongs to order {other.order_id or 'none'} already"
            )
        link = sharing.owner_of(self._db, self._connection, txn_id)
        if link:
            raise DecisionRefused(order_id, f"{txn_id} belongs to an order of the link {link}")

    def _differs(self, order: KeapOrder, posting: Posting) -> bool:
        edited = posting.kind.is_sale and posting.planned_hash not in {
            "",
            order.content_hash,
        }
        return bool(posting.cause) or edited


def _removals_waiting(postings: Sequence[Posting]) -> list[Posting]:
    """What is to be deleted in QuickBooks on a person's word, and was not sent yet."""
    return [
        posting
        for posting in postings
        if is_undo(posting) and posting.state in {State.READY, State.HELD}
    ]
