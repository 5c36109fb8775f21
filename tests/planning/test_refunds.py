"""A refund: a credit memo and what uses it up; never more than was paid, first only as approved."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.order import LineKind, Override, PaymentKind, ReceivedPayment
from qbwc_service.planning.orders import plan_order
from qbwc_service.planning.plan import (
    Hold,
    PaymentDecision,
    PlannedCreditMemo,
    PlannedCreditUse,
    PlannedPayment,
    PlannedRefund,
    PlannedRemoval,
    RefundForm,
    SaleForm,
)
from tests.matching.company_file import (
    account,
    chosen_for,
    company_file,
    entry,
    item,
    settings,
)
from tests.planning.settling import credited, decisions, outcome, records, refunded
from tests.world import TODAY, line, paid, product, sale

PAID = paid(7, 10000, payment_id=1)
AT_ONCE: dict[str, Any] = {"refunds_to_approve": 0, "refund_item": "Keap Refund"}
CHECKING = company_file(
    accounts=[account("Sales"), account("Checking", kind="Bank")], payment_methods={"Visa": "M-1"}
)


def last(*rows: ReceivedPayment, **more: Any) -> PaymentDecision:
    return decisions(*rows, **(AT_ONCE | more))[-1]


def hold(decision: PaymentDecision) -> Hold:
    assert decision.hold
    return decision.hold


# -- of paid orders --------------------------------------------------------------------------------


def test_a_whole_refund_credits_the_lines_that_were_sold() -> None:
    payment, memo = records(PAID, refunded(10000, 2), refunds_to_approve=0)
    assert isinstance(payment, PlannedPayment)
    assert isinstance(memo, PlannedCreditMemo)
    assert (memo.source_key, memo.number, memo.amount) == ("2/7", "7", 10000)
    assert [(each.item.list_id, each.amount) for each in memo.lines] == [("I-HAMMER", 100)]


def test_a_part_is_credited_on_the_item_for_refunds() -> None:
    _, memo = records(PAID, refunded(3000, 2), **AT_ONCE)
    assert isinstance(memo, PlannedCreditMemo)
    assert [(each.item.made_by, each.amount) for each in memo.lines] == [
        ("keap refund", Decimal("30.00"))
    ]


def test_a_part_without_an_item_for_refunds_waits() -> None:
    found = last(PAID, refunded(3000, 2), refund_item="")
    assert hold(found).cause == "refund-item-not-chosen"


def test_a_card_refund_uses_up_the_memo() -> None:
    rows = [PAID, refunded(10000, 2, transaction_id="re_9")]
    chosen = {"refunds": "card-refund", "refund_account": "Checking", "refunds_to_approve": 0}
    _, memo, refund = records(*rows, company=CHECKING, **chosen)
    assert isinstance(memo, PlannedCreditMemo)
    assert refund == PlannedRefund(
        source_key="2/7",
        form=RefundForm.CARD,
        number="7",
        amount=10000,
        paid_on=TODAY,
        memo="Keap order 7, payment 2, re_9",
        method_list_id="M-1",
        account_list_id="A-Checking",
    )


def test_without_an_account_quickbooks_chooses_where_a_card_refund_comes_from() -> None:
    *_, refund = records(PAID, refunded(10000, 2), refunds="card-refund", refunds_to_approve=0)
    assert isinstance(refund, PlannedRefund)
    assert refund.account_list_id == ""


def test_a_cheque_has_no_number_and_no_method_and_needs_a_bank_account() -> None:
    chosen = {"refunds": "cheque", "refunds_to_approve": 0}
    rows = [PAID, refunded(10000, 2)]
    *_, refund = records(*rows, company=CHECKING, refund_account="Checking", **chosen)
    assert isinstance(refund, PlannedRefund)
    assert (refund.form, refund.number, refund.method_list_id, refund.account_list_id) == (
        RefundForm.CHEQUE,
        "",
        "",
        "A-Checking",
    )


def test_a_cheque_without_a_bank_account_waits() -> None:
    found = last(PAID, refunded(3000, 2), refunds="cheque")
    assert hold(found).cause == "refund-account-not-chosen"


def test_an_account_that_is_gone_waits() -> None:
    found = last(PAID, refunded(3000, 2), refunds="card-refund", refund_account="Checking")
    assert hold(found).cause == "account-not-in-quickbooks"
    assert hold(found).details["amount"] == "30.00"


def test_card_refunds_exist_only_in_the_united_states_edition() -> None:
    abroad = company_file(country="CA")
    found = last(PAID, refunded(3000, 2), refunds="card-refund", company=abroad)
    assert (hold(found).cause, hold(found).details["country"]) == ("card-refund-us-only", "CA")


def test_two_refunds_of_a_sale_have_two_numbers() -> None:
    _, first, second = records(PAID, refunded(1000, 2), refunded(1500, 3), **AT_ONCE)
    assert isinstance(first, PlannedCreditMemo)
    assert isinstance(second, PlannedCreditMemo)
    assert (first.number, second.number) == ("7", "7-1")


# -- of unpaid orders ------------------------------------------------------------------------------


def test_of_an_order_whose_payments_are_not_sent_the_memo_is_applied_to_the_invoice() -> None:
    memo, use = records(PAID, refunded(3000, 2), transaction="invoice", **AT_ONCE)
    assert isinstance(memo, PlannedCreditMemo)
    assert use == PlannedCreditUse("2/7", 3000, TODAY)


def test_or_the_invoice_is_void_where_all_of_it_went_back() -> None:
    chosen = {"transaction": "invoice", "refund_unpaid": "void", "refunds_to_approve": 0}
    (void,) = records(PAID, refunded(10000, 2), **chosen)
    assert void == PlannedRemoval("2/7", is_void=True, amount=10000)
    memo, _ = records(PAID, refunded(3000, 2), refund_item="Keap Refund", **chosen)
    assert isinstance(memo, PlannedCreditMemo)


def test_a_receipt_is_paid_so_its_refund_is_given_back() -> None:
    rows = [PAID, refunded(10000, 2)]
    chosen = {"transaction": "sales-receipt", "refunds": "card-refund", "refunds_to_approve": 0}
    memo, refund = records(*rows, **chosen)
    assert isinstance(memo, PlannedCreditMemo)
    assert isinstance(refund, PlannedRefund)


# -- why it waits ----------------------------------------------------------------------------------


def test_where_refunds_are_left_to_a_person_each_waits() -> None:
    assert hold(last(PAID, refunded(3000, 2), refunds="hold")).cause == "refund-by-hand"


@pytest.mark.parametrize(
    ("rows", "amount", "becomes"),
    [
        ([PAID], 10000, "10000"),
        ([PAID], 10001, "refund-more-than-paid"),
        ([paid(7, 5000, payment_id=1)], 5001, "refund-more-than-paid"),
        ([PAID, refunded(6000, 2)], 4000, "4000"),
        ([PAID, refunded(6000, 2)], 4001, "refund-more-than-paid"),
        ([credited(10000, 1)], 1, "refund-more-than-paid"),
        ([paid(7, 10000, payment_id=1, kind=PaymentKind.TEST)], 1, "refund-more-than-paid"),
        ([], 1, "refund-more-than-paid"),
    ],
)
def test_never_more_goes_back_than_was_received(
    rows: list[ReceivedPayment], amount: int, becomes: str
) -> None:
    assert outcome(last(*rows, refunded(amount, 9))) == becomes


def test_a_refund_with_a_positive_amount_is_a_refund_all_the_same() -> None:
    given_back = paid(7, 3000, payment_id=2, kind=PaymentKind.REFUND)
    assert outcome(last(PAID, given_back)) == "3000"


@pytest.mark.parametrize(
    ("told", "becomes"),
    [(None, "3000"), (3000, "3000"), (-3000, "3000"), (2999, "refunds-do-not-add-up")],
)
def test_what_the_order_says_was_given_back_only_checks_the_rows(
    told: int | None, becomes: str
) -> None:
    found = last(PAID, refunded(3000, 2), refund_total=told)
    assert outcome(found) == becomes
    if told == 2999:
        assert hold(found).details["refund_total"] == "29.99"
        assert hold(found).details["refunds"] == "30.00"


def test_a_person_may_say_that_the_refunds_are_right() -> None:
    known = Circumstances(overrides=frozenset({Override.REFUND_SUM}))
    assert outcome(last(PAID, refunded(3000, 2), refund_total=2999, known=known)) == "3000"


def test_a_refund_that_never_was_one_counts_for_nothing() -> None:
    failed = replace(refunded(3000, 2), kind=PaymentKind.NOT_COMPLETED)
    found = decisions(PAID, failed, refunded(3000, 3), refund_total=3000, **AT_ONCE)
    assert [outcome(each) for each in found] == ["10000", "skip not-a-payment", "3000"]


def test_of_an_order_that_is_not_posted_the_order_comes_first() -> None:
    assert hold(last(PAID, refunded(3000, 2), is_held=True)).cause == "refund-without-order"
    skipped = plan_order(
        replace(sale(7), came_from_quickbooks=True), [refunded(500, 2)], company_file(), settings()
    )
    assert hold(skipped.payments[0]).cause == "refund-without-order"


@pytest.mark.parametrize(
    ("made", "approved", "becomes"),
    [
        (0, frozenset(), "refund-to-approve"),
        (9, frozenset(), "refund-to-approve"),
        (9, frozenset({2}), "3000"),
        (9, frozenset({3}), "refund-to-approve"),
        (10, frozenset(), "3000"),
    ],
)
def test_the_first_ten_wait_until_each_is_approved(
    made: int, approved: frozenset[int], becomes: str
) -> None:
    known = Circumstances(refunds_made=made, approved=approved)
    found = last(PAID, refunded(3000, 2), refunds_to_approve=10, known=known)
    assert outcome(found) == becomes


def test_sales_orders_have_no_refunds() -> None:
    assert last(PAID, refunded(3000, 2), form=SaleForm.SALES_ORDER).skip == "payments-not-sent"


# -- tax -------------------------------------------------------------------------------------------


def test_a_whole_refund_takes_the_sales_tax_back_with_the_lines() -> None:
    company = company_file(
        taxes={"label:tax": chosen_for("Tax", "Item", entry("State", kind="SalesTax"))},
        tax_rates={"L-State": ["8.25"]},
        items=[item("HAMMER")],
    )
    order = sale(7, product(price=10000), line(LineKind.TAX, 825))
    rows = [paid(7, 10825, payment_id=1), refunded(10825, 2)]
    chosen = settings(sales_tax="quickbooks", refunds_to_approve=0)
    decision = plan_order(order, rows, company, chosen).payments[1]
    (memo,) = decision.planned
    assert isinstance(memo, PlannedCreditMemo)
    assert (memo.amount, memo.tax, memo.tax_item_list_id) == (10825, 825, "L-State")
    assert [(each.amount, each.is_taxed) for each in memo.lines] == [(100, True)]


# -- the account that a credit of a receipt is booked on -------------------------------------------


@pytest.mark.parametrize(
    ("accounts", "chosen", "becomes"),
    [
        (["A/R"], "", "A-A/R"),
        (["A/R", "A/R 2"], "", "receivable-not-chosen"),
        (["A/R", "A/R 2"], "A/R 2", "A-A/R 2"),
        ([], "", "receivable-not-chosen"),
    ],
    ids=["the only one", "one of two", "the chosen one", "none"],
)
def test_a_cheque_for_a_receipt_needs_to_know_the_receivable_account(
    accounts: list[str], chosen: str, becomes: str
) -> None:
    company = company_file(
        accounts=[
            account("Checking", kind="Bank"),
            account("Old A/R", kind="AccountsReceivable", is_active=False),
            *(account(name, kind="AccountsReceivable") for name in accounts),
        ]
    )
    plan = plan_order(
        sale(7, product(price=10000)),
        [PAID, refunded(10000, 2)],
        company,
        settings(
            transaction="sales-receipt",
            refunds="cheque",
            refund_account="Checking",
            refunds_to_approve=0,
            ar_account=chosen,
        ),
    )
    decision = plan.payments[1]
    if decision.hold:
        assert decision.hold.cause == becomes
    else:
        memo, _ = decision.planned
        assert isinstance(memo, PlannedCreditMemo)
        assert memo.ar_account_list_id == becomes


def test_the_credit_of_an_invoice_is_booked_where_the_invoice_is() -> None:
    company = company_file(accounts=[account("Sales"), account("A/R", kind="AccountsReceivable")])
    _, memo = records(PAID, refunded(10000, 2), company=company, refunds_to_approve=0)
    assert isinstance(memo, PlannedCreditMemo)
    assert memo.ar_account_list_id == ""


def test_a_refund_whose_number_is_lower_than_its_payments_comes_after_it() -> None:
    rows = [refunded(10000, 1), paid(7, 10000, payment_id=2)]
    found = decisions(*rows, refunds_to_approve=0, refund_item="Keap Refund")
    assert [each.payment_id for each in found] == [2, 1]
    assert found[1].hold is None


def test_what_was_paid_too_much_is_given_back_by_a_person_not_by_a_memo() -> None:
    rows = [paid(7, 12000, payment_id=1), refunded(2000, 2)]
    _, back = decisions(*rows, overpayments="credit", **AT_ONCE)
    assert back.hold is not None
    assert (back.hold.cause, back.hold.details["unused"]) == ("refund-of-overpayment", "20.00")


def test_a_part_of_an_unpaid_order_waits_without_an_item_for_refunds() -> None:
    chosen: dict[str, Any] = {"transaction": "invoice", "refunds_to_approve": 0}
    _, back = decisions(PAID, refunded(3000, 2), **chosen)
    assert outcome(back) == "refund-item-not-chosen"
