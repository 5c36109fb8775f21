"""The values of planning as a JSON column gives them back, so that both can be compared."""

from typing import Any

import msgspec

from qbwc_service.planning.order import ReceivedPayment, SalesOrder


def as_stored(value: SalesOrder | ReceivedPayment) -> dict[str, Any]:
    """Like ledger.sources.stored, with lists in place of tuples."""
    built: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return built
