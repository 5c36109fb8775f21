"""An item that this service makes has a name that QuickBooks takes and that is nobody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_service.matching.item_names import ITEM_NAME_LIMIT, new_item_names
from qbwc_service.matching.keys import name_key


def test_a_sku_that_quickbooks_can_hold_is_the_name() -> None:
    plain, with_suffix = new_item_names("GOLD-1")
    assert plain == "GOLD-1"
    assert with_suffix.startswith("GOLD-1 (")


@pytest.mark.parametrize("sku", ["Tools:Hammer", "x" * 32, "金-1", "5” pipe"])
def test_a_sku_that_it_cannot_hold_has_a_suffix_and_makes_no_sub_item(sku: str) -> None:
    (only,) = new_item_names(sku)
    assert ":" not in only
    assert only.endswith(")")
    assert len(only) <= ITEM_NAME_LIMIT


def test_skus_that_begin_alike_get_different_names() -> None:
    assert new_item_names("x" * 31 + "1") != new_item_names("x" * 31 + "2")
    assert new_item_names("A:B") != new_item_names("A-B:")


def test_letter_case_makes_no_second_item() -> None:
    first, second = new_item_names("Tools:Hammer"), new_item_names("TOOLS:hammer")
    assert [name_key(name) for name in first] == [name_key(name) for name in second]


@given(st.text(min_size=1, max_size=60))
def test_every_name_fits_and_has_no_colon(sku: str) -> None:
    for name in new_item_names(sku):
        assert name == name.strip()
        assert 0 < len(name) <= ITEM_NAME_LIMIT
        assert ":" not in name
