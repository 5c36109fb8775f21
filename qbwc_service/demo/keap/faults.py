"""Trouble on command: the next answers that Keap gives wrongly."""

import threading
from dataclasses import dataclass, replace
from typing import Literal

FaultKind = Literal[
    "throttled",
    "throttled-by-gateway",
    "server-error",
    "bad-gateway",
    "unauthorized",
    "forbidden",
    "cut",
    "slow",
    "broken-record",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """The next `times` answers to paths that contain `path` go wrong in this way.

    `retry_after` is sent as a header where it is given, `seconds` is how slow "slow" is. "cut"
    closes the connection in the middle of the answer; "broken-record" spoils the first record of
    a list, and waits for a list that has one.
    """

    kind: FaultKind
    times: int = 1
    path: str = ""
    retry_after: int | None = None
    seconds: float = 1.0


class Faults:
    """The faults still to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        """None."""
        self._lock = threading.Lock()
        self._pending: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Lets `fault` happen after those that are pending."""
        with self._lock:
            self._pending.append(fault)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._pending.clear()

    @property
    def pending(self) -> tuple[Fault, ...]:
        """What is still to come, with the times that are left."""
        with self._lock:
            return tuple(self._pending)

    def take(self, path: str, *, has_records: bool | None = None) -> Fault | None:
        """The first fault for this path, used up once.

        Asked before an answer is made (`has_records` None) and, for lists, once more after.
        """
        with self._lock:
            for place, fault in enumerate(self._pending):
                is_late = fault.kind == "broken-record"
                wanted = has_records is True if is_late else has_records is None
                if wanted and fault.path in path:
                    left = replace(fault, times=fault.times - 1)
                    self._pending[place : place + 1] = [left] if left.times > 0 else []
                    return fault
        return None
