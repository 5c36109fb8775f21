"""A person skips one payment, also where its order was never read."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import error_log, standing
from qbwc_service.ledger.decisions import DecisionRefused, Decisions
from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    Event,
    KeapPayment,
    Kind,
    OrderStatus,
    PaymentStatus,
    Posting,
)
from qbwc_service.ledger.models import KeapOrder as Order
from qbwc_service.ledger.states import State
from tests.ledger_rows import NOON, add_order, add_payment, add_posting

LATER = NOON + timedelta(hours=1)
CAUSE = "payment-without-order"


class Payments:
    """Payments of one connection, and what a person does with them."""

    def __init__(self, db: Session, connection: Connection) -> None:
        self.db = db
        self.own = connection.id
        self.decisions = Decisions(db, connection, "Bea", LATER)

    def loose(self, payment_id: int, order_id: int) -> None:
        add_payment(self.db, self.own, payment_id, order_id, status=PaymentStatus.HELD)
        self.db.flush()
        self.row(payment_id).cause = CAUSE
        error_log.tell(self.db, self.own, CAUSE, {"amount": "10.00"}, now=NOON,
                       order_id=order_id or None)  # fmt: skip

    def row(self, payment_id: int) -> KeapPayment:
        found = select(KeapPayment).where(KeapPayment.payment_id == payment_id)
        return self.db.scalars(found).one()

    def postings(self) -> list[tuple[str, int | None, int, State, int]]:
        found = self.db.scalars(select(Posting).order_by(Posting.id))
        return [(p.source_key, p.order_id, p.generation, p.state, p.amount) for p in found]

    def history(self) -> list[tuple[int | None, str, str]]:
        return [(line.order_id, line.who, line.text) for line in self.db.scalars(select(Event))]

    def open_entries(self) -> int:
        found = select(ErrorEntry).where(ErrorEntry.solved_at.is_(None))
        return len(self.db.scalars(found).all())

    def refuses(self, payment_id: int) -> str:
        with pytest.raises(DecisionRefused) as refused:
            self.decisions.skip_payment(payment_id)
        assert (refused.value.order_id, self.history()) == (payment_id, [])
        return str(refused.value)


@pytest.fixture
def payments(db: Session, acme: Connection) -> Payments:
    return Payments(db, acme)


@pytest.mark.parametrize(("order_id", "of_posting"), [(12, 12), (0, None)])
def test_a_payment_whose_order_was_never_read_is_skipped_and_told(
    payments: Payments, order_id: int, of_posting: int | None
) -> None:
    payments.loose(123, order_id)
    payments.decisions.skip_payment(123)
    row = payments.row(123)
    assert (row.status, row.cause) == (PaymentStatus.SKIPPED_BY_YOU, "")
    assert payments.postings() == [(f"123/{order_id}", of_posting, 1, State.SKIPPED, 1000)]
    assert payments.history() == [(None, "Bea", "Payment 123 of 10.00 skipped for good")]
    assert payments.open_entries() == 0


def test_another_payment_of_the_same_order_goes_on_waiting(payments: Payments) -> None:
    payments.loose(123, 12)
    payments.loose(124, 12)
    payments.decisions.skip_payment(123)
    assert (payments.row(124).status, payments.row(124).cause) == (PaymentStatus.HELD, CAUSE)
    assert payments.open_entries() == 1
    payments.decisions.skip_payment(124)
    assert payments.open_entries() == 0


def test_it_stays_skipped_when_its_order_is_read_later(payments: Payments) -> None:
    payments.loose(123, 12)
    payments.decisions.skip_payment(123)
    add_order(payments.db, payments.own, 12)
    payments.row(123).status = PaymentStatus.NEW
    standing.refresh(payments.db, payments.own, [12])
    assert payments.row(123).status is PaymentStatus.SKIPPED_BY_YOU


def test_a_payment_that_changed_in_keap_and_is_held_again_can_be_skipped_again(
    payments: Payments,
) -> None:
    payments.loose(123, 12)
    payments.decisions.skip_payment(123)
    payments.row(123).status, payments.row(123).cause = PaymentStatus.HELD, CAUSE
    payments.decisions.skip_payment(123)
    assert payments.row(123).status is PaymentStatus.SKIPPED_BY_YOU
    assert payments.postings() == [("123/12", 12, 1, State.SKIPPED, 1000)]


def _has(payments: Payments, state: State) -> None:
    """Order 7 is in QuickBooks; its payment 71 is in that state."""
    add_order(payments.db, payments.own, 7)
    add_posting(payments.db, payments.own, 7, state=State.POSTED, record_id="1A-2")
    add_payment(payments.db, payments.own, 71, 7)
    cause = {State.HELD: "refund-by-hand", State.GONE: "gone-from-quickbooks"}.get(state, "")
    ended = state in {State.POSTED, State.GONE}
    add_posting(payments.db, payments.own, 7, Kind.PAYMENT, state, cause=cause,
                record_id="P-1" if ended else "")  # fmt: skip
    payments.db.flush()
    standing.refresh(payments.db, payments.own, [7])


@pytest.mark.parametrize("state", [State.READY, State.HELD, State.GONE])
def test_the_payment_of_an_order_is_skipped_and_the_order_stands_by_what_is_left(
    payments: Payments, state: State
) -> None:
    _has(payments, state)
    payments.decisions.skip_payment(71)
    order = payments.db.scalars(select(Order)).one()
    assert payments.row(71).status is PaymentStatus.SKIPPED_BY_YOU
    assert (order.status, order.cause) == (OrderStatus.POSTED_PAYMENT_OPEN, "")
    assert payments.history() == [(7, "Bea", "Payment 71 of 10.00 skipped for good")]


def test_that_the_invoice_is_gone_too_is_still_told(payments: Payments) -> None:
    gone = {"state": State.GONE, "cause": "gone-from-quickbooks"}
    add_order(payments.db, payments.own, 7)
    add_posting(payments.db, payments.own, 7, record_id="1A-2", **gone)
    add_payment(payments.db, payments.own, 71, 7)
    add_posting(payments.db, payments.own, 7, Kind.PAYMENT, record_id="P-1", **gone)
    error_log.tell(payments.db, payments.own, gone["cause"], {}, now=NOON, order_id=7)
    standing.refresh(payments.db, payments.own, [7])
    payments.decisions.skip_payment(71)
    assert payments.row(71).status is PaymentStatus.SKIPPED_BY_YOU
    assert payments.open_entries() == 1


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.POSTED, "it is in QuickBooks already"),
        (
            State.SENT,
            "it was sent and its answer is not known yet; that is settled at the next update",
        ),
        (State.SKIPPED, "it is skipped already"),
    ],
)
def test_what_cannot_be_skipped_is_refused_with_the_reason(
    payments: Payments, state: State, reason: str
) -> None:
    _has(payments, state)
    assert payments.refuses(71) == f"Payment 71 was not changed: {reason}."


def test_a_payment_that_nobody_read_is_refused(payments: Payments) -> None:
    assert payments.refuses(9) == ("Payment 9 was not changed: no such payment was read from Keap.")


def test_the_payment_of_another_company_is_not_seen(
    payments: Payments, db: Session, other: Connection
) -> None:
    payments.loose(123, 12)
    with pytest.raises(DecisionRefused, match="no such payment"):
        Decisions(db, other, "Bea", LATER).skip_payment(123)
    assert payments.row(123).status is PaymentStatus.HELD


def test_what_else_is_told_of_its_order_stays(payments: Payments) -> None:
    payments.loose(123, 12)
    error_log.tell(payments.db, payments.own, "order-unreadable", {}, now=NOON, order_id=12)
    payments.decisions.skip_payment(123)
    still_open = select(ErrorEntry.message).where(ErrorEntry.solved_at.is_(None))
    assert payments.db.scalars(still_open).all() == ["order-unreadable"]
