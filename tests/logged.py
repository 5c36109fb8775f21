"""What the log says while a test runs, as it would be written."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from qbwc_service.logs import OneLine


class Kept(logging.Handler):
    """Every record that was logged, as the log writes it, without its time."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(OneLine())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record).partition(" ")[2])

    def of(self, trace: str) -> list[str]:
        """What was told under that trace, in order, without the names of loggers."""
        wanted = f" trace={trace} "
        return [line.partition(": ")[2] for line in self.lines if wanted in f"{line} "]


@contextmanager
def everything_logged() -> Iterator[Kept]:
    """All that is logged from DEBUG on."""
    root, kept = logging.getLogger(), Kept()
    level = root.level
    root.addHandler(kept)
    root.setLevel(logging.DEBUG)
    try:
        yield kept
    finally:
        root.removeHandler(kept)
        root.setLevel(level)


def words(lines: list[str]) -> list[str]:
    """The lines without what they are about."""
    return [line.partition(" trace=")[0] for line in lines]
