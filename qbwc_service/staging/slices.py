"""How long one reading may go on before the others have their turn."""

import time
from collections.abc import Callable


class SliceSpent(Exception):
    """The reading stops between two pages; what is left is read in the next slice."""


class Slice:
    """So many seconds or pages, whichever ends first; None for no end."""

    def __init__(
        self,
        seconds: float | None = None,
        pages: int | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._ends_at = None if seconds is None else now() + seconds
        self._pages = pages

    def page_read(self) -> None:
        """Call it when a page is committed. Raises SliceSpent."""
        if self._pages is not None:
            self._pages -= 1
        if self.spent():
            raise SliceSpent

    def spent(self) -> bool:
        is_late = self._ends_at is not None and self._now() >= self._ends_at
        return is_late or (self._pages is not None and self._pages <= 0)
