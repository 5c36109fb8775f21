"""Decimals as QuickBooks writes them. Nothing is rounded here: too many decimals are an error."""

from collections.abc import Iterator
from decimal import Decimal

from qbxml_builders.elements import Element
from qbxml_builders.errors import QbxmlInvalid

AMOUNT_DIGITS, AMOUNT_DECIMALS = 13, 2
PRICE_DIGITS, PRICE_DECIMALS = 10, 5


def amount(tag: str, value: Decimal | None) -> Iterator[Element]:
    """An AMTTYPE element with exactly two decimals; nothing for None. Raises QbxmlInvalid."""
    if value is not None:
        yield Element(tag, _plain(tag, value, AMOUNT_DIGITS, AMOUNT_DECIMALS, keep=2))


def check_amount(tag: str, value: Decimal | None) -> None:
    """Raises QbxmlInvalid where ``amount`` would."""
    for _ in amount(tag, value):
        pass


def price(tag: str, value: Decimal | None) -> Iterator[Element]:
    """A PRICETYPE element with two to five decimals; nothing for None. Raises QbxmlInvalid."""
    if value is not None:
        yield Element(tag, _plain(tag, value, PRICE_DIGITS, PRICE_DECIMALS, keep=2))


def quantity(tag: str, value: Decimal | None) -> Iterator[Element]:
    """A QUANTYPE element with up to five decimals; nothing for None. Raises QbxmlInvalid."""
    if value is not None:
        yield Element(tag, _plain(tag, value, PRICE_DIGITS, PRICE_DECIMALS, keep=0))


def _plain(tag: str, value: Decimal, digits: int, decimals: int, *, keep: int) -> str:
    """The value without exponent, its trailing zeros cut down to ``keep`` decimals."""
    if not value.is_finite():
        raise QbxmlInvalid(tag, f"{tag} is not a number: {value}.")
    if value == 0:
        value = Decimal(0)  # also of -0 and 0E+9
    if value.adjusted() >= digits:
        raise QbxmlInvalid(
            tag, f"{tag} may have at most {digits} digits before the point: {value}."
        )
    whole, _, fraction = format(value.copy_abs(), "f").partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > decimals:
        raise QbxmlInvalid(tag, f"{tag} may have at most {decimals} decimals: {value}.")
    fraction = fraction.ljust(keep, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{whole.lstrip('0') or '0'}" + (f".{fraction}" if fraction else "")
