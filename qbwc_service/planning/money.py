"""Minor units (cents) to the amounts people and QuickBooks read."""

import re
from decimal import Decimal

_TYPED = re.compile(r"-?\$?(\d{1,13}|\d{1,3}(?:,\d{3}){1,4})(?:\.\d{1,2})?")
_CENT = Decimal("0.01")


def decimal_amount(minor: int) -> Decimal:
    """11105 -> Decimal("111.05"); always two decimals."""
    return (Decimal(minor) / 100).quantize(_CENT)


def shown(minor: int) -> str:
    """11105 -> "111.05", for messages and pages."""
    return f"{decimal_amount(minor):,}"


def minor_units(amount: Decimal) -> int:
    """Decimal("111.05") -> 11105; ValueError for a fraction of a cent."""
    minor = amount * 100
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} has a fraction of a cent")
    return int(minor)


def minor_units_of(text: str) -> int:
    """ "25.00" -> 2500; ValueError for what is no amount."""
    return minor_units(Decimal(text))


def amount_typed(text: str) -> int | None:
    """What a person types to find an amount: "1,234.50", "$25"; None for what is none."""
    typed = text.strip()
    if not typed.isascii() or not _TYPED.fullmatch(typed):
        return None
    return minor_units_of(re.sub("[$,]", "", typed))
