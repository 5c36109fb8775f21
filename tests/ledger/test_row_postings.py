"""What becomes of one payment row: its records follow the plan until they are sent."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import sources
from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    KeapOrder,
    KeapPayment,
    Kind,
    Posting,
)
from qbwc_service.ledger.plan_writer import PlanWriter
from qbwc_service.ledger.states import State
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.planning.plan import (
    Hold,
    ListRef,
    OrderPlan,
    PaymentDecision,
    PlannedCreditMemo,
    PlannedCreditUse,
    PlannedItem,
    PlannedOfRow,
    PlannedPayment,
    PlannedRefund,
    PlannedRemoval,
    PlannedSale,
    RefundForm,
    SaleForm,
)
from tests.ledger_rows import NOON, add_order
from tests.world import TODAY, paid

KEY = "70/7"
TO_APPROVE = Hold("refund-to-approve", {"order": "7", "amount": "10.00"})
MEMO = PlannedCreditMemo(KEY, "100", 1000, TODAY, (), "memo")
USE = PlannedCreditUse(KEY, 1000, TODAY)
CARD = PlannedRefund(KEY, RefundForm.CARD, "100", 1000, TODAY, "memo")
CHEQUE = PlannedRefund(KEY, RefundForm.CHEQUE, "", 1000, TODAY, "memo")
PAYMENT = PlannedPayment(KEY, "K70", 1000, TODAY, "memo")
VOID = PlannedRemoval(KEY, is_void=True, amount=1000)
ITEM = PlannedItem("keap refund", "Keap Refund", is_other_charge=True, account_list_id="A-1")


def sale(form: SaleForm = SaleForm.INVOICE) -> PlannedSale:
    return PlannedSale("100", ListRef(list_id="C-1"), TODAY, 1000, (), "memo", "", form=form)


class Row:
    """Row 70 of order 7; each `becomes` is one planning of it."""

    def __init__(self, db: Session, connection: Connection) -> None:
        self.db = db
        self.connection = connection
        add_order(db, connection.id, 7, needs_plan=True)
        db.flush()
        self.reads(refund())

    def reads(self, payment: ReceivedPayment) -> None:
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

    def becomes(
        self, *planned: PlannedOfRow, form: SaleForm = SaleForm.INVOICE, **more: Any
    ) -> None:
        rows: Sequence[KeapPayment] = self.db.scalars(select(KeapPayment)).all()
        plan = OrderPlan(sale=sale(form), payments=(PaymentDecision(70, planned, **more),))
        writer = PlanWriter(self.db, self.connection, [7], NOON)
        writer.load_list_postings([plan])
        writer.write(self.db.scalars(select(KeapOrder)).one(), rows, plan)
        writer.finish()
        self.db.flush()

    def records(self) -> list[tuple[Kind, State, str, int]]:
        """Of the row: kind, state, number and amount."""
        found = self.db.scalars(
            select(Posting).where(Posting.source_key == KEY).order_by(Posting.id)
        )
        return [(one.kind, one.state, one.number, one.amount) for one in found]

    def posting(self, kind: Kind) -> Posting:
        return self.db.scalars(select(Posting).where(Posting.kind == kind)).one()

    def is_in_quickbooks(self, kind: Kind, txn_id: str = "1A-2") -> None:
        posting = self.posting(kind)
        posting.state, posting.record_id = State.POSTED, txn_id

    def told(self) -> list[str]:
        return list(self.db.scalars(select(ErrorEntry.message).order_by(ErrorEntry.id)))


def refund(amount: int = -1000, kind: PaymentKind = PaymentKind.REFUND) -> ReceivedPayment:
    return paid(7, amount, payment_id=70, kind=kind, source_kind="Refund")


@pytest.fixture
def row(db: Session, acme: Connection) -> Row:
    return Row(db, acme)


@pytest.mark.parametrize(
    ("planned", "records"),
    [
        ((PAYMENT,), [(Kind.PAYMENT, "K70")]),
        ((MEMO, USE), [(Kind.CREDIT_MEMO, "100"), (Kind.CREDIT_USE, "")]),
        ((MEMO, CARD), [(Kind.CREDIT_MEMO, "100"), (Kind.CARD_REFUND, "100")]),
        ((MEMO, CHEQUE), [(Kind.CREDIT_MEMO, "100"), (Kind.CHECK_REFUND, "")]),
        ((VOID,), [(Kind.REMOVAL, "")]),
    ],
    ids=["payment", "credit", "card refund", "cheque", "void"],
)
def test_each_planned_record_is_one_posting_of_the_row(
    row: Row, planned: tuple[PlannedOfRow, ...], records: list[tuple[Kind, str]]
) -> None:
    for _ in range(2):
        row.becomes(*planned)
    assert row.records() == [(kind, State.READY, number, 1000) for kind, number in records]


def test_the_item_of_a_refund_is_made_beside_those_of_the_order(row: Row) -> None:
    row.becomes(MEMO, items=(ITEM,))
    assert row.posting(Kind.ITEM).number == "Keap Refund"


def test_another_plan_takes_the_place_of_what_was_not_sent(row: Row) -> None:
    row.becomes(MEMO, CARD)
    row.becomes(MEMO, USE)
    assert [each[0] for each in row.records()] == [Kind.CREDIT_MEMO, Kind.CREDIT_USE]
    row.becomes(VOID)
    assert [each[0] for each in row.records()] == [Kind.REMOVAL]


def test_a_hold_is_carried_by_one_posting_and_told_once(row: Row) -> None:
    for _ in range(2):
        row.becomes(hold=TO_APPROVE)
    assert row.records() == [(Kind.CREDIT_MEMO, State.HELD, "", 1000)]
    assert row.told() == ["refund-to-approve"]
    row.becomes(MEMO, CARD)
    assert [each[:2] for each in row.records()] == [
        (Kind.CREDIT_MEMO, State.READY),
        (Kind.CARD_REFUND, State.READY),
    ]


def test_held_again_only_one_of_its_postings_stays(row: Row) -> None:
    row.becomes(MEMO, CARD)
    row.becomes(hold=TO_APPROVE)
    assert row.records() == [(Kind.CREDIT_MEMO, State.HELD, "100", 1000)]


def test_cash_is_held_as_a_payment_and_a_credit_as_a_memo(row: Row) -> None:
    row.reads(refund(1000, PaymentKind.CASH))
    row.becomes(hold=TO_APPROVE)
    assert [each[0] for each in row.records()] == [Kind.PAYMENT]


def test_once_the_memo_is_in_quickbooks_a_hold_changes_nothing(row: Row) -> None:
    row.becomes(MEMO, CARD)
    row.is_in_quickbooks(Kind.CREDIT_MEMO)
    row.becomes(hold=TO_APPROVE)
    assert [each[:2] for each in row.records()] == [
        (Kind.CREDIT_MEMO, State.POSTED),
        (Kind.CARD_REFUND, State.READY),
    ]


def test_what_a_person_skipped_stays_out_with_all_of_its_row(row: Row) -> None:
    row.becomes(MEMO)
    row.posting(Kind.CREDIT_MEMO).state = State.SKIPPED
    row.becomes(MEMO, CARD)
    assert [each[:2] for each in row.records()] == [(Kind.CREDIT_MEMO, State.SKIPPED)]


def test_a_row_that_is_part_of_a_receipt_has_no_posting_of_its_own(row: Row) -> None:
    row.becomes(PAYMENT)
    row.becomes(in_sale=True, form=SaleForm.SALES_RECEIPT)
    assert row.records() == []


def test_a_row_that_settings_leave_out_keeps_what_was_sent(row: Row) -> None:
    row.becomes(MEMO, CARD)
    row.is_in_quickbooks(Kind.CREDIT_MEMO)
    row.becomes(skip="payments-not-sent")
    assert [each[:2] for each in row.records()] == [(Kind.CREDIT_MEMO, State.POSTED)]
    assert row.db.scalars(select(KeapPayment.skip)).one() == "payments-not-sent"


def test_a_refund_changed_in_keap_after_it_was_sent_is_told_and_stays(row: Row) -> None:
    row.becomes(MEMO)
    row.is_in_quickbooks(Kind.CREDIT_MEMO)
    row.reads(refund(-1500))
    row.becomes(PlannedCreditMemo(KEY, "100", 1500, TODAY, (), "memo"))
    memo = row.posting(Kind.CREDIT_MEMO)
    assert (memo.amount, memo.cause) == (1000, "payment-edited-after-sending")
    assert (memo.details["amount"], memo.details["posted_amount"]) == ("15.00", "10.00")


def test_money_for_a_form_that_is_gone_waits(row: Row) -> None:
    row.becomes(MEMO)
    row.is_in_quickbooks(Kind.INVOICE)
    row.posting(Kind.INVOICE).state = State.GONE
    row.becomes(MEMO)
    assert row.posting(Kind.CREDIT_MEMO).cause == "payment-without-order"


def test_a_form_that_was_never_sent_may_become_another_and_its_mark_follows(row: Row) -> None:
    row.becomes(PAYMENT)
    before = row.posting(Kind.INVOICE).external_guid
    row.becomes(in_sale=True, form=SaleForm.SALES_RECEIPT)
    assert row.posting(Kind.SALES_RECEIPT).external_guid != before
