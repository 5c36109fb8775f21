"""Only completed money received becomes a payment, and never more than the order's total."""

from dataclasses import replace
from datetime import date

import pytest

from qbwc_service.matching.company import Account, Company
from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.planning.payment_rows import payment_reference, undecided_payments
from qbwc_service.planning.plan import Hold, PaymentDecision, PlannedPayment, SaleForm
from tests.matching.company_file import account, chosen_for, company_file, settings
from tests.planning.settling import decisions, outcome
from tests.world import TODAY, paid

BANK = account("Bank:Checking", kind="Bank")


def plan(
    *payments: ReceivedPayment, total: int = 10000, company: Company | None = None, **chosen: str
) -> tuple[PaymentDecision, ...]:
    return decisions(*payments, total=total, company=company, **chosen)


def payment_of(decision: PaymentDecision) -> PlannedPayment:
    (planned,) = decision.planned
    assert isinstance(planned, PlannedPayment)
    return planned


# -- references ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("transaction_id", "reference"),
    [
        ("ch_42", "ch_42"),
        ("0123456789ABCDEFGHIJ", "0123456789ABCDEFGHIJ"),
        ("pi_0123456789ABCDEFGHIJ", "0123456789ABCDEFGHIJ"),
        ("batch-9 123456789ABCDEFGHIJ", "123456789ABCDEFGHIJ"),
        ("", "K551"),
        ("  ", "K551"),
    ],
    ids=["short", "twenty", "last twenty", "cut at a blank", "manual", "blank"],
)
def test_the_reference_is_the_end_of_the_gateways_id_or_ours(
    transaction_id: str, reference: str
) -> None:
    payment = paid(7, 100, payment_id=551, transaction_id=transaction_id)
    assert payment_reference(payment, settings()) == reference


def test_the_whole_id_stands_in_the_memo() -> None:
    payment = paid(7, 2500, payment_id=551, transaction_id="pi_0123456789ABCDEFGHIJ")
    assert plan(payment) == (
        PaymentDecision(
            551,
            planned=(
                PlannedPayment(
                    source_key="551/7",
                    reference="0123456789ABCDEFGHIJ",
                    amount=2500,
                    paid_on=TODAY,
                    memo="Keap order 7, payment 551, pi_0123456789ABCDEFGHIJ",
                ),
            ),
        ),
    )


@pytest.mark.parametrize("transaction_id", ["", " "])
def test_a_manual_payment_has_no_id_in_the_memo(transaction_id: str) -> None:
    (decision,) = plan(paid(7, 2500, payment_id=551, transaction_id=transaction_id))
    assert payment_of(decision).memo == "Keap order 7, payment 551"


def test_method_and_deposit_account_are_those_of_the_company_file() -> None:
    company = company_file(payment_methods={"VISA": "M-1"}, accounts=[BANK])
    (decision,) = plan(paid(7, 100), company=company, deposit_account="bank:checking")
    assert payment_of(decision).method_list_id == "M-1"
    assert payment_of(decision).deposit_account_list_id == "A-Bank:Checking"


def test_a_payment_whose_deposit_account_is_gone_waits_and_the_others_do_not() -> None:
    company = company_file(deposits=[chosen_for("Cash", "Account", "Till")])
    cash, visa = plan(
        paid(7, 100, payment_id=1, method="Cash", source_kind="CASH"),
        paid(7, 200, payment_id=2),
        company=company,
    )
    assert cash.hold
    assert cash.hold.cause == "list-entry-not-in-quickbooks"
    assert (cash.hold.details["setting"], cash.hold.details["amount"]) == (
        "deposit account for Cash",
        "1.00",
    )
    assert visa.planned


@pytest.mark.parametrize(
    ("there", "cause"),
    [
        ([], "account-not-in-quickbooks"),
        ([account("Bank:Checking", kind="Bank", is_active=False)], "account-not-in-quickbooks"),
        ([account("Bank:Checking", kind="Income")], "no-deposit-account"),
    ],
    ids=["gone", "inactive", "no bank account"],
)
def test_the_deposit_account_of_the_settings_is_never_silently_another(
    there: list[Account], cause: str
) -> None:
    company = company_file(accounts=there)
    (decision,) = plan(paid(7, 100), company=company, deposit_account="Bank:Checking")
    assert outcome(decision) == cause


def test_an_unknown_method_or_no_deposit_account_are_left_to_quickbooks() -> None:
    (decision,) = plan(paid(7, 100), company=company_file(payment_methods={"Cash": "M-2"}))
    assert payment_of(decision).method_list_id == ""
    assert payment_of(decision).deposit_account_list_id == ""


# -- amounts ---------------------------------------------------------------------------------------


def test_100_is_paid_by_25_and_75() -> None:
    decisions = plan(paid(7, 7500, payment_id=2), paid(7, 2500, payment_id=1))
    assert [(each.payment_id, outcome(each)) for each in decisions] == [(1, "2500"), (2, "7500")]


def test_what_is_more_than_due_is_held_and_tells_what_was_open() -> None:
    first, second = plan(paid(7, 7500, payment_id=1), paid(7, 2501, payment_id=2))
    assert outcome(first) == "7500"
    assert second == PaymentDecision(
        2,
        hold=Hold(
            "payment-more-than-due",
            {
                "amount": "25.01",
                "order": "7",
                "orders": "7",
                "keap_type": "Credit Card",
                "keap_status": "APPROVED",
                "number": "7",
                "open_amount": "25.00",
            },
        ),
    )


def test_the_rest_of_an_overpayment_may_stay_a_credit() -> None:
    first, second = plan(
        paid(7, 7500, payment_id=1), paid(7, 3500, payment_id=2), overpayments="credit"
    )
    assert (payment_of(first).amount, payment_of(first).applied) == (7500, None)
    assert (payment_of(second).amount, payment_of(second).applied) == (3500, 2500)


def test_a_payment_of_which_nothing_is_due_is_never_posted_without_an_invoice() -> None:
    rows = [paid(7, 10000, payment_id=1), paid(7, 500, payment_id=2)]
    assert [outcome(each) for each in plan(*rows, overpayments="credit")] == [
        "10000",
        "payment-more-than-due",
    ]


def test_a_held_overpayment_leaves_room_for_a_later_payment_that_fits() -> None:
    decisions = plan(paid(7, 12000, payment_id=1), paid(7, 10000, payment_id=2))
    assert [outcome(each) for each in decisions] == ["payment-more-than-due", "10000"]


@pytest.mark.parametrize(
    ("payment", "becomes"),
    [
        (paid(7, -500, kind=PaymentKind.REFUND), "refund-more-than-paid"),
        (paid(7, 500, kind=PaymentKind.REFUND), "refund-more-than-paid"),
        (paid(7, -500), "refund-more-than-paid"),
        (paid(7, 500, kind=PaymentKind.CREDIT), "credit-item-not-chosen"),
        (paid(7, 500, kind=PaymentKind.TEST), "skip test-payment"),
        (replace(paid(7, 500, order_ids=(7, 8)), is_whole=True), "payment-over-several-orders"),
        (paid(7, 500, order_ids=(7, 8)), "500"),
        (paid(7, 500, kind=PaymentKind.NOT_COMPLETED), "skip not-a-payment"),
        (paid(7, 0), "skip not-a-payment"),
        (paid(7, 500), "500"),
    ],
)
def test_refunds_credits_and_failed_charges_are_no_payments(
    payment: ReceivedPayment, becomes: str
) -> None:
    (decision,) = plan(payment)
    assert outcome(decision) == becomes


def test_without_an_invoice_of_ours_money_is_held_and_the_rest_left_out() -> None:
    refund = replace(paid(7, -500, payment_id=3, kind=PaymentKind.REFUND), order_id=0)
    decisions = undecided_payments(
        [
            paid(7, 500, payment_id=1),
            paid(7, 500, payment_id=2, kind=PaymentKind.NOT_COMPLETED),
            refund,
            paid(7, 0, payment_id=4),
            paid(7, 500, payment_id=5, paid_on=date(2026, 10, 31)),
            paid(7, 500, payment_id=6, paid_on=date(2026, 11, 1)),
        ],
        settings(start_date="2026-11-01"),
    )
    assert [outcome(each) for each in decisions] == [
        "payment-without-order",
        "skip not-a-payment",
        "refund-without-order",
        "skip not-a-payment",
        "skip before-start-date",
        "payment-without-order",
    ]
    assert decisions[2].hold
    assert decisions[2].hold.details == {
        "amount": "5.00",
        "order": "none",
        "orders": "7",
        "keap_type": "Credit Card",
        "keap_status": "APPROVED",
    }


def test_the_reference_may_be_our_own_whatever_the_gateway_says() -> None:
    payment = paid(7, 100, payment_id=551, transaction_id="ch_42")
    assert payment_reference(payment, settings(payment_reference="payment-id")) == "K551"


def test_a_payment_of_a_status_that_nobody_knows_waits() -> None:
    (decision,) = plan(paid(7, 100, kind=PaymentKind.UNCLEAR))
    assert decision.hold is not None
    assert decision.hold.cause == "payment-unclear"


def test_what_is_in_quickbooks_already_is_not_held_by_the_settings_of_today() -> None:
    sent = Circumstances(paid=frozenset({1}))
    visa = company_file(payment_methods={"Visa": "M-1"})
    (decision,) = decisions(
        paid(7, 100, payment_id=1), known=sent, company=visa, deposit_account="gone"
    )
    planned = payment_of(decision)
    assert (planned.amount, planned.method_list_id, planned.deposit_account_list_id) == (
        100,
        "",
        "",
    )
    (fresh,) = decisions(paid(7, 100, payment_id=2), known=sent, deposit_account="gone")
    assert fresh.hold is not None


def test_what_is_in_quickbooks_already_stays_where_payments_are_not_sent_any_more() -> None:
    sent = Circumstances(paid=frozenset({1}))
    found = decisions(
        paid(7, 100, payment_id=1), paid(7, 200, payment_id=2), known=sent, transaction="invoice"
    )
    assert [outcome(each) for each in found] == ["100", "skip payments-not-sent"]


def test_a_payment_whose_method_is_gone_waits() -> None:
    company = company_file(methods=[chosen_for("Visa", "PaymentMethod", "Card")])
    (decision,) = plan(paid(7, 100), company=company)
    assert decision.hold is not None
    assert decision.hold.details["amount"] == "1.00"


@pytest.mark.parametrize(
    ("amount", "becomes"), [(10000, "in the sale"), (10001, "payment-more-than-due")]
)
def test_a_receipt_that_was_sent_takes_what_it_was_for_and_no_cent_more(
    amount: int, becomes: str
) -> None:
    sent = Circumstances(is_sent=True)
    (decision,) = decisions(paid(7, amount), form=SaleForm.SALES_RECEIPT, known=sent)
    assert outcome(decision) == becomes
    if decision.hold:
        assert decision.hold.details["open_amount"] == "100.00"


def test_what_comes_when_the_receipt_is_paid_has_no_place_in_it() -> None:
    rows = [paid(7, 10000, payment_id=1), paid(7, 1, payment_id=2)]
    known = Circumstances(is_sent=True)
    found = decisions(*rows, form=SaleForm.SALES_RECEIPT, known=known)
    assert [outcome(each) for each in found] == ["in the sale", "payment-more-than-due"]


def test_what_a_person_skipped_takes_nothing_from_the_others() -> None:
    rows = [paid(7, 10000, payment_id=1), paid(7, 10000, payment_id=2)]
    found = decisions(*rows, known=Circumstances(skipped=frozenset({1})))
    assert [(each.payment_id, outcome(each)) for each in found] == [
        (2, "10000"),
        (1, "payment-more-than-due"),
    ]


def test_the_last_cent_that_is_due_is_paid_and_the_rest_stays_a_credit() -> None:
    rows = [paid(7, 9999, payment_id=1), paid(7, 500, payment_id=2)]
    _, last = decisions(*rows, overpayments="credit")
    assert (payment_of(last).amount, payment_of(last).applied) == (500, 1)
