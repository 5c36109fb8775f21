"""What every decision of a person shares: the rows that it is about, its history, its refusal."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import error_log, history, standing, states
from qbwc_service.ledger.models import (
    Connection,
    KeapOrder,
    KeapPayment,
    Kind,
    OrderStatus,
    PaymentStatus,
    Posting,
)
from qbwc_service.ledger.postings import new_posting
from qbwc_service.ledger.row_postings import ROW_KINDS, row_key
from qbwc_service.ledger.sendable import sale_of
from qbwc_service.ledger.standing import AT_ONCE, current
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.planning.order import Override

SENT_ALREADY = "it was sent and its answer is not known yet; that is settled at the next update"
#: with a cause in one of these, a posting waits for somebody
_WITH_A_PERSON = frozenset({State.HELD, State.POSTED, State.GONE})


class DecisionRefused(Exception):
    """What was asked for cannot be done with it now; `reason` is a sentence part.

    `order_id` is the number of a payment where `thing` is "Payment".
    """

    def __init__(self, order_id: int, reason: str, thing: str = "Order") -> None:
        self.order_id = order_id
        self.reason = reason
        super().__init__(f"{thing} {order_id} was not changed: {reason}.")


class Deciding:
    """A person at work on one connection, inside one write transaction."""

    def __init__(self, db: Session, connection: Connection, who: str, now: datetime) -> None:
        self._db = db
        self._connection = connection
        self._who = who
        self._now = now

    def _load(self, order_id: int) -> tuple[KeapOrder, list[Posting]]:
        order = self._db.scalars(
            select(KeapOrder).where(
                KeapOrder.connection_id == self._connection.id, KeapOrder.keap_id == order_id
            )
        ).first()
        if order is None:
            raise DecisionRefused(order_id, "no such order was read from Keap")
        found = self._db.scalars(
            select(Posting)
            .where(Posting.connection_id == self._connection.id, Posting.order_id == order_id)
            .order_by(Posting.id)
        )
        newest = current(found).values()
        sale = sale_of(newest)
        # Of the forms that it was before, only the last one counts.
        return order, [each for each in newest if not each.kind.is_sale or each is sale]

    def _sale(self, order: KeapOrder, postings: list[Posting]) -> Posting:
        """The posting of the order's form; made, held by you, where none was planned yet."""
        found = sale_of(postings)
        if found is not None:
            return found
        invoice = self._new(order.keap_id, Kind.INVOICE, str(order.keap_id), generation=1)
        states.hold(invoice, "held-by-you", {"order": str(order.keap_id)})
        return invoice

    def _new(self, order_id: int | None, kind: Kind, source_key: str, generation: int) -> Posting:
        posting = new_posting(
            self._connection, kind, source_key, order_id, generation, now=self._now
        )
        self._db.add(posting)
        self._db.flush()
        return posting

    def _row_postings(self, row: KeapPayment) -> list[Posting]:
        """The postings of the payment row; a new one where it was never planned, or all ended."""
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

    def _skip_unplanned(self, order: KeapOrder) -> None:
        """Payments and refunds that were read since the order was planned last are left out with
        its form: there is nothing that they could be applied to."""
        unplanned = select(KeapPayment).where(
            KeapPayment.connection_id == self._connection.id,
            KeapPayment.order_id == order.keap_id,
            KeapPayment.status == PaymentStatus.NEW,
        )
        for row in self._db.scalars(unplanned).all():
            for posting in self._row_postings(row):
                if posting.state is not State.SKIPPED:
                    states.skip(posting)

    def _living(self, posting: Posting) -> Posting:
        """The posting, or a new generation where QuickBooks no longer has its record. That it is
        gone is then decided, whatever becomes of the new one."""
        if posting.state not in ENDED:
            return posting
        if posting.state is State.GONE:
            states.undo(posting)
        return self._new(posting.order_id, posting.kind, posting.source_key, posting.generation + 1)

    def _why_fixed(self, invoice: Posting) -> str:
        match invoice.state:
            case State.SENT:
                return SENT_ALREADY
            case State.SKIPPED:
                return "it is skipped; requeue it first"
            case State.GONE | State.UNDONE:
                return "QuickBooks no longer has it; requeue it or skip it"
            case _:
                return "it is in QuickBooks already"

    def _note(self, order: KeapOrder, text: str) -> None:
        history.note(
            self._db,
            self._connection.id,
            text,
            now=self._now,
            order_id=order.keap_id,
            who=self._who,
        )

    def _done(self, order: KeapOrder, text: str, keep: Collection[str] = ()) -> None:
        """Its history and its status; nothing of it is to be read any more but what to `keep` and
        what it still waits for."""
        self._note(order, text)
        if Override.SEND_AGAIN in order.overrides:
            # Whatever was decided now: the invoice of today is never made anew by itself.
            order.overrides = [name for name in order.overrides if name != Override.SEND_AGAIN]
        order.next_try_at = AT_ONCE
        standing.refresh(self._db, self._connection.id, [order.keap_id])
        error_log.solve(
            self._db,
            self._connection.id,
            now=self._now,
            order_id=order.keap_id,
            keep={*keep, *self._waits_for(order.keap_id)},
        )

    def _waits_for(self, order_id: int) -> set[str]:
        """The causes for which a person is asked to look at the order or at a record of it."""
        order, postings = self._load(order_id)
        causes = {each.cause for each in postings if each.state in _WITH_A_PERSON}
        if order.status is OrderStatus.HELD:
            causes.add(order.cause)
        return causes - {""}
