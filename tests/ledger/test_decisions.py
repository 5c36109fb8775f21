"""What a person may decide about an order, and the sentence where it cannot be done."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import error_log, standing
from qbwc_service.ledger.decisions import DecisionRefused, Decisions
from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    Event,
    KeapOrder,
    KeapPayment,
    Kind,
    OrderStatus,
    Posting,
)
from qbwc_service.ledger.standing import AT_ONCE
from qbwc_service.ledger.states import State
from qbwc_service.planning.plan import (
    ListRef,
    PlannedLine,
    PlannedRemoval,
    PlannedSale,
    to_payload,
)
from tests.ledger_rows import NOON, add_order, add_payment, add_posting

Decision = Callable[[Decisions], None]
LATER = NOON + timedelta(hours=1)
ANSWER_UNKNOWN = "it was sent and its answer is not known yet; that is settled at the next update"
WOULD_BE_TWICE = "it is in QuickBooks already; sending it again would make it twice"
IN_QUICKBOOKS = "it is in QuickBooks already"
SKIPPED = "it is skipped; requeue it first"
GONE = "QuickBooks no longer has it; requeue it or skip it"


class Ledger:
    """Order 7 of the connection, and what a person does with it."""

    def __init__(self, db: Session, connection: Connection) -> None:
        self.db = db
        self.connection = connection
        self.decisions = Decisions(db, connection, "Bea", LATER)

    def has(self, invoice: State | None = None, payment: State | None = None, **more: Any) -> None:
        """Order 7 with these postings; `more` is of its invoice."""
        add_order(self.db, self.connection.id, 7)
        if invoice:
            add_posting(self.db, self.connection.id, 7, state=invoice, **(_like(invoice) | more))
        if payment:
            add_payment(self.db, self.connection.id, 71, 7)
            add_posting(
                self.db,
                self.connection.id,
                7,
                Kind.PAYMENT,
                payment,
                **(_like(payment) | {"record_id": f"P-{_like(payment)['record_id']}"}),
            )
        self.db.flush()
        standing.refresh(self.db, self.connection.id, [7])

    def order(self) -> KeapOrder:
        return self.db.scalars(select(KeapOrder).where(KeapOrder.keap_id == 7)).one()

    def stands(self) -> tuple[OrderStatus, str]:
        return self.order().status, self.order().cause

    def postings(self) -> list[tuple[Kind, int, State, str]]:
        found = self.db.scalars(select(Posting).order_by(Posting.kind, Posting.generation))
        return [(one.kind, one.generation, one.state, one.cause) for one in found]

    def history(self) -> list[tuple[str, str]]:
        return [(line.who, line.text) for line in self.db.scalars(select(Event))]

    def refuses(self, decide: Decision) -> str:
        """The reason; whatever was begun is undone by the transaction."""
        with pytest.raises(DecisionRefused) as refused:
            decide(self.decisions)
        assert str(refused.value) == f"Order 7 was not changed: {refused.value.reason}."
        assert refused.value.order_id == 7
        assert self.history() == []
        return refused.value.reason


def _like(state: State) -> dict[str, Any]:
    """What a posting in that state holds."""
    cause = {State.HELD: "number-taken", State.GONE: "gone-from-quickbooks"}.get(state, "")
    record = "1A-2" if state in {State.POSTED, State.GONE, State.UNDONE} else ""
    return {"cause": cause, "record_id": record}


@pytest.fixture
def ledger(db: Session, acme: Connection) -> Ledger:
    return Ledger(db, acme)


def requeue(decisions: Decisions) -> None:
    decisions.requeue(7)


def hold(decisions: Decisions) -> None:
    decisions.hold(7)


def skip(decisions: Decisions) -> None:
    decisions.skip(7)


def link(decisions: Decisions) -> None:
    decisions.link(7, "9F-1")


def accept(decisions: Decisions) -> None:
    decisions.accept(7)


def undo(decisions: Decisions) -> None:
    decisions.undo(7)


EVERY = pytest.mark.parametrize("decide", [requeue, hold, skip, link, accept, undo])


# -- every decision --------------------------------------------------------------------------------


@EVERY
def test_an_order_that_was_never_read_is_refused(ledger: Ledger, decide: Decision) -> None:
    assert ledger.refuses(decide) == "no such order was read from Keap"


@EVERY
def test_an_order_of_another_connection_is_not_touched(
    db: Session, ledger: Ledger, other: Connection, decide: Decision
) -> None:
    Ledger(db, other).has(State.HELD)
    assert ledger.refuses(decide) == "no such order was read from Keap"


@pytest.mark.parametrize(
    ("decide", "sentence"),
    [
        (requeue, "Requeued"),
        (hold, "Held"),
        (skip, "Skipped for good"),
        (link, "Linked to 9F-1 in QuickBooks"),
        (undo, "Taken back before it was sent"),
    ],
)
def test_each_decision_is_told_in_the_history_and_closes_what_was_told_before(
    db: Session, ledger: Ledger, acme: Connection, decide: Decision, sentence: str
) -> None:
    ledger.has(State.HELD)
    for order_id in (7, 8, None):
        error_log.tell(db, acme.id, "number-taken", {}, now=NOON, order_id=order_id)
    decide(ledger.decisions)
    db.flush()
    assert ledger.history() == [("Bea", sentence)]
    open_entries = db.scalars(select(ErrorEntry).where(ErrorEntry.solved_at.is_(None)))
    assert [entry.order_id for entry in open_entries.all()] == [8, None]
    assert ledger.order().next_try_at == AT_ONCE


# -- requeue ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.HELD, State.SKIPPED, State.READY])
def test_what_is_not_in_quickbooks_is_planned_and_sent_again(ledger: Ledger, state: State) -> None:
    ledger.has(state, attempts=3, not_before=LATER)
    ledger.order().group_limit = 4
    ledger.decisions.requeue(7)
    (invoice,) = ledger.db.scalars(select(Posting))
    assert (invoice.state, invoice.attempts, invoice.not_before) == (State.READY, 0, None)
    order = ledger.order()
    assert (order.status, order.needs_plan, order.has_work, order.group_limit) == (
        OrderStatus.READY,
        True,
        True,
        None,
    )


@pytest.mark.parametrize("state", [State.GONE, State.UNDONE])
def test_what_quickbooks_no_longer_has_starts_a_new_generation(
    ledger: Ledger, state: State
) -> None:
    ledger.has(state)
    ledger.decisions.requeue(7)
    assert [each[1:3] for each in ledger.postings()] == [(1, State.UNDONE), (2, State.READY)]
    old, new = ledger.db.scalars(select(Posting).order_by(Posting.generation))
    assert (old.record_id, new.record_id) == ("1A-2", "")
    assert old.external_guid != new.external_guid


def _details(ledger: Ledger, kind: Kind) -> dict[str, Any]:
    (posting,) = ledger.db.scalars(select(Posting).where(Posting.kind == kind))
    return posting.details


@pytest.mark.parametrize(
    ("invoice", "cause"),
    [(State.GONE, "payment-not-applied"), (State.HELD, ""), (State.SKIPPED, "")],
)
def test_a_payment_hangs_loose_only_where_its_invoice_is_gone(
    ledger: Ledger, invoice: State, cause: str
) -> None:
    ledger.has(invoice, State.POSTED)
    ledger.decisions.requeue(7)
    (payment,) = ledger.db.scalars(select(Posting).where(Posting.kind == Kind.PAYMENT))
    assert (payment.state, payment.cause) == (State.POSTED, cause)
    told = ledger.db.scalars(select(ErrorEntry).where(ErrorEntry.solved_at.is_(None))).all()
    assert [(each.message, each.posting_id) for each in told] == (
        [(cause, payment.id)] if cause else []
    )
    if cause:
        assert payment.details == {"thing": "Payment 7", "order": "7", "unused": "10.00"}
        assert told[0].details == payment.details


@pytest.mark.parametrize(
    ("memo", "refund", "key", "cause"),
    [
        (State.GONE, State.POSTED, "72/7", "refund-not-applied"),
        (State.UNDONE, State.POSTED, "72/7", "refund-not-applied"),
        (State.POSTED, State.POSTED, "72/7", ""),
        (State.GONE, State.SKIPPED, "72/7", ""),
        (State.GONE, State.POSTED, "73/7", ""),
    ],
)
def test_a_refund_hangs_loose_only_where_its_own_memo_is_gone(
    ledger: Ledger, memo: State, refund: State, key: str, cause: str
) -> None:
    own = ledger.connection.id
    add_posting(ledger.db, own, 7, Kind.CREDIT_MEMO, memo, source_key="72/7", record_id="M")
    add_posting(ledger.db, own, 7, Kind.CHECK_REFUND, refund, source_key=key, record_id="R")
    add_posting(ledger.db, own, 7, Kind.PAYMENT, State.POSTED, source_key="72/7", record_id="P")
    ledger.has(State.HELD)
    ledger.decisions.requeue(7)
    kinds = (Kind.CHECK_REFUND, Kind.PAYMENT)
    found = ledger.db.scalars(select(Posting).where(Posting.kind.in_(kinds)).order_by(Posting.id))
    assert [each.cause for each in found] == [cause, ""]
    if cause:
        assert _details(ledger, Kind.CHECK_REFUND) == {
            "thing": "Refund cheque 7", "order": "7", "amount": "10.00",
        }  # fmt: skip


@pytest.mark.parametrize(("invoice", "is_void_again"), [(State.GONE, True), (State.HELD, False)])
def test_what_made_a_lost_form_void_is_done_to_the_new_one(
    ledger: Ledger, invoice: State, *, is_void_again: bool
) -> None:
    add_posting(
        ledger.db, ledger.connection.id, 7, Kind.REMOVAL, State.POSTED,
        source_key="void-7", record_id="1A-2", payload=to_payload(PlannedRemoval("void-7", True)),
    )  # fmt: skip
    ledger.has(invoice)
    ledger.decisions.requeue(7)
    removals = [each for each in ledger.postings() if each[0] is Kind.REMOVAL]
    again = [(Kind.REMOVAL, 2, State.READY, "")]
    state = State.UNDONE if is_void_again else State.POSTED
    assert removals == [(Kind.REMOVAL, 1, state, ""), *(again if is_void_again else [])]


def test_names_that_the_invoice_waits_for_are_tried_again_and_no_others(
    ledger: Ledger, other: Connection
) -> None:
    line = PlannedLine(ListRef(made_by="SOAP"), "Soap", None, None, Decimal(10))
    sale = PlannedSale("7", ListRef(made_by="77"), NOON.date(), 1000, (line,), "", "")
    held: dict[str, Any] = {"state": State.HELD, "cause": "name-taken", "attempts": 3}
    for own, kind, key in (
        (ledger.connection.id, Kind.CUSTOMER, "77"),
        (ledger.connection.id, Kind.ITEM, "SOAP"),
        (ledger.connection.id, Kind.ITEM, "SAW"),
        (ledger.connection.id, Kind.CUSTOMER_UPDATE, "77"),
        (other.id, Kind.CUSTOMER, "77"),
    ):
        add_posting(ledger.db, own, 8, kind, source_key=key, **held)
    ledger.has(State.HELD, payload=to_payload(sale))
    ledger.decisions.requeue(7)
    found = ledger.db.scalars(select(Posting).where(Posting.order_id == 8).order_by(Posting.id))
    assert [(each.state, each.attempts) for each in found] == [
        *((State.READY, 0), (State.READY, 0)),
        *((State.HELD, 3), (State.HELD, 3), (State.HELD, 3)),
    ]


def test_an_order_that_settings_left_out_is_looked_at_again(ledger: Ledger) -> None:
    ledger.has()
    ledger.order().skip = "zero-total"
    standing.refresh(ledger.db, ledger.connection.id, [7])
    assert ledger.stands() == (OrderStatus.SKIPPED_BY_SETTINGS, "zero-total")
    ledger.decisions.requeue(7)
    assert ledger.stands() == (OrderStatus.NEW, "")
    assert ledger.order().has_work


@pytest.mark.parametrize(
    ("invoice", "payment", "reason"),
    [
        (State.SENT, None, ANSWER_UNKNOWN),
        (State.SENT, State.SENT, ANSWER_UNKNOWN),
        (State.POSTED, State.SENT, ANSWER_UNKNOWN),
        (State.POSTED, None, WOULD_BE_TWICE),
        (State.POSTED, State.POSTED, WOULD_BE_TWICE),
    ],
)
def test_what_is_or_may_be_in_quickbooks_is_never_sent_again(
    ledger: Ledger, invoice: State, payment: State | None, reason: str
) -> None:
    ledger.has(invoice, payment)
    before = ledger.postings()
    assert ledger.refuses(requeue) == reason
    assert ledger.postings() == before


def test_of_an_order_in_quickbooks_only_the_held_payment_goes_again(ledger: Ledger) -> None:
    ledger.has(State.POSTED, State.HELD)
    ledger.decisions.requeue(7)
    assert ledger.postings() == [
        (Kind.INVOICE, 1, State.POSTED, ""),
        (Kind.PAYMENT, 1, State.READY, ""),
    ]


# -- hold ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.READY, State.HELD])
def test_what_is_not_sent_is_held_with_its_payments(ledger: Ledger, state: State) -> None:
    ledger.has(state, State.READY)
    ledger.decisions.hold(7)
    assert ledger.stands() == (OrderStatus.HELD, "held-by-you")
    assert ledger.postings() == [
        (Kind.INVOICE, 1, State.HELD, "held-by-you"),
        (Kind.PAYMENT, 1, State.HELD, "held-by-you"),
    ]
    assert not ledger.order().needs_plan


def test_an_order_that_was_never_planned_can_be_held(ledger: Ledger) -> None:
    ledger.has()
    ledger.order().needs_plan = True
    ledger.decisions.hold(7)
    assert ledger.stands() == (OrderStatus.HELD, "held-by-you")
    assert not ledger.order().has_work


def test_of_an_order_in_quickbooks_the_waiting_payment_is_held(ledger: Ledger) -> None:
    ledger.has(State.POSTED, State.READY)
    ledger.decisions.hold(7)
    assert ledger.postings() == [
        (Kind.INVOICE, 1, State.POSTED, ""),
        (Kind.PAYMENT, 1, State.HELD, "held-by-you"),
    ]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.SENT, ANSWER_UNKNOWN),
        (State.POSTED, IN_QUICKBOOKS),
        (State.SKIPPED, SKIPPED),
        (State.GONE, GONE),
    ],
)
def test_what_does_not_wait_cannot_be_held(ledger: Ledger, state: State, reason: str) -> None:
    ledger.has(state)
    assert ledger.refuses(hold) == reason


# -- skip ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.READY, State.HELD])
def test_what_is_not_sent_is_skipped_for_good_with_its_payments(
    ledger: Ledger, state: State
) -> None:
    ledger.has(state, State.HELD)
    ledger.decisions.skip(7)
    assert ledger.stands() == (OrderStatus.SKIPPED_BY_YOU, "")
    assert [each[2] for each in ledger.postings()] == [State.SKIPPED, State.SKIPPED]


def test_an_order_that_was_never_planned_can_be_skipped(ledger: Ledger) -> None:
    ledger.has()
    ledger.order().needs_plan = True
    ledger.decisions.skip(7)
    assert ledger.stands() == (OrderStatus.SKIPPED_BY_YOU, "")
    assert not ledger.order().has_work


def test_what_is_gone_from_quickbooks_on_purpose_is_skipped(ledger: Ledger) -> None:
    ledger.has(State.GONE)
    ledger.decisions.skip(7)
    assert ledger.stands() == (OrderStatus.SKIPPED_BY_YOU, "")
    assert [each[1:3] for each in ledger.postings()] == [(1, State.UNDONE), (2, State.SKIPPED)]


def test_what_followed_a_form_that_is_gone_is_not_made_anew_by_a_skip(ledger: Ledger) -> None:
    for kind, state in ((Kind.CUSTOM_FIELDS, State.GONE), (Kind.SALE_UPDATE, State.HELD)):
        own = ledger.connection.id
        add_posting(ledger.db, own, 7, kind, state, source_key=kind.value, **_like(state))
    ledger.has(State.GONE)
    ledger.decisions.skip(7)
    followers = [each for each in ledger.postings() if each[0] is not Kind.INVOICE]
    assert followers == [
        (Kind.CUSTOM_FIELDS, 1, State.GONE, "gone-from-quickbooks"),
        (Kind.SALE_UPDATE, 1, State.SKIPPED, ""),
    ]


def test_of_an_order_in_quickbooks_the_held_payment_is_skipped(ledger: Ledger) -> None:
    ledger.has(State.POSTED, State.HELD)
    ledger.decisions.skip(7)
    assert [each[2] for each in ledger.postings()] == [State.POSTED, State.SKIPPED]
    assert ledger.stands() == (OrderStatus.POSTED_PAYMENT_OPEN, "")


def test_what_else_an_order_waits_for_is_told_after_its_payment_is_skipped(ledger: Ledger) -> None:
    ledger.has(State.POSTED, State.HELD)
    ledger.order().deleted_at = NOON
    ledger.db.flush()
    standing.refresh(ledger.db, ledger.connection.id, [7])
    for cause in ("deleted-in-keap", "number-taken"):
        error_log.tell(ledger.db, ledger.connection.id, cause, {}, now=NOON, order_id=7)
    ledger.decisions.skip(7)
    still_open = select(ErrorEntry.message).where(ErrorEntry.solved_at.is_(None))
    assert ledger.db.scalars(still_open).all() == ["deleted-in-keap"]
    assert ledger.stands() == (OrderStatus.HELD, "deleted-in-keap")


def test_a_difference_in_quickbooks_is_accepted_by_skipping(ledger: Ledger) -> None:
    ledger.has(State.POSTED, cause="total-differs")
    ledger.decisions.skip(7)
    assert ledger.stands() == (OrderStatus.POSTED_PAYMENT_OPEN, "")


@pytest.mark.parametrize(
    ("state", "reason"),
    [(State.SENT, ANSWER_UNKNOWN), (State.POSTED, IN_QUICKBOOKS), (State.SKIPPED, SKIPPED)],
)
def test_what_does_not_wait_cannot_be_skipped(ledger: Ledger, state: State, reason: str) -> None:
    ledger.has(state)
    assert ledger.refuses(skip) == reason


# -- link ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [None, State.READY, State.HELD, State.SKIPPED, State.GONE])
def test_an_order_is_linked_to_an_invoice_that_is_there(
    ledger: Ledger, state: State | None
) -> None:
    ledger.has(state)
    ledger.decisions.link(7, "9F-1")
    invoice = ledger.db.scalars(select(Posting).order_by(Posting.generation.desc())).first()
    assert invoice
    assert (invoice.state, invoice.record_id, invoice.linked, invoice.posted_at) == (
        State.POSTED,
        "9F-1",
        True,
        LATER,
    )
    assert invoice.amount == 1000
    assert ledger.stands() == (OrderStatus.POSTED_PAYMENT_OPEN, "")
    assert ledger.order().needs_plan


@pytest.mark.parametrize(
    ("state", "reason"), [(State.SENT, ANSWER_UNKNOWN), (State.POSTED, WOULD_BE_TWICE)]
)
def test_what_is_or_may_be_in_quickbooks_cannot_be_linked(
    ledger: Ledger, state: State, reason: str
) -> None:
    ledger.has(state)
    assert ledger.refuses(link) == reason


def test_an_invoice_of_another_order_cannot_be_linked(ledger: Ledger) -> None:
    ledger.has(State.HELD)
    add_order(ledger.db, ledger.connection.id, 8)
    add_posting(ledger.db, ledger.connection.id, 8, state=State.POSTED, record_id="9F-1")
    ledger.db.flush()
    assert ledger.refuses(link) == "9F-1 belongs to order 8 already"


def test_the_same_txn_id_in_another_company_file_is_another_invoice(
    ledger: Ledger, other: Connection
) -> None:
    ledger.has(State.HELD)
    add_posting(ledger.db, other.id, 8, state=State.POSTED, record_id="9F-1")
    ledger.decisions.link(7, "9F-1")
    assert ledger.stands() == (OrderStatus.POSTED_PAYMENT_OPEN, "")


# -- accept ----------------------------------------------------------------------------------------


def test_a_difference_is_accepted(ledger: Ledger) -> None:
    ledger.has(State.POSTED, cause="total-differs")
    ledger.decisions.accept(7)
    assert ledger.stands() == (OrderStatus.POSTED_PAYMENT_OPEN, "")
    assert ledger.history() == [("Bea", "Looks right")]


@pytest.mark.parametrize(
    ("kind", "cause", "override"),
    [
        (Kind.INVOICE, "payments-do-not-add-up", "payment-sum"),
        (Kind.INVOICE, "refunds-do-not-add-up", "refund-sum"),
        (Kind.INVOICE, "held-by-rule", "settings"),
        (Kind.SALES_RECEIPT, "payment-voided-in-keap", "payment-sum"),
        (Kind.SALES_RECEIPT, "payment-edited-after-sending", "payment-sum"),
    ],
)
def test_what_is_right_by_a_persons_word_is_planned_with_it(
    ledger: Ledger, kind: Kind, cause: str, override: str
) -> None:
    is_sent = kind is Kind.SALES_RECEIPT
    ledger.has(State.POSTED if is_sent else State.HELD, kind=kind, cause=cause)
    ledger.decisions.accept(7)
    order = ledger.order()
    assert (order.overrides, order.needs_plan, order.has_work) == ([override], True, True)


def test_what_only_a_receipt_may_have_is_not_right_about_an_invoice(ledger: Ledger) -> None:
    ledger.has(State.HELD, cause="payment-voided-in-keap")
    with pytest.raises(DecisionRefused, match="nothing of it differs"):
        ledger.decisions.accept(7)


def test_an_edit_after_sending_is_accepted_until_the_next_edit(ledger: Ledger) -> None:
    ledger.has(State.POSTED, planned_hash="before the edit")
    assert ledger.stands() == (OrderStatus.HELD, "edited-after-sending")
    ledger.decisions.accept(7)
    assert ledger.stands() == (OrderStatus.POSTED_PAYMENT_OPEN, "")
    ledger.order().content_hash = "edited again"
    standing.refresh(ledger.db, ledger.connection.id, [7])
    assert ledger.stands() == (OrderStatus.HELD, "edited-after-sending")


def test_an_edited_payment_is_accepted_as_keap_has_it_now(ledger: Ledger) -> None:
    ledger.has(State.POSTED, State.POSTED)
    payment = ledger.db.scalars(select(Posting).where(Posting.kind == Kind.PAYMENT)).one()
    payment.cause, payment.planned_hash = "payment-edited-after-sending", "before the edit"
    ledger.decisions.accept(7)
    row = ledger.db.scalars(select(KeapPayment)).one()
    assert (payment.cause, payment.planned_hash) == ("", row.content_hash)


@pytest.mark.parametrize(
    "more", [{}, {"planned_hash": "", "linked": True}], ids=["as meant", "linked by a person"]
)
def test_where_nothing_differs_there_is_nothing_to_accept(
    ledger: Ledger, more: dict[str, Any]
) -> None:
    ledger.has(State.POSTED, **more)
    assert ledger.refuses(accept) == "nothing of it differs"


@pytest.mark.parametrize("state", [State.READY, State.HELD, State.SENT, State.GONE])
def test_what_is_not_in_quickbooks_cannot_be_accepted(ledger: Ledger, state: State) -> None:
    ledger.has(state)
    assert ledger.refuses(accept) == "nothing of it differs"


# -- undo ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [None, State.READY, State.HELD])
def test_what_was_not_sent_is_taken_back(ledger: Ledger, state: State | None) -> None:
    ledger.has(state)
    ledger.decisions.undo(7)
    assert ledger.stands() == (OrderStatus.SKIPPED_BY_YOU, "")


@pytest.mark.parametrize(
    ("invoice", "payment", "reason"),
    [
        (State.SENT, None, ANSWER_UNKNOWN),
        (State.POSTED, State.SENT, ANSWER_UNKNOWN),
        (State.SKIPPED, None, "it is skipped, and nothing of it is in QuickBooks"),
        (State.GONE, None, "nothing that we made for it is in QuickBooks"),
        (State.UNDONE, None, "nothing that we made for it is in QuickBooks"),
    ],
)
def test_what_may_be_on_its_way_or_is_not_there_cannot_be_taken_back(
    ledger: Ledger, invoice: State, payment: State | None, reason: str
) -> None:
    ledger.has(invoice, payment)
    assert ledger.refuses(undo) == reason
