"""Payments for the merchant's statement, on both databases."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import Connection, KeapPayment, Kind, PaymentStatus
from qbwc_service.ledger.payment_report import (
    COLUMNS,
    GatewayDay,
    PaymentLine,
    by_gateway_and_day,
    cells_of,
    cells_of_day,
    payment_lines,
)
from qbwc_service.ledger.states import State
from qbwc_service.planning.order import PaymentKind
from qbwc_service.spreadsheets import lines_of
from tests.ledger_rows import NOON, add_order, add_posting

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
LONG = "pi_3NabcDEFghiJKLmnoPQRstuV"


def pay(db: Session, connection_id: int, payment_id: int, order_id: int, **more: Any) -> None:
    values: dict[str, Any] = {
        "amount": 1000,
        "paid_on": date(2026, 11, 20),
        "raw": '{"merchant_account_type": "Stripe", "merchant_account_id": "12"}',
        "received": {"transaction_id": LONG, "method": "Visa"},
        "status": PaymentStatus.POSTED,
    }
    db.add(
        KeapPayment(
            connection_id=connection_id,
            payment_id=payment_id,
            order_id=order_id,
            content_hash="a",
            read_at=NOON,
            **(values | more),
        )
    )


def test_a_payment_has_its_whole_reference_and_the_one_in_quickbooks(
    db: Session, acme: Connection
) -> None:
    add_order(db, acme.id, 1)
    pay(db, acme.id, 11, 1)
    add_posting(
        db, acme.id, 1, Kind.PAYMENT, State.POSTED, number=LONG[-20:], record_id="1-1",
        source_key="11/1",
    )  # fmt: skip
    db.flush()
    assert payment_lines(db, acme.id, NOVEMBER) == [
        PaymentLine(
            date(2026, 11, 20), LONG, LONG[-20:], 1, 11, "Ann Lee", 1000, "Visa", "Stripe 12",
            PaymentStatus.POSTED,
        )
    ]  # fmt: skip


def test_the_payments_of_a_sales_receipt_have_its_number(db: Session, acme: Connection) -> None:
    add_order(db, acme.id, 1)
    pay(db, acme.id, 11, 1)
    add_posting(db, acme.id, 1, Kind.SALES_RECEIPT, State.POSTED, record_id="1-1", source_key="1")
    db.flush()
    assert [line.quickbooks_reference for line in payment_lines(db, acme.id, NOVEMBER)] == ["1"]


def test_credits_tests_and_other_months_are_no_money_of_the_bank(
    db: Session, acme: Connection, other: Connection
) -> None:
    pay(db, acme.id, 1, 1, kind=PaymentKind.CREDIT)
    pay(db, acme.id, 2, 1, kind=PaymentKind.TEST)
    pay(db, acme.id, 3, 1, kind=PaymentKind.NOT_COMPLETED)
    pay(db, acme.id, 4, 1, paid_on=date(2026, 12, 1))
    pay(db, other.id, 5, 1)
    db.flush()
    assert payment_lines(db, acme.id, NOVEMBER) == []


def test_each_gateway_and_day_is_added_up_with_what_went_back(
    db: Session, acme: Connection
) -> None:
    pay(db, acme.id, 1, 1)
    pay(db, acme.id, 2, 1, amount=2500)
    pay(db, acme.id, 3, 1, amount=-500, kind=PaymentKind.REFUND)
    pay(db, acme.id, 4, 1, amount=700, raw="{}")
    pay(db, acme.id, 5, 1, amount=900, paid_on=date(2026, 11, 19))
    db.flush()
    days = by_gateway_and_day(payment_lines(db, acme.id, NOVEMBER))
    assert days == [
        GatewayDay(date(2026, 11, 19), "Stripe 12", 1, 900, 0),
        GatewayDay(date(2026, 11, 20), "Stripe 12", 3, 3500, -500),
        GatewayDay(date(2026, 11, 20), "by hand", 1, 700, 0),
    ]
    assert cells_of_day(days[1])[3:] == [Decimal("35.00"), Decimal("-5.00"), Decimal("30.00")]


def test_a_reference_that_is_a_formula_runs_in_no_spreadsheet(
    db: Session, acme: Connection
) -> None:
    pay(db, acme.id, 1, 1, received={"transaction_id": "=1+1", "method": "@x"})
    db.flush()
    rows = [cells_of(line) for line in payment_lines(db, acme.id, NOVEMBER)]
    assert list(lines_of(COLUMNS, rows))[1].startswith("2026-11-20,'=1+1,,1,1,,10.00,'@x,")


def test_however_many_there_are_it_takes_two_statements(db: Session, acme: Connection) -> None:
    for payment_id in range(1, 50):
        pay(db, acme.id, payment_id, payment_id)
    db.flush()
    counted: list[object] = []

    @event.listens_for(db.get_bind(), "before_cursor_execute")
    def count(*values: object) -> None:
        counted.append(values[2])

    assert len(payment_lines(db, acme.id, NOVEMBER)) == 49
    assert len(counted) == 2
