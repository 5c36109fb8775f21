from decimal import Decimal

import pytest

from qbxml_builders.amounts import amount, price, quantity
from qbxml_builders.elements import Element
from qbxml_builders.errors import QbxmlInvalid


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("5", "5.00"), ("5.1", "5.10"), ("5.100", "5.10"), ("-0.05", "-0.05"), ("-0", "0.00"),
        ("1E+3", "1000.00"), ("0E+9", "0.00"), ("0.5", "0.50"), ("007", "7.00"),
        ("9999999999999.99", "9999999999999.99"),
    ],
)  # fmt: skip
def test_an_amount_has_two_decimals(value: str, written: str) -> None:
    assert list(amount("Amount", Decimal(value))) == [Element("Amount", written)]


@pytest.mark.parametrize(
    ("value", "written"),
    [("50", "50.00"), ("33.125", "33.125"), ("1.10000", "1.10"), ("0.00001", "0.00001")],
)
def test_a_price_has_two_to_five_decimals(value: str, written: str) -> None:
    assert list(price("Rate", Decimal(value))) == [Element("Rate", written)]


@pytest.mark.parametrize(
    ("value", "written"), [("2", "2"), ("2.00", "2"), ("1E+1", "10"), ("0.12345", "0.12345")]
)
def test_a_quantity_has_no_noise(value: str, written: str) -> None:
    assert list(quantity("Quantity", Decimal(value))) == [Element("Quantity", written)]


def test_nothing_is_written_for_none() -> None:
    assert [*amount("A", None), *price("A", None), *quantity("A", None)] == []


@pytest.mark.parametrize(
    ("write", "value", "reason"),
    [
        (amount, "1.005", "X may have at most 2 decimals: 1.005."),
        (amount, "1" + "0" * 13, "X may have at most 13 digits before the point: 10000000000000."),
        (price, "1.000001", "X may have at most 5 decimals: 1.000001."),
        (price, "1E+10", "X may have at most 10 digits before the point: 1E+10."),
        (quantity, "0.000001", "X may have at most 5 decimals: 0.000001."),
        (quantity, "NaN", "X is not a number: NaN."),
        (amount, "-Infinity", "X is not a number: -Infinity."),
        (amount, "1." + "0" * 40 + "1", f"X may have at most 2 decimals: 1.{'0' * 40}1."),
    ],
)
def test_nothing_is_rounded_to_fit(write: object, value: str, reason: str) -> None:
    assert callable(write)
    with pytest.raises(QbxmlInvalid) as caught:
        list(write("X", Decimal(value)))
    assert caught.value.reason == reason
