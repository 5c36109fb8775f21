from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from qbwc_service.demo.keap import Account, Line, Shop, ShopError
from qbwc_service.demo.keap.api import from_json, to_json
from tests.demo.keap.asking import NOON, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(clock: Clock) -> Shop:
    return Shop(clock=clock)


def order_of(shop: Shop, *lines: Line) -> str:
    contact = shop.add_contact("Dana", "Whitfield", email="dana@acme.example", company="Acme")
    return shop.add_order(contact, lines or (Line("Widget", 4999, 2),), title="First")


def sums(shop: Shop, order_id: str) -> tuple[int, int, int, str, str]:
    order = shop.orders[order_id]
    return (
        order["total"]["amount"],
        order["total_paid"]["amount"],
        order["refund_total"]["amount"],
        order["refund_status"],
        order["status"],
    )


def test_an_order_adds_up_its_lines_in_cents(shop: Shop) -> None:
    order_id = order_of(
        shop,
        Line("Widget", 4999, 2),
        Line("UPS", 795, kind="SHIPPING"),
        Line("SAVE5", -500, kind="DISCOUNT_ORDER_TOTAL"),
        Line("SAVE7", 0, kind="DISCOUNT", discount_minor=700),
    )
    assert shop.orders[order_id]["total"] == {
        "amount": 9998 + 795 - 500 - 700,
        "currency_code": "USD",
        "formatted_amount": "$95.93",
    }


def test_ids_ascend_and_invoices_count_apart(shop: Shop) -> None:
    orders = [order_of(shop) for _ in range(2)]
    shop.delete_order(orders[1])
    orders.append(order_of(shop))
    assert orders == ["20101", "20102", "20103"]
    assert shop.orders["20103"]["invoice_id"] == "20079"


def test_a_line_of_a_product_names_it(shop: Shop) -> None:
    product = shop.add_product("Widget", 4999, sku="WDG-001")
    order_id = order_of(shop, Line("Widget", 4999, product_id=product), Line("Loose", 1))
    named, loose = shop.orders[order_id]["order_items"]
    assert named["product"] == {
        "id": product,
        "name": "Widget",
        "sku": "WDG-001",
        "description": "Widget",
        "shippable": True,
        "taxable": True,
    }
    assert "product" not in loose


def test_a_total_can_be_made_to_disagree(shop: Shop) -> None:
    contact = shop.add_contact("Dana")
    order_id = shop.add_order(contact, [Line("Widget", 100)], total_minor=101)
    assert sums(shop, order_id) == (101, 0, 0, "NONE", "SENT")


def test_payments_make_an_order_paid(shop: Shop) -> None:
    order_id = order_of(shop)
    shop.pay(order_id, 2500, transaction_id="ch_1")
    assert sums(shop, order_id) == (9998, 2500, 0, "NONE", "SENT")
    shop.pay(order_id)
    assert sums(shop, order_id) == (9998, 9998, 0, "NONE", "PAID")
    assert [row["amount"] for row in shop.order_payments[order_id]] == [
        Decimal("25.0"),
        Decimal("74.98"),
    ]


def test_a_card_payment_has_the_shapes_of_both_feeds(shop: Shop) -> None:
    order_id = order_of(shop)
    payment_id = shop.pay(order_id, 30500, transaction_id="ch_1", note="thanks")
    assert shop.payments[payment_id] == {
        "id": payment_id,
        "type": "Credit Card",
        "amount": Decimal("305.0"),
        "note": "thanks",
        "status": "APPROVED",
        "commissioned": False,
        "synced": False,
        "payment_time": "2026-11-02T12:00:00Z",
        "refund_payment_id": "0",
        "contact_id": "4401",
        "order_ids": [order_id],
        "update_time": "2026-11-02T12:00:00Z",
        "external_transaction_id": "ch_1",
        "merchant_account_id": "6",
        "merchant_account_type": "STRIPE",
    }
    assert shop.order_payments[order_id] == [
        {
            "id": "33101",
            "amount": Decimal("305.0"),
            "note": "thanks",
            "invoice_id": shop.orders[order_id]["invoice_id"],
            "payment_id": payment_id,
            "pay_time": "2026-11-02T12:00:00Z",
            "pay_status": "APPROVED",
            "last_updated_time": "2026-11-02T12:00:00Z",
            "skip_commission": False,
            "refund_invoice_payment_id": "0",
        }
    ]


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("America/New_York", "2026-10-01T04:00:00Z"),
        ("America/Phoenix", "2026-10-01T07:00:00Z"),
        ("Australia/Sydney", "2026-09-30T14:00:00Z"),
    ],
)
def test_a_payment_by_hand_is_at_midnight_of_the_account(zone: str, text: str) -> None:
    shop = Shop(Account(time_zone=zone), Clock())
    order_id = order_of(shop)
    payment_id = shop.pay(order_id, kind="Check", day=date(2026, 10, 1))
    assert shop.payments[payment_id]["payment_time"] == text
    assert shop.payments[payment_id]["status"] == "NONE"
    assert shop.order_payments[order_id][0]["pay_status"] == "MANUAL_PAID"


@pytest.mark.parametrize("status", ["FAILED", "ERROR", "PENDING"])
def test_a_payment_that_did_not_come_through_pays_nothing(shop: Shop, status: str) -> None:
    order_id = order_of(shop)
    payment_id = shop.pay(order_id, status=status)
    assert sums(shop, order_id) == (9998, 0, 0, "NONE", "SENT")
    assert shop.payments[payment_id]["status"] == status
    assert shop.order_payments[order_id][0]["pay_status"] == status


def test_a_refund_is_a_negative_payment_linked_both_ways(shop: Shop) -> None:
    order_id = order_of(shop)
    paid = shop.pay(order_id)
    back = shop.refund(paid, 2429, transaction_id="re_1", note="damaged")
    assert sums(shop, order_id) == (9998, 7569, 2429, "PARTIAL", "PAID")
    first, second = shop.order_payments[order_id]
    assert (first["refund_invoice_payment_id"], second["refund_invoice_payment_id"]) == (
        second["id"],
        first["id"],
    )
    assert (second["amount"], second["pay_status"]) == (Decimal("-24.29"), "REFUNDED")
    refund = shop.payments[back]
    assert (refund["type"], refund["amount"], refund["status"]) == (
        "Refund",
        Decimal("-24.29"),
        "COMPLETED",
    )
    assert shop.payments[paid]["refund_payment_id"] == back


def test_a_full_refund_leaves_nothing_paid(shop: Shop) -> None:
    order_id = order_of(shop)
    shop.refund(shop.pay(order_id))
    assert sums(shop, order_id) == (9998, 0, 9998, "FULL", "PAID")


def test_a_credit_looks_like_money_but_for_its_type(shop: Shop) -> None:
    order_id = order_of(shop)
    credit = shop.credit(order_id, 9998, "Adjustment", note="courtesy")
    assert sums(shop, order_id) == (9998, 9998, 0, "NONE", "PAID")
    assert shop.payments[credit]["type"] == "Adjustment"
    assert shop.order_payments[order_id][0]["pay_status"] == "MANUAL_PAID"


def test_one_payment_over_two_orders_has_a_row_on_each(shop: Shop) -> None:
    first, second = order_of(shop), order_of(shop)
    payment = shop.pay_several({first: 9998, second: 1000})
    assert shop.payments[payment]["amount"] == Decimal("109.98")
    assert shop.payments[payment]["order_ids"] == [first, second]
    assert [shop.order_payments[key][0]["amount"] for key in (first, second)] == [
        Decimal("99.98"),
        Decimal("10.0"),
    ]


def test_a_voided_payment_pays_nothing(shop: Shop) -> None:
    order_id = order_of(shop)
    payment = shop.void_payment(shop.pay(order_id))
    assert sums(shop, order_id)[:2] == (9998, 0)
    assert shop.order_payments[order_id][0]["pay_status"] == "VOIDED"
    assert shop.payments[payment]["status"] == "VOIDED"


def test_a_payment_by_hand_can_be_corrected(shop: Shop, clock: Clock) -> None:
    order_id = order_of(shop)
    payment = shop.pay(order_id, 100, kind="Check", day=date(2026, 10, 1))
    clock.now += timedelta(days=1)
    shop.edit_payment(payment, amount_minor=9998, day=date(2026, 10, 2))
    [row] = shop.order_payments[order_id]
    for record, moment in ((shop.payments[payment], "payment_time"), (row, "pay_time")):
        assert (record["amount"], record[moment]) == (Decimal("99.98"), "2026-10-02T04:00:00Z")
    assert row["last_updated_time"] == "2026-11-03T12:00:00Z"
    assert sums(shop, order_id) == (9998, 9998, 0, "NONE", "PAID")


def test_a_card_payment_cannot_be_corrected(shop: Shop) -> None:
    payment = shop.pay(order_of(shop))
    with pytest.raises(ShopError, match="not typed by hand"):
        shop.edit_payment(payment, amount_minor=1)


def test_an_edit_changes_what_is_given_and_the_time(shop: Shop, clock: Clock) -> None:
    order_id = order_of(shop)
    clock.now += timedelta(hours=1)
    shop.edit_order(order_id, lines=[Line("Widget", 100)], title="Second", status="VIEWED")
    order = shop.orders[order_id]
    assert (order["title"], order["total"]["amount"], order["status"]) == ("Second", 100, "VIEWED")
    assert (order["order_time"], order["modification_time"]) == (
        "2026-11-02T12:00:00Z",
        "2026-11-02T13:00:00Z",
    )


@pytest.mark.parametrize(("touch", "hour"), [(True, "13"), (False, "12")])
def test_whether_a_payment_changes_the_orders_time_is_a_choice(touch: bool, hour: str) -> None:
    clock = Clock()
    shop = Shop(Account(payments_touch_orders=touch), clock)
    order_id = order_of(shop)
    clock.now += timedelta(hours=1)
    shop.pay(order_id)
    assert shop.orders[order_id]["modification_time"] == f"2026-11-02T{hour}:00:00Z"


def test_times_never_go_back(shop: Shop, clock: Clock) -> None:
    order_of(shop)
    clock.now -= timedelta(days=365)
    assert shop.orders[order_of(shop)]["modification_time"] == "2026-11-02T12:00:00Z"


def test_a_deleted_order_takes_its_own_payments_along(shop: Shop) -> None:
    first, second = order_of(shop), order_of(shop)
    shop.pay(first, 100)
    shared = shop.pay_several({first: 1, second: 1})
    shop.delete_order(first)
    assert list(shop.orders) == [second]
    assert list(shop.payments) == [shared]
    assert list(shop.order_payments) == [second]


def test_a_merged_contact_leaves_its_orders_to_the_other(shop: Shop) -> None:
    order_id = order_of(shop)
    payment = shop.pay(order_id)
    primary = shop.add_contact("Daniela", "Whitfield")
    shop.merge_contacts(primary, "4401")
    assert list(shop.contacts) == [primary]
    assert shop.orders[order_id]["contact"] == {
        "id": primary,
        "email": "",
        "given_name": "Daniela",
        "family_name": "Whitfield",
    }
    assert shop.payments[payment]["contact_id"] == primary


def test_an_edited_contact_is_seen_on_its_orders(shop: Shop) -> None:
    order_id = order_of(shop)
    shop.edit_contact("4401", family_name="Brandt", email="")
    assert shop.orders[order_id]["contact"]["family_name"] == "Brandt"
    assert shop.orders[order_id]["contact"]["email"] == ""
    assert shop.contacts["4401"]["given_name"] == "Dana"


def test_what_is_not_there_cannot_be_used(shop: Shop) -> None:
    with pytest.raises(ShopError, match="no such contact: 9"):
        shop.add_order("9", [])
    with pytest.raises(ShopError, match="no such product: 9"):
        order_of(shop, Line("x", 1, product_id="9"))
    with pytest.raises(ShopError, match="no such order: 9"):
        shop.pay("9", 1)
    assert (shop.orders, shop.payments) == ({}, {})


def test_every_act_can_be_asked_for_by_name_with_json(shop: Shop) -> None:
    contact = shop.do("add_contact", {"given_name": "Dana"})
    order_id = shop.do(
        "add_order",
        {
            "contact_id": contact,
            "lines": [{"name": "Widget", "price_minor": 4999, "quantity": 2}],
            "on": "2026-10-01T10:00:00Z",
        },
    )
    assert order_id == "20101"
    payment = shop.do("pay", {"order_id": order_id, "kind": "Check", "day": "2026-10-02"})
    assert shop.orders["20101"]["order_time"] == "2026-10-01T10:00:00Z"
    assert shop.payments[str(payment)]["payment_time"] == "2026-10-02T04:00:00Z"


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("dump", {}, "no such act: dump; there are add_contact"),
        ("pay", {"order": "1"}, "pay does not take that: 'order'"),
        ("pay", {}, "missing 1 required positional argument"),
        ("pay", {"order_id": 1}, "Expected `str`, got `int`"),
    ],
)
def test_an_act_that_does_not_fit_is_refused(
    shop: Shop, name: str, arguments: dict[str, object], reason: str
) -> None:
    with pytest.raises(ShopError) as caught:
        shop.do(name, arguments)
    assert reason in str(caught.value)


def test_a_dump_brings_the_whole_shop_back(shop: Shop) -> None:
    order_id = order_of(shop)
    shop.refund(shop.pay(order_id, 9998), 1)
    shop.delete_order(order_of(shop))
    again = Shop.restored(from_json(to_json(shop.dump())), Clock(NOON - timedelta(days=9)))
    assert again.dump() == shop.dump()
    assert order_of(again) == "20103"
    assert again.orders["20103"]["modification_time"] == "2026-11-02T12:00:00Z"


def written(shop: Shop, order_id: str) -> tuple[object, ...]:
    names = ("notes", "promo_code", "due_time", "custom_fields", "source_type", "order_type")
    return tuple(shop.orders[order_id][name] for name in names)


def test_what_a_person_writes_on_an_order_is_kept(shop: Shop) -> None:
    contact = shop.add_contact("Dana")
    order_id = shop.add_order(
        contact,
        [Line("Widget", 1)],
        due=datetime(2026, 12, 2, tzinfo=UTC),
        notes="Gift wrap",
        promo_code="SAVE5",
        custom_fields={"3": "PO-4711", "5": 42},
        source="API",
    )
    fields = [{"id": "3", "content": "PO-4711"}, {"id": "5", "content": 42}]
    assert written(shop, order_id) == (
        *("Gift wrap", "SAVE5", "2026-12-02T00:00:00Z", fields),
        *("API", "OFFLINE"),
    )
    shop.edit_order(order_id, notes="", custom_fields={"3": "PO-4712"})
    fields = [{"id": "3", "content": "PO-4712"}]
    assert written(shop, order_id)[:4] == ("", "SAVE5", "2026-12-02T00:00:00Z", fields)


def test_an_order_on_which_nobody_wrote_anything_has_nothing(shop: Shop) -> None:
    assert written(shop, order_of(shop)) == ("", "", "", [], "CHECKOUT_FORM", "ONLINE")


def test_where_an_order_came_from_and_how_are_two_things(shop: Shop) -> None:
    order_id = shop.add_order(shop.add_contact("Dana"), [], source="API", order_type="ONLINE")
    assert written(shop, order_id)[4:] == ("API", "ONLINE")


def test_a_product_may_be_free_of_tax(shop: Shop) -> None:
    book = shop.add_product("Book", 1895, sku="BOOK", taxable=False)
    order_id = order_of(shop, Line("Book", 1895, product_id=book))
    assert shop.products[book]["taxable"] is False
    [item] = shop.orders[order_id]["order_items"]
    assert item["product"]["taxable"] is False


def test_a_contact_has_tags(shop: Shop) -> None:
    contact = shop.add_contact("Dana", tags=["91", "133"])
    assert shop.contacts[contact]["tag_ids"] == ["91", "133"]
    shop.edit_contact(contact, family_name="Brandt")
    assert shop.contacts[contact]["tag_ids"] == ["91", "133"]
    shop.edit_contact(contact, tags=["115"])
    assert shop.contacts[contact]["tag_ids"] == ["115"]
