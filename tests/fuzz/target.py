"""What a target is."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

#: stands between the requests or answers of one input
NEXT = b"\x1e"

Run = Callable[[bytes], None]


class Defect(Exception):
    """The product did with an input what it must never do."""


@dataclass(frozen=True, slots=True)
class Target:
    """`open(folder)` gives the function to feed; `seeds(folder)` gives good inputs."""

    name: str
    open: Callable[[Path], AbstractContextManager[Run]]
    seeds: Callable[[Path], Iterator[bytes]]
    #: words that the inputs are made of
    words: tuple[bytes, ...] = ()
    longest: int = 16_384


def parts(data: bytes, most: int) -> list[bytes]:
    """The requests or answers of an input."""
    return data.split(NEXT, most)[:most]


def demand(truth: object, told: str) -> None:
    """Raise Defect unless that is so."""
    if not truth:
        raise Defect(told)
