"""The number in QuickBooks: at most 11 characters, never the same for two orders."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_service.matching.keys import name_key
from qbwc_service.planning.numbers import (
    NUMBER_LIMIT,
    Number,
    candidates,
    full_number,
    numbered_again,
    possible_numbers,
    sale_number,
)
from qbwc_service.planning.plan import Hold
from tests.matching.company_file import settings
from tests.world import sale

ORDER = replace(sale(1048), invoice_id="2051")
LONG = 123456789012


@pytest.mark.parametrize(
    ("chosen", "number"),
    [
        ({}, "1048"),
        ({"number_source": "invoice-id"}, "2051"),
        ({"number_prefix": "K-", "number_suffix": "-W"}, "K-1048-W"),
        ({"number_source": "invoice-id", "number_prefix": "K-"}, "K-2051"),
    ],
)
def test_the_number_is_that_of_order_or_invoice_between_prefix_and_suffix(
    chosen: dict[str, str], number: str
) -> None:
    assert full_number(ORDER, settings(**chosen)) == number
    assert sale_number(ORDER, {}, settings(**chosen)) == Number(number, number)


def test_an_order_without_invoice_number_has_the_order_number() -> None:
    bare = replace(ORDER, invoice_id=" ")
    assert full_number(bare, settings(number_source="invoice-id")) == "1048"


def test_the_prefix_of_one_order_stands_in_place_of_that_of_all() -> None:
    assert full_number(ORDER, settings(number_prefix="K-"), "IS-") == "IS-1048"
    assert sale_number(ORDER, {}, settings(number_prefix="K-"), "IS-") == Number(
        "IS-1048", "IS-1048"
    )


def test_quickbooks_own_next_number_is_asked_for_by_none_and_ours_is_kept() -> None:
    number = sale_number(ORDER, {"1048": 5}, settings(number_source="quickbooks-next"))
    assert number == Number("", "1048")
    assert number.is_cut


def test_eleven_characters_are_whole_and_of_twelve_the_last_digits_stay() -> None:
    assert possible_numbers("12345678901") == ("12345678901",)
    assert possible_numbers("123456789012")[0] == "23456789012"
    assert not Number("12345678901", "12345678901").is_cut
    assert Number("23456789012", "123456789012").is_cut


def test_prefix_and_suffix_stay_whole_when_the_number_is_cut() -> None:
    assert candidates(sale(LONG), settings(number_prefix="KP-", number_suffix="-W"))[0] == (
        "KP-789012-W"
    )


def test_the_prefix_of_one_order_stays_whole_when_its_number_is_cut() -> None:
    found = candidates(sale(LONG), settings(number_prefix="K-"), "SHOP-")
    assert found[0] == "SHOP-789012"
    assert all(number.startswith("SHOP-") for number in found)


def test_a_prefix_that_leaves_fewer_than_four_characters_holds() -> None:
    four = settings(number_prefix="PREFIX-")
    three = settings(number_prefix="PREFIXX-")
    assert sale_number(sale(LONG), {}, four) == Number("PREFIX-9012", f"PREFIX-{LONG}")
    assert sale_number(sale(LONG), {}, three) == Hold(
        "number-too-long", {"order": str(LONG), "number": f"PREFIXX-{LONG}"}
    )


def test_a_cut_number_that_another_order_has_gives_way_to_a_digest_of_the_whole() -> None:
    first, second, third = candidates(sale(LONG), settings())
    assert len({first, second, third}) == 3
    assert sale_number(sale(LONG), {name_key(first): 5}, settings()) == Number(second, str(LONG))
    both = {name_key(first): 5, name_key(second): 6}
    assert sale_number(sale(LONG), both, settings()) == Number(third, str(LONG))
    all_three = both | {name_key(third): 8}
    assert sale_number(sale(LONG), all_three, settings()) == Hold(
        "number-of-another-order",
        {"order": str(LONG), "number": str(LONG), "other_order": "5"},
    )


def test_the_digests_are_the_same_in_every_version() -> None:
    """An order that is planned again after an update keeps the number that it was sent with."""
    assert possible_numbers("123456789012") == ("23456789012", "BT67LHFCTF7", "Y7HUR4UMBQF")
    assert possible_numbers("K-123456789012/25", prefix=2, suffix=3) == (
        "K-789012/25",
        "K-JVEQEY/25",
        "K-VTSWSQ/25",
    )


def test_a_number_of_its_own_is_nobody_elses() -> None:
    assert sale_number(ORDER, {"1048": 1048}, settings()) == Number("1048", "1048")
    held = sale_number(ORDER, {"1048": 7}, settings())
    assert isinstance(held, Hold)
    assert held.details["other_order"] == "7"


@given(st.text("0123456789ABC-", min_size=12, max_size=40), st.integers(0, 7), st.integers(0, 7))
def test_whatever_is_cut_fits_and_keeps_both_ends(full: str, prefix: int, suffix: int) -> None:
    found = possible_numbers(full, prefix=prefix, suffix=suffix)
    assert bool(found) is (NUMBER_LIMIT - prefix - suffix >= 4)
    for number in found:
        assert len(number) == NUMBER_LIMIT
        assert number.startswith(full[:prefix])
        assert number.endswith(full[len(full) - suffix :])


@pytest.mark.parametrize(
    ("number", "count", "again"),
    [
        (Number("100", "100"), 0, Number("100", "100")),
        (Number("100", "100"), 1, Number("100-1", "100-1")),
        (Number("100", "100"), 12, Number("100-12", "100-12")),
        (Number("12345678901", "12345678901"), 1, Number("345678901-1", "12345678901-1")),
        (Number("23456789012", "123456789012"), 1, Number("456789012-1", "123456789012-1")),
    ],
)
def test_further_credit_memos_of_a_sale_are_numbered_behind_it(
    number: Number, count: int, again: Number
) -> None:
    assert numbered_again(number, count) == again


@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=20, unique=True))
def test_long_numbers_that_end_alike_stay_apart(heads: list[int]) -> None:
    taken: dict[str, int] = {}
    for order_id in (head * 10**11 + 42 for head in heads):
        number = sale_number(sale(order_id), taken, settings())
        assert isinstance(number, Number)
        assert name_key(number.short) not in taken
        taken[name_key(number.short)] = order_id
