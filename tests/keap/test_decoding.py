import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from keap.decoding import Page, ShapeError, decode_page, decode_record
from keap.records import (
    Address,
    Company,
    Contact,
    ContactStub,
    EmailAddress,
    Money,
    Order,
    OrderItem,
    OrderPayment,
    Payment,
    PhoneNumber,
    ProductStub,
    ShippingInformation,
)
from tests.keap.playing import order


def read(kind: type[Any], fields: dict[str, Any]) -> Any:
    return decode_record(json.dumps(fields).encode(), kind)


def test_an_order_is_read_with_every_field() -> None:
    raw = json.dumps(
        order(
            title="Spring order",
            notes="ring twice",
            terms="Net 30",
            status="PAID",
            total_paid={"amount": 3000, "currency_code": "USD", "formatted_amount": "$30.00"},
            refund_total={"amount": 0, "currency_code": "USD"},
            contact={
                "id": "4417",
                "email": "dana@acme.example",
                "given_name": "Dana",
                "family_name": "Whitfield",
            },
            source_type="CHECKOUT_FORM",
            order_type="ONLINE",
            creation_time="2026-11-02T22:41:07Z",
            modification_time="2026-11-02T22:41:16.250Z",
            order_time="2026-11-02T15:41:07-0700",
            due_time="2026-12-02",
            invoice_id="20093",
            promo_code="SAVE5",
            shipping_information={
                "company": "Acme",
                "given_name": "Dana",
                "family_name": "W",
                "address": {"line1": "100 N Central", "region_code": "US-AZ"},
            },
            order_items=[
                {
                    "id": "1",
                    "name": "Widget",
                    "description": "blue",
                    "notes": "gift",
                    "item_type": "PRODUCT",
                    "quantity": 2,
                    "price_per_unit": {"amount": 4999, "currency_code": "USD"},
                    "discount": {"amount": 0, "currency_code": "USD"},
                    "subscription_id": "77",
                    "product": {"id": "61", "name": "Widget", "sku": "WDG", "taxable": True},
                }
            ],
        )
    ).encode()
    moment = datetime(2026, 11, 2, 22, 41, 7, tzinfo=UTC)
    assert decode_record(raw, Order) == Order(
        id="20117",
        total=Money(11105, "USD"),
        title="Spring order",
        notes="ring twice",
        terms="Net 30",
        status="PAID",
        total_paid=Money(3000, "USD"),
        refund_total=Money(0, "USD"),
        contact=ContactStub("4417", "dana@acme.example", "Dana", "Whitfield"),
        source_type="CHECKOUT_FORM",
        order_type="ONLINE",
        creation_time=moment,
        modification_time=datetime(2026, 11, 2, 22, 41, 16, 250_000, tzinfo=UTC),
        order_time=moment,
        due_time=datetime(2026, 12, 2, tzinfo=UTC),
        invoice_id="20093",
        order_items=(
            OrderItem(
                "1",
                "Widget",
                "blue",
                "gift",
                "PRODUCT",
                Decimal(2),
                Money(4999, "USD"),
                Money(0, "USD"),
                ProductStub("61", "Widget", "WDG", True),
                "77",
            ),
        ),
        shipping_information=ShippingInformation(
            "Acme", "Dana", "W", Address(line1="100 N Central", region_code="US-AZ")
        ),
        promo_code="SAVE5",
        raw=raw,
    )


def test_an_order_with_nothing_but_id_and_total_has_defaults() -> None:
    assert read(Order, order()) == Order(
        id="20117", total=Money(11105, "USD"), raw=json.dumps(order()).encode()
    )


def test_null_and_empty_text_are_as_if_left_out() -> None:
    nothing = {
        "title": None,
        "order_time": "",
        "contact": None,
        "order_items": None,
        "total_paid": None,
    }
    assert read(Order, order(**nothing, raw="ours")) == Order(
        id="20117",
        total=Money(11105, "USD"),
        raw=json.dumps(order(**nothing, raw="ours")).encode(),
    )


def test_a_contact_is_read_with_company_addresses_and_numbers() -> None:
    found = read(
        Contact,
        {
            "id": 4417,
            "given_name": "Dana",
            "company": {"id": 311, "company_name": "Acme"},
            "email_addresses": [{"email": "dana@acme.example", "field": "EMAIL1"}],
            "phone_numbers": [{"number": "555-0142", "field": "PHONE1"}],
            "addresses": [{"field": "BILLING", "line1": "100 N", "country_code": "USA"}],
            "tag_ids": [91, None, "133"],
        },
    )
    assert found == Contact(
        id="4417",
        given_name="Dana",
        company=Company("311", "Acme"),
        email_addresses=(EmailAddress("dana@acme.example", "EMAIL1"),),
        phone_numbers=(PhoneNumber("555-0142", field="PHONE1"),),
        addresses=(Address("BILLING", "100 N", country_code="USA"),),
        tag_ids=("91", "133"),
        raw=found.raw,
    )


def test_ids_sent_as_numbers_become_text() -> None:
    payment = read(
        Payment, {"id": 28771, "amount": 1, "contact_id": 4417, "order_ids": [20117, "20118"]}
    )
    assert (payment.id, payment.contact_id, payment.order_ids) == (
        "28771",
        "4417",
        ("20117", "20118"),
    )


@pytest.mark.parametrize("absent", ["0", 0, "", None])
def test_a_reference_to_nothing_is_empty(absent: object) -> None:
    found = read(OrderPayment, {"id": "0", "amount": 1, "payment_id": absent})
    assert (found.id, found.payment_id) == ("0", "")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("111.05", "111.05"),
        ("123456789.123456789", "123456789.123456789"),
        ("0.1", "0.1"),
        ("-24.29", "-24.29"),
        ("305.0", "305"),
        ("10000", "10000"),
        ('"17.30"', "17.30"),
    ],
)
@pytest.mark.parametrize("kind", [Payment, OrderPayment])
def test_payment_amounts_are_exact(
    text: str, amount: str, kind: type[Payment] | type[OrderPayment]
) -> None:
    found = decode_record(f'{{"id":"1","amount":{text}}}'.encode(), kind)
    assert found.amount == Decimal(amount)


@pytest.mark.parametrize("text", ['"NaN"', '"Infinity"', '"oops"', "true", "null", "{}"])
@pytest.mark.parametrize("kind", [Payment, OrderPayment])
def test_a_payment_whose_amount_is_no_number_is_refused(
    text: str, kind: type[Payment] | type[OrderPayment]
) -> None:
    with pytest.raises(ShapeError):
        decode_record(f'{{"id":"1","amount":{text}}}'.encode(), kind)


@pytest.mark.parametrize(
    ("text", "minor"), [("100", 100), ("100.0", 100), ("1e2", 100), ("-5", -5)]
)
def test_whole_minor_units_are_read_however_written(text: str, minor: int) -> None:
    found = decode_record(f'{{"id":"1","total":{{"amount":{text}}}}}'.encode(), Order)
    assert found.total == Money(minor, "")


@pytest.mark.parametrize("text", ["100.5", '"100"', "true", "null", "1e400", "1e-400", "[]"])
def test_minor_units_that_are_no_whole_number_are_refused(text: str) -> None:
    with pytest.raises(ShapeError):
        decode_record(f'{{"id":"1","total":{{"amount":{text}}}}}'.encode(), Order)


@pytest.mark.parametrize("quantity", ['"NaN"', '"two"', "[]"])
def test_a_quantity_that_is_no_number_is_refused(quantity: str) -> None:
    with pytest.raises(ShapeError):
        decode_record(f'{{"quantity":{quantity}}}'.encode(), OrderItem)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-02T22:41:07Z",
        "2026-11-02T22:41:07.000Z",
        "2026-11-02T22:41:07+0000",
        "2026-11-02T15:41:07-07:00",
        "2026-11-02T22:41:07",
    ],
)
def test_times_of_every_spelling_are_the_same_utc_instant(text: str) -> None:
    found = read(Order, order(order_time=text)).order_time
    assert found == datetime(2026, 11, 2, 22, 41, 7, tzinfo=UTC)
    assert found.tzinfo is UTC


@pytest.mark.parametrize("text", ["soon", "0001-01-01T00:00:00+05:00", "2026-13-01"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ShapeError, match="not a time"):
        read(Order, order(order_time=text))


def test_unknown_values_and_fields_are_taken_as_they_are() -> None:
    found = read(
        Order, order(status="SHREDDED", source_type="QBO_SYNC", novelty={"deep": [1, {"id": 2}]})
    )
    assert (found.status, found.source_type) == ("SHREDDED", "QBO_SYNC")


def test_raw_is_the_record_as_received_spaces_and_all() -> None:
    row = b'{"id" : 7,\n  "total":{"amount":1.0}, "new": [1.50] }'
    found = decode_page(b'{"orders" : [ ' + row + b" ]}", "orders", Order)
    assert [record.raw for record in found.records] == [row]


def test_what_was_kept_raw_can_be_read_again() -> None:
    found = read(Order, order(title="Ärger"))
    assert decode_record(found.raw, Order) == found


def test_broken_records_are_set_apart_and_the_page_survives() -> None:
    rows = [
        order("1"),
        {"total": {"amount": 1}},
        order(2, total={"amount": 100.5}),
        order("3", order_items="none"),
        "text",
        order("5"),
    ]
    body = json.dumps({"orders": rows, "next_page_token": "t"}).encode()
    found = decode_page(body, "orders", Order)
    assert [record.id for record in found.records] == ["1", "5"]
    assert found.next_page_token == "t"
    assert [(bad.resource, bad.record_id, bad.raw, bad.reason) for bad in found.unreadable] == [
        ("orders", "", json.dumps(rows[1]).encode(), "Object missing required field `id`"),
        (
            "orders",
            "2",
            json.dumps(rows[2]).encode(),
            "Expected `int`, got `decimal` - at `$.total.amount`",
        ),
        (
            "orders",
            "3",
            json.dumps(rows[3]).encode(),
            "Expected `array`, got `str` - at `$.order_items`",
        ),
        ("orders", "", b'"text"', "not a JSON object"),
    ]


def test_half_an_emoji_in_one_text_does_not_lose_the_page() -> None:
    rows = (
        rb'{"id":1,"total":{"amount":1},"title":"a\ud83d \\ud83d \ud83d\ude00"},'
        b'{"id":2,"total":{"amount":1},"title":"b"}'
    )
    found = decode_page(b'{"orders":[' + rows + b"]}", "orders", Order)
    assert [record.title for record in found.records] == ["a\ufffd \\ud83d \U0001f600", "b"]


@pytest.mark.parametrize("field", [b"title", b"a field that nobody reads"])
def test_a_byte_that_is_not_utf_8_costs_its_own_record_only(field: bytes) -> None:
    broken = b'{"id":1,"total":{"amount":1},"%s":"\xff"}' % field
    good = b'{"id":2,"total":{"amount":1}}'
    found = decode_page(b'{"orders":[' + broken + b"," + good + b"]}", "orders", Order)
    assert [record.id for record in found.records] == ["2"]
    assert [(bad.record_id, bad.raw) for bad in found.unreadable] == [("1", broken)]


@pytest.mark.parametrize("member", ["", ',"next_page_token":null', ',"next_page_token":""'])
def test_every_way_to_say_no_next_page(member: str) -> None:
    body = f'{{"orders":[]{member}}}'.encode()
    assert decode_page(body, "orders", Order) == Page((), (), "")


def test_a_list_of_null_is_an_empty_page() -> None:
    assert decode_page(b'{"orders":null}', "orders", Order) == Page((), (), "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>sign in</html>",
        b"[]",
        b"null",
        b'{"payments":[]}',
        b'{"orders":{}}',
        b'{"orders":[{"id":1}',
        b'{"orders":[],"next_page_token":7}',
        b"[" * 100_000,
    ],
)
def test_an_answer_that_is_no_page_is_refused(body: bytes) -> None:
    with pytest.raises(ShapeError):
        decode_page(body, "orders", Order)


@pytest.mark.parametrize(
    "amount", ["1e999999999", '"1e99999999"', "1e400", '"NaN"', '"Infinity"', "1" * 400]
)
def test_a_monstrous_number_costs_its_own_record_and_no_other(amount: str) -> None:
    body = f'{{"payments":[{{"id":"1","amount":{amount}}},{{"id":"2","amount":5.25}}]}}'

    page = decode_page(body.encode(), "payments", Payment)

    assert [record.id for record in page.records] == ["2"]
    assert [unreadable.record_id for unreadable in page.unreadable] == ["1"]
