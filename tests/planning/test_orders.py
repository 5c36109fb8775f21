"""One order becomes an invoice, a hold or a skip."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qbwc_service.matching.customer_names import customer_name
from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.order import (
    Buyer,
    LineKind,
    Override,
    PaymentKind,
    PostalAddress,
    ReceivedPayment,
    SalesOrder,
)
from qbwc_service.planning.orders import plan_order
from qbwc_service.planning.plan import (
    Hold,
    ListRef,
    OrderPlan,
    PaymentDecision,
    PlannedAddress,
    PlannedCreditMemo,
    PlannedCustomer,
    PlannedItem,
    PlannedLine,
    PlannedPayment,
    PlannedSale,
    Reason,
)
from tests.matching.company_file import (
    account,
    company_file,
    customer,
    entry,
    planned,
    settings,
)
from tests.planning.settling import refunded
from tests.world import ANN, TODAY, line, paid, product, sale

PHOENIX = PlannedAddress(("Ann Lee", "1 Main St"), "Phoenix", "AZ", "85004", "USA")


def hold_of(order: SalesOrder, **chosen: str) -> Hold | None:
    return plan_order(order, [], company_file(), settings(**chosen)).hold


# -- the whole plan --------------------------------------------------------------------------------


def test_an_order_of_a_new_customer_becomes_a_customer_an_invoice_and_a_payment() -> None:
    order = replace(
        sale(1048, product("HAMMER", 4999, 2), line(LineKind.SHIPPING, 500)),
        ship_to=PostalAddress("Bob Ray", "", ("2 Oak Ave",), "Mesa", "AZ", "85201", "USA"),
    )
    assert plan_order(order, [paid(1048, 10498)], company_file(), settings()) == OrderPlan(
        sale=PlannedSale(
            number="1048",
            customer=ListRef(made_by="4417"),
            placed_on=TODAY,
            total=10498,
            lines=(
                PlannedLine(
                    ListRef(list_id="I-HAMMER"),
                    "Hammer product",
                    Decimal(2),
                    Decimal("49.99"),
                    Decimal("99.98"),
                    Reason("sku-is-name"),
                ),
                PlannedLine(
                    ListRef(made_by="keap shipping"),
                    "Shipping",
                    None,
                    None,
                    Decimal("5.00"),
                    Reason("by-setting", {"purpose": "shipping"}),
                ),
            ),
            memo="Keap order 1048, invoice 1048, Order 1048",
            po_number="Keap 1048",
            bill_to=PHOENIX,
            ship_to=PlannedAddress(("Bob Ray", "2 Oak Ave"), "Mesa", "AZ", "85201", "USA"),
            why=Reason(
                "customer-new",
                {
                    "contact": "4417",
                    "email": "ann@example.com",
                    "name": "Ann Lee",
                    "customer": "Ann Lee",
                },
            ),
        ),
        customer=PlannedCustomer(
            source_key="4417",
            name="Ann Lee",
            first_name="Ann",
            last_name="Lee",
            email="ann@example.com",
            phone="602-555-0142",
            bill_to=PHOENIX,
        ),
        items=(
            PlannedItem(
                "keap shipping",
                "Keap Shipping",
                is_other_charge=True,
                account_list_id="A-Sales",
                description="Made by the Keap link",
            ),
        ),
        payments=(
            PaymentDecision(
                10480,
                planned=(
                    PlannedPayment(
                        "10480/1048", "K10480", 10498, TODAY, "Keap order 1048, payment 10480"
                    ),
                ),
            ),
        ),
    )


def test_a_customer_that_exists_is_referred_to_and_not_made() -> None:
    company = company_file(customers=[customer("Ann Lee")])
    plan = plan_order(sale(7), [], company, settings())
    assert plan.customer is None
    assert plan.sale
    assert plan.sale.customer == ListRef(list_id="C-Ann Lee")


def test_a_customer_that_another_order_makes_is_waited_for() -> None:
    twin = planned("Ann Lee", "99", email="ann@example.com")
    plan = plan_order(sale(7), [], company_file(customers=[twin]), settings())
    assert plan.customer is None
    assert plan.sale
    assert plan.sale.customer == ListRef(made_by="99")


def test_a_memo_without_title_or_invoice_is_short() -> None:
    bare = replace(sale(7), title=" ", invoice_id="")
    plan = plan_order(bare, [], company_file(), settings())
    assert plan.sale
    assert plan.sale.memo == "Keap order 7, invoice -"


def test_the_receivable_account_is_the_one_of_the_settings() -> None:
    company = company_file(accounts=[account("Sales"), account("Receivables 2")])
    plan = plan_order(sale(7), [], company, settings(ar_account="receivables 2"))
    assert plan.sale
    assert plan.sale.ar_account_list_id == "A-Receivables 2"


def test_a_receivable_account_that_does_not_exist_holds() -> None:
    assert hold_of(sale(7), ar_account="Receivables 2") == Hold(
        "account-not-in-quickbooks",
        {"account": "Receivables 2", "setting": "ar_account", "order": "7"},
    )


CHOSEN = {
    "terms": ("Terms", "Net 30"),
    "invoice_class": ("Class", "Online:Shop"),
    "invoice_template": ("Template", "Web Invoice"),
    "sales_rep": ("SalesRep", "AL"),
    "ship_method": ("ShipMethod", "UPS"),
}


def test_an_invoice_has_what_the_settings_choose_from_quickbooks_lists() -> None:
    company = company_file(lists={name: [entry(full)] for name, full in CHOSEN.values()})
    names = {name: full.upper() for name, (_, full) in CHOSEN.items()}
    plan = plan_order(sale(7), [], company, settings(**names))
    assert plan.sale
    assert (
        plan.sale.terms_list_id,
        plan.sale.class_list_id,
        plan.sale.template_list_id,
        plan.sale.sales_rep_list_id,
        plan.sale.ship_method_list_id,
    ) == ("L-Net 30", "L-Online:Shop", "L-Web Invoice", "L-AL", "L-UPS")


@pytest.mark.parametrize("setting", CHOSEN)
@pytest.mark.parametrize("is_there", [True, False], ids=["inactive", "gone"])
def test_a_chosen_entry_that_is_gone_or_inactive_holds(setting: str, *, is_there: bool) -> None:
    list_name, full_name = CHOSEN[setting]
    entries = [entry(full_name, is_active=False)] if is_there else []
    plan = plan_order(
        sale(7), [], company_file(lists={list_name: entries}), settings(**{setting: full_name})
    )
    assert plan.hold
    assert plan.hold.cause == "list-entry-not-in-quickbooks"
    assert plan.hold.details["setting"] == setting
    assert plan.hold.details["entry"] == full_name


@pytest.mark.parametrize("setting", CHOSEN)
def test_a_list_that_was_never_read_holds_nothing(setting: str) -> None:
    plan = plan_order(sale(7), [], company_file(), settings(**{setting: "Anything"}))
    assert plan.sale


def test_only_a_customer_that_is_made_needs_its_tax_code() -> None:
    known = company_file(customers=[customer("Ann Lee", email="ann@example.com")])
    new = company_file(lists={"SalesTaxCode": [entry("Non")]})
    gone = settings(customer_tax_code="Out")
    assert plan_order(sale(7), [], known, gone).sale
    hold = plan_order(sale(7), [], new, gone).hold
    assert hold
    assert hold.details["list"] == "tax code"
    made = plan_order(sale(7), [], new, settings(customer_tax_code="non")).customer
    assert made
    assert made.tax_code_list_id == "L-Non"


def test_the_new_customers_fields_are_cut_to_what_quickbooks_takes() -> None:
    buyer = Buyer("4417", "A" * 30, "B" * 30, "C" * 50, "ann@example.com", "6" * 30)
    plan = plan_order(sale(7, buyer=buyer), [], company_file(), settings())
    assert plan.customer == PlannedCustomer(
        source_key="4417",
        name="A" * 30 + " BB (K4417)",
        company="C" * 41,
        first_name="A" * 25,
        last_name="B" * 25,
        email="ann@example.com",
        phone="6" * 21,
    )


# -- what settings leave out -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (sale(7, product(price=0)), "zero-total"),
        (sale(7, came_from_quickbooks=True), "came-from-quickbooks"),
        (sale(7, placed_on=date(2026, 10, 31)), "before-start-date"),
        (sale(7, product(price=0), is_draft=True), "zero-total"),
        (sale(7, placed_on=date(2026, 11, 1)), ""),
    ],
)
def test_settings_leave_out_zero_old_and_quickbooks_own_orders(
    order: SalesOrder, reason: str
) -> None:
    assert plan_order(order, [], company_file(), settings()).skip == reason


def test_the_payments_of_an_order_left_out_wait_for_a_person() -> None:
    payments = [
        paid(7, 500, payment_id=1),
        paid(7, 500, payment_id=2, kind=PaymentKind.NOT_COMPLETED),
    ]
    plan = plan_order(sale(7, came_from_quickbooks=True), payments, company_file(), settings())
    assert [(each.skip, each.hold.cause if each.hold else "") for each in plan.payments] == [
        ("", "payment-without-order"),
        ("not-a-payment", ""),
    ]


# -- what holds ------------------------------------------------------------------------------------


def test_a_draft_waits() -> None:
    assert hold_of(sale(7, is_draft=True)) == Hold("draft-order", {"order": "7"})


def test_a_draft_goes_where_settings_say_so() -> None:
    assert hold_of(sale(7, is_draft=True), drafts="send") is None


def test_an_order_in_another_currency_waits() -> None:
    assert hold_of(sale(7, currency="CAD")) == Hold(
        "other-currency", {"order": "7", "currency": "CAD", "home_currency": "USD"}
    )


def test_where_the_books_have_no_currency_none_is_asked_for() -> None:
    plan = plan_order(sale(7, currency="CAD"), [], company_file(home_currency=""), settings())
    assert plan.hold is None


def test_an_order_without_contact_waits() -> None:
    assert hold_of(sale(7, buyer=Buyer(""))) == Hold("no-customer", {"order": "7"})


def test_an_order_whose_lines_do_not_add_up_waits_with_its_payments_planned() -> None:
    plan = plan_order(sale(7, total=999), [paid(7, 999)], company_file(), settings())
    assert plan.hold
    assert plan.hold.cause == "lines-do-not-add-up"
    assert [each.planned[0].amount for each in plan.payments if each.planned] == [999]


def test_a_doubtful_customer_holds_the_order() -> None:
    company = company_file(customers=[customer("Ann Lee", email="x@example.org")])
    plan = plan_order(sale(7), [], company, settings())
    assert plan.hold
    assert plan.hold.cause == "customer-name-of-another"
    assert (plan.sale, plan.customer, plan.items, plan.notes) == (None, None, (), ())


# -- numbers ---------------------------------------------------------------------------------------


def test_the_prefix_stands_before_the_order_number() -> None:
    plan = plan_order(sale(1048), [], company_file(), settings(number_prefix="K-"))
    assert plan.sale
    assert (plan.sale.number, plan.sale.po_number) == ("K-1048", "Keap 1048")


def test_a_number_over_eleven_characters_is_cut_and_stands_whole_in_the_memo() -> None:
    fitting = plan_order(sale(12345678), [], company_file(), settings(number_prefix="K-1")).sale
    cut = plan_order(sale(123456789), [], company_file(), settings(number_prefix="K-1")).sale
    assert fitting
    assert cut
    assert (fitting.number, fitting.full_number) == ("K-112345678", "")
    assert (cut.number, cut.full_number) == ("K-123456789", "K-1123456789")
    assert cut.memo.endswith(", number K-1123456789")
    assert "number" not in fitting.memo


def test_a_number_that_another_order_of_ours_has_waits() -> None:
    company = company_file(numbers={"k-7": 5})
    plan = plan_order(sale(7), [], company, settings(number_prefix="K-"))
    assert plan.hold == Hold(
        "number-of-another-order", {"order": "7", "number": "K-7", "other_order": "5"}
    )


def test_the_orders_own_number_is_free_for_it() -> None:
    plan = plan_order(sale(7), [], company_file(numbers={"7": 7}), settings())
    assert plan.hold is None


# -- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("buyer", "name"),
    [
        (ANN, "Ann Lee"),
        (Buyer("5", "", "Lee", "Acme Inc"), "Lee"),
        (Buyer("5", "", "", "Acme Inc", "a@example.com"), "Acme Inc"),
        (Buyer("5", email="a@example.com"), "a@example.com"),
        (Buyer("5"), "Keap contact 5"),
        (Buyer("5", "!!", "--"), "Keap contact 5"),
        (Buyer("5", "Ann:", "Lee"), "Ann- Lee"),
        (Buyer("5", "Zoë", "O’Neil"), "Zoë O'Neil"),
        (Buyer("5", "X" * 41), "X" * 41),
        (Buyer("5", "X" * 42), "X" * 36 + " (K5)"),
        (Buyer("5", "李", "Lee"), "? Lee (K5)"),
    ],
)
def test_the_customers_name_is_person_else_company_else_e_mail(buyer: Buyer, name: str) -> None:
    assert customer_name(buyer) == name


def test_two_long_names_that_begin_alike_stay_two_customers() -> None:
    first = customer_name(Buyer("1", "X" * 41, "One"))
    second = customer_name(Buyer("2", "X" * 41, "Two"))
    assert (len(first), len(second), first == second) == (41, 41, False)


# -- what the ledger and people know --------------------------------------------------------------


def test_an_order_that_was_deleted_in_keap_waits_unless_a_person_lets_it_go() -> None:
    order = sale(7)
    found = plan_order(order, [], company_file(), settings(), Circumstances(is_deleted=True))
    assert found.hold == Hold("deleted-in-keap", {"order": "7"})
    accepted = Circumstances(is_deleted=True, overrides=frozenset({Override.DELETED}))
    assert plan_order(order, [], company_file(), settings(), accepted).sale is not None


def test_payments_that_are_not_all_there_hold_the_order_and_all_its_money() -> None:
    order = replace(sale(7, product(price=10000)), total_paid=10000)
    found = plan_order(order, [paid(7, 7500, payment_id=1)], company_file(), settings())
    details = {"order": "7", "paid": "100.00", "payments_total": "75.00"}
    assert found.hold == Hold("payments-do-not-add-up", details)
    assert [each.hold for each in found.payments] == [found.hold]


def test_an_order_that_says_paid_and_has_no_payment_waits() -> None:
    order = replace(sale(7, product(price=10000)), total_paid=10000)
    found = plan_order(order, [], company_file(), settings())
    details = {"order": "7", "paid": "100.00", "payments_total": "0.00"}
    assert found.hold == Hold("payments-do-not-add-up", details)


def test_a_person_may_say_that_the_payments_are_right() -> None:
    order = replace(sale(7, product(price=10000)), total_paid=10000)
    accepted = Circumstances(overrides=frozenset({Override.PAYMENT_SUM}))
    found = plan_order(order, [paid(7, 7500)], company_file(), settings(), accepted)
    assert found.hold is None
    assert [each.planned[0].amount for each in found.payments] == [7500]


def test_what_is_wrong_with_the_money_of_a_receipt_holds_its_order() -> None:
    found = plan_order(
        sale(7, product(price=10000)),
        [paid(7, 10001)],
        company_file(),
        settings(transaction="sales-receipt"),
    )
    assert found.hold is not None
    assert (found.hold.cause, found.sale) == ("receipt-paid-too-much", None)


def test_an_order_that_waits_for_a_word_is_held_and_what_was_sent_is_not() -> None:
    awaited = plan_order(
        sale(7), [], company_file(), settings(), Circumstances(awaited="waiting-for-approval")
    )
    assert awaited.hold == Hold("waiting-for-approval", {"order": "7"})
    sent = Circumstances(awaited="waiting-for-approval", is_sent=True)
    after = plan_order(sale(7), [], company_file(), settings(edited_orders="update"), sent)
    assert (after.hold, after.may_update) == (None, False)


def test_a_doubt_that_comes_before_the_word_is_told_first() -> None:
    known = Circumstances(awaited="waiting-for-approval", is_deleted=True)
    found = plan_order(sale(7), [], company_file(), settings(), known)
    assert found.hold == Hold("deleted-in-keap", {"order": "7"})


@pytest.mark.parametrize(("edited", "may"), [("update", True), ("hold", False)])
def test_a_form_follows_an_edit_only_where_settings_say_so(edited: str, *, may: bool) -> None:
    found = plan_order(sale(7), [], company_file(), settings(edited_orders=edited))
    assert found.may_update is may


@pytest.mark.parametrize(
    ("number", "full_number", "memos"),
    [
        ("OLD-7", "", ["OLD-7", "OLD-7-1"]),
        ("23456789012", "123456789012", ["23456789012", "456789012-1"]),
    ],
)
def test_credit_memos_follow_the_number_that_the_form_was_sent_with(
    number: str, full_number: str, memos: list[str]
) -> None:
    sent = replace(form_of(sale(7)), number=number, full_number=full_number)
    found = memos_of(sent, refunded(2500, 2), refunded(2500, 3))
    assert [memo.number for memo in found] == memos
    assert found[1].full_number == (f"{full_number}-1" if full_number else "")


def test_a_whole_refund_takes_back_the_lines_that_were_sent() -> None:
    sent = form_of(sale(7, product("NAIL", price=10000)))
    (memo,) = memos_of(sent, refunded(10000, 2))
    assert [each.item for each in memo.lines] == [ListRef(list_id="I-NAIL")]


def form_of(order: SalesOrder) -> PlannedSale:
    planned = plan_order(order, [], company_file(), settings()).sale
    assert planned is not None
    return planned


def memos_of(sent: PlannedSale, *refunds: ReceivedPayment) -> list[PlannedCreditMemo]:
    """Of order 7 over a hammer of 100.00, paid in full, whose form was sent so."""
    known = Circumstances(is_sent=True, sale=sent, paid=frozenset({1}))
    rows = [paid(7, 10000, payment_id=1), *refunds]
    chosen = settings(refund_item="NAIL", refunds_to_approve=0)
    plan = plan_order(sale(7, product(price=10000)), rows, company_file(), chosen, known)
    records = [each for decision in plan.payments for each in decision.planned]
    return [each for each in records if isinstance(each, PlannedCreditMemo)]


def test_the_first_reason_why_an_order_waits_is_the_one_that_is_told() -> None:
    taken = company_file(numbers={"7": 5})
    draft = plan_order(sale(7, is_draft=True), [], taken, settings())
    assert draft.hold == Hold("draft-order", {"order": "7"})
    underpaid = replace(sale(7), total_paid=1)
    number = plan_order(underpaid, [], taken, settings())
    assert number.hold is not None
    assert number.hold.cause == "number-of-another-order"
