"""The number of a form in QuickBooks, which holds 11 characters (qbXML OSR: RefNumber). Pure.

A longer one is cut: its last digits differ most between orders. Where that number is another
order's already, the next is made with a digest of the whole number, so that no two orders ever
share one; the whole number stands in the memo.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qbwc_service.matching.keys import name_key
from qbwc_service.planning.order import SalesOrder
from qbwc_service.planning.plan import Hold
from qbwc_service.settings import Settings

NUMBER_LIMIT = 11
#: characters of the digits that a cut number keeps at least
_LEAST = 4
_TRIES = 3
_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Number:
    """`short` goes into RefNumber ("": QuickBooks gives the next one), `full` is what it means."""

    short: str
    full: str

    @property
    def is_cut(self) -> bool:
        return self.short != self.full


def full_number(order: SalesOrder, settings: Settings, own_prefix: str = "") -> str:
    """Prefix, the number that settings name, suffix."""
    by_invoice = settings.number_source == "invoice-id"
    number = order.invoice_id.strip() if by_invoice else ""
    prefix = own_prefix or settings.number_prefix
    return f"{prefix}{number or order.order_id}{settings.number_suffix}"


def possible_numbers(full: str, *, prefix: int = 0, suffix: int = 0) -> tuple[str, ...]:
    """What may stand in RefNumber for this number, best first; the lengths of prefix and suffix
    are kept. Empty where not even four characters of the number itself would fit."""
    if len(full) <= NUMBER_LIMIT:
        return (full,)
    room = NUMBER_LIMIT - prefix - suffix
    if room < _LEAST:
        return ()
    end = len(full) - suffix
    middles = (full[end - room : end], *_digests(full, room))
    return tuple(f"{full[:prefix]}{middle}{full[end:]}" for middle in middles)


def _digests(full: str, length: int) -> Iterator[str]:
    for count in range(1, _TRIES):
        value = int.from_bytes(hashlib.sha256(f"{count}:{full}".encode()).digest()[:16], "big")
        letters = ""
        while len(letters) < length:
            value, place = divmod(value, len(_LETTERS))
            letters += _LETTERS[place]
        yield letters


def candidates(order: SalesOrder, settings: Settings, own_prefix: str = "") -> tuple[str, ...]:
    """The numbers that the order may get, best first."""
    prefix = own_prefix or settings.number_prefix
    return possible_numbers(
        full_number(order, settings, own_prefix),
        prefix=len(prefix),
        suffix=len(settings.number_suffix),
    )


def sale_number(
    order: SalesOrder, holders: Mapping[str, int], settings: Settings, own_prefix: str = ""
) -> Number | Hold:
    """The first number that no other living order of ours has (`holders`, by `name_key`)."""
    full = full_number(order, settings, own_prefix)
    if settings.number_source == "quickbooks-next":
        return Number("", full)
    details = {"order": str(order.order_id), "number": full}
    others: list[int] = []
    for short in candidates(order, settings, own_prefix):
        holder = holders.get(name_key(short), order.order_id)
        if holder == order.order_id:
            return Number(short, full)
        others.append(holder)
    if not others:
        return Hold("number-too-long", details)
    return Hold("number-of-another-order", details | {"other_order": str(others[0])})


def numbered_again(number: Number, count: int) -> Number:
    """The number of the `count`-th credit memo of a sale: 100, 100-1, 100-2 ..."""
    if not count:
        return number
    full = f"{number.full}-{count}"
    ending = len(f"-{count}")
    short = possible_numbers(full, suffix=ending)
    return Number(short[0], full)
