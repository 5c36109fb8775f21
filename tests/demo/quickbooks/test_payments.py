from decimal import Decimal

import pytest

from qbwc_service.demo.quickbooks import read_books

from .talk import (
    AUTO_APPLY,
    NON,
    UNAPPLIED,
    applied_to,
    customer_add,
    invoice_add,
    line,
    payment_add,
)


@pytest.fixture(autouse=True)
def _customer(talk):
    talk.add_customer("Ann")
    talk.add_customer("Bob")


def test_a_payment_and_its_invoice_know_each_other(talk, clock):
    invoice = talk.add_invoice("Ann")
    clock.pass_seconds(5)
    paid = talk.pay("Ann", "60.00", applied_to(invoice, "55.00"))
    payment_id = paid.value("ReceivePaymentRet/TxnID")
    read = talk.invoice(invoice)

    assert paid.value("UnusedPayment") == "5.00"
    assert paid.value("DepositToAccountRef/FullName") == "Undeposited Funds"
    assert [e.text for e in paid.message_set.find(".//AppliedToTxnRet")] == [
        invoice, "Invoice", "2026-02-01", "K1", "45.00", "55.00",
    ]  # fmt: skip
    assert [e.text for e in read.message_set.find(".//LinkedTxn")] == [
        payment_id, "ReceivePayment", "2026-02-02", "P1", "AMTTYPE", "-55.00",
    ]  # fmt: skip
    assert read.value("AppliedAmount") == "-55.00"
    assert read.value("BalanceRemaining") == "45.00"
    assert read.value("TimeModified") == "2026-03-01T10:20:05-05:00"
    assert read.value("EditSequence") == "1772378405"
    assert read.value("TimeCreated") == "2026-03-01T10:20:00-05:00"


def test_paying_more_than_is_due_is_3210_with_the_text_of_quickbooks(talk, company):
    invoice = talk.add_invoice("Ann")
    talk.pay("Ann", "60.00", applied_to(invoice, "60.00"))

    assert talk.pay("Ann", "60.00", applied_to(invoice, "40.01")).status() == (
        "3210",
        "Error",
        (
            'The "AppliedToTxnAdd payment amount" field has an invalid value "40.01".  '
            "QuickBooks error message: You cannot pay more than the amount due."
        ),
    )
    assert len(read_books(company).payments) == 1


def test_one_invoice_named_twice_cannot_be_overpaid(talk):
    invoice = talk.add_invoice("Ann")
    twice = applied_to(invoice, "60.00") * 2

    assert talk.pay("Ann", "120.00", twice).status_codes == ["3210"]


def test_applying_more_than_the_payment_is_3210(talk):
    invoice = talk.add_invoice("Ann")

    code, _, text = talk.pay("Ann", "10.00", applied_to(invoice, "10.01")).status()
    assert (code, "TotalAmount" in text) == ("3210", True)


def test_a_negative_payment_is_3210(talk):
    assert talk.pay("Ann", "-1.00", UNAPPLIED).status_codes == ["3210"]


def test_without_a_total_the_payment_is_what_is_applied(talk):
    invoice = talk.add_invoice("Ann")
    body = payment_add(
        "Ann", "0.00", f"<AppliedToTxnAdd><TxnID>{invoice}</TxnID></AppliedToTxnAdd>"
    )

    answered = talk.ask_for_zero(body.replace("<TotalAmount>0.00</TotalAmount>", ""))
    assert answered.value("ReceivePaymentRet/TotalAmount") == "100.00"


def test_an_invoice_that_is_gone_or_of_somebody_else_is_3120(talk):
    invoice = talk.add_invoice("Ann")

    assert talk.pay("Ann", "1.00", applied_to("9-9", "1.00")).status() == (
        "3120",
        "Error",
        'Object "9-9" specified in the request cannot be found.',
    )
    code, _, text = talk.pay("Bob", "1.00", applied_to(invoice, "1.00")).status()
    assert (code, "another customer" in text) == ("3120", True)


def test_a_parent_pays_for_its_job_but_not_the_other_way(talk):
    talk.add_customer("Job", "<ParentRef><FullName>Ann</FullName></ParentRef>")
    of_job = talk.add_invoice("Ann:Job")
    of_parent = talk.add_invoice("Ann")

    assert talk.pay("Ann", "1.00", applied_to(of_job, "1.00")).status_codes == ["0"]
    assert talk.pay("Ann:Job", "1.00", applied_to(of_parent, "1.00")).status_codes == ["3120"]


def test_another_receivable_account_than_the_invoices_is_3210(talk, person):
    person.add_account("Other Receivable", "AccountsReceivable")
    invoice = talk.add_invoice("Ann")
    account = "<ARAccountRef><FullName>Other Receivable</FullName></ARAccountRef>"

    answered = talk.pay("Ann", "1.00", applied_to(invoice, "1.00"), account=account)
    assert answered.status()[0] == "3210"


def test_a_method_that_does_not_exist_is_3140(talk):
    body = payment_add("Ann", "1.00", UNAPPLIED).replace(
        "<IsAutoApply>",
        "<PaymentMethodRef><FullName>Keap</FullName></PaymentMethodRef><IsAutoApply>",
    )

    assert talk.ask(body).status()[0] == "3140"


def auto_applied(talk, amount: str) -> list[tuple[str, str]]:
    answered = talk.pay("Ann", amount, AUTO_APPLY)
    return [
        (one.findtext("RefNumber"), one.findtext("Amount"))
        for one in answered.message_set.iterfind(".//AppliedToTxnRet")
    ]


def test_auto_apply_takes_the_exact_invoice_first_and_else_the_oldest(talk):
    for number, date, amount in (
        ("new", "2026-02-03", "30.00"),
        ("old", "2026-02-01", "50.00"),
        ("middle", "2026-02-02", "20.00"),
    ):
        lines = line(amounts=f"<Amount>{amount}</Amount>", tail=NON)
        talk.add_invoice("Ann", number=number, date=date, lines=lines)

    assert auto_applied(talk, "20.00") == [("middle", "20.00")]
    assert auto_applied(talk, "60.00") == [("old", "50.00"), ("new", "10.00")]
    assert auto_applied(talk, "25.00") == [("new", "20.00")]


def test_an_unapplied_payment_is_a_credit_of_the_customer(talk, company):
    answered = talk.pay("Ann", "210.00", UNAPPLIED)

    assert answered.value("UnusedPayment") == "210.00"
    assert answered.value("UnusedCredits") == "0.00"
    assert read_books(company).customers[0].balance == Decimal("-210.00")


BY_MACRO = (
    '<AppliedToTxnAdd><TxnID useMacro="TxnID:a"/><PaymentAmount>100.00</PaymentAmount>'
    "</AppliedToTxnAdd>"
)


def test_a_macro_stands_for_the_invoice_of_the_same_set(talk):
    answered = talk.ask_for_zero(
        invoice_add("Ann", macro="TxnID:a") + payment_add("Ann", "100.00", BY_MACRO)
    )

    assert answered.value("AppliedToTxnRet/TxnID") == answered.value("InvoiceRet/TxnID")
    assert talk.ask(payment_add("Ann", "100.00", BY_MACRO)).status_codes == ["9101"]


def test_the_partner_of_a_failed_invoice_fails_by_its_macro_or_is_not_processed(talk, company):
    both = invoice_add("Nobody", macro="TxnID:a") + payment_add("Ann", "100.00", BY_MACRO)

    assert talk.ask(both).status_codes == ["3140", "9101"]
    stopped = talk.ask(both + customer_add("Carl"), 'onError="stopOnError"')
    assert stopped.status_codes == ["3140", "3231", "3231"]
    assert read_books(company).payments == ()


def test_the_closing_date_holds_for_payments_too(talk, person):
    person.set_closing_date("2026-02-02")

    assert talk.pay("Ann", "1.00", UNAPPLIED).status_codes == ["3171"]
