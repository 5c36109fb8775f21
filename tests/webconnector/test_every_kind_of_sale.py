"""Orders, payments, credits and refunds in Keap, and what the books then say. Keap's in cents."""

from decimal import Decimal

from qbwc_service.planning.order import LineKind, PaymentKind, ReceivedPayment
from tests.world import World, line, paid, product, sale


def credited(order_id: int, amount: int, payment_id: int) -> ReceivedPayment:
    kind = PaymentKind.CREDIT
    return paid(order_id, amount, payment_id=payment_id, kind=kind, source_kind="Credit")


def refunded(order_id: int, amount: int, payment_id: int) -> ReceivedPayment:
    kind = PaymentKind.REFUND
    return paid(order_id, -amount, payment_id=payment_id, kind=kind, source_kind="Refund")


def balances(world: World) -> dict[str, Decimal]:
    """What is still due, by invoice number."""
    return {invoice.number: invoice.balance for invoice in world.books().invoices}


# -- forms -----------------------------------------------------------------------------------------


def test_a_paid_order_becomes_a_sales_receipt_with_method_and_account(world: World) -> None:
    world.set(transaction="sales-receipt", deposit_account="Checking")
    world.keap_has(sale(100, product(price=10000)), payments=[paid(100, 2500, payment_id=1)])
    world.update()
    assert world.books().sales_receipts == ()
    assert world.statuses() == {100: ("skipped-by-settings", "not-paid-yet")}

    world.keap_has(payments=[paid(100, 7500, payment_id=2)])
    world.update()
    (receipt,) = world.books().sales_receipts
    assert (receipt.number, receipt.total, receipt.deposit_to) == ("100", 100, "Checking")
    assert world.books().payments == ()
    assert world.statuses() == {100: ("posted", "")}
    assert world.payment_statuses() == {1: ("posted", ""), 2: ("posted", "")}


def test_an_order_becomes_a_sales_order_and_its_payments_stay_out(world: World) -> None:
    world.set(transaction="sales-order")
    world.keap_has(sale(100, product(price=10000)), payments=[paid(100, 10000)])
    world.update()
    (order,) = world.books().sales_orders
    assert (order.number, order.total) == ("100", 100)
    assert world.payment_statuses() == {1000: ("skipped-by-settings", "payments-not-sent")}


def test_invoices_only_leave_the_payments_to_the_bookkeeper(world: World) -> None:
    world.set(transaction="invoice")
    world.keap_has(sale(100, product(price=10000)), payments=[paid(100, 10000)])
    world.update()
    assert balances(world) == {"100": 100}
    assert world.payment_statuses() == {1000: ("skipped-by-settings", "payments-not-sent")}


# -- credits ---------------------------------------------------------------------------------------


def test_100_with_20_credit_and_80_cash_leaves_nothing_due(world: World) -> None:
    world.set(credit_item="Keap Credit")
    world.keap_has(
        sale(100, product(price=10000)),
        payments=[credited(100, 2000, 1), paid(100, 8000, payment_id=2)],
    )
    world.update()
    (memo,) = world.books().credit_memos
    assert (memo.total, memo.remaining) == (20, 0)
    assert [(use.invoice_number, use.amount) for use in memo.applied] == [("100", 20)]
    assert world.payments() == [("K2", "80.00", "100")]
    assert balances(world) == {"100": 0}
    assert world.payment_statuses() == {1: ("posted", ""), 2: ("posted", "")}
    assert world.statuses() == {100: ("posted", "")}


def test_without_an_item_for_credits_the_credit_waits_and_the_cash_goes(world: World) -> None:
    world.keap_has(
        sale(100, product(price=10000)),
        payments=[credited(100, 2000, 1), paid(100, 8000, payment_id=2)],
    )
    world.update()
    assert balances(world) == {"100": 20}
    assert world.statuses() == {100: ("held", "credit-item-not-chosen")}
    world.set(credit_item="Keap Credit")
    world.update()
    assert balances(world) == {"100": 0}


# -- refunds ---------------------------------------------------------------------------------------


def test_a_whole_refund_of_a_paid_order_is_a_credit_memo_and_a_card_refund(world: World) -> None:
    world.set(refunds="card-refund", refunds_to_approve="0")
    world.keap_has(sale(100, product(price=10000)), payments=[paid(100, 10000, payment_id=1)])
    world.update()
    world.keap_has(payments=[refunded(100, 10000, 2)])
    world.update()
    (memo,) = world.books().credit_memos
    assert (memo.number, memo.total, memo.remaining) == ("100", 100, 0)
    assert [line.item for line in memo.lines] == ["HAMMER"]
    (refund,) = world.books().refunds
    assert (refund.kind, refund.number, refund.total) == ("card", "100", 100)
    assert [(part.credit_number, part.amount) for part in refund.refunds] == [("100", 100)]
    assert world.payment_statuses() == {1: ("posted", ""), 2: ("posted", "")}


def test_two_refunds_of_a_part_are_numbered_100_and_100_1(world: World) -> None:
    world.set(refunds="credit-memo", refunds_to_approve="0", refund_item="Keap Refund")
    world.keap_has(sale(100, product(price=10000)), payments=[paid(100, 10000, payment_id=1)])
    world.update()
    world.keap_has(payments=[refunded(100, 1000, 2)])
    world.update()
    world.keap_has(payments=[refunded(100, 1500, 3)])
    world.update()
    memos = world.books().credit_memos
    assert [(memo.number, memo.total, memo.remaining) for memo in memos] == [
        ("100", 10, 10),
        ("100-1", 15, 15),
    ]


def test_a_refund_by_cheque_is_drawn_on_the_chosen_account(world: World) -> None:
    world.set(refunds="cheque", refunds_to_approve="0", refund_account="Checking")
    world.keap_has(
        sale(100, product(price=10000)),
        payments=[paid(100, 10000, payment_id=1), refunded(100, 10000, 2)],
    )
    world.update()
    (refund,) = world.books().refunds
    assert (refund.kind, refund.account, refund.total) == ("check", "Checking", 100)
    assert [memo.remaining for memo in world.books().credit_memos] == [0]


def test_the_first_refunds_wait_for_approval(world: World) -> None:
    world.keap_has(
        sale(100, product(price=10000)),
        payments=[paid(100, 10000, payment_id=1), refunded(100, 10000, 2)],
    )
    world.update()
    assert world.payment_statuses()[2] == ("held", "refund-to-approve")
    assert world.books().credit_memos == ()
    world.decide().approve(2)
    world.update()
    assert [memo.total for memo in world.books().credit_memos] == [100]
    assert world.payment_statuses()[2] == ("posted", "")


def test_a_refund_while_no_payment_is_in_quickbooks_lowers_what_is_due(world: World) -> None:
    world.set(transaction="invoice", refunds_to_approve="0", refund_item="Keap Refund")
    world.keap_has(
        sale(100, product(price=10000)),
        payments=[paid(100, 10000, payment_id=1), refunded(100, 3000, 2)],
    )
    world.update()
    assert balances(world) == {"100": 70}
    assert [memo.remaining for memo in world.books().credit_memos] == [0]


def test_a_refund_is_never_above_what_was_paid(world: World) -> None:
    world.set(refunds_to_approve="0", refund_item="Keap Refund")
    world.keap_has(
        sale(100, product(price=10000)),
        payments=[paid(100, 5000, payment_id=1), refunded(100, 6000, 2)],
    )
    world.update()
    assert world.payment_statuses()[2] == ("held", "refund-more-than-paid")
    assert world.books().credit_memos == ()


# -- payments --------------------------------------------------------------------------------------


def test_one_payment_over_two_orders_is_split_by_its_parts(world: World) -> None:
    parts = [
        paid(101, 4000, payment_id=1, transaction_id="ch_1", order_ids=(101, 102)),
        paid(102, 6000, payment_id=1, transaction_id="ch_1", order_ids=(101, 102)),
    ]
    world.keap_has(sale(101, product(price=4000)), sale(102, product(price=6000)), payments=parts)
    world.update()
    assert world.payments() == [("ch_1", "40.00", "101"), ("ch_1", "60.00", "102")]
    assert balances(world) == {"101": 0, "102": 0}


def test_more_than_is_due_waits_or_leaves_a_credit(world: World) -> None:
    world.keap_has(sale(100, product(price=6200)), payments=[paid(100, 6300, payment_id=1)])
    world.update()
    assert world.statuses() == {100: ("held", "payment-more-than-due")}
    world.set(overpayments="credit")
    world.update()
    (payment,) = world.books().payments
    assert (payment.total, payment.unused) == (63, 1)
    assert balances(world) == {"100": 0}
    assert world.statuses() == {100: ("posted", "")}


# -- tax and totals --------------------------------------------------------------------------------


def test_a_cent_is_rounded_only_where_that_is_allowed(world: World) -> None:
    world.keap_has(sale(100, product(price=3333, quantity=3), total=10000))
    world.update()
    assert world.statuses() == {100: ("held", "lines-do-not-add-up")}
    world.set(rounding_line="yes")
    world.update()
    (invoice,) = world.books().invoices
    assert [(each.item, each.amount) for each in invoice.lines] == [
        ("HAMMER", Decimal("99.99")),
        ("Keap Rounding", Decimal("0.01")),
    ]
    assert invoice.total == 100


def test_tax_is_a_line_of_its_own_exact_to_the_cent(world: World) -> None:
    world.keap_has(sale(100, product(price=9999), line(LineKind.TAX, 812)))
    world.update()
    (invoice,) = world.books().invoices
    assert (invoice.total, invoice.sales_tax) == (Decimal("108.11"), 0)


def test_a_refund_of_an_order_that_waits_waits_for_the_same(world: World) -> None:
    world.set(refunds_to_approve="0")
    world.keap_has(
        sale(100, product("NOBODY-HAS-IT", price=10000)),
        payments=[paid(100, 10000, payment_id=1), refunded(100, 10000, 2)],
    )
    world.update()
    assert world.payment_statuses()[2] == ("held", "item-not-in-quickbooks")
    assert world.errors() == ["item-not-in-quickbooks"]
    world.human.add_item("NOBODY-HAS-IT")
    world.clock.pass_time(minutes=10)
    world.update()
    world.update()
    assert [memo.total for memo in world.books().credit_memos] == [100]
    assert world.payment_statuses() == {1: ("posted", ""), 2: ("posted", "")}
