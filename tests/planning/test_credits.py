"""A credit in Keap is never cash: a credit memo, applied to the invoice."""

from decimal import Decimal
from typing import Any

import pytest

from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.numbers import Number
from qbwc_service.planning.payments import plan_payments
from qbwc_service.planning.plan import (
    Hold,
    ListRef,
    PaymentDecision,
    PlannedCreditMemo,
    PlannedCreditUse,
    PlannedItem,
    PlannedLine,
    Reason,
    SaleForm,
)
from tests.matching.company_file import company_file, item
from tests.planning.settling import credited, decisions, outcome, settlement
from tests.world import TODAY, paid

ITEM = {"credit_item": "Keap Credit"}


def held(decision: PaymentDecision) -> Hold:
    assert decision.hold
    return decision.hold


def test_a_credit_becomes_a_memo_on_its_item_and_the_use_of_it() -> None:
    (decision,) = decisions(credited(2000, 1), **ITEM)
    assert decision == PaymentDecision(
        1,
        planned=(
            PlannedCreditMemo(
                source_key="1/7",
                number="7",
                amount=2000,
                placed_on=TODAY,
                lines=(
                    PlannedLine(
                        ListRef(made_by="keap credit"),
                        "Credit, Keap order 7",
                        None,
                        None,
                        Decimal("20.00"),
                        Reason("by-setting", {"purpose": "credits"}),
                    ),
                ),
                memo="Keap order 7, payment 1",
            ),
            PlannedCreditUse("1/7", 2000, TODAY),
        ),
        items=(
            PlannedItem(
                "keap credit",
                "Keap Credit",
                is_other_charge=True,
                account_list_id="A-Sales",
                description="Made by the Keap link",
            ),
        ),
    )


def test_an_item_that_quickbooks_has_is_not_made() -> None:
    company = company_file(items=[item("Keap Credit")])
    (decision,) = decisions(credited(2000, 1), company=company, **ITEM)
    assert decision.items == ()


def test_20_credit_and_80_cash_pay_100_and_no_cent_more() -> None:
    rows = [credited(2000, 1), paid(7, 8000, payment_id=2), paid(7, 1, payment_id=3)]
    found = decisions(*rows, **ITEM)
    assert [outcome(each) for each in found] == ["2000", "8000", "payment-more-than-due"]


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({}, "credit-item-not-chosen"),
        (ITEM | {"form": SaleForm.SALES_RECEIPT}, "credit-not-cash"),
        (ITEM | {"total": 1999}, "credit-more-than-due"),
        (ITEM | {"income_account": ""}, "account-not-chosen"),
    ],
    ids=["no item chosen", "a receipt", "more than due", "no account for the item"],
)
def test_why_a_credit_waits(more: dict[str, Any], cause: str) -> None:
    (decision,) = decisions(credited(2000, 1), **more)
    assert held(decision).cause == cause
    assert held(decision).details["amount"] == "20.00"
    assert held(decision).details["order"] == "7"


def test_a_credit_that_waits_leaves_what_is_due_as_it_is() -> None:
    found = decisions(credited(2000, 1), paid(7, 10000, payment_id=2))
    assert [outcome(each) for each in found] == ["credit-item-not-chosen", "10000"]


def test_a_credit_for_all_that_is_due_fits() -> None:
    (decision,) = decisions(credited(10000, 1), **ITEM)
    assert outcome(decision) == "10000"


def test_a_sales_order_takes_no_credit() -> None:
    (decision,) = decisions(credited(2000, 1), form=SaleForm.SALES_ORDER, **ITEM)
    assert decision.skip == "payments-not-sent"


def test_the_whole_of_a_cut_number_stands_in_the_memo_of_the_credit() -> None:
    number = Number("23456789012", "123456789012")
    (decision,) = decisions(credited(2000, 1), number=number, **ITEM)
    memo, _ = decision.planned
    assert isinstance(memo, PlannedCreditMemo)
    assert (memo.number, memo.full_number) == ("23456789012", "123456789012")
    assert memo.memo == "Keap order 7, payment 1, number 123456789012"


def test_a_credit_in_quickbooks_counts_although_its_item_is_not_chosen_any_more() -> None:
    sent = Circumstances(memo_numbers={"1/7": "7"})
    cash, late = paid(7, 8000, payment_id=2), paid(7, 2000, payment_id=3)
    found = plan_payments([credited(2000, 1), cash, late], settlement(known=sent))
    assert [bool(each.planned) for each in found] == [True, True, False]
    assert held(found[2]).cause == "payment-more-than-due"
