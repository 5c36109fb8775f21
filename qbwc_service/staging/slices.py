"""How much of one connection is read before the others have their turn."""

import time
from collections.abc import Callable

PAGES = 25
SECONDS = 20.0


class SliceSpent(Exception):
    """The reading stops between two pages; what is left is read in the next slice."""


class Slice:
    """A budget of pages and seconds; spent as soon as either is. For one reading, in one thread.

    The reading asks between two pages, where everything it has read is written down, and stops
    there: a slice may take one page longer, never one less than a page.
    """

    def __init__(
        self,
        *,
        pages: int = PAGES,
        seconds: float = SECONDS,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """`elapsed` is a clock in seconds that nobody sets back."""
        self._pages = pages
        self._seconds = seconds
        self._elapsed = elapsed
        self._began = elapsed()

    def page_read(self) -> None:
        """One more page was read and written."""
        self._pages -= 1

    def spent(self) -> bool:
        """Whether it is the turn of the others."""
        return self._pages <= 0 or self._elapsed() - self._began >= self._seconds
