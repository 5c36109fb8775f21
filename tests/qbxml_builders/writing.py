"""Requests as text, for what a test compares."""

from qbxml_builders.elements import Request
from qbxml_builders.message_set import render


def written(request: Request) -> str:
    """The request in one line, without blanks between its elements."""
    lines = render([request]).splitlines()[4:-2]
    return "".join(line.strip() for line in lines)
