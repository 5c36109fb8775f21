"""Credits that are applied to invoices: SetCredit in a payment and in an invoice."""

from decimal import Decimal

import pytest

from qbwc_service.demo.quickbooks import read_books

from .forms import credited, form_add, query, set_credit
from .talk import UNAPPLIED, Talk, applied_to, invoice_add, make_company, payment_add


@pytest.fixture(autouse=True)
def _customers(talk):
    for name in ("Ann", "Bob"):
        talk.add_customer(name)


def add_credit(talk, customer="Ann", amount="30.00", **more) -> str:
    body = form_add("CreditMemo", customer, amount=amount, **more)
    return talk.ask_for_zero(body).value("CreditMemoRet/TxnID")


def links(answered) -> list[list[str]]:
    return [[e.text for e in link] for link in answered.message_set.iterfind(".//LinkedTxn")]


def test_a_payment_of_nothing_applies_a_credit_and_leaves_no_payment(talk, company, clock):
    invoice, credit = talk.add_invoice("Ann"), add_credit(talk)
    clock.pass_seconds(9)
    answered = talk.ask_for_zero(
        payment_add("Ann", "0.00", credited(invoice, set_credit(credit, "20.00")))
    )
    of_invoice = talk.invoice(invoice)
    of_credit = talk.ask_for_zero(query("CreditMemo", credit))

    assert answered.texts("ReceivePaymentRet/TxnID") == []
    assert answered.texts("ReceivePaymentRet/EditSequence") == []
    assert answered.value("TotalAmount") == "0.00"
    assert answered.value("AppliedToTxnRet/BalanceRemaining") == "80.00"
    assert answered.value("AppliedToTxnRet/LinkedTxn/TxnID") == credit
    assert read_books(company).payments == ()
    assert links(of_invoice) == [
        [credit, "CreditMemo", "2026-02-03", "N1", "AMTTYPE", "-20.00"],
    ]
    assert links(of_credit) == [[invoice, "Invoice", "2026-02-01", "K1", "AMTTYPE", "20.00"]]
    assert (of_invoice.value("AppliedAmount"), of_invoice.value("BalanceRemaining")) == (
        "-20.00", "80.00",
    )  # fmt: skip
    assert of_credit.value("CreditRemaining") == "10.00"
    for read in (of_invoice, of_credit):
        assert read.value("EditSequence") == "1772378409"
        assert read.value("TimeModified") == "2026-03-01T10:20:09-05:00"
    assert read_books(company).customers[0].balance == Decimal("70.00")


def test_it_may_leave_a_payment_too_since_nobody_knows(tmp_path, clock):
    with make_company(tmp_path / "other", clock, zero_payment_keeps_a_record=True) as company:
        other = Talk(company)
        other.add_customer("Ann")
        invoice, credit = other.add_invoice("Ann"), add_credit(other)
        answered = other.ask_for_zero(
            payment_add("Ann", "0.00", credited(invoice, set_credit(credit, "20.00")))
        )
        (payment,) = read_books(company).payments
        read = other.ask_for_zero(query("ReceivePayment", payment.txn_id))

    assert answered.value("ReceivePaymentRet/TxnID") == payment.txn_id
    assert read.value("AppliedToTxnRet/TxnID") == invoice
    assert read.value("AppliedToTxnRet/Amount") == "0.00"
    assert payment.total == 0


def test_a_payment_of_nothing_that_sets_no_credit_is_a_payment(talk, company):
    talk.ask_for_zero(payment_add("Ann", "0.00", UNAPPLIED))

    assert len(read_books(company).payments) == 1


def test_a_payment_pays_what_the_credits_leave(talk):
    invoice, credit = talk.add_invoice("Ann"), add_credit(talk)
    both = credited(invoice, set_credit(credit, "30.00"), pays="70.00")
    answered = talk.ask_for_zero(payment_add("Ann", "70.00", both))

    assert answered.value("AppliedToTxnRet/BalanceRemaining") == "0.00"
    assert answered.value("AppliedToTxnRet/Amount") == "70.00"
    assert talk.invoice(invoice).value("IsPaid") == "true"


def test_a_payment_and_a_credit_together_may_not_be_more_than_is_due(talk, company):
    invoice, credit = talk.add_invoice("Ann"), add_credit(talk)
    both = credited(invoice, set_credit(credit, "30.00"), pays="70.01")

    assert talk.ask(payment_add("Ann", "70.01", both)).status()[0] == "3210"
    assert talk.invoice(invoice).value("BalanceRemaining") == "100.00"


@pytest.mark.parametrize(
    ("credit_amount", "amount", "reason"),
    [
        ("30.00", "30.01", "more than the amount of the credit"),
        ("130.00", "100.01", "more than the amount due"),
        ("30.00", "0.00", "more than zero"),
    ],
)
def test_a_credit_above_its_rest_or_the_invoices_is_3210(talk, credit_amount, amount, reason):
    invoice, credit = talk.add_invoice("Ann"), add_credit(talk, amount=credit_amount)
    body = payment_add("Ann", "0.00", credited(invoice, set_credit(credit, amount)))
    code, severity, text = talk.ask(body).status()

    assert (code, severity) == ("3210", "Error")
    assert text.startswith(f'The "SetCredit applied amount" field has an invalid value "{amount}"')
    assert reason in text
    assert talk.invoice(invoice).texts("LinkedTxn") == []


def test_the_credit_must_exist_and_be_one(talk):
    invoice, other = talk.add_invoice("Ann"), talk.add_invoice("Ann")

    for credit in ("9-9", other):
        body = payment_add("Ann", "0.00", credited(invoice, set_credit(credit, "1.00")))
        assert talk.ask(body).status()[0] == "3120"


def test_a_credit_serves_its_family_of_customers_only(talk):
    talk.add_customer("Job", "<ParentRef><FullName>Ann</FullName></ParentRef>")
    invoice = talk.add_invoice("Ann")
    of_job, of_bob = add_credit(talk, "Ann:Job"), add_credit(talk, "Bob")

    def apply(credit):
        body = payment_add("Ann", "0.00", credited(invoice, set_credit(credit, "1.00")))
        return talk.ask(body).status()

    assert apply(of_job)[0] == "0"
    code, _, text = apply(of_bob)
    assert (code, "another customer" in text) == ("3120", True)


def test_a_credit_of_another_receivable_account_is_3210(talk, person):
    person.add_account("Other Receivable", "AccountsReceivable")
    account = "<ARAccountRef><FullName>Other Receivable</FullName></ARAccountRef>"
    invoice, credit = talk.add_invoice("Ann"), add_credit(talk, account=account)
    body = payment_add("Ann", "0.00", credited(invoice, set_credit(credit, "1.00")))

    code, _, text = talk.ask(body).status()
    assert (code, "another receivable account" in text) == ("3210", True)


def test_an_unused_payment_is_a_credit_too(talk, company):
    invoice = talk.add_invoice("Ann")
    unused = talk.pay("Ann", "40.00", UNAPPLIED).value("ReceivePaymentRet/TxnID")
    talk.ask_for_zero(payment_add("Ann", "0.00", credited(invoice, set_credit(unused, "25.00"))))

    assert read_books(company).payments[0].unused == Decimal("15.00")
    assert talk.invoice(invoice).value("BalanceRemaining") == "75.00"


def test_credit_and_invoice_may_come_by_macro_in_one_set(talk):
    answered = talk.ask_for_zero(
        invoice_add("Ann", macro="TxnID:i")
        + form_add("CreditMemo", amount="30.00", macro="TxnID:c")
        + payment_add("Ann", "0.00", credited("TxnID:i", set_credit("TxnID:c", "30.00")))
    )

    assert answered.value("AppliedToTxnRet/BalanceRemaining") == "70.00"
    unknown = payment_add("Ann", "0.00", credited("TxnID:i", set_credit("TxnID:c", "1.00")))
    assert talk.ask(unknown).status_codes == ["9101"]


def test_a_new_invoice_takes_a_credit(talk):
    credit = add_credit(talk)
    answered = talk.ask_for_zero(invoice_add("Ann", header=set_credit(credit, "30.00")))

    assert answered.value("BalanceRemaining") == "70.00"
    assert answered.value("LinkedTxn/TxnID") == credit
    over = talk.ask(invoice_add("Ann", number="K2", header=set_credit(credit, "0.01")))
    assert over.status_codes == ["3210"]
    assert talk.ask("<InvoiceQueryRq><RefNumber>K2</RefNumber></InvoiceQueryRq>").status_codes == [
        "500"
    ]


def test_one_credit_pays_an_invoice_twice(talk):
    invoice, credit = talk.add_invoice("Ann"), add_credit(talk)
    for _ in range(2):
        body = payment_add("Ann", "0.00", credited(invoice, set_credit(credit, "15.00")))
        talk.ask_for_zero(body)

    assert talk.invoice(invoice).value("BalanceRemaining") == "70.00"


def test_a_payment_on_one_invoice_and_a_credit_on_another_go_together(talk):
    first, second, credit = talk.add_invoice("Ann"), talk.add_invoice("Ann"), add_credit(talk)
    both = applied_to(first, "100.00") + credited(second, set_credit(credit, "30.00"))
    answered = talk.ask_for_zero(payment_add("Ann", "100.00", both))

    assert {
        one.findtext("TxnID"): one.findtext("Amount")
        for one in answered.message_set.iterfind(".//AppliedToTxnRet")
    } == {first: "100.00", second: "0.00"}
