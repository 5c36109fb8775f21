"""How Keap writes amounts and times. Source: v2 OpenAPI schemas."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

Json = dict[str, Any]

_SYMBOLS = {"USD": "$", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "EUR": "€", "GBP": "£"}


def currency_value(minor: int, currency: str) -> Json:
    """Orders and products: whole minor units."""
    sign = "-" if minor < 0 else ""
    major, cents = divmod(abs(minor), 100)
    return {
        "amount": minor,
        "currency_code": currency,
        "formatted_amount": f"{sign}{_SYMBOLS.get(currency, currency)}{major:,}.{cents:02}",
    }


def major_units(minor: int) -> Decimal:
    """Payments: major units, spelled as Keap spells a double (305.0, 24.5, 111.05)."""
    sign = "-" if minor < 0 else ""
    major, cents = divmod(abs(minor), 100)
    return Decimal(f"{sign}{major}.{f'{cents:02}'.removesuffix('0')}")


def minor_units(amount: Decimal) -> int:
    """The way back from `major_units`."""
    return int(amount * 100)


def time_text(moment: datetime) -> str:
    """`2026-11-02T22:41:07Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
