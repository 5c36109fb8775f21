"""A plan becomes postings: what was sent stays, what was not sent follows the plan."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import error_log, sources
from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    KeapOrder,
    KeapPayment,
    Kind,
    Posting,
)
from qbwc_service.ledger.plan_writer import PlanWriter
from qbwc_service.ledger.postings import external_guid
from qbwc_service.ledger.states import State
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.planning.plan import (
    Hold,
    ListRef,
    Note,
    OrderPlan,
    PaymentDecision,
    PlannedCustomer,
    PlannedItem,
    PlannedPayment,
    PlannedSale,
    planned_sale_from,
)
from tests.ledger_rows import NOON, add_order, add_posting
from tests.world import TODAY, paid

NO_LINES = Hold("no-lines", {"order": "7"})
CUSTOMER = PlannedCustomer("4417", "Ann Lee", email="ann@example.com")
ITEM = PlannedItem("keap fee", "Keap Fee", is_other_charge=True, account_list_id="A-1")


def invoice(total: int = 1000, number: str = "K-7") -> PlannedSale:
    return PlannedSale(number, ListRef(made_by="4417"), TODAY, total, (), "memo", "Keap 7")


def pay(amount: int = 1000) -> PaymentDecision:
    return PaymentDecision(70, (PlannedPayment("70/7", "K70", amount, TODAY, "memo"),))


class Writing:
    """Order 7 and its payment rows; `write` is one planning of it."""

    def __init__(self, db: Session, connection: Connection) -> None:
        self.db = db
        self.connection = connection
        add_order(db, connection.id, 7, needs_plan=True)
        db.flush()

    def order(self) -> KeapOrder:
        return self.db.scalars(select(KeapOrder)).one()

    def reads(self, payment: ReceivedPayment) -> None:
        """The payment as it was read last."""
        row = self.db.scalars(select(KeapPayment)).first()
        if row is None:
            row = KeapPayment(connection_id=self.connection.id, payment_id=70, order_id=7, raw="{}")
            self.db.add(row)
        row.amount = payment.amount
        row.kind = payment.kind
        row.received = sources.stored(payment)
        row.content_hash = sources.payment_hash(payment)
        row.read_at = NOON
        self.db.flush()

    def write(self, plan: OrderPlan) -> None:
        rows: Sequence[KeapPayment] = self.db.scalars(select(KeapPayment)).all()
        writer = PlanWriter(self.db, self.connection, [7], NOON)
        writer.load_list_postings([plan])
        writer.write(self.order(), rows, plan)
        writer.finish()
        self.db.flush()

    def postings(self) -> list[tuple[Kind, str, State, str, int]]:
        """Kind, number, state, cause and amount."""
        found = self.db.scalars(select(Posting).order_by(Posting.id))
        return [(one.kind, one.number, one.state, one.cause, one.amount) for one in found]

    def posting(self, kind: Kind = Kind.INVOICE) -> Posting:
        return self.db.scalars(select(Posting).where(Posting.kind == kind)).one()

    def told(self) -> list[tuple[int | None, str, int]]:
        found = self.db.scalars(select(ErrorEntry).order_by(ErrorEntry.id))
        return [(entry.order_id, entry.message, entry.times) for entry in found]


@pytest.fixture
def writing(db: Session, acme: Connection) -> Writing:
    return Writing(db, acme)


def test_a_plan_becomes_a_customer_an_item_an_invoice_and_a_payment(
    writing: Writing, acme: Connection
) -> None:
    writing.reads(paid(7, 1000, payment_id=70))
    writing.write(OrderPlan(sale=invoice(), customer=CUSTOMER, items=(ITEM,), payments=(pay(),)))
    assert writing.postings() == [
        (Kind.CUSTOMER, "Ann Lee", State.READY, "", 0),
        (Kind.ITEM, "Keap Fee", State.READY, "", 0),
        (Kind.INVOICE, "K-7", State.READY, "", 1000),
        (Kind.PAYMENT, "K70", State.READY, "", 1000),
    ]
    one = writing.posting()
    assert (one.source_key, one.generation, one.order_id, one.number_key) == ("7", 1, 7, "k-7")
    assert planned_sale_from(one.payload) == invoice()
    assert one.external_guid == external_guid(acme.uid, Kind.INVOICE, "7", 1)
    assert writing.posting(Kind.CUSTOMER).order_id is None
    order = writing.order()
    assert (order.needs_plan, order.planned_at, order.skip) == (False, NOON, "")


def test_planned_twice_it_is_there_once(writing: Writing) -> None:
    plan = OrderPlan(sale=invoice(), customer=CUSTOMER, items=(ITEM,))
    writing.write(plan)
    before = writing.postings()
    writing.write(plan)
    assert writing.postings() == before


def test_what_was_not_sent_follows_the_newest_plan(writing: Writing) -> None:
    writing.write(OrderPlan(sale=invoice()))
    writing.write(OrderPlan(sale=invoice(2000, "X-7")))
    assert writing.postings() == [(Kind.INVOICE, "X-7", State.READY, "", 2000)]
    assert planned_sale_from(writing.posting().payload) == invoice(2000, "X-7")


@pytest.mark.parametrize("state", [State.SENT, State.POSTED, State.SKIPPED, State.GONE])
@pytest.mark.parametrize(
    "plan",
    [
        OrderPlan(sale=invoice(2000, "X-7")),
        OrderPlan(hold=NO_LINES),
        OrderPlan(skip="zero-total"),
    ],
    ids=["invoice", "hold", "skip"],
)
def test_what_was_sent_or_decided_is_never_changed_by_a_plan(
    writing: Writing, state: State, plan: OrderPlan
) -> None:
    writing.write(OrderPlan(sale=invoice()))
    writing.posting().state = state
    before = writing.postings()
    writing.order().total = 2000
    writing.write(plan)
    assert writing.postings() == before
    assert planned_sale_from(writing.posting().payload) == invoice()


@pytest.mark.parametrize("state", [State.SENT, State.SKIPPED, State.GONE])
def test_a_payment_that_was_sent_or_decided_is_never_changed_by_a_plan(
    writing: Writing, state: State
) -> None:
    writing.reads(paid(7, 1000, payment_id=70))
    writing.write(OrderPlan(sale=invoice(), payments=(pay(),)))
    writing.posting(Kind.PAYMENT).state = state
    before = writing.postings()
    writing.reads(paid(7, 3000, payment_id=70))
    hold = PaymentDecision(70, hold=Hold("payment-more-than-due", {"order": "7"}))
    for decision in (hold, pay(3000), PaymentDecision(70, skip="not-a-payment")):
        writing.write(OrderPlan(sale=invoice(), payments=(decision,)))
        assert writing.postings() == before


# -- holds -----------------------------------------------------------------------------------------


def test_a_hold_is_told_once_and_again_when_it_says_something_else(writing: Writing) -> None:
    writing.write(OrderPlan(hold=NO_LINES))
    writing.write(OrderPlan(hold=NO_LINES))
    assert writing.postings() == [(Kind.INVOICE, "", State.HELD, "no-lines", 1000)]
    assert writing.told() == [(7, "no-lines", 1)]
    writing.write(OrderPlan(hold=Hold("draft-order", {"order": "7"})))
    assert writing.posting().cause == "draft-order"
    assert writing.told() == [(7, "no-lines", 1), (7, "draft-order", 1)]


def test_planning_releases_the_hold_that_it_made(writing: Writing) -> None:
    writing.write(OrderPlan(hold=NO_LINES))
    writing.write(OrderPlan(sale=invoice()))
    assert writing.postings() == [(Kind.INVOICE, "K-7", State.READY, "", 1000)]


def test_a_ready_order_is_held_when_its_plan_is(writing: Writing) -> None:
    writing.write(OrderPlan(sale=invoice()))
    writing.order().total = 1234
    writing.write(OrderPlan(hold=NO_LINES))
    assert writing.postings() == [(Kind.INVOICE, "K-7", State.HELD, "no-lines", 1234)]
    assert writing.posting().payload == {}


@pytest.mark.parametrize("cause", ["held-by-you", "number-taken", "closed-period"])
def test_the_hold_of_a_person_or_of_quickbooks_stays(writing: Writing, cause: str) -> None:
    add_posting(writing.db, writing.connection.id, 7, state=State.HELD, cause=cause)
    writing.db.flush()
    for plan in (OrderPlan(sale=invoice()), OrderPlan(hold=NO_LINES)):
        writing.write(plan)
        assert (writing.posting().state, writing.posting().cause) == (State.HELD, cause)
    assert writing.told() == []


def test_a_note_goes_on_and_is_told(writing: Writing) -> None:
    note = Note("unknown-item-used", {"order": "7"})
    writing.write(OrderPlan(sale=invoice(), notes=(note,)))
    assert writing.told() == [(7, "unknown-item-used", 1)]
    assert writing.posting().state is State.READY


# -- left out by settings --------------------------------------------------------------------------


@pytest.mark.parametrize("first", [OrderPlan(sale=invoice()), OrderPlan(hold=NO_LINES)])
def test_an_order_that_settings_leave_out_has_no_invoice(
    writing: Writing, first: OrderPlan
) -> None:
    writing.write(first)
    writing.write(OrderPlan(skip="zero-total"))
    assert (writing.postings(), writing.order().skip) == ([], "zero-total")


def test_an_invoice_that_the_error_log_names_can_be_left_out(
    writing: Writing, acme: Connection
) -> None:
    writing.write(OrderPlan(hold=NO_LINES))
    error_log.tell(
        *(writing.db, acme.id, "number-taken", {}),
        now=NOON,
        order_id=7,
        posting_id=writing.posting().id,
    )
    writing.write(OrderPlan(skip="zero-total"))
    assert writing.postings() == []


def test_a_payment_row_that_is_no_payment_has_no_posting(writing: Writing) -> None:
    writing.reads(paid(7, 1000, payment_id=70))
    writing.write(OrderPlan(sale=invoice(), payments=(pay(),)))
    left_out = PaymentDecision(70, skip="not-a-payment")
    writing.write(OrderPlan(sale=invoice(), payments=(left_out,)))
    assert [each[0] for each in writing.postings()] == [Kind.INVOICE]
    assert writing.db.scalars(select(KeapPayment.skip)).one() == "not-a-payment"


# -- after sending ---------------------------------------------------------------------------------


def in_quickbooks(writing: Writing, kind: Kind, planned_hash: str) -> None:
    posting = writing.posting(kind)
    posting.state, posting.record_id, posting.planned_hash = State.POSTED, "1A-2", planned_hash


def test_an_order_edited_after_sending_is_told_with_both_totals(writing: Writing) -> None:
    writing.write(OrderPlan(sale=invoice()))
    in_quickbooks(writing, Kind.INVOICE, "a")
    order = writing.order()
    order.total, order.content_hash = 123456, "b"
    writing.write(OrderPlan(sale=invoice(123456)))
    assert writing.db.scalars(select(ErrorEntry.details)).one() == {
        "order": "7",
        "number": "K-7",
        "total": "1,234.56",
        "posted_total": "10.00",
        "changes": "the total is 1,234.56 instead of 10.00",
        "reason": "your settings leave such changes to you",
    }


@pytest.mark.parametrize("planned_hash", ["a", ""], ids=["unchanged", "linked"])
def test_an_order_that_was_not_edited_is_not_told(writing: Writing, planned_hash: str) -> None:
    writing.write(OrderPlan(sale=invoice()))
    in_quickbooks(writing, Kind.INVOICE, planned_hash)
    writing.write(OrderPlan(sale=invoice()))
    assert writing.told() == []


@pytest.mark.parametrize(
    "decision",
    [pay(2500), PaymentDecision(70, skip="test-payment"), PaymentDecision(70, hold=NO_LINES)],
    ids=["other amount", "left out", "held"],
)
def test_a_payment_edited_after_sending_is_shown_with_both_amounts(
    writing: Writing, decision: PaymentDecision
) -> None:
    writing.reads(paid(7, 1000, payment_id=70))
    writing.write(OrderPlan(sale=invoice(), payments=(pay(),)))
    in_quickbooks(writing, Kind.PAYMENT, writing.db.scalars(select(KeapPayment.content_hash)).one())
    writing.reads(paid(7, 2500, payment_id=70))
    for _ in range(2):
        writing.write(OrderPlan(sale=invoice(), payments=(decision,)))
    payment = writing.posting(Kind.PAYMENT)
    assert (payment.state, payment.cause, payment.amount, payment.details) == (
        State.POSTED,
        "payment-edited-after-sending",
        1000,
        {"order": "7", "amount": "25.00", "posted_amount": "10.00", "reference": "K70"},
    )
    assert writing.told() == [(7, "payment-edited-after-sending", 1)]


def test_a_payment_voided_in_keap_after_sending_stays_in_quickbooks_and_is_told(
    writing: Writing,
) -> None:
    writing.reads(paid(7, 1000, payment_id=70))
    writing.write(OrderPlan(sale=invoice(), payments=(pay(),)))
    in_quickbooks(writing, Kind.PAYMENT, writing.db.scalars(select(KeapPayment.content_hash)).one())
    writing.reads(paid(7, 1000, payment_id=70, kind=PaymentKind.NOT_COMPLETED))
    left_out = PaymentDecision(70, skip="not-a-payment")
    writing.write(OrderPlan(sale=invoice(), payments=(left_out,)))
    payment = writing.posting(Kind.PAYMENT)
    assert (payment.state, payment.cause) == (State.POSTED, "payment-voided-in-keap")
    assert writing.told() == [(7, "payment-voided-in-keap", 1)]


# -- names -----------------------------------------------------------------------------------------


def test_a_customer_that_quickbooks_lost_is_made_again_as_a_new_generation(
    writing: Writing,
) -> None:
    plan = OrderPlan(sale=invoice(), customer=CUSTOMER)
    writing.write(plan)
    writing.posting(Kind.CUSTOMER).state = State.GONE
    writing.write(plan)
    found = writing.db.scalars(
        select(Posting).where(Posting.kind == Kind.CUSTOMER).order_by(Posting.generation)
    )
    assert [(one.generation, one.state) for one in found] == [(1, State.GONE), (2, State.READY)]


def test_two_orders_of_one_batch_make_their_customer_once(
    db: Session, writing: Writing, acme: Connection
) -> None:
    add_order(db, acme.id, 8)
    db.flush()
    plan = OrderPlan(sale=invoice(), customer=CUSTOMER, items=(ITEM,))
    writer = PlanWriter(db, acme, [7, 8], NOON)
    writer.load_list_postings([plan, plan])
    for order in db.scalars(select(KeapOrder)).all():
        writer.write(order, [], plan)
    db.flush()
    assert sorted(each[0] for each in writing.postings()) == [
        Kind.CUSTOMER,
        Kind.INVOICE,
        Kind.INVOICE,
        Kind.ITEM,
    ]


# -- the mark that makes a record ours -------------------------------------------------------------


def test_the_mark_is_the_same_for_the_same_four_and_differs_with_each() -> None:
    uid = "0f8fad5b-d9cb-469f-a165-70867728950e"
    other = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    base: tuple[Any, ...] = (uid, Kind.INVOICE, "7", 1)
    variants = [
        base,
        (other, Kind.INVOICE, "7", 1),
        (uid, Kind.PAYMENT, "7", 1),
        (uid, Kind.INVOICE, "8", 1),
        (uid, Kind.INVOICE, "7", 2),
    ]
    assert len({external_guid(*each) for each in variants}) == 5
    assert external_guid(*base) == "{" + GUID_OF_ORDER_7 + "}"


#: never changes: the records of every connection in use bear marks made this way
GUID_OF_ORDER_7 = "3c190436-3317-5091-8576-7fa47c97ee5c"
