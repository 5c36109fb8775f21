"""JSON as Keap writes it: fractions are exact numbers, never floats."""

from decimal import Decimal
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def to_json(value: object) -> bytes:
    """JSON with Decimal as numbers."""
    return _ENCODER.encode(value)


def from_json(body: bytes) -> Any:
    """JSON with numbers that have a fraction as Decimal. Raises ValueError."""
    return _DECODER.decode(body)
