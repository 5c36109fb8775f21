"""Refunds by card and by cheque, out of credit memos and of what a payment did not use."""

from decimal import Decimal

import pytest

from qbwc_service.demo.quickbooks import NotSupported, read_books

from .forms import card_refund, credited, form_add, query, refund_check, set_credit
from .talk import UNAPPLIED, payment_add
from .test_credits import add_credit, links


@pytest.fixture(autouse=True)
def _customers(talk):
    for name in ("Ann", "Bob"):
        talk.add_customer(name)


def remaining(talk, credit) -> str:
    return talk.ask_for_zero(query("CreditMemo", credit)).value("CreditRemaining")


def test_a_card_refund_uses_up_the_credit(talk, company, clock):
    credit = add_credit(talk)
    clock.pass_seconds(4)
    method = "<PaymentMethodRef><FullName>Visa</FullName></PaymentMethodRef><Memo>back</Memo>"
    added = talk.ask_for_zero(card_refund((credit, "20.00"), header=method))
    refund = added.value("ARRefundCreditCardRet/TxnID")
    read = talk.ask_for_zero(query("ARRefundCreditCard", refund))
    of_credit = talk.ask_for_zero(query("CreditMemo", credit))

    for answered in (added, read):
        assert answered.value("TotalAmount") == "20.00"
        assert answered.value("RefundFromAccountRef/FullName") == "Undeposited Funds"
        assert answered.value("PaymentMethodRef/FullName") == "Visa"
        assert [e.text for e in answered.message_set.find(".//RefundAppliedToTxnRet")] == [
            credit, "CreditMemo", "2026-02-03", "N1", "10.00", "20.00",
        ]  # fmt: skip
    assert of_credit.value("CreditRemaining") == "10.00"
    assert of_credit.value("EditSequence") == "1772378404"
    assert links(of_credit) == [
        [refund, "ARRefundCreditCard", "2026-02-05", "R1", "AMTTYPE", "20.00"]
    ]
    assert read_books(company).customers[0].balance == Decimal("-10.00")


def test_credit_memo_and_refund_go_in_one_set_by_macro(talk):
    answered = talk.ask_for_zero(
        form_add("CreditMemo", amount="30.00", macro="TxnID:c") + card_refund(("TxnID:c", "30.00"))
    )

    assert answered.value("RefundAppliedToTxnRet/CreditRemaining") == "0.00"


@pytest.mark.parametrize("amount", ["30.01", "0.00"])
def test_a_card_refund_above_the_credit_or_of_nothing_is_3210(talk, company, amount):
    credit = add_credit(talk)
    code, _, text = talk.ask(card_refund((credit, amount))).status()

    assert code == "3210"
    assert "RefundAppliedToTxnAdd refund amount" in text
    assert remaining(talk, credit) == "30.00"


def test_a_refund_of_two_parts_may_not_use_one_credit_twice(talk):
    credit = add_credit(talk)

    assert talk.ask(card_refund((credit, "20.00"), (credit, "10.01"))).status()[0] == "3210"
    assert talk.ask(card_refund((credit, "20.00"), (credit, "10.00"))).status()[0] == "0"


def test_what_a_payment_did_not_use_is_refunded(talk, company):
    unused = talk.pay("Ann", "40.00", UNAPPLIED).value("ReceivePaymentRet/TxnID")
    talk.ask_for_zero(card_refund((unused, "25.00")))

    assert read_books(company).payments[0].unused == Decimal("15.00")
    assert talk.ask(card_refund((unused, "15.01"))).status_codes == ["3210"]


def test_a_credit_of_somebody_else_is_3120(talk):
    credit = add_credit(talk, "Bob")

    assert talk.ask(card_refund((credit, "1.00"))).status()[0] == "3120"
    assert talk.ask(card_refund(("9-9", "1.00"))).status()[0] == "3120"


def test_card_refunds_are_for_the_united_states(talk, company):
    company.store.set_fact("country", "CA")

    assert talk.ask(card_refund((add_credit(talk), "1.00"))).status_codes == ["3250"]


def test_a_check_on_the_receivable_account_refunds_a_credit(talk, company):
    credit = add_credit(talk)
    added = talk.ask_for_zero(refund_check((credit, "30.00"), amount="30.00"))
    check = added.value("CheckRet/TxnID")
    read = talk.ask_for_zero(query("Check", check))

    for answered in (added, read):
        assert answered.value("CheckRet/Amount") == "30.00"
        assert answered.value("PayeeEntityRef/FullName") == "Ann"
        assert answered.value("ExpenseLineRet/CustomerRef/FullName") == "Ann"
        assert links(answered) == [[credit, "CreditMemo", "2026-02-03", "N1", "AMTTYPE", "-30.00"]]
    assert remaining(talk, credit) == "0.00"
    assert read_books(company).customers[0].balance == 0


def test_a_check_without_an_amount_takes_what_is_left(talk):
    credit = add_credit(talk)
    talk.ask_for_zero(card_refund((credit, "12.00")))
    talk.ask_for_zero(refund_check((credit, ""), amount="50.00"))

    assert remaining(talk, credit) == "0.00"


def test_a_check_may_not_refund_more_than_it_is_made_out_for(talk):
    credit = add_credit(talk)

    assert talk.ask(refund_check((credit, "30.00"), amount="29.99")).status()[0] == "3210"
    assert talk.ask(refund_check((credit, "30.01"), amount="50.00")).status()[0] == "3210"


def test_a_check_is_drawn_on_a_bank_and_its_receivable_line_has_a_customer(talk):
    assert talk.ask(refund_check(amount="1.00", account="Sales")).status()[0] == "3140"
    assert talk.ask(refund_check(amount="1.00", customer="")).status()[0] == "3180"


def test_a_check_for_an_expense_owes_nobody_anything(talk, company):
    talk.ask_for_zero(refund_check(amount="9.00", customer="", receivable="Office Supplies"))

    assert read_books(company).customers[0].balance == 0


def test_items_on_a_check_are_not_played(talk):
    item = "<ItemLineAdd><ItemRef><FullName>SKU1</FullName></ItemRef></ItemLineAdd></CheckAdd>"

    with pytest.raises(NotSupported, match="CheckAdd/ItemLineAdd"):
        talk.ask(refund_check(amount="1.00").replace("</CheckAdd>", item))


def test_refunds_are_found_by_date_and_account(talk):
    credit = add_credit(talk)
    talk.ask_for_zero(card_refund((credit, "1.00")))
    talk.ask_for_zero(refund_check((credit, "1.00"), amount="1.00"))

    for kind, account in (("ARRefundCreditCard", "Undeposited Funds"), ("Check", "Checking")):
        dates = "<TxnDateRangeFilter><FromTxnDate>2026-02-05</FromTxnDate></TxnDateRangeFilter>"
        accounts = f"<AccountFilter><FullName>{account}</FullName></AccountFilter>"
        found = talk.ask_for_zero(f"<{kind}QueryRq>{dates}{accounts}</{kind}QueryRq>")
        assert len(found.texts(f"{kind}Ret/TxnID")) == 1


def test_a_credit_that_is_used_up_by_an_invoice_is_not_refunded(talk):
    credit, invoice = add_credit(talk), talk.add_invoice("Ann")
    talk.ask_for_zero(payment_add("Ann", "0.00", credited(invoice, set_credit(credit, "30.00"))))

    assert talk.ask(card_refund((credit, "0.01"))).status()[0] == "3210"
