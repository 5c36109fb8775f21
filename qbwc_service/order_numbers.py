"""Order numbers as people write them: 1001, #1002, 1005-1010, with commas, semicolons, blanks or
new lines between. One reader for the command line and the pages.

Exception
  OrderNumbersUnreadable    something is neither a number nor a range, or it is too much
"""

import re
from collections.abc import Iterable

#: numbers of one request
MOST = 10_000
_BETWEEN = re.compile(r"[,;\s]+")
#: a hyphen or one of the dashes that word processors make of it, with blanks around it
_DASH = re.compile(r"(?<=[0-9])\s*[-\u2010-\u2015]\s*(?=#?[0-9])")
_PART = re.compile("#?([0-9]{1,18})(?:-#?([0-9]{1,18}))?")
_LONGEST_SHOWN = 40


class OrderNumbersUnreadable(Exception):
    """`part` is what cannot be read, cut to a length that can be shown."""

    def __init__(self, part: str, reason: str) -> None:
        self.part = part if len(part) <= _LONGEST_SHOWN else f"{part[:_LONGEST_SHOWN]}..."
        super().__init__(f'"{self.part}" {reason} Nothing was done.')


def read_order_numbers(texts: Iterable[str]) -> tuple[int, ...]:
    """Each number once, in the order given. Raises OrderNumbersUnreadable."""
    numbers: dict[int, None] = {}
    for text in texts:
        for part in filter(None, _BETWEEN.split(_DASH.sub("-", text))):
            wanted = _range(part)
            if len(numbers) + wanted.stop - wanted.start > MOST:
                wanted = range(wanted.start, min(wanted.stop, wanted.start + MOST + 1))
            numbers.update(dict.fromkeys(wanted))
            if len(numbers) > MOST:
                raise OrderNumbersUnreadable(part, f"is too much: at most {MOST} at once.")
    return tuple(numbers)


def _range(part: str) -> range:
    match = _PART.fullmatch(part)
    first = int(match[1]) if match else 0
    last = int(match[2] or first) if match else 0
    if not first:
        raise OrderNumbersUnreadable(
            part, "is not an order number like 1001 or a range like 1001-1010."
        )
    if last < first:
        raise OrderNumbersUnreadable(part, "runs backwards.")
    return range(first, last + 1)
