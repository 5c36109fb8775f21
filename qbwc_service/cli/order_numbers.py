"""Order numbers as people write them: 101, 102-110, with commas or blanks between."""

import re
from collections.abc import Iterable

import click

_MOST = 10_000
_PART = re.compile("([0-9]{1,18})(?:-([0-9]{1,18}))?")


class OrderNumbersUnreadable(click.UsageError):
    """Not a number or a range, or too many of them at once."""

    def __init__(self, part: str, reason: str) -> None:
        self.part = part
        super().__init__(f"{part!r} {reason}")


def read_order_numbers(texts: Iterable[str]) -> tuple[int, ...]:
    """Each number once, in the order given. Raises OrderNumbersUnreadable."""
    numbers: dict[int, None] = {}
    for text in texts:
        for part in filter(None, re.split(r"[,\s]+", text)):
            for number in _range(part):
                numbers[number] = None
                if len(numbers) > _MOST:
                    raise OrderNumbersUnreadable(part, f"is too much: at most {_MOST} at once.")
    return tuple(numbers)


def _range(part: str) -> range:
    match = _PART.fullmatch(part)
    if match is None:
        raise OrderNumbersUnreadable(part, "is not an order number like 101 or a range 102-110.")
    first = int(match[1])
    last = int(match[2] or first)
    if last < first:
        raise OrderNumbersUnreadable(part, "runs backwards.")
    return range(first, last + 1)
