"""The simulator's shapes against published sample payloads, where these are at hand."""

import json
from typing import Any

import pytest

from keap import Order, OrderPayment, Payment
from keap.decoding import decode_page
from qbwc_service.demo.keap import Line, Shop
from qbwc_service.demo.keap.api import to_json
from tests.demo.keap.asking import Clock
from tests.reference import REFERENCE

SAMPLES = REFERENCE / "keap" / "samples"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no sample payloads in {SAMPLES}")


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_bytes())


@pytest.fixture
def shop() -> Shop:
    """One refunded order with a product line."""
    shop = Shop(clock=Clock())
    product = shop.add_product("Widget", 4999, sku="WDG-001")
    contact = shop.add_contact("Dana", "W", email="d@acme.example", company="Acme", phone="555")
    order = shop.add_order(contact, [Line("Widget", 4999, product_id=product), Line("Tax", 430)])
    shop.refund(shop.pay(order, transaction_id="ch_1"), 2429, transaction_id="re_1")
    return shop


@pytest.mark.parametrize(
    ("name", "resource", "kind"),
    [
        ("v2_orders_page", "orders", Order),
        ("v2_orders_last_page", "orders", Order),
        ("v2_sales_payments_page", "payments", Payment),
        ("v2_order_payments_card", "invoice_order_payments", OrderPayment),
        ("v2_order_payments_refund", "invoice_order_payments", OrderPayment),
        ("v2_order_payments_manual_midnight", "invoice_order_payments", OrderPayment),
    ],
)
def test_the_client_reads_every_record_of_the_samples(name: str, resource: str, kind: Any) -> None:
    body = (SAMPLES / f"{name}.json").read_bytes()
    found = decode_page(body, resource, kind)
    assert found.unreadable == ()
    assert [record.id for record in found.records] == [row["id"] for row in sample(name)[resource]]


def test_an_order_has_the_members_of_the_sample(shop: Shop) -> None:
    published, [played] = sample("v2_order_refunded"), shop.dump()["orders"]
    assert set(played) - set(published) == {"due_time"}
    assert set(published) - set(played) == set()
    for name in ("contact", "shipping_information", "payment_plan", "total"):
        assert set(played[name]) == set(published[name]), name
    pairs = zip(played["order_items"], published["order_items"], strict=True)
    assert all(set(ours) == set(theirs) for ours, theirs in pairs)


def test_payments_have_the_members_of_the_samples(shop: Shop) -> None:
    charge, _, _, refund = sample("v2_sales_payments_page")["payments"]
    played = json.loads(to_json(shop.dump()["payments"]))
    assert set(charge) - set(played[0]) == {"payment_method"}
    assert set(refund) == set(played[1])
    assert (played[1]["type"], played[1]["amount"], played[1]["status"]) == (
        refund["type"],
        refund["amount"],
        refund["status"],
    )


def test_order_payments_have_the_members_of_the_sample(shop: Shop) -> None:
    published = sample("v2_order_payments_refund")["invoice_order_payments"]
    [played] = shop.dump()["order_payments"].values()
    pairs = list(zip(played, published, strict=True))
    assert all(set(ours) == set(theirs) for ours, theirs in pairs)
    assert [ours["pay_status"] for ours, _ in pairs] == [
        theirs["pay_status"] for _, theirs in pairs
    ]


def test_contacts_and_products_have_members_of_the_samples(shop: Shop) -> None:
    contact, product = sample("v2_contact"), sample("v2_product")
    [ours], [item] = shop.contacts.values(), shop.products.values()
    assert set(ours) == set(contact)
    assert set(item) <= set(product)
    assert set(ours["addresses"][0]) == set(contact["addresses"][0])
