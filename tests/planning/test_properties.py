"""Whatever is sold: one decision an order, to the cent, the same every time, never a crash."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from qbwc_service.matching.customer_names import NAME_LIMIT, customer_name
from qbwc_service.matching.reasons import sentence
from qbwc_service.messages import message
from qbwc_service.planning.numbers import NUMBER_LIMIT
from qbwc_service.planning.order import (
    Buyer,
    LineKind,
    PaymentKind,
    PostalAddress,
    ReceivedPayment,
    SalesLine,
    SalesOrder,
)
from qbwc_service.planning.orders import plan_order
from qbwc_service.planning.payment_rows import REFERENCE_LIMIT
from qbwc_service.planning.plan import Hold, PlannedPayment
from qbwc_service.settings import Settings
from tests.matching.company_file import (
    account,
    chosen,
    company_file,
    customer,
    item,
    planned,
    settings,
)
from tests.world import TODAY

texts = st.text(max_size=50)
names = st.sampled_from(["", "Ann", "Lee", "Bob Ray", "Vendor Inc", "Acme:West", "李"]) | texts
cents = st.integers(-20_000, 20_000)
days = st.integers(-40, 5).map(lambda days: TODAY + timedelta(days=days))
addresses = st.none() | st.builds(
    PostalAddress, texts, texts, st.tuples(texts, texts), texts, texts, texts, texts
)
buyers = st.builds(
    Buyer,
    st.integers(0, 10**9).map(lambda number: str(number or "")),
    names,
    names,
    names,
    st.sampled_from(["", "ann@example.com", "x@example.org"]) | texts,
    texts,
    addresses,
)
lines = st.builds(
    SalesLine,
    st.sampled_from([*LineKind, *[LineKind.PRODUCT] * 4]),
    texts,
    names,
    texts,
    st.sampled_from(
        ["HAMMER", "HAMMER", "tools:saw", "SAW", "GONE", "SPADE", "VAT", "A:B", "", " "]
    )
    | texts,
    st.integers(0, 20).map(Decimal) | st.decimals(0, 20, places=6),
    cents,
    st.integers(0, 500),
)


@st.composite
def orders(draw: st.DrawFn) -> SalesOrder:
    """Any order; mostly one whose total is what its lines come to."""
    sold = tuple(draw(st.lists(lines, max_size=6)))
    adds_up = sum((each.quantity * each.unit_price for each in sold), Decimal(0))
    return SalesOrder(
        order_id=draw(st.integers(1, 10**12) | st.integers(1, 999)),
        invoice_id=draw(texts),
        title=draw(texts),
        placed_on=draw(days),
        currency=draw(st.sampled_from(["USD", "USD", "USD", "CAD", ""])),
        total=draw(st.just(int(adds_up)) | st.just(int(adds_up)) | cents),
        buyer=draw(buyers),
        lines=sold,
        ship_to=draw(addresses),
        is_draft=draw(st.sampled_from([False, False, False, True])),
        came_from_quickbooks=draw(st.sampled_from([False, False, False, True])),
    )


payments = st.lists(
    st.builds(
        ReceivedPayment,
        st.integers(1, 10**6),
        st.just(7),
        st.sampled_from([*PaymentKind, *[PaymentKind.CASH] * 4]),
        texts,
        texts,
        cents,
        days,
        texts,
        texts,
        st.sampled_from([(7,), (7,), (7, 8), ()]),
    ),
    max_size=6,
    unique_by=lambda payment: payment.payment_id,
)
COMPANY = company_file(
    customers=[
        customer("Ann Lee", email="ann@example.com"),
        customer("Bob Ray", is_active=False),
        customer("Lee", currency="CAD"),
        planned("Ann", "99"),
    ],
    items=[
        item("HAMMER"),
        item("Tools:Saw"),
        item("Rental:Saw"),
        item("Gone", is_active=False),
        item("VAT", kind="SalesTax"),
    ],
    by_field={"hammer": [item("H-1")], "saw": [item("S-1"), item("S-2")]},
    mapped={"name:ann": chosen("Saw", is_gone=True), "name:lee": chosen("HAMMER")},
    mapped_taxes={"label:ann": chosen("VAT Item")},
    made={"sku:spade": item("Shovel")},
    accounts=[account("Sales"), account("Old", is_active=False)],
    other_names={"Vendor Inc": "vendor"},
    numbers={"5": 500},
)
choices = st.builds(
    settings,
    number_prefix=st.sampled_from(["", "K-"]),
    no_sku=st.sampled_from(["unknown-item", "hold", "create"]),
    missing_item=st.sampled_from(["hold", "unknown-item", "create"]),
    new_item_type=st.sampled_from(["service", "non-inventory"]),
    item_match=st.sampled_from(["name", "name", "part-number", "custom-field"]),
    item_match_field=st.just("Web code"),
    shipping_item=st.sampled_from(["Keap Shipping", "Gone", "VAT", "HAMMER"]),
    income_account=st.sampled_from(["Sales", "Sales", "Old", ""]),
    tax_account=st.sampled_from(["Sales", "", "Nowhere"]),
    ar_account=st.sampled_from(["", "", "Sales", "Nowhere"]),
    start_date=st.just(date(2026, 11, 1).isoformat()),
)


@given(orders(), payments, choices)
def test_every_order_is_skipped_held_or_planned_and_adds_up(
    order: SalesOrder, received: list[ReceivedPayment], chosen: Settings
) -> None:
    plan = plan_order(order, received, COMPANY, chosen)

    assert plan_order(order, list(received), COMPANY, chosen) == plan
    assert [bool(plan.skip), plan.hold is not None, plan.sale is not None].count(True) == 1
    if plan.sale:
        assert sum(each.amount for each in plan.sale.lines) == Decimal(order.total) / 100
        assert plan.sale.total == order.total
        assert len(plan.sale.lines) == len(order.lines)
        assert len(plan.sale.number) <= NUMBER_LIMIT
        made = {plan.customer.source_key} if plan.customer else {"99"}
        assert {plan.sale.customer.made_by} <= made | {""}
        assert {each.item.made_by for each in plan.sale.lines} - {""} == {
            each.source_key for each in plan.items
        }
        assert all(sentence(each.why) for each in plan.sale.lines)
        assert all(":" not in each.name and len(each.name) <= 31 for each in plan.items)
    else:
        assert (plan.customer, plan.items, plan.notes) == (None, (), ())
    assert sorted(each.payment_id for each in plan.payments) == sorted(
        payment.payment_id for payment in received
    )
    sums = [each.planned[0].amount for each in plan.payments if each.planned]
    assert sum(sums) <= max(order.total, 0)
    assert all(amount > 0 for amount in sums)
    for decision in plan.payments:
        chosen_parts = [bool(decision.skip), bool(decision.hold), bool(decision.planned)]
        assert chosen_parts.count(True) == 1
        if decision.planned:
            (payment,) = decision.planned
            assert isinstance(payment, PlannedPayment)
            assert 1 <= len(payment.reference) <= REFERENCE_LIMIT


@given(orders(), payments, choices)
def test_every_hold_and_note_is_a_whole_sentence(
    order: SalesOrder, received: list[ReceivedPayment], chosen: Settings
) -> None:
    plan = plan_order(order, received, COMPANY, chosen)
    holds = [plan.hold, *(each.hold for each in plan.payments)]
    told = [(hold.cause, hold.details) for hold in holds if isinstance(hold, Hold)]
    for cause, details in [*told, *((note.message, note.details) for note in plan.notes)]:
        filled = {name: value.replace("...", "") for name, value in details.items()}
        words = message(cause, filled)
        assert "..." not in words.title + words.why + words.do


@given(buyers)
def test_a_customers_name_always_fits_and_never_starts_a_job(buyer: Buyer) -> None:
    name = customer_name(buyer)
    assert 1 <= len(name) <= NAME_LIMIT
    assert ":" not in name
    assert name == name.strip()
    assert any(character.isalnum() for character in name)
    assert customer_name(replace(buyer, phone="")) == name
