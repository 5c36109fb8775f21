"""Arithmetic on integers, and texts within limits: the generator's own, not the product's."""

from collections.abc import Iterable

NUMBER_LIMIT = 11
NAME_LIMIT = 41
#: characters of its own that a cut number keeps at least
_LEAST = 4


def half_up(numerator: int, denominator: int) -> int:
    """The quotient to the next whole number, a half away from zero."""
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def line_amount(thousandths: int, price: int) -> int:
    """Cents of so many thousandths of a piece at that price."""
    return half_up(thousandths * price, 1000)


def sales_tax(base: int, rates: Iterable[int]) -> int:
    """Cents of tax at rates in thousandths of a percent, each rounded by itself."""
    return sum(half_up(base * rate, 100_000) for rate in rates)


def form_number(number: str, prefix: str, suffix: str) -> str | None:
    """What stands on the form; None where not even four characters of the number fit."""
    if len(prefix) + len(number) + len(suffix) <= NUMBER_LIMIT:
        return prefix + number + suffix
    room = NUMBER_LIMIT - len(prefix) - len(suffix)
    return None if room < _LEAST else prefix + number[-room:] + suffix


def list_name(text: str, contact_id: str) -> str:
    """A customer's name; a long one is cut and ends with the contact's id."""
    if len(text) <= NAME_LIMIT:
        return text
    suffix = f" (K{contact_id})"
    return text[: NAME_LIMIT - len(suffix)].rstrip() + suffix


def name_apart(text: str, contact_id: str) -> str:
    """The name of a customer whose own one is taken."""
    suffix = f" (K{contact_id})"
    return text[: NAME_LIMIT - len(suffix)].rstrip() + suffix


def base_36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, place = divmod(number, 36)
        text = digits[place] + text
    return text.rjust(3, "0")
