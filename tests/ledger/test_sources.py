"""What is stored of Keap's records, and when it counts as changed."""

from dataclasses import replace

import pytest

from qbwc_service.ledger.sources import sale_from, sale_hash, stored
from qbwc_service.planning.order import LineKind
from tests.world import line, product, sale


OLD_HASH = "b62204cc759e00fb7191e6559c11df714f48ced63e15d1e540f8291ef655ac54"


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


def test_what_is_read_newly_does_not_make_an_old_order_an_edited_one() -> None:
    lines = (
        replace(product("HAMMER", 500, 2), name="Hammer", description="d"),
        line(LineKind.TIP, 500),
    )
    order = replace(sale(7, *lines), invoice_id="9", title="T")
    # As the release before sales receipts stored it.
    assert sale_hash(order) == OLD_HASH
    assert sale_hash(replace(order, notes="as agreed", promo_code="SAVE5")) == OLD_HASH
    untaxed = replace(lines[0], is_taxable=False)
    assert sale_hash(replace(order, lines=(untaxed, lines[1]))) == OLD_HASH
