"""An order becomes a sales receipt once cash has paid all of it, in one way."""

from dataclasses import replace
from typing import Any

import pytest

from qbwc_service.matching.company import Company
from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.planning.orders import plan_order
from qbwc_service.planning.plan import Hold, SaleForm
from qbwc_service.planning.receipts import NOT_PAID_YET, receipt_payment
from tests.matching.company_file import account, chosen_for, company_file, entry, settings
from tests.planning.settling import credited, refunded
from tests.world import TODAY, paid, product, sale

ORDER = sale(7, product(price=10000))
CHECKING = entry("Checking", kind="Bank")
BOOKS = company_file(payment_methods={"Visa": "M-Visa", "Cash": "M-Cash"})


def receipt(
    *rows: ReceivedPayment, company: Company = BOOKS, **chosen: Any
) -> tuple[str, str] | Hold | str:
    return receipt_payment(ORDER, rows, company, settings(**chosen))


def cause(*rows: ReceivedPayment) -> str:
    found = receipt(*rows)
    return found.cause if isinstance(found, Hold) else str(found)


@pytest.mark.parametrize(
    ("rows", "becomes"),
    [
        ((), NOT_PAID_YET),
        ((paid(7, 9999),), NOT_PAID_YET),
        ((paid(7, 10000, kind=PaymentKind.NOT_COMPLETED),), NOT_PAID_YET),
        ((paid(7, 10000, kind=PaymentKind.TEST),), NOT_PAID_YET),
        ((paid(7, 10000),), "('M-Visa', '')"),
        ((paid(7, 2500, payment_id=1), paid(7, 7500, payment_id=2)), "('M-Visa', '')"),
        ((paid(7, 10001),), "receipt-paid-too-much"),
        ((paid(7, 8000, payment_id=1), credited(2000, 2)), "receipt-with-credit"),
        ((paid(7, 10000, payment_id=1), credited(2000, 2)), "receipt-paid-too-much"),
        ((replace(paid(7, 10000), is_whole=True),), "payment-over-several-orders"),
        ((paid(7, 10000, payment_id=1), refunded(10000, 2)), "('M-Visa', '')"),
    ],
    ids=[
        "nothing",
        "a cent missing",
        "failed",
        "test",
        "in full",
        "in two",
        "a cent too much",
        "credit makes up",
        "credit on top",
        "part unknown",
        "given back since",
    ],
)
def test_only_cash_for_exactly_the_order_makes_a_receipt(
    rows: tuple[ReceivedPayment, ...], becomes: str
) -> None:
    assert cause(*rows) == becomes


def test_the_receipt_has_the_method_of_the_last_payment() -> None:
    cash = paid(7, 2500, payment_id=1, method="Cash", source_kind="Cash")
    visa = paid(7, 7500, payment_id=2)
    assert receipt(cash, visa) == ("M-Visa", "")
    earlier = replace(visa, paid_on=TODAY.replace(day=1))
    assert receipt(cash, earlier) == ("M-Cash", "")


def test_payments_into_two_accounts_are_no_one_receipt() -> None:
    company = company_file(
        payment_methods={"Visa": "M-Visa", "Cash": "M-Cash"},
        deposits=[chosen_for("Cash", "Account", CHECKING)],
    )
    cash = paid(7, 2500, payment_id=1, method="Cash", source_kind="CASH")
    assert receipt(cash, paid(7, 7500, payment_id=2), company=company) == Hold(
        "receipt-into-several-accounts",
        {"order": "7", "total": "100.00", "paid": "100.00", "credit": "0.00"},
    )


def test_the_deposit_account_is_that_of_the_settings() -> None:
    company = company_file(accounts=[account("Checking", kind="Bank")])
    assert receipt(paid(7, 10000), company=company, deposit_account="Checking") == (
        "",
        "A-Checking",
    )
    gone = receipt(paid(7, 10000), company=company_file(), deposit_account="Checking")
    assert isinstance(gone, Hold)
    assert gone.cause == "account-not-in-quickbooks"


def test_until_it_is_paid_the_order_and_its_payments_are_left_out_and_counted() -> None:
    rows = [paid(7, 2500, payment_id=1), paid(7, 1, payment_id=2, kind=PaymentKind.NOT_COMPLETED)]
    plan = plan_order(ORDER, rows, company_file(), settings(transaction="sales-receipt"))
    assert plan.skip == NOT_PAID_YET
    assert [each.skip for each in plan.payments] == [NOT_PAID_YET, "not-a-payment"]


def test_a_receipt_that_was_sent_is_not_taken_back_when_keap_tells_less_paid() -> None:
    known = Circumstances(is_sent=True, form=SaleForm.SALES_RECEIPT)
    plan = plan_order(ORDER, [], company_file(), settings(transaction="sales-receipt"), known)
    assert plan.sale


def test_an_order_of_nothing_is_paid_from_the_start() -> None:
    free = sale(7, product(price=0))
    assert receipt_payment(free, [], BOOKS, settings()) == ("", "")


def test_a_receipt_whose_payment_method_is_gone_waits() -> None:
    gone = company_file(methods=[chosen_for("Visa", "PaymentMethod", "Card")])
    assert isinstance(receipt(paid(7, 10000), company=gone), Hold)
