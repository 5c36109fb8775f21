"""The table of the statuses: each order and payment is in exactly one."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.ledger import standing
from qbwc_service.ledger.models import (
    Connection,
    KeapOrder,
    KeapPayment,
    Kind,
    OrderStatus,
    PaymentStatus,
    Posting,
)
from qbwc_service.ledger.standing import AT_ONCE, Standing, current, status_of
from qbwc_service.ledger.states import State
from tests.ledger_rows import NOON, add_order, add_payment, add_posting

LATER = NOON + timedelta(minutes=5)
EVEN_LATER = NOON + timedelta(minutes=9)


def order(**changes: Any) -> KeapOrder:
    values = {"keap_id": 7, "total": 1000, "content_hash": "a", "skip": "", "needs_plan": False}
    return KeapOrder(**(values | changes))


def posting(kind: Kind, state: State, **changes: Any) -> Posting:
    cause = "number-taken" if state is State.HELD else ""
    values = {
        "cause": cause,
        "amount": 1000,
        "planned_hash": "",
        "source_key": "7",
        "generation": 1,
    }
    return Posting(kind=kind, state=state, **(values | changes))


def invoice(state: State, **changes: Any) -> Posting:
    return posting(Kind.INVOICE, state, **changes)


def payment(state: State, **changes: Any) -> Posting:
    return posting(Kind.PAYMENT, state, **changes)


POSTED = invoice(State.POSTED)


@pytest.mark.parametrize(
    ("of", "postings", "stands"),
    [
        (order(), [], Standing(OrderStatus.NEW)),
        (order(needs_plan=True), [], Standing(OrderStatus.NEW, has_work=True)),
        (order(skip="zero-total"), [], Standing(OrderStatus.SKIPPED_BY_SETTINGS, "zero-total")),
        (
            order(skip="zero-total", needs_plan=True),
            [],
            Standing(OrderStatus.NEW, has_work=True),
        ),
        (order(), [invoice(State.READY)], Standing(OrderStatus.READY, has_work=True)),
        (
            order(),
            [invoice(State.READY, not_before=LATER)],
            Standing(OrderStatus.READY, "", True, LATER),
        ),
        (
            order(),
            [invoice(State.READY, cause="quickbooks-busy", not_before=LATER)],
            Standing(OrderStatus.WILL_RETRY, "quickbooks-busy", True, LATER),
        ),
        (order(), [invoice(State.SENT), payment(State.READY)], Standing(OrderStatus.SENT)),
        (order(), [invoice(State.SKIPPED)], Standing(OrderStatus.SKIPPED_BY_YOU)),
        (order(), [invoice(State.UNDONE)], Standing(OrderStatus.UNDONE)),
        (order(), [invoice(State.HELD)], Standing(OrderStatus.HELD, "number-taken")),
        (
            order(needs_plan=True),
            [invoice(State.HELD)],
            Standing(OrderStatus.HELD, "number-taken", has_work=True),
        ),
        (order(), [invoice(State.GONE)], Standing(OrderStatus.HELD, "gone-from-quickbooks")),
    ],
)
def test_an_order_stands_where_its_invoice_stands(
    of: KeapOrder, postings: list[Posting], stands: Standing
) -> None:
    assert status_of(of, postings) == stands


@pytest.mark.parametrize(
    ("payments", "stands"),
    [
        ([], Standing(OrderStatus.POSTED_PAYMENT_OPEN)),
        ([payment(State.POSTED)], Standing(OrderStatus.POSTED)),
        ([payment(State.POSTED, amount=999)], Standing(OrderStatus.POSTED_PAYMENT_OPEN)),
        (
            [payment(State.POSTED, amount=250), payment(State.POSTED, amount=750)],
            Standing(OrderStatus.POSTED),
        ),
        ([payment(State.SKIPPED)], Standing(OrderStatus.POSTED_PAYMENT_OPEN)),
        ([payment(State.UNDONE)], Standing(OrderStatus.POSTED_PAYMENT_OPEN)),
        ([payment(State.SENT)], Standing(OrderStatus.SENT)),
        ([payment(State.READY)], Standing(OrderStatus.POSTED_PAYMENT_OPEN, has_work=True)),
        (
            [
                payment(State.READY, cause="quickbooks-busy", not_before=EVEN_LATER),
                payment(State.READY, cause="quickbooks-busy", not_before=LATER),
            ],
            Standing(OrderStatus.WILL_RETRY, "quickbooks-busy", True, LATER),
        ),
        (
            [payment(State.READY, not_before=LATER), payment(State.READY)],
            Standing(OrderStatus.POSTED_PAYMENT_OPEN, "", True, AT_ONCE),
        ),
        ([payment(State.HELD)], Standing(OrderStatus.HELD, "number-taken")),
        ([payment(State.GONE)], Standing(OrderStatus.HELD, "gone-from-quickbooks")),
        (
            [payment(State.POSTED, cause="payment-not-applied")],
            Standing(OrderStatus.HELD, "payment-not-applied"),
        ),
        (
            [payment(State.HELD), payment(State.READY)],
            Standing(OrderStatus.HELD, "number-taken", has_work=True),
        ),
    ],
)
def test_an_order_in_quickbooks_stands_where_its_payments_stand(
    payments: list[Posting], stands: Standing
) -> None:
    assert status_of(order(), [POSTED, *payments]) == stands


def test_what_differs_in_quickbooks_holds_its_payments_back() -> None:
    differs = invoice(State.POSTED, cause="total-differs")
    assert status_of(order(), [differs, payment(State.READY)]) == Standing(
        OrderStatus.HELD, "total-differs"
    )


def test_an_order_edited_after_sending_holds_its_payments_back() -> None:
    sent = invoice(State.POSTED, planned_hash="b")
    assert status_of(order(), [sent, payment(State.READY)]) == Standing(
        OrderStatus.HELD, "edited-after-sending"
    )
    assert status_of(order(), [invoice(State.POSTED, planned_hash="a")]).cause == ""


def test_an_order_in_quickbooks_that_is_to_be_planned_again_has_work() -> None:
    assert status_of(order(needs_plan=True), [POSTED, payment(State.POSTED)]) == Standing(
        OrderStatus.POSTED, has_work=True
    )


SOAP = {"sku": "SOAP"}


@pytest.mark.parametrize(
    "postings",
    [
        [invoice(State.HELD, cause="item-not-in-quickbooks", details=SOAP)],
        [invoice(State.POSTED, cause="item-not-in-quickbooks", details=SOAP)],
        [POSTED, payment(State.HELD, cause="item-not-in-quickbooks", details=SOAP)],
        [
            POSTED,
            payment(State.POSTED, details={"sku": "of no trouble"}),
            payment(State.HELD, cause="item-not-in-quickbooks", details=SOAP),
        ],
    ],
)
def test_the_order_says_what_its_cause_is_about(postings: list[Posting]) -> None:
    """All with the same cause and subject are released by one fix."""
    assert status_of(order(), postings).subject == "SOAP"


def test_an_order_whose_part_is_on_its_way_is_planned_again_if_it_has_to_be() -> None:
    assert status_of(order(needs_plan=True), [POSTED, payment(State.SENT)]) == Standing(
        OrderStatus.SENT, has_work=True
    )


@pytest.mark.parametrize(
    ("receipt", "stands"),
    [
        (State.POSTED, Standing(OrderStatus.POSTED)),
        (State.GONE, Standing(OrderStatus.HELD, "gone-from-quickbooks")),
    ],
)
def test_a_receipt_that_lives_stands_for_the_payments_of_the_invoice_before_it(
    receipt: State, stands: Standing
) -> None:
    paid_before = payment(State.GONE, source_key="71/7")
    found = [posting(Kind.SALES_RECEIPT, receipt), paid_before]
    assert status_of(order(), found) == stands


def test_what_was_made_anew_as_something_else_is_not_missed() -> None:
    """Row 71 was a payment, which is gone on purpose, and is a refund now."""
    was = payment(State.GONE, source_key="71/7", id=1)
    now = posting(Kind.CREDIT_MEMO, State.POSTED, source_key="71/7", id=2)
    assert status_of(order(total=0), [POSTED, was, now]) == Standing(OrderStatus.POSTED)
    before = posting(Kind.CREDIT_MEMO, State.POSTED, source_key="71/7", id=0)
    assert status_of(order(), [POSTED, was, before]).cause == "gone-from-quickbooks"


anything = st.builds(
    posting,
    st.just(Kind.PAYMENT),
    st.sampled_from(State),
    cause=st.sampled_from(["", "quickbooks-busy"]),
    amount=st.integers(-2000, 2000),
    not_before=st.none() | st.just(LATER),
)


@given(
    st.builds(
        order,
        total=st.integers(-10, 2000),
        skip=st.sampled_from(["", "zero-total"]),
        needs_plan=st.booleans(),
        content_hash=st.sampled_from("ab"),
    ),
    st.none()
    | st.builds(
        invoice,
        st.sampled_from(State),
        cause=st.sampled_from(["", "total-differs"]),
        planned_hash=st.sampled_from(["", "a"]),
        not_before=st.none() | st.just(LATER),
    ),
    st.lists(anything, max_size=4),
)
def test_whatever_the_postings_are_there_is_one_status(
    of: KeapOrder, found: Posting | None, payments: list[Posting]
) -> None:
    stands = status_of(of, [*([found] if found else []), *payments])
    assert stands.status in OrderStatus
    assert stands == status_of(of, [*reversed(payments), *([found] if found else [])]) or (
        len({each.cause for each in payments}) > 1
    )
    told = {OrderStatus.HELD, OrderStatus.SKIPPED_BY_SETTINGS, OrderStatus.WILL_RETRY}
    if stands.status is OrderStatus.HELD:
        assert stands.cause
    assert not stands.cause or stands.status in told
    if any(each.state is State.READY for each in payments) and stands.has_work is False:
        assert stands.status in {
            *(OrderStatus.NEW, OrderStatus.HELD, OrderStatus.SENT, OrderStatus.UNDONE),
            *(OrderStatus.SKIPPED_BY_YOU, OrderStatus.SKIPPED_BY_SETTINGS),
        }


def test_of_each_posting_the_newest_generation_counts() -> None:
    old, new = invoice(State.GONE), invoice(State.READY, generation=2)
    paid = payment(State.POSTED, source_key="1/7")
    newest = {(Kind.INVOICE, "7"): new, (Kind.PAYMENT, "1/7"): paid}
    assert current([old, new, paid]) == newest
    assert current([paid, new, old]) == newest


# -- written to the rows ---------------------------------------------------------------------------


def orders(db: Session) -> list[tuple[int, OrderStatus, str, bool, object]]:
    found = db.scalars(select(KeapOrder).order_by(KeapOrder.connection_id, KeapOrder.keap_id))
    return [(o.keap_id, o.status, o.cause, o.has_work, o.next_try_at) for o in found]


@pytest.mark.parametrize(
    ("state", "cause", "status"),
    [
        (State.READY, "", PaymentStatus.WAITING),
        (State.READY, "quickbooks-busy", PaymentStatus.WILL_RETRY),
        (State.SENT, "", PaymentStatus.SENT),
        (State.POSTED, "", PaymentStatus.POSTED),
        (State.POSTED, "payment-not-applied", PaymentStatus.HELD),
        (State.HELD, "number-taken", PaymentStatus.HELD),
        (State.SKIPPED, "", PaymentStatus.SKIPPED_BY_YOU),
        (State.GONE, "gone-from-quickbooks", PaymentStatus.HELD),
        (State.UNDONE, "", PaymentStatus.UNDONE),
    ],
)
def test_a_payment_stands_where_its_posting_stands(
    db: Session, acme: Connection, state: State, cause: str, status: PaymentStatus
) -> None:
    add_order(db, acme.id, 7)
    add_payment(db, acme.id, 71, 7, status=PaymentStatus.NEW)
    add_posting(db, acme.id, 7, Kind.PAYMENT, state, cause=cause)
    standing.refresh(db, acme.id, [7])
    row = db.scalars(select(KeapPayment)).one()
    assert (row.status, row.cause) == (status, cause)


@pytest.mark.parametrize(
    ("form", "content", "status"),
    [
        (State.HELD, "a", PaymentStatus.WAITING),
        (State.GONE, "a", PaymentStatus.WAITING),
        (State.POSTED, "edited", PaymentStatus.WAITING),
        (State.POSTED, "a", PaymentStatus.WILL_RETRY),
        (State.READY, "a", PaymentStatus.WILL_RETRY),
    ],
)
def test_a_refused_payment_is_not_tried_again_before_its_stopped_invoice_goes_on(
    db: Session, acme: Connection, form: State, content: str, status: PaymentStatus
) -> None:
    add_order(db, acme.id, 7, content_hash=content)
    add_payment(db, acme.id, 71, 7, status=PaymentStatus.NEW)
    add_posting(db, acme.id, 7, Kind.INVOICE, form, planned_hash="a")
    add_posting(db, acme.id, 7, Kind.PAYMENT, State.READY, cause="quickbooks-busy")
    standing.refresh(db, acme.id, [7])
    row = db.scalars(select(KeapPayment)).one()
    cause = "quickbooks-busy" if status is PaymentStatus.WILL_RETRY else ""
    assert (row.status, row.cause) == (status, cause)


def test_a_payment_without_posting_is_new_or_left_out(db: Session, acme: Connection) -> None:
    add_order(db, acme.id, 7)
    add_payment(db, acme.id, 1, 7, status=PaymentStatus.HELD)
    add_payment(db, acme.id, 2, 7, status=PaymentStatus.HELD)
    db.flush()
    db.scalars(select(KeapPayment).where(KeapPayment.payment_id == 2)).one().skip = "not-a-payment"
    standing.refresh(db, acme.id, [7])
    rows = db.scalars(select(KeapPayment).order_by(KeapPayment.payment_id))
    assert [(row.status, row.cause) for row in rows] == [
        (PaymentStatus.NEW, ""),
        (PaymentStatus.SKIPPED_BY_SETTINGS, "not-a-payment"),
    ]


def test_only_the_named_orders_of_the_connection_are_written(
    db: Session, acme: Connection, other: Connection
) -> None:
    for connection in (acme, other):
        for order_id in (7, 8):
            add_order(db, connection.id, order_id)
    add_posting(db, other.id, 7, state=State.SENT)
    add_posting(db, acme.id, 7, state=State.READY, cause="quickbooks-busy", not_before=LATER)
    standing.refresh(db, acme.id, [7])
    ready = (OrderStatus.READY, "", True, AT_ONCE)
    assert orders(db) == [
        (7, OrderStatus.WILL_RETRY, "quickbooks-busy", True, LATER),
        (8, *ready),
        (7, *ready),
        (8, *ready),
    ]


def test_many_orders_take_as_many_statements_as_one(
    database: Database, db: Session, acme: Connection
) -> None:
    for order_id in range(1, 41):
        add_order(db, acme.id, order_id)
        add_posting(db, acme.id, order_id)
    db.flush()
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *what: asked.append(str(what[2])))
    standing.refresh(db, acme.id, range(1, 41))
    assert len([text for text in asked if text.startswith("SELECT")]) == 3
    standing.refresh(db, acme.id, [])
    assert len([text for text in asked if text.startswith("SELECT")]) == 3


# -- every kind of sale, and what becomes of its payment rows --------------------------------------


def part(kind: Kind, state: State = State.POSTED, **changes: Any) -> Posting:
    return posting(kind, state, **({"source_key": "71/7"} | changes))


@pytest.mark.parametrize("form", [Kind.SALES_RECEIPT, Kind.SALES_ORDER])
def test_a_receipt_or_a_sales_order_has_no_open_payment(form: Kind) -> None:
    assert status_of(order(), [posting(form, State.POSTED)]) == Standing(OrderStatus.POSTED)


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([part(Kind.PAYMENT, amount=800)], OrderStatus.POSTED_PAYMENT_OPEN),
        (
            [
                part(Kind.PAYMENT, amount=800),
                part(Kind.CREDIT_MEMO, amount=200, source_key="72/7"),
                part(Kind.CREDIT_USE, amount=200, source_key="72/7"),
            ],
            OrderStatus.POSTED,
        ),
        (
            [part(Kind.PAYMENT, amount=800), part(Kind.CREDIT_MEMO, amount=200)],
            OrderStatus.POSTED_PAYMENT_OPEN,
        ),
    ],
    ids=["part paid", "the rest by a used credit", "a credit nobody used"],
)
def test_cash_and_used_credits_settle_an_invoice(parts: list[Posting], status: OrderStatus) -> None:
    assert status_of(order(), [POSTED, *parts]).status is status


@pytest.mark.parametrize(
    ("memo", "use", "has_work"),
    [
        (State.READY, State.READY, True),
        (State.POSTED, State.READY, True),
        (State.HELD, State.READY, False),
        (State.POSTED, State.POSTED, False),
    ],
)
def test_what_can_never_go_while_another_is_held_is_no_work(
    memo: State, use: State, *, has_work: bool
) -> None:
    parts = [part(Kind.CREDIT_MEMO, memo), part(Kind.CREDIT_USE, use)]
    assert status_of(order(), [POSTED, *parts]).has_work is has_work


#: of the form of its order
VOID = {"source_key": "71/7", "is_void": True}


def test_a_removal_may_go_although_the_form_is_in_trouble() -> None:
    differs = invoice(State.POSTED, cause="total-differs")
    removal = part(Kind.REMOVAL, State.READY, payload=VOID)
    assert status_of(order(), [differs, removal]) == Standing(OrderStatus.READY, "", has_work=True)
    update = part(Kind.SALE_UPDATE, State.READY, source_key="7")
    assert status_of(order(), [differs, update]).has_work
    assert not status_of(order(), [differs, part(Kind.CREDIT_MEMO, State.READY)]).has_work


@pytest.mark.parametrize(
    ("state", "cause", "status"),
    [
        (State.READY, "", OrderStatus.READY),
        (State.READY, "quickbooks-busy", OrderStatus.WILL_RETRY),
        (State.SENT, "", OrderStatus.SENT),
        (State.POSTED, "", OrderStatus.POSTED_PAYMENT_OPEN),
    ],
)
def test_an_order_stands_where_its_removal_stands(
    state: State, cause: str, status: OrderStatus
) -> None:
    removal = part(Kind.REMOVAL, state, cause=cause, payload=VOID)
    assert status_of(order(), [POSTED, removal]).status is status


@pytest.mark.parametrize(
    ("memo", "refund", "status", "cause"),
    [
        (State.POSTED, State.POSTED, PaymentStatus.POSTED, ""),
        (State.POSTED, State.READY, PaymentStatus.WAITING, ""),
        (State.POSTED, State.SENT, PaymentStatus.SENT, ""),
        (State.POSTED, State.HELD, PaymentStatus.HELD, "memo-number-taken"),
        (State.HELD, State.READY, PaymentStatus.HELD, "memo-number-taken"),
        (State.SKIPPED, State.POSTED, PaymentStatus.SKIPPED_BY_YOU, ""),
    ],
)
def test_a_refund_stands_where_the_worst_of_its_records_stands(
    db: Session,
    acme: Connection,
    memo: State,
    refund: State,
    status: PaymentStatus,
    cause: str,
) -> None:
    add_order(db, acme.id, 7)
    add_payment(db, acme.id, 71, 7, status=PaymentStatus.NEW)
    add_posting(db, acme.id, 7, state=State.POSTED)
    for kind, state in ((Kind.CREDIT_MEMO, memo), (Kind.CARD_REFUND, refund)):
        held = "memo-number-taken" if state is State.HELD else ""
        add_posting(db, acme.id, 7, kind, state, cause=held)
    standing.refresh(db, acme.id, [7])
    row = db.scalars(select(KeapPayment)).one()
    assert (row.status, row.cause) == (status, cause)


@pytest.mark.parametrize(
    ("state", "status"),
    [(State.READY, PaymentStatus.WAITING), (State.POSTED, PaymentStatus.POSTED)],
)
def test_a_payment_that_a_sales_receipt_is_made_of_stands_where_the_receipt_stands(
    db: Session, acme: Connection, state: State, status: PaymentStatus
) -> None:
    add_order(db, acme.id, 7)
    add_payment(db, acme.id, 71, 7, status=PaymentStatus.NEW)
    add_posting(db, acme.id, 7, Kind.SALES_RECEIPT, state, source_key="7")
    standing.refresh(db, acme.id, [7])
    assert db.scalars(select(KeapPayment.status)).one() is status
