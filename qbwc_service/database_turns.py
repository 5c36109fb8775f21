"""Who writes next, where the database itself wakes nobody: SQLite.

A transaction that waits there looks again from time to time, and one that writes page after page
is back before it looks. So those of this process write in the order in which they asked; against
other processes SQLite's own waiting stays.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class TurnNotCome(Exception):
    """Those before took longer than the patience."""


class Turns:
    """One at a time, first come, first served. Shared by all threads of a process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def one(self, patience: float) -> Iterator[float]:
        """Waits for the turn and keeps it for the block; gives the seconds of `patience` left.

        Raises TurnNotCome.
        """
        left = self._take(patience)
        try:
            yield left
        finally:
            self._pass_on()

    def _take(self, patience: float) -> float:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return patience
            mine = threading.Event()
            self._waiting.append(mine)
        asked = time.monotonic()
        has_come = False
        try:
            has_come = mine.wait(patience)
        finally:
            if not has_come:
                self._leave(mine)
        if not has_come:
            raise TurnNotCome
        return max(0.0, patience - (time.monotonic() - asked))

    def _leave(self, mine: threading.Event) -> None:
        with self._guard:
            if not mine.is_set():
                self._waiting.remove(mine)
                return
        # It came in the moment in which we gave up.
        self._pass_on()

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False
