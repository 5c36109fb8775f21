"""Filters, order and pages, as Keap documents them."""

from datetime import timedelta

import pytest

from qbwc_service.demo.keap import Line, Shop
from tests.demo.keap.asking import Asker, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(clock: Clock) -> Shop:
    """Six orders of two contacts, one an hour; 20103 is paid, 20104 half; one product."""
    shop = Shop(clock=clock)
    product = shop.add_product("Widget", 100, sku="WDG-001")
    shop.add_product("Mug", 100, sku="MUG")
    for given in ("Dana", "Maria"):
        shop.add_contact(given, "W", email=f"{given}@example.com", company=f"{given} Ltd")
    for place in range(6):
        contact = "4401" if place % 2 else "4402"
        lines = [Line("Widget", 100, product_id=product if place == 5 else "")]
        shop.add_order(contact, lines, title=f"Order {place}")
        clock.now += timedelta(hours=1)
    shop.account = shop.account.__class__(payments_touch_orders=False)
    shop.pay("20103", transaction_id="ch_1")
    shop.pay("20104", 50, kind="Check")
    shop.pay_several({"20105": 10, "20106": 10})
    return shop


@pytest.fixture
def keap(shop: Shop) -> Asker:
    return Asker(shop)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", "1 2 3 4 5 6"),
        ("id==20102", "2"),
        ("id!=20102", "1 3 4 5 6"),
        ("id>20104", "5 6"),
        ("id>=20104", "4 5 6"),
        ("id<20102", "1"),
        ("id<=20102", "1 2"),
        ("ids==20106,20101,9", "1 6"),
        ("contact_id==4401", "2 4 6"),
        ("product_id==61", "6"),
        ("invoice_id==20079", "3"),
        ("paid==true", "3"),
        ("paid==false", "1 2 4 5 6"),
        ("title==order 3", "4"),
        ("title==ORDER*", "1 2 3 4 5 6"),
        ("order_type==ONLINE", "1 2 3 4 5 6"),
        ("order_type==OFFLINE", ""),
        ("shipping_country_code==USA;id<20103", "1 2"),
        ("modified_since_time==2026-11-02T16:00:00.000Z", "5 6"),
        ("modified_since_time==2026-11-02T11:00:00.000-05:00", "5 6"),
        ("modified_until_time==2026-11-02T13:00:00.000Z", "1 2"),
        ("created_since_time==2026-11-02T17:00:00.000Z", "6"),
        ("created_until_time==2026-11-02T12:00:00.000+0000", "1"),
        ("contact_id==4401;modified_since_time==2026-11-02T14:00:00.000Z", "4 6"),
    ],
)
def test_orders_are_filtered(keap: Asker, wanted: str, found: str) -> None:
    assert keap.ids("orders", filter=wanted) == [f"2010{digit}" for digit in found.split()]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("id>28701", "2 3"),
        ("ids==28701,28703", "1 3"),
        ("amount>=0.5", "1 2"),
        ("amount==1", "1"),
        ("amount!=1", "2 3"),
        ("order_id==20106", "3"),
        ("order_ids==20103,20105", "1 3"),
        ("contact_id==4401", "2"),
        ("since_time==2026-11-02T18:00:00.000Z", "1 2 3"),
        ("until_time==2026-11-02T17:00:00.000Z", ""),
        ("merchant_account_type==STRIPE", "1"),
        ("merchant_account_id==6", "1"),
    ],
)
def test_payments_are_filtered(keap: Asker, wanted: str, found: str) -> None:
    assert keap.ids("sales/payments", filter=wanted) == [f"2870{digit}" for digit in found.split()]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("ids==4402,4401", ["4401", "4402"]),
        ("contact_ids==4402", ["4402"]),
        ("contact_id>4401", ["4402"]),
        ("email==dana@example.com", ["4401"]),
        ("given_name==Mar*", ["4402"]),
        ("family_name==w", ["4401", "4402"]),
        ("company_id==94402", ["4402"]),
        ("start_update_time==2026-11-02T12:00:00.000Z", ["4401", "4402"]),
        ("end_update_time==2026-11-02T11:00:00.000Z", []),
    ],
)
def test_contacts_are_filtered(keap: Asker, wanted: str, found: list[str]) -> None:
    assert keap.ids("contacts", filter=wanted) == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("product_ids==61,62", ["62", "61"]),
        ("product_id<62", ["61"]),
        ("sku==wdg*", ["61"]),
        ("name==Mug", ["62"]),
        ("description==Widget", ["61"]),
    ],
)
def test_products_are_filtered(keap: Asker, wanted: str, found: list[str]) -> None:
    assert keap.ids("products", filter=wanted) == found


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("customer==1", "Unrecognized filter: customer"),
        ("id", "Invalid filter: id"),
        ("id=5", "Invalid filter: id=5"),
        ("ids>1", "Operator > is not allowed for ids"),
        ("title!=x", "Operator != is not allowed for title"),
        ("id==x", "Invalid number: x"),
        ("paid==yes", "Invalid boolean: yes"),
        ("modified_since_time==2026-11-02", "Invalid date-time: 2026-11-02"),
        ("modified_since_time==2026-11-02T12:00:00Z", "Invalid date-time: 2026-11-02T12:00:00Z"),
        ("modified_since_time==2026-11-02T12:00:00.000", "Invalid date-time"),
        ("id>1;nonsense", "Invalid filter: nonsense"),
    ],
)
def test_filters_that_keap_does_not_know_are_refused(keap: Asker, wanted: str, reason: str) -> None:
    assert keap.refusal("orders", filter=wanted).startswith(reason)


def test_other_parameters_are_ignored(keap: Asker) -> None:
    assert len(keap.ids("orders", contact_id="4401", since="2026-11-02")) == 6


@pytest.mark.parametrize(
    ("order_by", "found"),
    [
        ("", "123456"),
        ("id", "123456"),
        ("id asc", "123456"),
        ("id desc", "654321"),
        ("modification_time desc", "654321"),
        ("order_time asc", "123456"),
    ],
)
def test_orders_are_sorted(keap: Asker, order_by: str, found: str) -> None:
    assert keap.ids("orders", order_by=order_by) == [f"2010{digit}" for digit in found]


def test_ids_are_sorted_as_numbers(shop: Shop, keap: Asker) -> None:
    shop.orders["9"] = {**shop.orders["20101"], "id": "9"}
    assert keap.ids("orders", order_by="id asc")[:2] == ["9", "20101"]


@pytest.mark.parametrize("order_by", ["total", "id up", "id  asc", "modification_time,id"])
def test_an_order_that_keap_does_not_know_is_refused(keap: Asker, order_by: str) -> None:
    assert keap.refusal("orders", order_by=order_by) == f"Invalid order_by: {order_by}"


@pytest.mark.parametrize("size", ["1", "2", "4", "6", "7", "1000"])
@pytest.mark.parametrize("order_by", ["modification_time asc", "modification_time desc", "id asc"])
def test_pages_give_everything_once_even_where_times_are_equal(
    shop: Shop, keap: Asker, size: str, order_by: str
) -> None:
    for order_id in ("20102", "20103", "20104", "20105"):
        shop.edit_order(order_id, title="same second")
    whole = keap.ids("orders", order_by=order_by)
    pages = list(keap.pages("orders", "orders", order_by=order_by, page_size=size))
    assert [order_id for page in pages for order_id in page] == whole
    assert [len(page) for page in pages] == [
        min(int(size), 6 - start) for start in range(0, 6, int(size))
    ]


def test_an_order_deleted_while_paging_does_not_hide_another(shop: Shop, keap: Asker) -> None:
    gone = iter(["20101", "20102"])
    pages = keap.pages(
        "orders", "orders", lambda: shop.delete_order(next(gone)), page_size="2", order_by="id asc"
    )
    assert list(pages) == [["20101", "20102"], ["20103", "20104"], ["20105", "20106"]]


def test_an_order_edited_while_paging_comes_again_at_the_end(
    shop: Shop, keap: Asker, clock: Clock
) -> None:
    clock.now += timedelta(hours=1)
    edits = iter(["20101"])

    def edit() -> None:
        for order_id in edits:
            shop.edit_order(order_id, title="edited")

    order_by = "modification_time asc"
    pages = keap.pages("orders", "orders", edit, page_size="3", order_by=order_by)
    assert list(pages) == [
        ["20101", "20102", "20103"],
        ["20104", "20105", "20106"],
        ["20101"],
    ]


def test_a_token_is_bound_to_its_query(keap: Asker) -> None:
    token = keap.get("orders", page_size="2")["next_page_token"]
    assert keap.refusal("orders", page_token="x") == "Invalid page_token"
    assert keap.refusal("orders", page_token=token, filter="id>1") == (
        "page_token belongs to another query"
    )
    assert keap.refusal("contacts", page_token=token) == "page_token belongs to another query"


@pytest.mark.parametrize("size", ["1001", "-1", "x", "1.5"])
def test_page_sizes_out_of_range_are_refused(keap: Asker, size: str) -> None:
    assert keap.refusal("orders", page_size=size) == "page_size must be from 0 to 1000"


def test_without_a_size_a_page_has_a_hundred(shop: Shop, keap: Asker) -> None:
    for _ in range(100):
        shop.add_order("4401", [Line("Widget", 1)])
    assert len(keap.ids("orders")) == 100
    assert len(keap.ids("orders", page_size="0")) == 100


def test_payments_of_an_order_are_listed_under_it(keap: Asker) -> None:
    assert keap.ids("orders/20103/payments", order_by="last_updated_time asc") == ["33101"]
    assert keap.ids("orders/20106/payments") == ["33104"]
    assert keap.ids("orders/20101/payments") == []
    assert keap.ids("orders/20103/payments", filter="pay_status==FAILED") == []
    assert keap.answer("orders/9/payments").status == 404


def test_contacts_show_the_fields_that_are_asked_for(keap: Asker) -> None:
    found = keap.get("contacts", filter="ids==4401", fields="id,company,unknown")
    assert found["contacts"] == [
        {"id": "4401", "company": {"id": "94401", "company_name": "Dana Ltd"}}
    ]
