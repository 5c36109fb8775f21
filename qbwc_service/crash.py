"""Death on command, so that tests can prove what a crash leaves behind.

QBWC_CRASH_AT="receive.raw.after-commit:2" kills this process (SIGKILL) at the second passage of
that point. Without the variable a passage costs one dictionary look-up.
"""

import os
import signal


class CrashPoints:
    """Counts passages of one named point and dies at the n-th."""

    def __init__(self, spec: str) -> None:
        point, _, passage = spec.partition(":")
        self._point = point
        self._left = int(passage or 1)

    def reach(self, point: str) -> None:
        if point != self._point:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


_points = CrashPoints(os.environ.get("QBWC_CRASH_AT", ""))


def reach(point: str) -> None:
    """Mark a named point of the program."""
    _points.reach(point)
