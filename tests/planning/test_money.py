"""Cents to amounts and back, to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_service.planning.money import amount_typed, decimal_amount, minor_units, shown


@given(st.integers(-(10**15), 10**15))
def test_cents_survive_the_way_to_an_amount_and_back(minor: int) -> None:
    amount = decimal_amount(minor)
    assert minor_units(amount) == minor
    assert -int(amount.as_tuple().exponent) == 2


@pytest.mark.parametrize(
    ("minor", "text"),
    [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (11105, "111.05"), (123456789, "1,234,567.89")],
)
def test_people_read_two_decimals_and_thousands(minor: int, text: str) -> None:
    assert shown(minor) == text


def test_a_fraction_of_a_cent_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.005 has a fraction of a cent"):
        minor_units(Decimal("0.005"))


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("25", 2500), ("25.5", 2550), (" 1,234.56 ", 123456), ("$9.99", 999), ("-3.00", -300),
        ("1234567.89", 123456789),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_type_it(typed: str, minor: int) -> None:
    assert amount_typed(typed) == minor


@pytest.mark.parametrize("typed", ["", "x", "1.234", "12,34", "٢٥", "1e5", "--3", "9" * 20])
def test_what_is_no_amount_finds_none(typed: str) -> None:
    assert amount_typed(typed) is None
