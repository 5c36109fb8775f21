"""From a planned order to the books, through the Web Connector's own calls."""

from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.planning.order import Buyer, LineKind, PaymentKind
from tests.world import World, line, paid, product, sale

BOB = Buyer("4502", "Bob", "Ray", email="bob@example.com")


def test_an_order_and_its_payment_become_an_invoice_and_a_payment(world: World) -> None:
    world.keap_has(sale(1048, product("HAMMER", 4999, 2)), payments=[paid(1048, 9998)])

    result = world.update()

    assert (result.ended, result.errors) == (Ended.DONE, [])
    assert world.invoices() == [("1048", "Ann Lee", "99.98")]
    assert world.payments() == [("K10480", "99.98", "1048")]
    assert world.statuses() == {1048: ("posted", "")}
    assert world.payment_statuses() == {10480: ("posted", "")}


def test_a_second_update_has_nothing_to_do(world: World) -> None:
    world.keap_has(sale(1048))
    world.update()

    assert world.update().ended is Ended.NONE
    assert len(world.invoices()) == 1


def test_an_invoice_of_100_is_paid_by_25_and_75(world: World) -> None:
    world.keap_has(
        sale(123, product(price=10000)),
        payments=[
            paid(123, 2500, payment_id=1, transaction_id="bank-1"),
            paid(123, 7500, payment_id=2, transaction_id="bank-2"),
        ],
    )
    world.update()

    assert world.payments() == [("bank-1", "25.00", "123"), ("bank-2", "75.00", "123")]
    assert [str(invoice.balance) for invoice in world.books().invoices] == ["0.00"]


def test_a_payment_that_comes_days_later_attaches_to_the_invoice(world: World) -> None:
    world.keap_has(sale(1048, product(price=10000)))
    world.update()
    assert world.statuses() == {1048: ("posted-payment-open", "")}

    world.clock.pass_time(days=3)
    world.keap_has(payments=[paid(1048, 10000)])
    result = world.update()

    assert result.ended is Ended.DONE
    assert world.payments() == [("K10480", "100.00", "1048")]
    assert world.statuses() == {1048: ("posted", "")}


def test_two_orders_of_one_contact_share_a_customer(world: World) -> None:
    world.keap_has(sale(1), sale(2), sale(3, buyer=BOB))
    world.update()

    assert [customer.full_name for customer in world.books().customers] == ["Ann Lee", "Bob Ray"]
    assert world.invoices() == [
        ("1", "Ann Lee", "10.00"),
        ("2", "Ann Lee", "10.00"),
        ("3", "Bob Ray", "10.00"),
    ]


def test_tax_shipping_and_discount_are_lines_to_the_cent(world: World) -> None:
    world.keap_has(
        sale(
            7,
            product("HAMMER", 3333, 3),
            line(LineKind.SHIPPING, 795),
            line(LineKind.DISCOUNT, -500),
            line(LineKind.TAX, 812),
        )
    )
    world.update()

    (invoice,) = world.books().invoices
    assert [(each.item, str(each.amount)) for each in invoice.lines] == [
        ("HAMMER", "99.99"),
        ("Keap Shipping", "7.95"),
        ("Keap Discount", "-5.00"),
        ("Keap Sales Tax", "8.12"),
    ]
    assert (str(invoice.total), str(invoice.sales_tax)) == ("111.06", "0.00")


def test_a_line_without_sku_goes_to_the_unknown_item_and_is_told(world: World) -> None:
    world.keap_has(sale(5, product(sku="")))
    world.update()

    (invoice,) = world.books().invoices
    assert [each.item for each in invoice.lines] == ["unknown_do_not_delete"]
    assert world.statuses() == {5: ("posted-payment-open", "")}
    assert world.errors() == ["unknown-item-used"]


def test_a_sku_that_no_item_has_holds_its_order_and_no_other(world: World) -> None:
    world.keap_has(sale(1, product(sku="SPADE")), sale(2), payments=[paid(2, 1000)])
    world.update()

    assert world.statuses() == {1: ("held", "item-not-in-quickbooks"), 2: ("posted", "")}
    assert world.errors() == ["item-not-in-quickbooks"]


def test_a_held_order_goes_by_itself_once_the_item_exists(world: World) -> None:
    world.keap_has(sale(1, product(sku="SPADE")))
    world.update()
    world.human.add_item("SPADE")
    world.clock.pass_time(hours=13)

    world.update()

    assert world.invoices() == [("1", "Ann Lee", "10.00")]
    assert world.statuses() == {1: ("posted-payment-open", "")}


def test_a_number_that_somebody_typed_is_never_used_twice(world: World) -> None:
    world.human.switch("sales tax", on=False)
    world.human.type_invoice("Walk-in Customer", [("HAMMER", "350.00")], number="43137")
    world.keap_has(sale(43137), payments=[paid(43137, 1000)])
    world.update()

    assert world.statuses() == {43137: ("held", "number-taken")}
    assert world.invoices() == [("43137", "Walk-in Customer", "350.00")]
    assert world.payments() == []


def test_a_customer_with_a_vendors_name_gets_its_number_first(
    world: World,
) -> None:
    vendor = Buyer("99", "", "", "Vendor Supplies Inc", "v@example.com")
    world.keap_has(sale(1, buyer=vendor), sale(2))
    world.update()

    assert world.invoices() == [
        ("1", "Vendor Supplies Inc (K99)", "10.00"),
        ("2", "Ann Lee", "10.00"),
    ]


def test_the_same_name_with_another_address_is_held(world: World) -> None:
    other_ann = Buyer("5000", "Ann", "Lee", email="ann.lee@example.org")
    world.keap_has(sale(1), sale(2, buyer=other_ann))
    world.update()

    assert world.statuses()[1][0] == "posted-payment-open"
    assert world.statuses()[2] == ("held", "customer-name-of-another")
    assert [customer.full_name for customer in world.books().customers] == ["Ann Lee"]


def test_the_same_person_twice_in_keap_is_one_customer(world: World) -> None:
    again = Buyer("5000", "Ann", "Lee", email="ANN@example.com")
    world.keap_has(sale(1), sale(2, buyer=again))
    world.update()
    world.update()

    assert world.invoices() == [("1", "Ann Lee", "10.00"), ("2", "Ann Lee", "10.00")]


def test_a_customer_already_in_quickbooks_is_used(world: World) -> None:
    world.human.add_customer("Ann Lee", email="ann@example.com")
    world.keap_has(sale(1))
    world.update()

    assert world.invoices() == [("1", "Ann Lee", "10.00")]
    assert len(world.books().customers) == 1


def test_a_customer_typed_during_the_update_is_not_doubled(world: World) -> None:
    world.update()
    world.keap_has(sale(1))
    world.human.add_customer("Ann Lee", email="ann@example.com")
    world.update()
    world.update()

    assert world.invoices() == [("1", "Ann Lee", "10.00")]
    assert len(world.books().customers) == 1


def test_refunds_credits_and_failed_charges_are_never_payments(world: World) -> None:
    world.keap_has(
        sale(1, product(price=10000)),
        payments=[
            paid(1, 8000, payment_id=1),
            paid(1, 2000, payment_id=2, kind=PaymentKind.CREDIT, source_kind="Adjustment"),
            paid(1, -500, payment_id=3, kind=PaymentKind.REFUND, source_kind="Refund"),
            paid(1, 2000, payment_id=4, kind=PaymentKind.NOT_COMPLETED, source_status="FAILED"),
        ],
    )
    world.update()

    assert world.payments() == [("K1", "80.00", "1")]
    assert world.payment_statuses() == {
        1: ("posted", ""),
        2: ("held", "credit-item-not-chosen"),
        3: ("held", "refund-to-approve"),
        4: ("skipped-by-settings", "not-a-payment"),
    }
    assert world.errors() == ["credit-item-not-chosen", "refund-to-approve"]


def test_a_payment_typed_by_hand_is_not_posted_again(world: World) -> None:
    world.keap_has(sale(1, product(price=10000)))
    world.update()
    (invoice,) = world.books().invoices
    world.human.type_payment("Ann Lee", "100.00", invoice=invoice.txn_id, number="cheque 77")
    world.keap_has(payments=[paid(1, 10000)])
    world.update()

    assert world.payment_statuses() == {10: ("held", "payment-typed-by-hand")}
    assert len(world.books().payments) == 1


def test_the_same_reference_customer_and_amount_is_linked(world: World) -> None:
    world.keap_has(sale(1, product(price=10000)))
    world.update()
    (invoice,) = world.books().invoices
    world.human.type_payment("Ann Lee", "100.00", invoice=invoice.txn_id, number="ch_42")
    world.keap_has(payments=[paid(1, 10000, transaction_id="ch_42")])
    world.update()

    assert world.payment_statuses() == {10: ("posted", "")}
    assert len(world.books().payments) == 1
    assert world.statuses() == {1: ("posted", "")}


def test_an_order_in_a_closed_period_is_held(world: World) -> None:
    world.human.set_closing_date("2026-11-30")
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    world.update()

    assert world.statuses() == {1: ("held", "closed-period")}
    assert world.invoices() == []


def test_an_order_before_the_accountants_dividing_date_is_held(world: World) -> None:
    world.human.set_dividing_date("2026-11-30")
    world.keap_has(sale(1))
    world.update()

    assert world.statuses() == {1: ("held", "closed-period")}


def test_an_order_edited_in_keap_after_it_was_sent_is_shown_and_not_changed(world: World) -> None:
    world.keap_has(sale(1, product(price=1000)))
    world.update()
    world.keap_has(sale(1, product(price=1200)))
    world.update()

    assert world.statuses() == {1: ("held", "edited-after-sending")}
    assert world.invoices() == [("1", "Ann Lee", "10.00")]


def test_zero_draft_and_quickbooks_orders_stay_out(world: World) -> None:
    world.keap_has(
        sale(1, product(price=0)),
        sale(2, is_draft=True),
        sale(3, came_from_quickbooks=True),
        sale(4, currency="CAD"),
        sale(5, product(price=1000), total=1001),
    )
    world.update()

    assert world.invoices() == []
    assert world.statuses() == {
        1: ("skipped-by-settings", "zero-total"),
        2: ("held", "draft-order"),
        3: ("skipped-by-settings", "came-from-quickbooks"),
        4: ("held", "other-currency"),
        5: ("held", "lines-do-not-add-up"),
    }


def test_the_closing_sentence_says_what_was_done(world: World) -> None:
    world.keap_has(sale(1), sale(2, product(sku="SPADE")))

    assert world.update().status == "2 recorded in QuickBooks."
