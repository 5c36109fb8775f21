"""What is stored of Keap's records, and when it counts as changed."""

from dataclasses import replace

import pytest

from qbwc_service.ledger.sources import sale_from, sale_hash, stored
from qbwc_service.planning.order import LineKind
from tests.world import line, sale


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
