"""What random orders found, each told by itself. Amounts in cents."""

from dataclasses import replace

from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from tests.world import World, paid, product, sale


def refunded(order_id: int, amount: int, payment_id: int) -> ReceivedPayment:
    kind = PaymentKind.REFUND
    return paid(order_id, -amount, payment_id=payment_id, kind=kind, source_kind="Refund")


def update_until_quiet(world: World) -> None:
    for _ in range(3):
        world.update()
        world.clock.pass_time(hours=13)


def test_two_orders_planned_together_never_get_one_number(world: World) -> None:
    world.set(number_source="invoice-id")
    same = [replace(sale(order_id), invoice_id="INV-7") for order_id in (1, 2)]
    alike = [
        replace(sale(order_id), invoice_id=f"{year}-0000012345")
        for order_id, year in ((3, 2025), (4, 2026))
    ]
    world.keap_has(*same, *alike)
    update_until_quiet(world)
    assert world.statuses()[1] == ("posted-payment-open", "")
    assert world.statuses()[2] == ("held", "number-of-another-order")
    numbers = [invoice.number for invoice in world.books().invoices]
    assert len(set(numbers)) == len(numbers) == 3


def test_a_refund_after_the_deposit_account_went_inactive_is_one_of_a_paid_order(
    world: World,
) -> None:
    world.set(deposit_account="Card Clearing", refunds="card-refund", refunds_to_approve="0")
    world.keap_has(sale(1, product(price=10000)), payments=[paid(1, 10000, payment_id=1)])
    update_until_quiet(world)
    world.human.make_inactive("Card Clearing", "Account")
    world.keap_has(payments=[refunded(1, 10000, 2)])
    update_until_quiet(world)
    assert world.statuses() == {1: ("posted", "")}
    (refund,) = world.books().refunds
    assert refund.total == 100
    assert [memo.applied for memo in world.books().credit_memos] == [()]


def test_a_receipt_needs_neither_terms_nor_an_invoice_template(world: World) -> None:
    world.set(transaction="sales-receipt", terms="Net 15", invoice_template="Web Invoice")
    world.keap_has(sale(1, product(price=1000)), payments=[paid(1, 1000)])
    update_until_quiet(world)
    world.human.make_inactive("Net 15", "StandardTerms")
    world.keap_has(sale(2, product(price=1000)), payments=[paid(2, 1000)])
    update_until_quiet(world)
    assert world.statuses() == {1: ("posted", ""), 2: ("posted", "")}


def test_a_second_payment_for_a_receipt_in_quickbooks_is_held(world: World) -> None:
    world.set(transaction="sales-receipt")
    world.keap_has(sale(1, product(price=1000)), payments=[paid(1, 1000, payment_id=1)])
    update_until_quiet(world)
    world.keap_has(payments=[paid(1, 1000, payment_id=2)])
    update_until_quiet(world)
    assert world.payment_statuses() == {1: ("posted", ""), 2: ("held", "payment-more-than-due")}
    assert world.statuses() == {1: ("held", "payment-more-than-due")}


def test_a_receipt_whose_payment_was_voided_is_held(world: World) -> None:
    world.set(transaction="sales-receipt")
    payment = paid(1, 1000, payment_id=1)
    world.keap_has(sale(1, product(price=1000)), payments=[payment])
    update_until_quiet(world)
    world.keap_has(payments=[replace(payment, kind=PaymentKind.NOT_COMPLETED)])
    update_until_quiet(world)
    assert world.statuses() == {1: ("held", "payment-voided-in-keap")}


def test_a_receipt_whose_voided_payment_was_made_anew_is_right(world: World) -> None:
    world.set(transaction="sales-receipt")
    payment = paid(1, 1000, payment_id=1)
    world.keap_has(sale(1, product(price=1000)), payments=[payment])
    update_until_quiet(world)
    voided = replace(payment, kind=PaymentKind.NOT_COMPLETED)
    world.keap_has(payments=[voided, paid(1, 1000, payment_id=2)])
    update_until_quiet(world)
    assert world.statuses() == {1: ("posted", "")}


def test_a_refund_of_a_receipt_goes_back_by_cheque(world: World) -> None:
    world.set(transaction="sales-receipt", refunds="cheque", refund_account="Checking")
    world.set(refunds_to_approve="0")
    world.keap_has(sale(1, product(price=1000)), payments=[paid(1, 1000, payment_id=1)])
    update_until_quiet(world)
    world.keap_has(payments=[refunded(1, 1000, 2)])
    update_until_quiet(world)
    assert world.statuses() == {1: ("posted", "")}
    assert [memo.remaining for memo in world.books().credit_memos] == [0]
    assert [(each.kind, str(each.total)) for each in world.books().refunds] == [("check", "10.00")]
