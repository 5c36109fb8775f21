"""What came back against what was meant: total, tax, customer and what is still due."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.planning.plan import Hold, PlannedPayment, to_payload
from qbwc_service.webconnector.verify import check_form, check_payment, total_of
from qbxml_builders.records import (
    InvoiceRecord,
    LinkedTxn,
    PaymentRecord,
    SaleRecord,
)
from tests.webconnector.records import credit_memo, invoice, linked, payment

MEANT = Posting(kind=Kind.INVOICE, number="100", order_id=100, amount=10825, payload={})


def cause(record: InvoiceRecord | SaleRecord, **meant: Any) -> str:
    values: dict[str, Any] = {"tax": 825, "customer_list_id": "C-1"}
    found = check_form(MEANT, record, **(values | meant))
    return found.cause if found else ""


def test_what_was_meant_is_right() -> None:
    assert cause(invoice("100.00", "8.25")) == ""


@pytest.mark.parametrize(
    ("record", "meant", "differs"),
    [
        (invoice("100.01", "8.25"), {}, "total-differs"),
        (invoice("100.00", "8.24"), {}, "total-differs"),
        (invoice("100.01", "8.24"), {}, "tax-differs"),
        (invoice("108.25", "0.00"), {}, "tax-differs"),
        (invoice("100.00", "8.25", customer="C-2"), {}, "customer-differs"),
        (invoice("100.00", "8.25", customer="C-2"), {"customer_list_id": ""}, ""),
        (invoice("100.00", "8.25", balance="108.24"), {}, "balance-differs"),
        (invoice("100.00", "8.25", balance="0.00"), {}, "balance-differs"),
        (invoice("100.00", "8.25", balance=None), {}, ""),
    ],
)
def test_each_difference_has_its_cause(
    record: InvoiceRecord, meant: dict[str, str], differs: str
) -> None:
    assert cause(record, **meant) == differs


def test_a_difference_in_the_balance_says_both() -> None:
    found = check_form(MEANT, invoice("100.00", "8.25", balance="88.25"), tax=825)
    assert isinstance(found, Hold)
    assert (found.details["balance"], found.details["posted_balance"]) == ("108.25", "88.25")
    assert found.details["posted_total"] == "108.25"


@pytest.mark.parametrize(
    ("links", "balance", "differs"),
    [
        ((linked("ReceivePayment", "-100.00"),), "8.25", ""),
        ((linked("ReceivePayment", "-100.00"), linked("CreditMemo", "-8.25")), "0.00", ""),
        ((linked("ReceivePayment", "-100.00"),), "108.25", "balance-differs"),
        ((linked("SalesOrder", "-100.00"),), "8.25", "balance-differs"),
        ((linked("SalesOrder", "-100.00"),), "108.25", ""),
    ],
)
def test_payments_and_credits_that_quickbooks_names_explain_the_balance(
    links: tuple[LinkedTxn, ...], balance: str, differs: str
) -> None:
    assert cause(invoice("100.00", "8.25", balance=balance, links=links)) == differs


def test_a_credit_memo_has_no_balance_to_be_due() -> None:
    memo = Posting(kind=Kind.CREDIT_MEMO, number="100", order_id=100, amount=10000)
    assert check_form(memo, credit_memo("100.00", remaining="0.00")) is None


# -- payments --------------------------------------------------------------------------------------


def pay(applied: int | None = None) -> Posting:
    planned = PlannedPayment("1/100", "T-1", 6300, date(2026, 11, 23), "", applied=applied)
    return Posting(
        kind=Kind.PAYMENT, number="T-1", order_id=100, amount=6300, payload=to_payload(planned)
    )


@pytest.mark.parametrize(
    ("meant", "record", "differs"),
    [
        (pay(), payment("63.00", ("I-1", "63.00")), ""),
        (pay(), payment("62.99", ("I-1", "62.99")), "total-differs"),
        (pay(), payment("63.00", ("I-1", "62.99")), "payment-not-applied"),
        (pay(), payment("63.00", ("I-2", "63.00")), "payment-not-applied"),
        (pay(), payment("63.00"), "payment-not-applied"),
        (pay(6200), payment("63.00", ("I-1", "62.00")), ""),
        (pay(6200), payment("63.00", ("I-1", "63.00")), "payment-not-applied"),
    ],
)
def test_all_that_was_meant_of_a_payment_is_applied_to_its_invoice(
    meant: Posting, record: PaymentRecord, differs: str
) -> None:
    found = check_payment(meant, record, "I-1")
    assert (found.cause if found else "") == differs


def test_what_is_not_applied_is_told() -> None:
    found = check_payment(pay(), payment("63.00", ("I-1", "60.00")), "I-1")
    assert found
    assert found.details["unused"] == "3.00"


# -- words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "number", "called"),
    [
        (Kind.INVOICE, "100", "Invoice 100"),
        (Kind.SALES_RECEIPT, "100", "Sales receipt 100"),
        (Kind.SALES_ORDER, "100", "Sales order 100"),
        (Kind.PAYMENT, "K1", "Payment K1"),
        (Kind.CREDIT_MEMO, "100-1", "Credit memo 100-1"),
        (Kind.CARD_REFUND, "100", "Card refund 100"),
        (Kind.CHECK_REFUND, "", "Refund cheque"),
        (Kind.CREDIT_USE, "", "Use of a credit memo"),
        (Kind.CUSTOMER, "Ann Lee", "Customer Ann Lee"),
    ],
)
def test_a_record_is_called_what_a_person_calls_it(kind: Kind, number: str, called: str) -> None:
    assert thing(Posting(kind=kind, number=number)) == called


def test_where_quickbooks_tells_no_total_it_is_nothing() -> None:
    assert total_of(payment(None)) == Decimal(0)
