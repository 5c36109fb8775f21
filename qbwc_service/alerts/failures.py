"""NotTold    an alert did not reach its address; the sentence says why"""

import re


class NotTold(Exception):
    """It is tried again later. The text is a sentence for the page, without secrets."""


def plain(text: str, most: int = 160) -> str:
    """What another program said, on one short line."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:most]


def reason_of(error: Exception) -> str:
    """The system's own words where it has some, without a number and without a full stop."""
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return plain(re.sub(r"^\[Errno -?\d+\] ", "", words)).rstrip(".") or type(error).__name__
