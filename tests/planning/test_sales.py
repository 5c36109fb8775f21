"""The form of an order: its date, whether it is to be e-mailed or printed, when it is due."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from qbwc_service.matching.company import Company
from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.order import PaymentKind, ReceivedPayment, SalesOrder
from qbwc_service.planning.orders import plan_order
from qbwc_service.planning.plan import PlannedSale, SaleForm
from qbwc_service.planning.sales import sale_day
from tests.matching.company_file import company_file, customer, planned, settings
from tests.world import ANN, paid, product, sale

PLACED, PAID, LATER, SYNCED = (date(2026, 11, day) for day in (5, 9, 12, 23))
ORDER = sale(7, product(price=10000), placed_on=PLACED)
HALVES = (paid(7, 2500, payment_id=1, paid_on=PAID), paid(7, 7500, payment_id=2, paid_on=LATER))


def day(*payments: ReceivedPayment, today: date | None = SYNCED, **chosen: Any) -> date:
    return sale_day(ORDER, payments, settings(**chosen), Circumstances(today=today))


def form(
    order: SalesOrder = ORDER,
    company: Company | None = None,
    known: Circumstances = Circumstances(),  # noqa: B008 - immutable
    **chosen: Any,
) -> PlannedSale:
    plan = plan_order(order, [], company or company_file(), settings(**chosen), known)
    assert plan.sale
    return plan.sale


# -- dates -----------------------------------------------------------------------------------------


def test_a_form_is_dated_by_its_order() -> None:
    assert day(*HALVES) == PLACED


def test_a_form_dated_by_payment_has_the_day_of_the_payment_that_completed_it() -> None:
    assert day(*HALVES, sale_date="payment") == LATER
    assert day(*reversed(HALVES), sale_date="payment") == LATER


def test_while_it_is_not_paid_in_full_the_day_of_the_order_counts() -> None:
    assert day(sale_date="payment") == PLACED
    assert day(HALVES[0], sale_date="payment") == PLACED


def test_credits_refunds_and_failed_charges_complete_nothing() -> None:
    half = paid(7, 5000, payment_id=1, paid_on=PAID)
    for kind in (PaymentKind.CREDIT, PaymentKind.NOT_COMPLETED, PaymentKind.TEST):
        other = paid(7, 5000, payment_id=2, paid_on=LATER, kind=kind)
        assert day(half, other, sale_date="payment") == PLACED
    given_back = paid(7, -100, payment_id=3, paid_on=SYNCED, kind=PaymentKind.REFUND)
    assert day(*HALVES, given_back, sale_date="payment") == LATER


def test_a_form_dated_by_sync_has_the_day_in_the_accounts_time_zone() -> None:
    assert day(*HALVES, sale_date="sync") == SYNCED
    assert form(known=Circumstances(today=LATER), sale_date="sync").placed_on == LATER


# -- due, printed, e-mailed ------------------------------------------------------------------------


def test_when_it_is_due_is_left_to_the_terms_unless_keap_is_to_say() -> None:
    order = replace(ORDER, due_on=LATER)
    assert form(order).due_on is None
    assert form(order, due_date="keap").due_on == LATER


def test_custom_fields_are_on_the_form_only_where_settings_name_them() -> None:
    order = replace(ORDER, custom_fields={"12": "Online"})
    assert form(order).custom_fields == {}
    assert form(order, custom_fields="Shop=custom:12").custom_fields == {"Shop": "Online"}


def test_a_form_is_printed_or_e_mailed_only_where_settings_say_so() -> None:
    assert (form().is_to_be_printed, form().is_to_be_emailed) == (False, False)
    both = form(to_be_printed="yes", to_be_emailed="yes")
    assert (both.is_to_be_printed, both.is_to_be_emailed) == (True, True)


@pytest.mark.parametrize(
    ("there", "is_emailed"),
    [
        (customer("Ann Lee", email="ann@example.com"), True),
        (customer("Ann Lee"), False),
        (customer("Ann Lee", email=" "), False),
    ],
    ids=["has an address", "has none", "has a blank"],
)
def test_quickbooks_is_never_asked_to_e_mail_a_customer_without_an_address(
    there: Any, *, is_emailed: bool
) -> None:
    company = company_file(customers=[there])
    assert form(company=company, to_be_emailed="yes").is_to_be_emailed is is_emailed


def test_a_new_customer_is_e_mailed_at_the_address_that_it_gets() -> None:
    without = replace(ANN, email=" ")
    assert not form(replace(ORDER, buyer=without), to_be_emailed="yes").is_to_be_emailed


def test_the_single_customer_has_no_address_of_the_contact() -> None:
    assert not form(customer_match="single-customer", to_be_emailed="yes").is_to_be_emailed


def test_a_customer_that_another_order_makes_has_the_address_planned_for_it() -> None:
    with_one = planned("Ann Lee", "99", email="ann@example.com")
    company = company_file(customers=[with_one])
    assert form(company=company, to_be_emailed="yes").is_to_be_emailed


# -- which form ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("transaction", "becomes"),
    [
        ("invoice-and-payments", SaleForm.INVOICE),
        ("invoice", SaleForm.INVOICE),
        ("sales-order", SaleForm.SALES_ORDER),
    ],
)
def test_the_form_is_what_settings_say(transaction: str, becomes: SaleForm) -> None:
    assert form(transaction=transaction).form is becomes


def test_a_paid_order_becomes_a_receipt_where_settings_say_so() -> None:
    chosen = settings(transaction="sales-receipt")
    plan = plan_order(ORDER, HALVES, company_file(), chosen)
    assert plan.sale
    assert plan.sale.form is SaleForm.SALES_RECEIPT
    assert [(each.in_sale, each.planned) for each in plan.payments] == [(True, ()), (True, ())]


def test_what_was_sent_as_an_invoice_stays_one_whatever_settings_say_now() -> None:
    known = Circumstances(is_sent=True, form=SaleForm.INVOICE)
    assert form(known=known, transaction="sales-order").form is SaleForm.INVOICE


@pytest.mark.parametrize(
    ("sale_date", "on"), [("payment", PAID), ("sync", PAID), ("order", PLACED)]
)
def test_once_sent_a_form_keeps_the_day_that_was_not_its_orders(sale_date: str, on: date) -> None:
    sent = replace(form(), placed_on=PAID)
    known = Circumstances(today=SYNCED, sale=sent, is_sent=True)
    assert sale_day(ORDER, HALVES, settings(sale_date=sale_date), known) == on
