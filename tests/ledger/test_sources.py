"""What is stored of Keap's records, and when it counts as changed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qbwc_service.ledger.sources import buyer_from, sale_from, sale_hash, stored
from qbwc_service.planning.order import Buyer, LineKind, SalesLine, SalesOrder
from tests.world import line, product, sale

SENT = SalesOrder(
    order_id=20117,
    invoice_id="20093",
    title="Spring",
    placed_on=date(2026, 11, 2),
    currency="USD",
    total=13300,
    buyer=Buyer("4417"),
    lines=(
        SalesLine(
            LineKind.PRODUCT, "PRODUCT", "Widget", "A widget", "WDG-001", Decimal("1.5"), 8000
        ),
        SalesLine(LineKind.DISCOUNT, "DISCOUNT", "SAVE5", "", "", Decimal(1), 0, 500),
        SalesLine(LineKind.TIP, "TIP", "Tip", "", "", Decimal(1), 1800),
    ),
)


def test_an_order_that_was_sent_by_an_earlier_version_is_not_an_edited_one() -> None:
    """The number was reckoned by the version before lines knew whether they are taxed."""
    assert sale_hash(SENT) == "b90c4a2e402bdd26c12aefffa6924eb1d617864e3d5ddf1319471e8ea0421985"


def test_what_an_order_tells_beside_its_lines_and_total_is_no_edit() -> None:
    told = replace(
        SENT,
        refund_total=500,
        source="API",
        order_type="ONLINE",
        notes="call back",
        promo_code="SAVE5",
        due_on=date(2026, 12, 2),
        custom_fields={"3": "PO-4711"},
        lines=tuple(replace(each, is_taxable=False) for each in SENT.lines),
    )
    assert sale_hash(told) == sale_hash(SENT)


def test_an_order_and_a_contact_that_an_earlier_version_stored_stay_readable() -> None:
    old = stored(sale(7, product()))
    for name in ("refund_total", "source", "order_type", "notes", "promo_code", "due_on"):
        del old[name]
    del old["custom_fields"], old["lines"][0]["is_taxable"]
    assert sale_from(old) == sale(7, product())
    buyer = stored(Buyer("4417", "Dana"))
    del buyer["tags"]
    assert buyer_from(buyer) == Buyer("4417", "Dana")


@pytest.mark.parametrize("kind", [LineKind.FINANCE_CHARGE, LineKind.TIP])
def test_an_order_with_a_tip_that_was_once_read_as_a_fee_is_not_an_edited_one(
    kind: LineKind,
) -> None:
    told_apart = line(kind, 500)
    assert sale_hash(sale(7, told_apart)) == sale_hash(
        sale(7, replace(told_apart, kind=LineKind.FEE))
    )
    assert sale_hash(sale(7, told_apart)) != sale_hash(sale(7, line(kind, 501)))


def test_a_fee_that_was_stored_before_stays_readable() -> None:
    old = stored(sale(7, line(LineKind.FEE, 500)))
    assert sale_from(old).lines[0].kind is LineKind.FEE
