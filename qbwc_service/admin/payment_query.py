"""The filter of the payments and refunds pages as a query string, both ways: what cannot be read
asks for nothing."""

from collections.abc import Mapping
from typing import Any

from qbwc_service.admin.addresses import day_from, id_from
from qbwc_service.admin.order_query import searched
from qbwc_service.ledger.models import PaymentStatus
from qbwc_service.ledger.payment_search import PaymentFilter, Place

_NOT_POSTED = "not-posted"


def payment_filter(args: Mapping[str, str]) -> PaymentFilter:
    status = args.get("status", "")
    return PaymentFilter(
        since=day_from(args.get("from", "")),
        until=day_from(args.get("to", "")),
        method=searched(args.get("method", "")),
        gateway=searched(args.get("gateway", "")),
        status=PaymentStatus(status) if status in set(PaymentStatus) else None,
        not_posted=status == _NOT_POSTED,
        text=searched(args.get("q", "")),
    )


def query_of(wanted: PaymentFilter) -> dict[str, Any]:
    """The same as a query string, without what is empty."""
    query = {
        "from": wanted.since,
        "to": wanted.until,
        "method": wanted.method,
        "gateway": wanted.gateway,
        "status": _NOT_POSTED if wanted.not_posted else wanted.status,
        "q": wanted.text,
    }
    return {key: str(value) for key, value in query.items() if value}


def place_from(text: str) -> Place | None:
    """Where a page begins, as `place_text` wrote it; None for anything else."""
    day, _, row_id = text.partition(".")
    when, number = day_from(day), id_from(row_id)
    return Place(when, number) if when is not None and number is not None else None


def place_text(place: Place | None) -> str:
    return f"{place.day}.{place.row_id}" if place is not None else ""
