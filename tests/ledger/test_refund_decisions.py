"""A person approves a refund, gives an order its own prefix, skips all records of a payment."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import standing
from qbwc_service.ledger.decisions import DecisionRefused, Decisions
from qbwc_service.ledger.models import (
    Connection,
    Event,
    KeapOrder,
    KeapPayment,
    Kind,
    PaymentStatus,
    Posting,
)
from qbwc_service.ledger.states import State
from qbwc_service.planning.order import PaymentKind
from tests.ledger_rows import NOON, add_order, add_payment, add_posting

LATER = NOON + timedelta(hours=1)


class Ledger:
    """Order 7, in QuickBooks, with the refund 71."""

    def __init__(self, db: Session, connection: Connection) -> None:
        self.db = db
        self.own = connection.id
        self.decisions = Decisions(db, connection, "Bea", LATER)
        add_order(db, self.own, 7, needs_plan=False, has_work=False)
        add_payment(db, self.own, 71, 7, amount=-1000, status=PaymentStatus.HELD)
        db.flush()
        self.row().kind = PaymentKind.REFUND

    def row(self) -> KeapPayment:
        return self.db.scalars(select(KeapPayment).where(KeapPayment.payment_id == 71)).one()

    def order(self) -> KeapOrder:
        return self.db.scalars(select(KeapOrder)).one()

    def has(self, kind: Kind, state: State, **more: str) -> None:
        key = "7" if kind.is_sale else "71/7"
        cause = {State.HELD: "number-taken", State.GONE: "gone-from-quickbooks"}.get(state, "")
        in_books = state in {State.POSTED, State.GONE}
        values = {"source_key": key, "record_id": f"{kind}-1" if in_books else "", "cause": cause}
        add_posting(self.db, self.own, 7, kind, state, **(values | more))
        self.db.flush()
        standing.refresh(self.db, self.own, [7])

    def states(self) -> list[tuple[Kind, State]]:
        found = self.db.scalars(select(Posting).order_by(Posting.id))
        return [(posting.kind, posting.state) for posting in found]

    def history(self) -> list[tuple[int | None, str, str]]:
        return [(line.order_id, line.who, line.text) for line in self.db.scalars(select(Event))]


@pytest.fixture
def ledger(db: Session, acme: Connection) -> Ledger:
    return Ledger(db, acme)


# -- approve ---------------------------------------------------------------------------------------


def test_an_approved_refund_is_planned_again_at_once(ledger: Ledger) -> None:
    ledger.has(Kind.INVOICE, State.POSTED)
    ledger.decisions.approve_refund(71)
    assert ledger.row().approved_at == LATER
    assert (ledger.order().needs_plan, ledger.order().has_work) == (True, True)
    assert ledger.history() == [(7, "Bea", "Refund 71 of 10.00 approved")]


def test_only_a_refund_can_be_approved(ledger: Ledger) -> None:
    ledger.row().kind, ledger.row().amount = PaymentKind.CASH, 1000
    with pytest.raises(DecisionRefused) as refused:
        ledger.decisions.approve_refund(71)
    assert str(refused.value) == "Payment 71 was not changed: it is no refund."
    assert ledger.row().approved_at is None


def test_a_refund_that_nobody_read_or_that_is_skipped_is_refused(ledger: Ledger) -> None:
    with pytest.raises(DecisionRefused, match="no such payment was read from Keap"):
        ledger.decisions.approve_refund(9)
    ledger.row().status = PaymentStatus.SKIPPED_BY_YOU
    with pytest.raises(DecisionRefused, match="it is skipped already"):
        ledger.decisions.approve_refund(71)


def test_the_refund_of_another_company_is_not_seen(
    ledger: Ledger, db: Session, other: Connection
) -> None:
    with pytest.raises(DecisionRefused, match="no such payment"):
        Decisions(db, other, "Bea", LATER).approve_refund(71)
    assert ledger.row().approved_at is None


# -- a prefix for one order ------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.HELD, State.READY, State.SKIPPED])
def test_an_order_that_is_not_sent_gets_a_prefix_of_its_own(ledger: Ledger, state: State) -> None:
    ledger.has(Kind.INVOICE, state)
    ledger.decisions.renumber(7, " IS- ")
    assert ledger.order().own_prefix == "IS-"
    assert ledger.order().needs_plan
    assert ledger.states() == [(Kind.INVOICE, State.READY)]
    assert ledger.history() == [(7, "Bea", "Gets the prefix IS-")]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.POSTED, "it is in QuickBooks already"),
        (
            State.SENT,
            "it was sent and its answer is not known yet; that is settled at the next update",
        ),
    ],
)
def test_what_may_be_in_quickbooks_keeps_its_number(
    ledger: Ledger, state: State, reason: str
) -> None:
    ledger.has(Kind.INVOICE, state)
    with pytest.raises(DecisionRefused) as refused:
        ledger.decisions.renumber(7, "IS-")
    assert refused.value.reason == reason
    assert ledger.order().own_prefix == ""


def test_one_that_is_gone_is_made_again_under_the_prefix(ledger: Ledger) -> None:
    ledger.has(Kind.INVOICE, State.GONE)
    ledger.decisions.renumber(7, "IS-")
    assert ledger.states() == [(Kind.INVOICE, State.UNDONE), (Kind.INVOICE, State.READY)]


@pytest.mark.parametrize("prefix", ["", "  ", "PREFIX-TOO-LONG"])
def test_a_prefix_that_cannot_be_one_is_refused(ledger: Ledger, prefix: str) -> None:
    ledger.has(Kind.INVOICE, State.HELD)
    with pytest.raises(DecisionRefused):
        ledger.decisions.renumber(7, prefix)
    assert (ledger.order().own_prefix, ledger.states()) == ("", [(Kind.INVOICE, State.HELD)])


# -- skip ------------------------------------------------------------------------------------------


def test_all_records_of_a_skipped_refund_are_skipped(ledger: Ledger) -> None:
    ledger.has(Kind.INVOICE, State.POSTED)
    ledger.has(Kind.CREDIT_MEMO, State.HELD)
    ledger.has(Kind.CARD_REFUND, State.READY)
    ledger.decisions.skip_payment(71)
    assert ledger.states() == [
        (Kind.INVOICE, State.POSTED),
        (Kind.CREDIT_MEMO, State.SKIPPED),
        (Kind.CARD_REFUND, State.SKIPPED),
    ]
    assert ledger.row().status is PaymentStatus.SKIPPED_BY_YOU


def test_of_a_void_too(ledger: Ledger) -> None:
    ledger.has(Kind.INVOICE, State.POSTED)
    ledger.has(Kind.REMOVAL, State.READY)
    ledger.decisions.skip_payment(71)
    assert (Kind.REMOVAL, State.SKIPPED) in ledger.states()


@pytest.mark.parametrize("state", [State.POSTED, State.SENT])
def test_a_refund_of_which_something_may_be_in_quickbooks_is_not_skipped(
    ledger: Ledger, state: State
) -> None:
    ledger.has(Kind.INVOICE, State.POSTED)
    ledger.has(Kind.CREDIT_MEMO, state)
    ledger.has(Kind.CARD_REFUND, State.READY)
    with pytest.raises(DecisionRefused):
        ledger.decisions.skip_payment(71)
    assert (Kind.CARD_REFUND, State.READY) in ledger.states()
