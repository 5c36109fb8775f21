"""One thing that was looked at."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How it is: `ILL` keeps the Web Connector from working, `WEAK` will or may."""

    GOOD = "good"
    WEAK = "weak"
    ILL = "ill"


@dataclass(frozen=True, slots=True)
class Finding:
    """`check` is a stable id, `fix` is empty where all is well. `code` is the number of the QBWC
    message that the person at the QuickBooks computer would meet; None where none is known."""

    check: str
    health: Health
    sentence: str
    fix: str = ""
    code: int | None = None

    @property
    def is_ill(self) -> bool:
        return self.health is Health.ILL


def good(check: str, sentence: str) -> Finding:
    return Finding(check, Health.GOOD, sentence)


def weak(check: str, sentence: str, fix: str) -> Finding:
    return Finding(check, Health.WEAK, sentence, fix)


def ill(check: str, sentence: str, fix: str, code: int | None = None) -> Finding:
    return Finding(check, Health.ILL, sentence, fix, code)
