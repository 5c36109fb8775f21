"""Trouble on command: the next answers that Keap gives wrongly, or now and then any of them."""

import random
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

FaultKind = Literal[
    "throttled",
    "throttled-by-gateway",
    "server-error",
    "bad-gateway",
    "unavailable",
    "unauthorized",
    "forbidden",
    "html-page",
    "truncated",
    "cut",
    "slow",
    "broken-record",
]
#: what a client that tries again gets over
PASSING: tuple[FaultKind, ...] = (
    "throttled",
    "throttled-by-gateway",
    "server-error",
    "bad-gateway",
    "unavailable",
    "html-page",
    "truncated",
    "cut",
)
#: the same, and answers that a client may not want to wait for
TROUBLE: tuple[FaultKind, ...] = (*PASSING, "slow")


@dataclass(frozen=True, slots=True)
class Fault:
    """The next `times` answers to paths that contain `path` go wrong in this way.

    `retry_after` is sent as a header where it is given, `seconds` is how slow "slow" is. "cut"
    closes the connection in the middle of the answer; "truncated" is half the JSON as if it were
    all; "html-page" has status 200; "broken-record" spoils the first record of a list, and waits
    for a list that has one.
    """

    kind: FaultKind
    times: int = 1
    path: str = ""
    retry_after: int | None = None
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Mix:
    """Faults for long runs: every `every`th answer, or `percent` of them by the seed, goes wrong.

    Which of the `kinds` it is goes by the seed too: the same requests have the same trouble.
    """

    every: int = 0
    percent: float = 0.0
    seed: int = 1
    kinds: tuple[FaultKind, ...] = PASSING
    path: str = ""
    retry_after: int | None = None
    seconds: float = 1.0


class Faults:
    """The faults still to come, in the order in which they were asked for, and a mix."""

    def __init__(self) -> None:
        """None."""
        self._lock = threading.Lock()
        self._pending: list[Fault] = []
        self._mix: Mix | None = None
        self._random = random.Random()
        self._answers = 0
        self._happened: Counter[FaultKind] = Counter()

    def add(self, fault: Fault) -> None:
        """Lets `fault` happen after those that are pending."""
        with self._lock:
            self._pending.append(fault)

    def mix(self, mix: Mix) -> None:
        """Lets answers go wrong now and then from here on, until `clear`."""
        with self._lock:
            self._mix = mix
            self._random = random.Random(mix.seed)
            self._answers = 0

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._pending.clear()
            self._mix = None

    @property
    def pending(self) -> tuple[Fault, ...]:
        """What is still to come, with the times that are left."""
        with self._lock:
            return tuple(self._pending)

    @property
    def happened(self) -> Mapping[FaultKind, int]:
        """How often each kind has happened so far."""
        with self._lock:
            return dict(self._happened)

    def take(self, path: str, *, has_records: bool | None = None) -> Fault | None:
        """The first fault for this path, used up once, or one of the mix.

        Asked before an answer is made (`has_records` None) and, for lists, once more after.
        """
        with self._lock:
            fault = self._next(path, has_records)
            if fault is not None:
                self._happened[fault.kind] += 1
            return fault

    def _next(self, path: str, has_records: bool | None) -> Fault | None:
        for place, fault in enumerate(self._pending):
            is_late = fault.kind == "broken-record"
            wanted = has_records is True if is_late else has_records is None
            if wanted and fault.path in path:
                left = replace(fault, times=fault.times - 1)
                self._pending[place : place + 1] = [left] if left.times > 0 else []
                return fault
        return self._mixed(path) if has_records is None else None

    def _mixed(self, path: str) -> Fault | None:
        mix = self._mix
        if mix is None or mix.path not in path:
            return None
        self._answers += 1
        is_turn = mix.every > 0 and self._answers % mix.every == 0
        if not is_turn and self._random.random() * 100 >= mix.percent:
            return None
        kind = self._random.choice(mix.kinds)
        return Fault(kind, retry_after=mix.retry_after, seconds=mix.seconds)
