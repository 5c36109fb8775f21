"""Values of Keap's in the form that the books need, or the reason why they cannot be used. Pure.

ValueError
└── RecordUnusable    Keap sent it well-formed, but without what the books need
"""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from qbwc_service.planning.money import minor_units

#: what the columns and QuickBooks' amounts hold with room to spare
_LARGEST_AMOUNT = 10**15
_LONGEST_ID = 18
_LONGEST_TEXT_ID = 40

_encoder = msgspec.json.Encoder(decimal_format="number")


class RecordUnusable(ValueError):
    """`reason` is a sentence part for the error log."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def day(moment: datetime | None, zone: ZoneInfo, what: str) -> date:
    """The day there. Raises RecordUnusable."""
    if moment is None:
        raise RecordUnusable(f"it has no {what}")
    try:
        return moment.astimezone(zone).date()
    except OverflowError as error:
        raise RecordUnusable(f"its {what} {moment.isoformat()} is no date") from error


def number(text: str, what: str) -> int:
    """An id that the books count by. Raises RecordUnusable."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID):
        raise RecordUnusable(f"its {what} {text!r} is not a number")
    return int(text)


def text_id(text: str, what: str) -> str:
    """An id that is only shown and compared. Raises RecordUnusable."""
    if len(text) > _LONGEST_TEXT_ID:
        raise RecordUnusable(f"its {what} has {len(text)} characters")
    return text


def amount(minor: int) -> int:
    """Minor units. Raises RecordUnusable."""
    if abs(minor) > _LARGEST_AMOUNT:
        raise RecordUnusable(f"its amount {minor} is too large")
    return minor


def major_amount(major: Decimal) -> int:
    """Major units in minor ones. Raises RecordUnusable."""
    if abs(major) > _LARGEST_AMOUNT:
        raise RecordUnusable(f"its amount {major} is too large")
    try:
        return minor_units(major)
    except ValueError as error:
        raise RecordUnusable(f"its amount {error}") from error


def content_text(content: object) -> str:
    """A text as it is, several choices with commas, anything else as Keap's JSON spells it."""
    match content:
        case None:
            return ""
        case str():
            return content
        case list():
            return ", ".join(content_text(one) for one in content)
        case _:
            return _encoder.encode(content).decode()
