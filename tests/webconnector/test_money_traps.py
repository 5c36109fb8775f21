"""What goes wrong with money in real books, and what the books then say. Keap's in cents."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from qbwc_service.ledger.models import MessageSet
from qbwc_service.planning.order import LineKind, PaymentKind
from qbwc_service.webconnector.look_up import collect
from qbxml_builders.answers import parse
from tests.bookkeeper.money import balances, choose_tax_item, failed, refunded
from tests.world import ANN, World, line, paid, product, sale

ORDER = sale(100, product(price=10000))
PAID = paid(100, 10000, payment_id=1)


# -- payments --------------------------------------------------------------------------------------


def test_a_payment_voided_in_keap_after_it_was_posted_stays_and_waits_for_a_person(
    world: World,
) -> None:
    world.keap_has(ORDER, payments=[PAID])
    world.update()
    world.keap_has(payments=[replace(PAID, kind=PaymentKind.NOT_COMPLETED, source_status="VOIDED")])
    world.update()
    assert world.payments() == [("K1", "100.00", "100")]
    assert world.payment_statuses() == {1: ("held", "payment-voided-in-keap")}


@pytest.mark.parametrize("kind", [PaymentKind.NOT_COMPLETED, PaymentKind.TEST])
def test_failed_charges_and_tests_are_never_posted(world: World, kind: PaymentKind) -> None:
    real = paid(100, 4000, payment_id=2)
    world.keap_has(ORDER, payments=[replace(PAID, kind=kind), real])
    world.update()
    assert world.payments() == [("K2", "40.00", "100")]
    assert balances(world) == {"100": 60}


def test_an_overpayment_is_posted_whole_and_its_rest_stays_the_customers(world: World) -> None:
    world.set(overpayments="credit")
    world.keap_has(ORDER, payments=[PAID, paid(100, 2500, payment_id=2)])
    world.update()
    assert balances(world) == {"100": 0}
    assert world.payment_statuses()[2] == ("held", "payment-more-than-due")
    assert len(world.books().payments) == 1


def test_an_invoice_that_is_paid_already_takes_no_more(untaxed: World) -> None:
    untaxed.keap_has(ORDER)
    untaxed.update()
    (invoice,) = untaxed.books().invoices
    untaxed.human.type_payment("Ann Lee", "70.00", number="by hand", invoice=invoice.txn_id)
    untaxed.keap_has(payments=[paid(100, 4000, payment_id=1)])
    untaxed.update()
    assert untaxed.payment_statuses() == {1: ("held", "invoice-paid-already")}
    assert balances(untaxed) == {"100": 30}


def _typed_by_hand_before(world: World) -> None:
    """Payment 1 of the order is in QuickBooks by a person's hand, so that ours is held."""
    world.keap_has(ORDER)
    world.update()
    (invoice,) = world.books().invoices
    world.human.type_payment("Ann Lee", "40.00", number="check 7", invoice=invoice.txn_id)
    world.keap_has(payments=[paid(100, 4000, payment_id=1)])
    world.update()


def test_a_payment_of_that_amount_typed_by_hand_is_not_posted_beside_it(untaxed: World) -> None:
    _typed_by_hand_before(untaxed)
    assert untaxed.payment_statuses() == {1: ("held", "payment-typed-by-hand")}
    assert balances(untaxed) == {"100": 60}


@pytest.mark.parametrize("is_held_first", [False, True])
def test_a_payment_that_came_just_before_a_skip_goes_all_the_same(
    untaxed: World, is_held_first: bool
) -> None:
    _typed_by_hand_before(untaxed)
    untaxed.keap_has(payments=[paid(100, 2500, payment_id=2)])
    if is_held_first:
        untaxed.decide().hold(100)
    untaxed.decide().skip(100)
    untaxed.update()
    assert untaxed.payment_statuses() == {1: ("skipped-by-you", ""), 2: ("posted", "")}
    assert balances(untaxed) == {"100": 35}


def test_a_payment_that_came_while_its_order_was_held_goes_when_another_is_skipped(
    untaxed: World,
) -> None:
    _typed_by_hand_before(untaxed)
    untaxed.decide().hold(100)
    untaxed.keap_has(payments=[paid(100, 2500, payment_id=2)])
    untaxed.decide().skip_payment(1)
    untaxed.update()
    assert untaxed.payment_statuses() == {1: ("skipped-by-you", ""), 2: ("posted", "")}
    assert balances(untaxed) == {"100": 35}


def _skip(world: World) -> None:
    world.decide().skip(100)


def _hold_and_skip(world: World) -> None:
    world.decide().hold(100)
    world.decide().skip(100)


def _undo(world: World) -> None:
    world.decide().undo(100)


@pytest.mark.parametrize("leave_out", [_skip, _hold_and_skip, _undo])
@pytest.mark.parametrize("was_planned", [True, False])
def test_what_was_paid_on_an_order_just_before_it_is_left_out_is_left_out_with_it(
    untaxed: World, leave_out: Callable[[World], None], was_planned: bool
) -> None:
    untaxed.keap_has(sale(100, product("SPADE", price=7500)))
    if was_planned:
        untaxed.update()
        assert untaxed.statuses() == {100: ("held", "item-not-in-quickbooks")}
    untaxed.keap_has(payments=[paid(100, 2500, payment_id=1)])
    leave_out(untaxed)
    untaxed.update()
    assert untaxed.statuses() == {100: ("skipped-by-you", "")}
    assert untaxed.payment_statuses() == {1: ("skipped-by-you", "")}

    untaxed.keap_has(payments=[paid(100, 2500, payment_id=2)])
    untaxed.update()
    assert untaxed.payment_statuses() == {
        1: ("skipped-by-you", ""),
        2: ("held", "payment-without-order"),
    }


def test_an_order_that_was_skipped_unplanned_goes_with_its_payment_and_refund_once_it_is_requeued(
    untaxed: World,
) -> None:
    untaxed.set(refund_item="Keap Refund", refunds_to_approve="0")
    untaxed.keap_has(ORDER, payments=[PAID, refunded(100, 2500, payment_id=2)])
    untaxed.decide().skip(100)
    assert untaxed.payment_statuses() == {1: ("skipped-by-you", ""), 2: ("skipped-by-you", "")}
    untaxed.decide().requeue(100)
    untaxed.update()
    assert untaxed.payment_statuses() == {1: ("posted", ""), 2: ("posted", "")}
    assert balances(untaxed) == {"100": 0}
    assert [memo.total for memo in untaxed.books().credit_memos] == [Decimal(25)]


def test_a_payment_typed_by_hand_and_applied_to_nothing_is_not_posted_beside_it(
    untaxed: World,
) -> None:
    untaxed.keap_has(ORDER)
    untaxed.update()
    untaxed.human.type_payment("Ann Lee", "40.00", number="check 7", on="2026-11-20")
    untaxed.keap_has(payments=[paid(100, 4000, payment_id=1)])
    untaxed.update()
    assert untaxed.payment_statuses() == {1: ("held", "payment-not-applied-yet")}
    assert [payment.total for payment in untaxed.books().payments] == [Decimal(40)]


def test_of_a_customer_who_pays_often_little_is_asked_and_less_is_kept(untaxed: World) -> None:
    """Retail orders may all be one customer's, with thousands of payments in those days."""
    untaxed.keap_has(ORDER, payments=[PAID])
    untaxed.update()
    for number in range(30):
        typed = untaxed.human.type_invoice("Ann Lee", [("HAMMER", "7.00")], number=f"9{number}")
        untaxed.human.type_payment("Ann Lee", "7.00", number=f"check {number}", invoice=typed)
    untaxed.keap_has(sale(101, product(price=700)), payments=[paid(101, 700, payment_id=2)])
    untaxed.update()
    assert untaxed.payment_statuses()[2] == ("posted", "")
    with untaxed.database.reading() as db:
        texts = db.scalars(
            select(MessageSet.answer).where(MessageSet.request.contains(":references:u"))
        ).all()
    answers = [
        response
        for text in texts
        for response in parse(text or "").responses
        if ":references:u" in response.request_id
    ]
    assert max(len(response.records) for response in answers) > 30
    assert "AppliedToTxnRet" not in _of_payers(texts[-1] or "")
    assert collect(parse(texts[-1] or "")).unapplied == {}


def _of_payers(answer: str) -> str:
    start = answer.index(":references:u")
    return answer[start : answer.index("</ReceivePaymentQueryRs>", start)]


def test_a_payment_typed_before_its_invoice_came_is_found_too(untaxed: World) -> None:
    untaxed.human.add_customer("Ann Lee", email=ANN.email)
    untaxed.human.type_payment("Ann Lee", "100.00", on="2026-11-20")
    untaxed.keap_has(ORDER, payments=[PAID])
    untaxed.update()
    assert untaxed.payment_statuses() == {1: ("held", "payment-not-applied-yet")}
    assert balances(untaxed) == {"100": 100}
    assert len(untaxed.books().payments) == 1


def test_once_it_is_applied_to_what_it_was_for_the_payment_goes_after_requeue(
    untaxed: World,
) -> None:
    untaxed.keap_has(ORDER)
    untaxed.update()
    (invoice,) = untaxed.books().invoices
    typed = untaxed.human.type_payment("Ann Lee", "40.00", number="check 7", on="2026-11-20")
    other = untaxed.human.type_invoice("Ann Lee", [("HAMMER", "40.00")], number="55")
    untaxed.keap_has(payments=[paid(100, 4000, payment_id=1)])
    untaxed.update()
    untaxed.human.apply_credit(typed, other, "40.00")
    untaxed.decide().requeue(100)
    untaxed.update()
    assert untaxed.payment_statuses() == {1: ("posted", "")}
    assert {i.txn_id: i.balance for i in untaxed.books().invoices}[invoice.txn_id] == 60


@pytest.mark.parametrize(
    ("customer", "amount", "on"),
    [
        ("Bob Ray", "40.00", "2026-11-20"),
        ("Ann Lee", "40.01", "2026-11-20"),
        ("Ann Lee", "40.00", "2026-10-20"),
    ],
)
def test_a_payment_of_somebody_else_another_amount_or_another_month_is_another_one(
    untaxed: World, customer: str, amount: str, on: str
) -> None:
    untaxed.keap_has(ORDER)
    untaxed.update()
    untaxed.human.add_customer("Bob Ray")
    untaxed.human.type_payment(customer, amount, number="check 7", on=on)
    untaxed.keap_has(payments=[paid(100, 4000, payment_id=1)])
    untaxed.update()
    assert untaxed.payment_statuses() == {1: ("posted", "")}
    assert balances(untaxed) == {"100": 60}


def test_what_of_a_payment_of_ours_is_left_is_not_taken_for_a_typed_one(untaxed: World) -> None:
    untaxed.keap_has(ORDER, payments=[PAID])
    untaxed.update()
    untaxed.human.delete_txn(untaxed.books().invoices[0].txn_id)
    untaxed.keap_has(sale(101, product(price=10000)), payments=[paid(101, 10000, payment_id=2)])
    untaxed.update()
    assert untaxed.payment_statuses()[2] == ("posted", "")


def test_a_payment_over_two_orders_pays_the_one_that_is_there_while_the_other_waits(
    world: World,
) -> None:
    parts = [
        paid(101, 4000, payment_id=1, transaction_id="ch_1", order_ids=(101, 102)),
        paid(102, 6000, payment_id=1, transaction_id="ch_1", order_ids=(101, 102)),
    ]
    world.keap_has(
        sale(101, product(price=4000)), sale(102, product("SPADE", 6000)), payments=parts
    )
    world.update()
    assert balances(world) == {"101": 0}
    world.human.add_item("Spade")
    world.clock.pass_time(hours=13)
    world.update()
    world.clock.pass_time(minutes=5)
    world.update()
    assert balances(world) == {"101": 0, "102": 0}
    assert world.payments() == [("ch_1", "40.00", "101"), ("ch_1", "60.00", "102")]


# -- refunds ---------------------------------------------------------------------------------------


def test_a_whole_refund_takes_the_sales_tax_back(world: World) -> None:
    world.update()
    choose_tax_item(world, "label:Tax", "State Sales Tax")
    world.set(sales_tax="quickbooks", refunds="card-refund", refunds_to_approve="0")
    taxed = sale(100, product(price=10000), line(LineKind.TAX, 825))
    world.keap_has(taxed, payments=[paid(100, 10825, payment_id=1), refunded(100, 10825, 2)])
    world.update()
    (memo,) = world.books().credit_memos
    assert (memo.total, memo.sales_tax, memo.remaining) == (Decimal("108.25"), Decimal("8.25"), 0)
    assert [refund.total for refund in world.books().refunds] == [Decimal("108.25")]
    assert world.statuses() == {100: ("posted", "")}


def test_the_credit_goes_to_whoever_has_the_invoice_now(world: World) -> None:
    world.set(refunds="card-refund", refunds_to_approve="0", transaction="invoice-and-payments")
    world.keap_has(ORDER)
    world.update()
    world.human.add_customer("Lee Household")
    world.human.move_invoice(world.books().invoices[0].txn_id, "Lee Household")
    world.keap_has(payments=[PAID])
    world.update()
    assert (world.errors(), world.payments()) == (["changed-in-quickbooks"], [])
    world.decide().accept(100)
    world.update()
    world.keap_has(payments=[refunded(100, 10000, 2)])
    world.update()
    assert [memo.customer for memo in world.books().credit_memos] == ["Lee Household"]
    assert [refund.customer for refund in world.books().refunds] == ["Lee Household"]


def test_a_credit_memo_of_somebody_else_with_that_number_is_not_taken_for_ours(
    world: World,
) -> None:
    world.set(refunds_to_approve="0", refund_item="Keap Refund")
    world.human.type_credit_memo("America Ltd", [("HAMMER", "5.00")], number="100")
    world.keap_has(ORDER, payments=[PAID, refunded(100, 3000, 2)])
    world.update()
    world.update()
    assert world.payment_statuses()[2] == ("held", "memo-number-taken")
    assert len(world.books().credit_memos) == 1
    assert balances(world) == {"100": 0}


def test_a_refund_of_an_invoice_that_was_deleted_waits(world: World) -> None:
    world.set(refunds_to_approve="0")
    world.keap_has(ORDER, payments=[PAID])
    world.update()
    world.human.delete_invoice(world.books().invoices[0].txn_id)
    world.keap_has(payments=[refunded(100, 10000, 2)])
    world.update()
    world.update()
    assert world.books().credit_memos == ()
    assert world.statuses() == {100: ("held", "gone-from-quickbooks")}


def test_a_credit_that_somebody_used_elsewhere_is_told(untaxed: World) -> None:
    untaxed.set(credit_item="Keap Credit")
    credit = paid(100, 2000, payment_id=1, kind=PaymentKind.CREDIT, source_kind="Credit")
    untaxed.keap_has(ORDER, payments=[credit])
    untaxed.faults.drop_answer_at(8)
    untaxed.update()
    (memo,) = untaxed.books().credit_memos
    other = untaxed.human.type_invoice("Ann Lee", [("HAMMER", "20.00")], number="A")
    untaxed.human.apply_credit(memo.txn_id, other, "20.00")
    untaxed.update()
    untaxed.update()
    assert untaxed.payment_statuses() == {1: ("held", "credit-used-elsewhere")}
    assert balances(untaxed) == {"100": 100, "A": 0}


# -- forms -----------------------------------------------------------------------------------------


def test_an_order_of_nothing_is_posted_where_that_is_wanted(world: World) -> None:
    world.keap_has(sale(100, product(price=10000), line(LineKind.DISCOUNT, -10000)))
    world.update()
    assert world.statuses() == {100: ("skipped-by-settings", "zero-total")}
    world.set(zero_orders="post")
    world.update()
    (invoice,) = world.books().invoices
    assert (invoice.total, len(invoice.lines)) == (0, 2)
    assert world.statuses() == {100: ("posted", "")}


def test_two_hundred_lines_of_every_kind_come_to_the_cent(world: World) -> None:
    kinds = (LineKind.SHIPPING, LineKind.TIP, LineKind.FINANCE_CHARGE, LineKind.FEE, LineKind.TAX)
    goods = [product("HAMMER", 101 + place, 1 + place % 3) for place in range(194)]
    lines = [*goods, *(line(kind, 333) for kind in kinds), line(LineKind.DISCOUNT, -777)]
    order = sale(100, *lines)
    world.keap_has(order)
    world.update()
    (invoice,) = world.books().invoices
    assert len(invoice.lines) == 200
    assert invoice.total == Decimal(order.total) / 100


def test_a_form_for_a_customer_without_an_address_is_posted_and_not_e_mailed(world: World) -> None:
    world.set(to_be_emailed="yes")
    world.human.add_customer("Ann Lee")
    world.keap_has(ORDER, sale(101, buyer=replace(ANN, contact_id="9", email="", last_name="Ray")))
    world.update()
    assert world.statuses() == dict.fromkeys((100, 101), ("posted-payment-open", ""))


def test_a_payment_in_a_closed_period_waits_and_its_invoice_goes(world: World) -> None:
    world.human.set_closing_date("2026-11-15")
    early = replace(PAID, paid_on=date(2026, 11, 10))
    world.keap_has(ORDER, payments=[early])
    world.update()
    assert balances(world) == {"100": 100}
    assert world.payment_statuses() == {1: ("held", "closed-period")}


def test_on_the_first_open_day_the_payment_says_its_own_date(world: World) -> None:
    world.set(closed_period="first-open-day")
    world.human.set_dividing_date("2026-11-15")
    early = replace(PAID, paid_on=date(2026, 11, 10))
    world.keap_has(replace(ORDER, placed_on=date(2026, 11, 9)), payments=[early])
    world.update()
    (invoice,), (payment,) = world.books().invoices, world.books().payments
    assert (invoice.on, payment.on) == ("2026-11-16", "2026-11-16")
    assert payment.memo.endswith("dated 2026-11-10")
    assert balances(world) == {"100": 0}


def test_the_own_date_stands_in_the_longest_memo(world: World) -> None:
    world.set(closed_period="first-open-day", memo="{notes}")
    world.human.set_closing_date("2026-11-15")
    world.keap_has(replace(ORDER, placed_on=date(2026, 11, 9), notes="x" * 4095))
    world.update()
    (invoice,) = world.books().invoices
    assert invoice.memo.endswith("x, dated 2026-11-09")
    assert len(invoice.memo) == 4095


def test_a_form_dated_by_its_payment_keeps_its_day_when_more_is_read_later(world: World) -> None:
    world.set(sale_date="payment")
    second = paid(100, 6000, payment_id=2, paid_on=date(2026, 11, 20))
    world.keap_has(ORDER, payments=[paid(100, 4000, payment_id=1), second, failed(100, 1, 3)])
    world.update()
    (invoice,) = world.books().invoices
    assert invoice.on == "2026-11-23"
    world.keap_has(payments=[replace(second, paid_on=date(2026, 11, 22))])
    world.update()
    assert [each.on for each in world.books().invoices] == ["2026-11-23"]
