"""Keap's records as planning reads them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from keap import Contact, Order, Payment, decode_record
from qbwc_service.planning.order import (
    Buyer,
    LineKind,
    PaymentKind,
    PostalAddress,
    ReceivedPayment,
    SalesLine,
    SalesOrder,
)
from qbwc_service.staging.from_keap import (
    buyer,
    made_at,
    received_payments,
    sales_order,
)
from qbwc_service.staging.usable import RecordUnusable

NEW_YORK = ZoneInfo("America/New_York")


def usd(minor: int) -> dict[str, Any]:
    return {"amount": minor, "currency_code": "USD"}


def order(**fields: Any) -> Order:
    record = {"id": "20117", "total": usd(11105), "order_time": "2026-11-02T22:41:07Z"}
    return decode_record(msgspec.json.encode(record | fields), Order)


def payment(**fields: Any) -> Payment:
    record = {
        "id": "28771",
        "type": "Credit Card",
        "amount": 111.05,
        "status": "APPROVED",
        "payment_time": "2026-11-02T22:41:12Z",
        "order_ids": ["20117"],
    }
    return decode_record(msgspec.json.encode(record | fields), Payment)


def sale(**fields: Any) -> SalesOrder:
    return sales_order(order(**fields), zone=NEW_YORK, account_currency="USD")


def rows(**fields: Any) -> tuple[ReceivedPayment, ...]:
    return received_payments(payment(**fields), zone=NEW_YORK)


ADDRESS = {
    "line1": "100 N Central Ave",
    "line2": "Suite 4",
    "locality": "Phoenix",
    "region": "Arizona",
    "region_code": "US-AZ",
    "country": "United States",
    "country_code": "USA",
    "postal_code": "85004",
}
PHOENIX = PostalAddress(
    name="Dana Whitfield",
    company="Acme Studio",
    street=("100 N Central Ave", "Suite 4"),
    city="Phoenix",
    state="AZ",
    postal_code="85004",
    country="United States",
)


def test_an_order_becomes_a_sale() -> None:
    given = sale(
        title="Spring",
        invoice_id="20093",
        contact={"id": "4417", "email": "dana@example.com", "given_name": "Dana"},
        shipping_information={
            "company": "Acme Studio",
            "given_name": "Dana",
            "family_name": "Whitfield",
            "address": ADDRESS,
        },
        order_items=[
            {
                "name": "Widget",
                "description": "A widget",
                "item_type": "PRODUCT",
                "quantity": 2,
                "price_per_unit": usd(4999),
                "discount": usd(0),
                "product": {"id": "61", "name": "Premium", "sku": "WDG-001"},
            },
            {"name": "SAVE5", "item_type": "DISCOUNT", "discount": usd(500)},
        ],
    )
    assert given == SalesOrder(
        order_id=20117,
        invoice_id="20093",
        title="Spring",
        placed_on=date(2026, 11, 2),
        currency="USD",
        total=11105,
        buyer=Buyer("4417", "Dana", "", "", "dana@example.com"),
        lines=(
            SalesLine(
                LineKind.PRODUCT, "PRODUCT", "Widget", "A widget", "WDG-001", Decimal(2), 4999
            ),
            SalesLine(LineKind.DISCOUNT, "DISCOUNT", "SAVE5", "", "", Decimal(1), 0, 500),
        ),
        ship_to=PHOENIX,
    )


@pytest.mark.parametrize(
    ("item_type", "kind"),
    [
        ("PRODUCT", LineKind.PRODUCT),
        ("SERVICE", LineKind.PRODUCT),
        ("UPSELL", LineKind.PRODUCT),
        ("PROGRAM", LineKind.PRODUCT),
        ("PACKAGE", LineKind.PRODUCT),
        ("SUBSCRIPTION", LineKind.PRODUCT),
        ("SHIPPING", LineKind.SHIPPING),
        ("TAX", LineKind.TAX),
        ("DISCOUNT", LineKind.DISCOUNT),
        ("DISCOUNT_FREE_TRIAL", LineKind.DISCOUNT),
        ("DISCOUNT_SHIPPING", LineKind.DISCOUNT),
        ("FINANCE_CHARGE", LineKind.FINANCE_CHARGE),
        ("FEE", LineKind.FEE),
        ("TIP", LineKind.TIP),
        ("OTHER", LineKind.UNKNOWN),
        ("UNKNOWN", LineKind.UNKNOWN),
        ("GIFT_CARD", LineKind.UNKNOWN),
        ("", LineKind.UNKNOWN),
    ],
)
def test_every_item_type_has_a_kind_and_keeps_its_word(item_type: str, kind: LineKind) -> None:
    [line] = sale(order_items=[{"item_type": item_type}]).lines
    assert (line.kind, line.source_kind) == (kind, item_type)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Phoenix", date(2026, 11, 1)),
        ("America/New_York", date(2026, 11, 1)),
        ("Europe/London", date(2026, 11, 2)),
        ("Australia/Sydney", date(2026, 11, 2)),
    ],
)
def test_the_day_is_that_of_the_account(zone: str, day: date) -> None:
    late = order(order_time="2026-11-02T04:59:00Z")
    assert sales_order(late, zone=ZoneInfo(zone), account_currency="").placed_on == day


def test_without_an_order_date_the_day_of_creation_counts() -> None:
    given = sale(order_time=None, creation_time="2026-10-05T12:00:00Z")
    assert given.placed_on == date(2026, 10, 5)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        (
            '{"id": 7, "total": {"amount": 1}, "creation_time": "2026-11-23T04:35:00+01:00"}',
            datetime(2026, 11, 23, 3, 35, tzinfo=UTC),
        ),
        ('{"id": "7", "total": {"amount": 1}, "creation_time": ""}', None),
        ('{"id": "7"}', None),
        ("", None),
    ],
)
def test_when_an_order_was_made_is_read_from_keaps_own_text(
    raw: str, moment: datetime | None
) -> None:
    assert made_at(raw) == moment


def test_drafts_and_orders_from_quickbooks_are_marked() -> None:
    assert sale(status="DRAFT").is_draft
    assert not sale(status="PAID").is_draft
    assert sale(source_type="QUICKBOOKS").came_from_quickbooks
    assert sale(source_type="QBO_SYNC").came_from_quickbooks
    assert not sale(source_type="CHECKOUT_FORM").came_from_quickbooks


def test_what_a_person_wrote_on_an_order_comes_along() -> None:
    given = sale(
        refund_total=usd(500),
        total_paid=usd(11105),
        source_type="CHECKOUT_FORM",
        order_type="ONLINE",
        notes="Gift wrap",
        promo_code="SAVE5",
        due_time="2026-12-02T04:59:00Z",
        custom_fields=[{"id": "3", "content": "PO-4711"}],
    )
    assert (given.refund_total, given.total_paid) == (500, 11105)
    assert (given.source, given.order_type) == ("CHECKOUT_FORM", "ONLINE")
    assert (given.notes, given.promo_code) == ("Gift wrap", "SAVE5")
    # A minute before midnight in New York.
    assert given.due_on == date(2026, 12, 1)
    assert given.custom_fields == {"3": "PO-4711"}


def test_what_an_order_does_not_tell_stays_open() -> None:
    given = sale()
    assert (given.refund_total, given.total_paid, given.due_on) == (None, None, None)
    assert (given.source, given.order_type, given.notes, given.promo_code) == ("", "", "", "")
    assert given.custom_fields == {}


@pytest.mark.parametrize("due", ["", None, "0001-01-01T00:00:00Z"])
def test_an_order_is_good_without_a_due_day(due: str | None) -> None:
    assert sale(due_time=due).due_on is None


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("North", "North"),
        (42, "42"),
        (-1.10, "-1.1"),
        (19.99, "19.99"),
        (True, "true"),
        (["Red", "Blue"], "Red, Blue"),
        ({"id": 7}, '{"id":7}'),
    ],
)
def test_a_custom_field_is_its_content_as_text(content: object, text: str) -> None:
    fields = [{"id": "3", "content": content}, {"id": "4", "content": ""}, {"id": "5"}]
    assert sale(custom_fields=fields).custom_fields == {"3": text}


def test_a_custom_field_without_an_id_of_text_is_read_patiently() -> None:
    fields = [{"id": 3, "content": 1.5}, None, {"content": "lost"}]
    assert sale(custom_fields=fields).custom_fields == {"3": "1.5"}


@pytest.mark.parametrize(
    ("product", "is_taxable"),
    [
        ({"taxable": True}, True),
        ({"taxable": False}, False),
        ({"taxable": None}, True),
        ({}, True),
        (None, True),
    ],
)
def test_a_line_is_taxable_unless_its_product_is_not(product: Any, is_taxable: bool) -> None:
    [line] = sale(order_items=[{"item_type": "PRODUCT", "product": product}]).lines
    assert line.is_taxable is is_taxable


@pytest.mark.parametrize("item_type", ["TAX", "SHIPPING", "DISCOUNT", "TIP"])
def test_a_line_without_a_product_counts_as_taxable(item_type: str) -> None:
    [line] = sale(order_items=[{"item_type": item_type}]).lines
    assert line.is_taxable


def test_an_amount_without_currency_is_in_that_of_the_account() -> None:
    bare = order(total={"amount": 5})
    assert sales_order(bare, zone=NEW_YORK, account_currency="NZD").currency == "NZD"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": "A-7"}, "its order id 'A-7' is not a number"),
        ({"id": "1" * 19}, f"its order id '{'1' * 19}' is not a number"),
        ({"order_time": ""}, "it has no order date"),
        ({"total": {"amount": 5, "currency_code": "DOLLAR"}}, "its currency 'DOLLAR' is not"),
        ({"total": usd(10**15 + 1)}, "its amount 1000000000000001 is too large"),
        ({"invoice_id": "9" * 41}, "its invoice id has 41 characters"),
        ({"contact": {"id": "9" * 41}}, "its contact id has 41 characters"),
        ({"order_time": "0001-01-01T00:00:00Z"}, "is no date"),
    ],
)
def test_an_order_without_what_the_books_need_is_unusable(
    fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RecordUnusable, match=reason):
        sale(**fields)


def contact(**fields: Any) -> Contact:
    return decode_record(msgspec.json.encode({"id": "4417", **fields}), Contact)


def test_a_contact_becomes_a_buyer_by_its_main_fields() -> None:
    given = buyer(
        contact(
            given_name="Dana",
            family_name="Whitfield",
            company={"company_name": "Acme Studio"},
            email_addresses=[
                {"email": "second@example.com", "field": "EMAIL2"},
                {"email": "first@example.com", "field": "EMAIL1"},
            ],
            phone_numbers=[
                {"number": "2", "field": "PHONE2"},
                {"number": "602-555-0142", "field": "PHONE1"},
            ],
            addresses=[{"field": "SHIPPING", "line1": "Elsewhere"}, {"field": "BILLING"} | ADDRESS],
        )
    )
    assert given == Buyer(
        "4417",
        "Dana",
        "Whitfield",
        "Acme Studio",
        "first@example.com",
        "602-555-0142",
        PHOENIX,
    )


def test_a_contact_that_lacks_a_main_field_gives_the_first_there_is() -> None:
    given = buyer(
        contact(
            email_addresses=[{"email": "only@example.com", "field": "EMAIL3"}],
            addresses=[{"field": "OTHER", "region": "Tirol", "zip_code": "6020"}],
        )
    )
    assert given.email == "only@example.com"
    assert given.bill_to == PostalAddress(state="Tirol", postal_code="6020")


def test_the_tags_of_a_contact_have_one_order_however_keap_lists_them() -> None:
    assert buyer(contact(tag_ids=["91", "133", "91"])).tags == ("133", "91")
    assert buyer(contact(tag_ids=[133, None, 91])).tags == ("133", "91")
    assert buyer(contact(tag_ids=None)).tags == ()


def test_a_contact_with_nothing_is_a_buyer_with_an_id() -> None:
    assert buyer(contact()) == Buyer("4417")


PAID = ReceivedPayment(
    payment_id=28771,
    order_id=20117,
    kind=PaymentKind.CASH,
    source_kind="Credit Card",
    source_status="APPROVED",
    amount=11105,
    paid_on=date(2026, 11, 2),
    method="Credit Card",
    transaction_id="",
    order_ids=(20117,),
)


def test_a_payment_is_one_row_with_exact_cents() -> None:
    assert rows() == (PAID,)
    assert rows(external_transaction_id="ch_3Q0x1") == (replace(PAID, transaction_id="ch_3Q0x1"),)


def test_the_method_is_the_brand_of_the_card() -> None:
    [row] = rows(payment_method={"card_info": {"brand": "Visa", "last_four": "4242"}})
    assert row == replace(PAID, method="Visa")
    [row] = rows(payment_method={"card_info": {"brand": None}})
    assert row == PAID


def test_a_payment_over_several_orders_is_a_row_each_with_all_of_it() -> None:
    both = (20117, 20131)
    assert rows(order_ids=["20117", "20131", "20117"]) == (
        replace(PAID, order_ids=both, is_whole=True),
        replace(PAID, order_id=20131, order_ids=both, is_whole=True),
    )


def test_a_payment_that_names_no_order_is_a_row_of_order_0() -> None:
    assert rows(order_ids=[]) == (replace(PAID, order_id=0, order_ids=()),)


def test_a_payment_typed_by_hand_keeps_the_day_that_was_typed() -> None:
    [row] = rows(payment_time="2026-10-01T04:00:00Z", status="NONE", type="Check")
    assert row.paid_on == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"status": "APPROVED"}, PaymentKind.CASH),
        ({"status": "COMPLETED"}, PaymentKind.CASH),
        ({"status": "NONE"}, PaymentKind.CASH),
        ({"status": ""}, PaymentKind.CASH),
        ({"status": "PENDING"}, PaymentKind.NOT_COMPLETED),
        ({"status": "FAILED"}, PaymentKind.NOT_COMPLETED),
        ({"status": "ERROR"}, PaymentKind.NOT_COMPLETED),
        ({"status": "VOID"}, PaymentKind.NOT_COMPLETED),
        ({"status": "VOIDED"}, PaymentKind.NOT_COMPLETED),
        ({"status": "DECLINED"}, PaymentKind.NOT_COMPLETED),
        ({"status": "FAILED", "type": "Refund"}, PaymentKind.NOT_COMPLETED),
        ({"status": "REFUNDED"}, PaymentKind.REFUND),
        ({"type": "Refund", "status": "NONE"}, PaymentKind.REFUND),
        ({"amount": -24.29}, PaymentKind.REFUND),
        ({"type": "Adjustment", "status": "NONE"}, PaymentKind.CREDIT),
        ({"type": "Credit", "status": "NONE"}, PaymentKind.CREDIT),
        ({"type": "Credit", "amount": -5}, PaymentKind.REFUND),
        ({"status": "CHARGED_BACK"}, PaymentKind.UNCLEAR),
    ],
)
def test_only_completed_money_received_is_cash(fields: dict[str, Any], kind: PaymentKind) -> None:
    [row] = rows(**fields)
    assert row.kind is kind


@pytest.mark.parametrize("status", ["APPROVED", "COMPLETED", "NONE"])
def test_a_payment_that_was_refunded_stays_the_money_that_it_was(status: str) -> None:
    """It names its refund, which is a payment of its own: as a refund it would count twice."""
    [row] = rows(refund_payment_id="28901", status=status)
    assert (row.kind, row.amount) == (PaymentKind.CASH, 11105)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "Refund", "amount": -24.29, "status": "COMPLETED"},
        {"type": "Refund", "amount": -24.29, "status": "COMPLETED", "refund_payment_id": "28771"},
        {"type": "Refund", "amount": 24.29, "status": "NONE"},
        {"type": "Credit Card", "amount": -24.29, "status": "APPROVED"},
        {"type": "Credit Card", "amount": 24.29, "status": "REFUNDED"},
    ],
)
def test_a_refund_is_one_by_its_type_its_sign_or_its_status(fields: dict[str, Any]) -> None:
    [row] = rows(**fields)
    assert (row.kind, abs(row.amount)) == (PaymentKind.REFUND, 2429)
    assert (row.source_kind, row.source_status) == (fields["type"], fields["status"])


def test_a_void_is_no_money_and_keeps_keaps_word_for_it() -> None:
    [row] = rows(status="VOIDED")
    assert (row.kind, row.source_status, row.amount) == (
        PaymentKind.NOT_COMPLETED,
        "VOIDED",
        11105,
    )


@pytest.mark.parametrize("status", ["DISPUTED", "CHARGED_BACK", "ON_HOLD"])
def test_a_status_that_nobody_knows_is_no_money_and_by_its_type_no_credit(status: str) -> None:
    [row] = rows(status=status)
    assert (row.kind, row.source_kind, row.source_status) == (
        PaymentKind.UNCLEAR,
        "Credit Card",
        status,
    )


def test_a_credit_has_keaps_word_for_it() -> None:
    for label in ("Adjustment", "Credit"):
        [row] = rows(type=label, status="NONE")
        assert (row.kind, row.source_kind) == (PaymentKind.CREDIT, label)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"amount": 10.005}, "its amount 10.005 has a fraction of a cent"),
        ({"amount": 1e16}, "is too large"),
        ({"payment_time": None}, "it has no payment date"),
        ({"id": "x"}, "its payment id 'x' is not a number"),
        ({"order_ids": ["x"]}, "its order id 'x' is not a number"),
        ({"payment_method": {"card_info": {"brand": 7}}}, "its payment method cannot be read"),
    ],
)
def test_a_payment_without_what_the_books_need_is_unusable(
    fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RecordUnusable, match=reason):
        rows(**fields)


def test_no_cent_is_lost_in_large_amounts() -> None:
    exact = Payment(
        id="1", amount=Decimal("123456789.13"), payment_time=datetime(2026, 11, 2, tzinfo=UTC)
    )
    [row] = received_payments(exact, zone=NEW_YORK)
    assert row.amount == 12345678913
