"""What else happens to money in a shop, and what comes late."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qbwc_service.demo.keap import Instalment, Line, Shop, ShopError
from tests.demo.keap.asking import NOON, Asker, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(clock: Clock) -> Shop:
    """Two orders of 10.00."""
    shop = Shop(clock=clock)
    shop.add_contact("Dana")
    for _ in range(2):
        shop.add_order("4401", [Line("Widget", 1000)])
    return shop


def paid(shop: Shop, order_id: str) -> int:
    return int(shop.orders[order_id]["total_paid"]["amount"])


def transactions(shop: Shop, **parameters: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = Asker(shop).get("sales/transactions", **parameters)["transactions"]
    return rows


def test_a_test_payment_goes_through_the_test_merchant(shop: Shop) -> None:
    payment = shop.payments[shop.pay("20101", is_test=True)]
    assert payment["merchant_account_id"] == "7"
    [transaction] = transactions(shop)
    assert transaction["merchant_account_id"] == "7"


def test_a_declined_charge_leaves_a_failed_transaction_and_no_payment(shop: Shop) -> None:
    shop.decline("20101")
    [transaction] = transactions(shop, filter="status==FAILED")
    assert (transaction["is_successful"], transaction["order_ids"]) == (False, ["20101"])
    assert "payment_id" not in transaction
    assert transaction["error_details"]
    assert (len(shop.payments), paid(shop, "20101")) == (0, 0)


def test_a_charge_is_a_transaction_with_its_payment(shop: Shop) -> None:
    payment = shop.pay("20101", transaction_id="ch_1")
    shop.pay("20102", kind="Cash", day=NOON.date())
    [transaction] = transactions(shop)
    assert "id" not in transaction
    assert (transaction["payment_id"], transaction["external_reference_id"]) == (payment, "ch_1")
    assert (transaction["transaction_method"], transaction["amount"]) == ("CAPTURE", 10)


def test_a_refund_is_a_transaction_of_a_positive_amount(shop: Shop) -> None:
    shop.refund(shop.pay("20101", transaction_id="ch_1"), 250, transaction_id="re_1")
    [transaction] = transactions(shop, filter="transaction_method==REFUND")
    assert (transaction["amount"], transaction["status"]) == (Decimal("2.5"), "APPROVED")


def test_transactions_are_filtered_and_ordered(shop: Shop, clock: Clock) -> None:
    shop.decline("20101", 900)
    clock.now += timedelta(hours=1)
    shop.pay("20102", 100, transaction_id="ch_1")

    def amounts(**parameters: str) -> list[Any]:
        return [row["amount"] for row in transactions(shop, **parameters)]

    assert amounts() == [9, 1]
    assert amounts(order_by="amount asc") == [1, 9]
    assert amounts(order_by="transaction_time desc", page_size="1") == [1]
    assert amounts(filter="is_successful==true") == amounts(filter="order_id==20102") == [1]
    assert amounts(filter="since_time==2026-11-02T13:00:00.000Z") == [1]
    assert amounts(filter="until_time==2026-11-02T12:00:00.000Z;contact_id==4401") == [9]
    assert Asker(shop).refusal("sales/transactions", filter="id>1") == "Unrecognized filter: id"


def test_one_part_of_a_payment_for_two_orders_can_be_refunded(shop: Shop) -> None:
    payment = shop.pay_several({"20101": 1000, "20102": 400})
    with pytest.raises(ShopError, match="over several orders"):
        shop.refund(payment)
    shop.refund(payment, order_id="20102")
    assert [paid(shop, key) for key in ("20101", "20102")] == [1000, 0]
    first, second = shop.order_payments["20102"]
    assert (second["amount"], second["refund_invoice_payment_id"]) == (Decimal("-4.0"), first["id"])
    assert shop.order_payments["20101"][0]["refund_invoice_payment_id"] == "0"


def test_a_refund_for_an_order_that_the_payment_is_not_for_is_refused(shop: Shop) -> None:
    with pytest.raises(ShopError, match="no such payment of this order"):
        shop.refund(shop.pay("20101"), order_id="20102")


def test_one_refund_gives_back_parts_of_two_orders(shop: Shop) -> None:
    payment = shop.pay_several({"20101": 1000, "20102": 400})
    back = shop.refund_several(payment, {"20101": 300, "20102": 400})
    refund = shop.payments[back]
    assert (refund["amount"], refund["order_ids"]) == (Decimal("-7.0"), ["20101", "20102"])
    rows = [shop.order_payments[key][1] for key in ("20101", "20102")]
    assert [row["amount"] for row in rows] == [Decimal("-3.0"), Decimal("-4.0")]
    assert {row["payment_id"] for row in rows} == {back}
    assert [paid(shop, key) for key in ("20101", "20102")] == [700, 0]


def test_no_more_is_given_back_than_is_left(shop: Shop) -> None:
    payment = shop.pay("20101")
    shop.refund(payment, 300)
    assert shop.refundable(payment, "20101") == 700
    for amount in (701, 0, -1):
        with pytest.raises(ShopError, match="700 cents can be refunded"):
            shop.refund(payment, amount)
    shop.refund(payment)
    assert paid(shop, "20101") == 0
    with pytest.raises(ShopError, match="0 cents can be refunded"):
        shop.refund(payment)
    with pytest.raises(ShopError, match="needs an order"):
        shop.refund_several(payment, {})


@pytest.mark.parametrize("status", ["FAILED", "ERROR", "PENDING"])
def test_what_did_not_come_through_cannot_be_given_back(shop: Shop, status: str) -> None:
    payment = shop.pay("20101", status=status)
    with pytest.raises(ShopError, match="0 cents can be refunded"):
        shop.refund(payment)
    with pytest.raises(ShopError, match="0 cents can be refunded"):
        shop.refund(payment, 100)
    assert (len(shop.payments), len(shop.order_payments["20101"])) == (1, 1)


def test_a_void_and_a_refund_cannot_be_given_back(shop: Shop) -> None:
    voided = shop.void_payment(shop.pay("20101"))
    back = shop.refund(shop.pay("20102"))
    for payment in (voided, back):
        with pytest.raises(ShopError, match="0 cents can be refunded"):
            shop.refund(payment)


def test_an_order_may_be_let_off_in_part_and_paid_in_cash(shop: Shop) -> None:
    order_id = shop.add_order("4401", [Line("Set-up", 10000)])
    credit = shop.credit(order_id, 2000, "Adjustment")
    cash = shop.pay(order_id, 8000, "Cash", day=NOON.date())
    assert [shop.payments[key]["type"] for key in (credit, cash)] == ["Adjustment", "Cash"]
    assert (paid(shop, order_id), shop.orders[order_id]["status"]) == (10000, "PAID")


def test_a_paid_order_can_be_edited_and_deleted(shop: Shop) -> None:
    shop.pay("20101")
    shop.edit_order("20101", lines=[Line("Widget", 1100), Line("Engraving", 900)])
    order = shop.orders["20101"]
    assert (order["total"]["amount"], paid(shop, "20101")) == (2000, 1000)
    shop.delete_order("20101")
    assert ("20101" in shop.orders, len(shop.payments)) == (False, 0)


def test_a_deleted_payment_leaves_its_orders_open(shop: Shop, clock: Clock) -> None:
    payment = shop.pay_several({"20101": 1000, "20102": 400})
    clock.now += timedelta(hours=1)
    shop.delete_payment(payment)
    assert (len(shop.payments), shop.order_payments["20101"]) == (0, [])
    assert [paid(shop, key) for key in ("20101", "20102")] == [0, 0]
    assert shop.orders["20102"]["modification_time"] == "2026-11-02T13:00:00Z"


def test_a_shared_payment_outlives_one_of_its_orders(shop: Shop) -> None:
    first = shop.pay_several({"20101": 1000, "20102": 400})
    second = shop.pay_several({"20101": 1, "20102": 1})
    shop.delete_order("20101")
    shop.void_payment(first)
    shop.delete_payment(second)
    assert paid(shop, "20102") == 0


def test_a_void_after_days_moves_the_time_of_the_payment(shop: Shop, clock: Clock) -> None:
    payment = shop.pay("20101")
    clock.now += timedelta(days=12)
    shop.void_payment(payment)
    assert shop.payments[payment]["update_time"] == "2026-11-14T12:00:00Z"
    assert shop.payments[payment]["payment_time"] == "2026-11-02T12:00:00Z"


def test_a_plan_shows_which_parts_are_paid(shop: Shop) -> None:
    plan = [Instalment(date(2026, month, 1), 1000) for month in (11, 12)]
    order_id = shop.add_order("4401", [Line("Course", 2000)], plan=plan)
    shop.pay(order_id, 1500)
    shown = shop.orders[order_id]["payment_plan"]
    assert (shown["number_of_payments"], shown["days_between_payments"]) == (2, 30)
    assert [
        (part["due_date"], part["status"], part["amount_paid"]["amount"])
        for part in shown["payment_plan_items"]
    ] == [("2026-11-01", "PAID", 1000), ("2026-12-01", "UNPAID_AUTOCHARGE", 500)]


def test_an_overpaid_order_shows_all_that_was_paid(shop: Shop) -> None:
    shop.pay("20101", 1500)
    order = shop.orders["20101"]
    assert (paid(shop, "20101"), order["status"]) == (1500, "PAID")
    [part] = order["payment_plan"]["payment_plan_items"]
    assert (part["amount_due"]["amount"], part["amount_paid"]["amount"]) == (1000, 1500)


def test_a_quantity_may_have_a_fraction(shop: Shop) -> None:
    lines = [{"name": "Hour", "price_minor": 15001, "quantity": 1.5}]
    order_id = shop.do("add_order", {"contact_id": "4401", "lines": lines})
    order = shop.orders[str(order_id)]
    assert order["order_items"][0]["quantity"] == Decimal("1.5")
    assert order["total"]["amount"] == 22502


def test_an_order_may_have_no_lines(shop: Shop) -> None:
    order = shop.orders[shop.add_order("4401", [])]
    assert (order["order_items"], order["total"]["amount"]) == ([], 0)


def test_ids_can_appear_out_of_order(shop: Shop, clock: Clock) -> None:
    order, payment = shop.reserve("order"), shop.reserve("payment")
    clock.now += timedelta(minutes=10)
    later = shop.add_order("4401", [Line("Widget", 100)])
    later_payment = shop.pay(later)
    assert (int(order) < int(later), int(payment) < int(later_payment)) == (True, True)
    assert order not in shop.orders
    shop.add_order("4401", [Line("Widget", 100)], reserved=order)
    shop.pay(order, reserved=payment)
    assert shop.payments[payment]["update_time"] == "2026-11-02T12:00:00Z"
    assert shop.orders[order]["creation_time"] == "2026-11-02T12:00:00Z"
    assert Asker(shop).ids("orders", filter=f"id>{int(order) - 1}") == [order, later]


def test_a_reserved_id_is_for_one_record_of_its_kind(shop: Shop) -> None:
    order = shop.reserve("order")
    with pytest.raises(ShopError, match=f"payment {order} was not reserved"):
        shop.pay("20101", reserved=order)
    shop.add_order("4401", [], reserved=order)
    with pytest.raises(ShopError, match=f"order {order} was not reserved"):
        shop.add_order("4401", [], reserved=order)


def test_an_edit_of_many_gives_all_the_same_time(shop: Shop, clock: Clock) -> None:
    clock.now += timedelta(hours=1)
    assert shop.edit_orders(["20101", "20102"], title="Spring") == 2
    times = {shop.orders[key]["modification_time"] for key in shop.orders}
    assert times == {"2026-11-02T13:00:00Z"}


def test_a_backdated_order_was_made_now(shop: Shop) -> None:
    order = shop.orders[shop.add_order("4401", [], on=NOON - timedelta(days=40))]
    assert order["order_time"] == "2026-09-23T12:00:00Z"
    assert order["creation_time"] == "2026-11-02T12:00:00Z"


def test_a_contact_is_not_merged_with_itself(shop: Shop) -> None:
    with pytest.raises(ShopError, match="itself"):
        shop.merge_contacts("4401", "4401")
    assert "4401" in shop.contacts
