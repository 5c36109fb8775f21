from decimal import Decimal

import pytest

from qbwc_service.demo.quickbooks import read_books

from .talk import applied_to


def delete(kind: str, txn_id: str) -> str:
    return f"<TxnDelRq><TxnDelType>{kind}</TxnDelType><TxnID>{txn_id}</TxnID></TxnDelRq>"


def void(kind: str, txn_id: str) -> str:
    return f"<TxnVoidRq><TxnVoidType>{kind}</TxnVoidType><TxnID>{txn_id}</TxnID></TxnVoidRq>"


@pytest.fixture
def invoice(talk):
    talk.add_customer("Ann")
    return talk.add_invoice("Ann")


def test_a_deleted_invoice_is_told_of_for_ninety_days(talk, clock, invoice):
    answered = talk.ask_for_zero(delete("Invoice", invoice))
    query = (
        "<TxnDeletedQueryRq><TxnDelType>Invoice</TxnDelType><DeletedDateRangeFilter>"
        "<FromDeletedDate>2026-03-01T10:20:00</FromDeletedDate></DeletedDateRangeFilter>"
        "</TxnDeletedQueryRq>"
    )

    assert [e.text for e in answered.message_set[0]] == [
        "Invoice", invoice, "2026-03-01T10:20:00-05:00", "K1",
    ]  # fmt: skip
    assert [e.text for e in talk.ask_for_zero(query).message_set[0][0]] == [
        "Invoice", invoice, "2026-03-01T10:20:00-05:00", "2026-03-01T10:20:00-05:00", "K1",
    ]  # fmt: skip
    clock.pass_days(91)
    assert talk.ask(query).status_codes == ["1"]


def test_an_invoice_with_a_payment_is_not_deleted_but_the_payment_may_go_first(talk, invoice):
    payment = talk.pay("Ann", "100.00", applied_to(invoice, "100.00")).value(
        "ReceivePaymentRet/TxnID"
    )

    assert talk.ask(delete("Invoice", invoice)).status_codes == ["3160"]
    assert talk.ask(delete("ReceivePayment", payment)).status_codes == ["0"]
    assert talk.invoice(invoice).value("BalanceRemaining") == "100.00"
    assert talk.ask(delete("Invoice", invoice)).status_codes == ["0"]


def test_a_void_keeps_the_number_and_sets_the_payments_free(talk, company, invoice):
    talk.pay("Ann", "100.00", applied_to(invoice, "100.00"))

    answered = talk.ask_for_zero(void("Invoice", invoice))
    read = talk.invoice(invoice)

    assert [e.text for e in answered.message_set[0]] == [
        "Invoice", invoice, "2026-03-01T10:20:00-05:00", "2026-03-01T10:20:00-05:00", "K1",
    ]  # fmt: skip
    assert read.value("Memo") == "VOID: "
    assert (read.value("Subtotal"), read.value("IsPaid")) == ("0.00", "true")
    assert read_books(company).payments[0].unused == Decimal("100.00")


@pytest.mark.parametrize("request_of", [delete, void])
def test_another_type_or_an_unknown_id_is_3120(talk, invoice, request_of):
    assert talk.ask(request_of("CreditMemo", invoice)).status_codes == ["3120"]
    assert talk.ask(request_of("Invoice", "9-9")).status_codes == ["3120"]


@pytest.mark.parametrize("request_of", [delete, void])
def test_a_closed_period_stays_as_it_is(talk, person, invoice, request_of):
    person.set_closing_date("2026-02-01")

    assert talk.ask(request_of("Invoice", invoice)).status_codes == ["3171"]
