"""What a person may decide about an order: requeue, hold, skip, link, accept a difference; and
about a payment alone: skip.

Each decision either happens or is refused with a reason (DecisionRefused); a record that is in
QuickBooks, or may be, is never queued a second time. Every decision leaves a line of history.
"""

import re
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_service.ledger import error_log, history, standing, states
from qbwc_service.ledger.kind_words import form_word
from qbwc_service.ledger.models import (
    Connection,
    KeapOrder,
    KeapPayment,
    Kind,
    OrderStatus,
    PaymentStatus,
    Posting,
)
from qbwc_service.ledger.postings import external_guid
from qbwc_service.ledger.reconcile.agreed import take_as_right
from qbwc_service.ledger.reconcile.runs import MADE
from qbwc_service.ledger.refunds import TO_APPROVE
from qbwc_service.ledger.row_postings import ROW_KINDS, row_key
from qbwc_service.ledger.sendable import sale_of
from qbwc_service.ledger.standing import AT_ONCE, current
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import Override, PaymentKind
from qbwc_service.planning.plan import planned_sale_from
from qbwc_service.settings import SettingError, changed

_SENT = "it was sent and its answer is not known yet; that is settled at the next update"
_SKIPPED = "it is skipped already"
#: what a person says about an order who accepts it although it is held for this cause
ACCEPTED_BY = {
    "payments-do-not-add-up": Override.PAYMENT_SUM,
    "refunds-do-not-add-up": Override.REFUND_SUM,
    "deleted-in-keap": Override.DELETED,
    "held-by-rule": Override.SETTINGS,
}
_LEFT_OUT = frozenset({PaymentStatus.SKIPPED_BY_SETTINGS, PaymentStatus.SKIPPED_BY_YOU})
_POSTED = "it is in QuickBooks already; sending it again would make it twice"


#: as QuickBooks writes them: hexadecimal, a dash, seconds since 1970
_TXN_ID = re.compile(r"[0-9A-Fa-f]{1,16}-[0-9]{1,12}")


class DecisionRefused(Exception):
    """What was asked for cannot be done with it now; `reason` is a sentence part.

    `order_id` is the number of a payment where `thing` is "Payment".
    """

    def __init__(self, order_id: int, reason: str, thing: str = "Order") -> None:
        self.order_id = order_id
        self.reason = reason
        super().__init__(f"{thing} {order_id} was not changed: {reason}.")


def _is_refund(row: KeapPayment) -> bool:
    return row.kind is PaymentKind.REFUND or row.amount < 0


class Decisions:
    """A person's decisions on one connection, inside one write transaction."""

    def __init__(self, db: Session, connection: Connection, who: str, now: datetime) -> None:
        self._db = db
        self._connection = connection
        self._who = who
        self._now = now

    def requeue(self, order_id: int) -> None:
        """Plan and send it again: what is held, skipped, failed or gone. Posted parts stay."""
        order, postings = self._load(order_id)
        freed = [posting for posting in postings if self._requeue_posting(posting)]
        if not freed and not order.skip and order.status is not OrderStatus.NEW:
            self._refuse_requeue(order_id, postings)
        self._free_names(postings)
        order.needs_plan = True
        order.group_limit = None
        loose = self._loosen_payments(order_id, postings)
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
        invoice = self._sale(order, postings)
        waiting = [p for p in postings if p.state in {State.READY, State.HELD}]
        if invoice.state in {State.READY, State.HELD} and invoice not in waiting:
            waiting.append(invoice)
        if not waiting:
            raise DecisionRefused(order_id, self._why_fixed(invoice))
        for posting in waiting:
            states.hold(posting, "held-by-you", {"order": str(order_id)})
        order.needs_plan = False
        self._done(order, "Held")

    def skip(self, order_id: int) -> None:
        """Never send what is not in QuickBooks yet; accept as it is what differs there."""
        order, postings = self._load(order_id)
        postings = [self._living(posting) for posting in postings]
        invoice = self._sale(order, postings)
        parts = {invoice.id: invoice} | {posting.id: posting for posting in postings}
        if not [part for part in parts.values() if self._skip_or_settle(order, part)]:
            raise DecisionRefused(order_id, self._why_fixed(invoice))
        order.needs_plan = False
        self._done(order, "Skipped for good")

    def skip_payment(self, payment_id: int) -> None:
        """Never send this payment or refund of Keap, also where its order was never read."""
        rows = self._payment_rows(payment_id)
        postings = {row.id: self._row_postings(row) for row in rows}
        for posting in (each for some in postings.values() for each in some):
            if posting.state in {State.SENT, State.POSTED}:
                raise DecisionRefused(payment_id, self._why_fixed(posting), "Payment")
        for row in rows:
            for posting in postings[row.id]:
                if posting.state is not State.SKIPPED:
                    states.skip(posting)
            self._payment_done(row, row.cause)

    def approve_refund(self, payment_id: int) -> None:
        """The refund may be posted as the page of its order shows."""
        rows = [row for row in self._payment_rows(payment_id) if _is_refund(row)]
        if not rows:
            raise DecisionRefused(payment_id, "it is no refund", "Payment")
        if all(row.approved_at for row in rows):
            raise DecisionRefused(payment_id, "it is approved already", "Payment")
        if any(row.status in {PaymentStatus.SENT, PaymentStatus.POSTED} for row in rows):
            raise DecisionRefused(payment_id, "it is in QuickBooks already", "Payment")
        for row in rows:
            row.approved_at = self._now
            self._release_approved(row)
            self._db.execute(
                update(KeapOrder)
                .where(
                    KeapOrder.connection_id == self._connection.id,
                    KeapOrder.keap_id == row.order_id,
                )
                .values(needs_plan=True, has_work=True),
                execution_options={"synchronize_session": "fetch"},
            )
            text = f"Refund {payment_id} of {shown(abs(row.amount))} approved"
            history.note(
                self._db,
                self._connection.id,
                text,
                now=self._now,
                order_id=row.order_id,
                who=self._who,
            )
            standing.refresh(self._db, self._connection.id, [row.order_id])
            self._db.flush()
            self._solve_of_row(row, TO_APPROVE)

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
            raise DecisionRefused(order_id, _SENT)
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
        override = ACCEPTED_BY.get(order.cause)
        if not flagged and override is None:
            raise DecisionRefused(order_id, "nothing of it differs")
        for posting in flagged:
            self._settle(order, posting)
        if override is not None:
            order.overrides = sorted({*order.overrides, override})
            order.needs_plan = True
        self._done(order, "Looks right")

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

    def undo(self, order_id: int) -> None:
        """Take back what was not sent. What is in QuickBooks is deleted there by a person."""
        order, postings = self._load(order_id)
        if any(posting.state is State.SENT for posting in postings):
            raise DecisionRefused(order_id, _SENT)
        if any(posting.state is State.POSTED for posting in postings):
            raise DecisionRefused(
                order_id,
                "it is in QuickBooks; delete it there, and the next update notices it is gone",
            )
        self.skip(order.keap_id)

    # -- the parts --------------------------------------------------------------------------------

    def _load(self, order_id: int) -> tuple[KeapOrder, list[Posting]]:
        order = self._db.scalars(
            select(KeapOrder).where(
                KeapOrder.connection_id == self._connection.id, KeapOrder.keap_id == order_id
            )
        ).first()
        if order is None:
            raise DecisionRefused(order_id, "no such order was read from Keap")
        found = self._db.scalars(
            select(Posting).where(
                Posting.connection_id == self._connection.id, Posting.order_id == order_id
            )
        )
        return order, list(current(found).values())

    def _sale(self, order: KeapOrder, postings: list[Posting]) -> Posting:
        """The posting of the order's form; made, held by you, where none was planned yet."""
        found = sale_of(postings)
        if found is not None:
            return found
        invoice = self._new(order.keap_id, Kind.INVOICE, str(order.keap_id), generation=1)
        states.hold(invoice, "held-by-you", {"order": str(order.keap_id)})
        return invoice

    def _new(self, order_id: int | None, kind: Kind, source_key: str, generation: int) -> Posting:
        posting = Posting(
            connection_id=self._connection.id,
            kind=kind,
            source_key=source_key,
            generation=generation,
            external_guid=external_guid(self._connection.uid, kind, source_key, generation),
            order_id=order_id,
            state=State.READY,
            cause="",
            details={},
            payload={},
            created_at=self._now,
        )
        self._db.add(posting)
        self._db.flush()
        return posting

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

    def _living(self, posting: Posting) -> Posting:
        """The posting, or a new generation where QuickBooks no longer has its record."""
        if posting.state not in ENDED:
            return posting
        return self._new(posting.order_id, posting.kind, posting.source_key, posting.generation + 1)

    def _requeue_posting(self, posting: Posting) -> bool:
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
        raise DecisionRefused(order_id, _SENT if sent else _POSTED)

    def _why_fixed(self, invoice: Posting) -> str:
        match invoice.state:
            case State.SENT:
                return _SENT
            case State.SKIPPED:
                return "it is skipped; requeue it first"
            case State.GONE | State.UNDONE:
                return "QuickBooks no longer has it; requeue it or skip it"
            case _:
                return "it is in QuickBooks already"

    def _why_not_there(self, sale: Posting) -> str:
        if sale.state is State.SENT:
            return _SENT
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

    def _payment_rows(self, payment_id: int) -> list[KeapPayment]:
        """The parts of the payment that are, or may become, records of QuickBooks."""
        rows = self._db.scalars(
            select(KeapPayment).where(
                KeapPayment.connection_id == self._connection.id,
                KeapPayment.payment_id == payment_id,
            )
        ).all()
        left = [row for row in rows if row.status not in _LEFT_OUT]
        if not left:
            reason = _SKIPPED if rows else "no such payment was read from Keap"
            raise DecisionRefused(payment_id, reason, "Payment")
        return left

    def _row_postings(self, row: KeapPayment) -> list[Posting]:
        """The postings of that part; a new one where none lives, because it was never planned."""
        key = row_key(row)
        found = current(
            self._db.scalars(
                select(Posting).where(
                    Posting.connection_id == self._connection.id,
                    Posting.kind.in_(ROW_KINDS),
                    Posting.source_key == key,
                )
            )
        )
        living = [posting for posting in found.values() if posting.state not in ENDED]
        if living or found:
            return living or [self._living(posting) for posting in list(found.values())[:1]]
        posting = self._new(row.order_id or None, Kind.PAYMENT, key, generation=1)
        posting.amount = row.amount
        return [posting]

    def _payment_done(self, row: KeapPayment, cause: str) -> None:
        """Its history, its status, and its entry in the error log if no other payment shares it."""
        shown_with = row.order_id if self._was_read(row.order_id) else None
        if shown_with:
            standing.refresh(self._db, self._connection.id, [shown_with])
        else:
            row.status, row.cause = PaymentStatus.SKIPPED_BY_YOU, ""
        text = f"Payment {row.payment_id} of {shown(row.amount)} skipped for good"
        history.note(
            self._db, self._connection.id, text, now=self._now, order_id=shown_with, who=self._who
        )
        self._db.flush()
        if cause:
            self._solve_of_row(row, cause)

    def _solve_of_row(self, row: KeapPayment, cause: str) -> None:
        """Its entry in the error log, unless another payment of the order waits for the same."""
        if not self._shares_cause(row, cause):
            error_log.solve(
                self._db,
                self._connection.id,
                now=self._now,
                order_id=row.order_id or None,
                messages=[cause],
            )

    def _release_approved(self, row: KeapPayment) -> None:
        """What waited for the approval is planned with the next update, and waits no more."""
        held = select(Posting).where(
            Posting.connection_id == self._connection.id,
            Posting.source_key == row_key(row),
            Posting.state == State.HELD,
            Posting.cause == TO_APPROVE,
        )
        for posting in self._db.scalars(held):
            states.release(posting)

    def _was_read(self, order_id: int) -> bool:
        found = select(KeapOrder.id).where(
            KeapOrder.connection_id == self._connection.id, KeapOrder.keap_id == order_id
        )
        return self._db.scalar(found) is not None

    def _shares_cause(self, row: KeapPayment, cause: str) -> bool:
        other = self._db.scalars(
            select(KeapPayment.id).where(
                KeapPayment.connection_id == self._connection.id,
                KeapPayment.order_id == row.order_id,
                KeapPayment.cause == cause,
                KeapPayment.status == PaymentStatus.HELD,
            )
        ).first()
        return other is not None

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

    def _differs(self, order: KeapOrder, posting: Posting) -> bool:
        edited = posting.kind.is_sale and posting.planned_hash not in {
            "",
            order.content_hash,
        }
        return bool(posting.cause) or edited

    def _note(self, order: KeapOrder, text: str) -> None:
        history.note(
            self._db,
            self._connection.id,
            text,
            now=self._now,
            order_id=order.keap_id,
            who=self._who,
        )

    def _done(self, order: KeapOrder, text: str) -> None:
        self._note(order, text)
        if Override.SEND_AGAIN in order.overrides:
            # Whatever was decided now: the invoice of today is never made anew by itself.
            order.overrides = [name for name in order.overrides if name != Override.SEND_AGAIN]
        error_log.solve(self._db, self._connection.id, now=self._now, order_id=order.keap_id)
        order.next_try_at = AT_ONCE
        standing.refresh(self._db, self._connection.id, [order.keap_id])
