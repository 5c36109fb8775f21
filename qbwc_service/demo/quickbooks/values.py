"""Numbers, dates and text as QuickBooks writes and keeps them."""

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

Clock = Callable[[], datetime]
"""The clock of the QuickBooks computer: aware, in its local zone."""

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def local_clock() -> datetime:
    return datetime.now().astimezone()


def cents(value: Decimal) -> Decimal:
    """Rounded half up to two decimals (the half rule of QuickBooks is not documented)."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def amount_text(value: Decimal) -> str:
    """AMTTYPE: exactly two decimals."""
    return f"{cents(value):f}"


def cents_of(amount: Decimal) -> int:
    """An amount of money as it is kept: whole cents."""
    return int(amount.scaleb(2))


def money_of(whole_cents: int) -> Decimal:
    return Decimal(whole_cents).scaleb(-2)


def number_text(value: Decimal) -> str:
    """QUANTYPE or PRICETYPE: at most five decimals, no trailing noise."""
    rounded = value.quantize(Decimal("0.00001"), rounding=ROUND_HALF_UP).normalize()
    return f"{rounded:f}"


def price_text(value: Decimal) -> str:
    """PRICETYPE as it comes back: at least two decimals, at most five."""
    text = number_text(value)
    return amount_text(value) if len(text.partition(".")[2]) < 2 else text


def timestamp(moment: datetime) -> str:
    """DATETIMETYPE as QuickBooks writes it: local time, whole seconds, with offset."""
    return moment.replace(microsecond=0).isoformat()


def written_time(text: str) -> str:
    """The first 19 characters, comparable as text: QuickBooks ignores the offset of a filter.

    A date alone is midnight; a time without seconds is the full minute.
    """
    if len(text) == len("2026-03-01"):
        return text + "T00:00:00"
    if len(text) < len("2026-03-01T10:20:30") or text[16] != ":":
        return text[:16] + ":00"
    return text[:19]


def is_true(text: str) -> bool:
    """BOOLTYPE; an absent or empty value is false."""
    return text in {"true", "1"}


def bool_text(value: bool) -> str:
    return "true" if value else "false"


def kept_text(text: str) -> str:
    """What is left of a text in the Windows-1252 company file: the rest becomes "?"."""
    return text.encode("cp1252", "replace").decode("cp1252")


def key_of(name: str) -> str:
    """The form in which names and numbers are compared: trimmed, letter case ignored."""
    return kept_text(name).strip().casefold()
