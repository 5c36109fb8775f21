"""What a person may decide about a payment or refund alone: skip it, approve it."""

from sqlalchemy import select, update

from qbwc_service.ledger import error_log, history, standing, states
from qbwc_service.ledger.decision_steps import Deciding, DecisionRefused
from qbwc_service.ledger.models import KeapOrder, KeapPayment, PaymentStatus, Posting
from qbwc_service.ledger.refunds import TO_APPROVE
from qbwc_service.ledger.row_postings import row_key
from qbwc_service.ledger.states import State
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import PaymentKind

_SKIPPED = "it is skipped already"
_LEFT_OUT = frozenset({PaymentStatus.SKIPPED_BY_SETTINGS, PaymentStatus.SKIPPED_BY_YOU})


def _is_refund(row: KeapPayment) -> bool:
    return row.kind is PaymentKind.REFUND or row.amount < 0


class PaymentDecisions(Deciding):
    """A person's decisions on payments and refunds of Keap."""

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
            self._plan_again(row.order_id)
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

    def _payment_done(self, row: KeapPayment, cause: str) -> None:
        """Its history, its status, and its entry in the error log if nothing else shares it."""
        shown_with = row.order_id if self._was_read(row.order_id) else None
        if shown_with:
            self._plan_again(row.order_id)
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

    def _plan_again(self, order_id: int) -> None:
        self._db.execute(
            update(KeapOrder)
            .where(
                KeapOrder.connection_id == self._connection.id,
                KeapOrder.keap_id == order_id,
            )
            .values(needs_plan=True, has_work=True),
            execution_options={"synchronize_session": "fetch"},
        )

    def _was_read(self, order_id: int) -> bool:
        found = select(KeapOrder.id).where(
            KeapOrder.connection_id == self._connection.id, KeapOrder.keap_id == order_id
        )
        return self._db.scalar(found) is not None

    def _shares_cause(self, row: KeapPayment, cause: str) -> bool:
        """Another record of its order, or another payment, waits for that too."""
        if self._was_read(row.order_id) and cause in self._waits_for(row.order_id):
            return True
        other = self._db.scalars(
            select(KeapPayment.id).where(
                KeapPayment.connection_id == self._connection.id,
                KeapPayment.order_id == row.order_id,
                KeapPayment.cause == cause,
                KeapPayment.status == PaymentStatus.HELD,
            )
        ).first()
        return other is not None

    def _solve_of_row(self, row: KeapPayment, cause: str) -> None:
        """Its entry in the error log, unless something else of the order waits for the same."""
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
