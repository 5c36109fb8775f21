"""Kill points: QuickBooks or the Web Connector dies at the n-th passage of a named point."""

import os
import signal
from collections.abc import Callable
from enum import StrEnum
from typing import Self

from .errors import SimulatedCrash


class CrashPoint(StrEnum):
    """Where QuickBooks can die while it works on one message.

    Every message passes the first and the last (the Web Connector's own HCP queries too), every
    write that was applied the second, and sets that name a newMessageSetID the other two.
    """

    MESSAGE_RECEIVED = "message-received"
    REQUEST_APPLIED = "request-applied"
    SET_RUN = "set-run"
    MEMORY_SAVED = "memory-saved"
    BEFORE_ANSWER = "before-answer"


def raise_crash(point: str) -> None:
    """The crash inside a test process: SimulatedCrash."""
    raise SimulatedCrash(point)


def kill_process(_point: str) -> None:
    """The crash of a real program: no clean-up, no answer, like a power cut."""
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


class Crash:
    """Counts the passages of one point and strikes once, at the n-th."""

    def __init__(
        self, point: str = "", passage: int = 1, *, strike: Callable[[str], None] = raise_crash
    ) -> None:
        self._point = point
        self._left = passage
        self._strike = strike

    @classmethod
    def parse(
        cls, spec: str, points: type[StrEnum], *, strike: Callable[[str], None] = raise_crash
    ) -> Self:
        """From "point:n"; "point" alone is the first passage, "" is no crash at all.

        Raises ValueError for a point that is not one of `points`.
        """
        if not spec:
            return cls()
        point, _, passage = spec.partition(":")
        return cls(points(point), int(passage or 1), strike=strike)

    def passing(self, point: str) -> None:
        """The program is at `point` now."""
        if point != self._point:
            return
        self._left -= 1
        if self._left == 0:
            self._strike(point)
