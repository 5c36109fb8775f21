from decimal import Decimal

import pytest

from qbwc_service.demo.quickbooks import HResult, read_books

from .forms import (
    card_refund,
    credited,
    delete,
    form_add,
    query,
    refund_check,
    set_credit,
    void,
)
from .talk import applied_to, payment_add
from .test_credits import add_credit


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


@pytest.fixture
def credit(talk, invoice):
    return add_credit(talk)


def apply(talk, invoice, credit):
    body = payment_add("Ann", "0.00", credited(invoice, set_credit(credit, "30.00")))
    talk.ask_for_zero(body)


@pytest.mark.parametrize("kind", ["SalesReceipt", "SalesOrder", "CreditMemo"])
def test_a_form_that_nothing_is_tied_to_is_deleted_and_told_of(talk, invoice, kind):
    txn_id = talk.ask_for_zero(form_add(kind)).value(f"{kind}Ret/TxnID")
    talk.ask_for_zero(delete(kind, txn_id))
    told = talk.ask_for_zero(
        f"<TxnDeletedQueryRq><TxnDelType>{kind}</TxnDelType></TxnDeletedQueryRq>"
    )

    assert (told.value("TxnID"), told.value("RefNumber")) == (txn_id, "N1")
    assert talk.ask(query(kind, txn_id)).status_codes == ["500"]


def test_a_voided_receipt_and_credit_memo_are_worth_nothing(talk, invoice, credit, company):
    receipt = talk.ask_for_zero(form_add("SalesReceipt", header="<Memo>Order 1</Memo>")).value(
        "SalesReceiptRet/TxnID"
    )
    talk.ask_for_zero(void("SalesReceipt", receipt) + void("CreditMemo", credit))

    for kind, txn_id in (("SalesReceipt", receipt), ("CreditMemo", credit)):
        read = talk.ask_for_zero(query(kind, txn_id))
        assert read.value("TotalAmount") == read.value(f"{kind}LineRet/Amount") == "0.00"
    assert talk.ask_for_zero(query("SalesReceipt", receipt)).value("Memo") == "VOID: Order 1"
    assert read_books(company).customers[0].balance == Decimal("100.00")


def test_a_void_twice_says_void_once(talk, invoice):
    talk.ask_for_zero(void("Invoice", invoice) + void("Invoice", invoice))

    assert talk.invoice(invoice).value("Memo") == "VOID: "


def test_an_applied_credit_memo_is_not_deleted_but_its_void_frees_the_invoice(
    talk, invoice, credit
):
    apply(talk, invoice, credit)

    assert talk.ask(delete("CreditMemo", credit)).status_codes == ["3160"]
    assert talk.ask(delete("Invoice", invoice)).status_codes == ["3160"]
    talk.ask_for_zero(void("CreditMemo", credit))
    assert talk.invoice(invoice).value("BalanceRemaining") == "100.00"


def test_a_refunded_credit_stays_until_its_refund_is_deleted(talk, invoice, credit):
    refund = talk.ask_for_zero(card_refund((credit, "30.00"))).value("ARRefundCreditCardRet/TxnID")

    assert talk.ask(delete("CreditMemo", credit)).status_codes == ["3160"]
    assert talk.ask(void("CreditMemo", credit)).status_codes == ["3185"]
    talk.ask_for_zero(delete("ARRefundCreditCard", refund))
    assert talk.ask_for_zero(query("CreditMemo", credit)).value("CreditRemaining") == "30.00"
    talk.ask_for_zero(delete("CreditMemo", credit))


def test_a_voided_refund_gives_the_credit_back(talk, invoice, credit):
    check = talk.ask_for_zero(refund_check((credit, "30.00"), amount="30.00")).value(
        "CheckRet/TxnID"
    )
    talk.ask_for_zero(void("Check", check))

    assert talk.ask_for_zero(query("CreditMemo", credit)).value("CreditRemaining") == "30.00"
    assert talk.ask_for_zero(query("Check", check)).value("CheckRet/Amount") == "0.00"


def test_a_payment_that_was_deposited_is_neither_deleted_nor_voided(talk, person, invoice):
    payment = talk.pay("Ann", "100.00", applied_to(invoice, "100.00")).value(
        "ReceivePaymentRet/TxnID"
    )
    deposit = person.deposit([payment], to="Checking")

    code, _, text = talk.ask(delete("ReceivePayment", payment)).status()
    assert (code, "in a deposit" in text) == ("3160", True)
    talk.ask_for_zero(delete("Deposit", deposit))
    talk.ask_for_zero(delete("ReceivePayment", payment))
    assert talk.invoice(invoice).value("BalanceRemaining") == "100.00"


def test_what_was_reconciled_stays(talk, person, invoice):
    receipt = talk.ask_for_zero(form_add("SalesReceipt")).value("SalesReceiptRet/TxnID")
    person.reconcile(receipt)

    assert talk.ask(delete("SalesReceipt", receipt)).status_codes == ["3160"]
    assert talk.ask(void("SalesReceipt", receipt)).status_codes == ["3185"]


@pytest.mark.parametrize("kind", ["ReceivePayment", "SalesOrder"])
def test_payments_and_sales_orders_cannot_be_voided(company, talk, invoice, kind):
    with pytest.raises(HResult, match="0x80040400"):
        talk.ask(void(kind, invoice))


def test_a_credit_stays_applied_when_the_payment_that_set_it_is_deleted(talk, invoice, credit):
    both = credited(invoice, set_credit(credit, "30.00"), pays="50.00")
    payment = talk.ask_for_zero(payment_add("Ann", "50.00", both)).value("ReceivePaymentRet/TxnID")
    talk.ask_for_zero(delete("ReceivePayment", payment))

    assert talk.invoice(invoice).value("BalanceRemaining") == "70.00"
