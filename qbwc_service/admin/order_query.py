"""The filter of the orders page as a query string, both ways: what cannot be read asks for
nothing."""

from collections.abc import Mapping
from typing import Any

from qbwc_service.admin.addresses import day_from
from qbwc_service.ledger.models import OrderStatus
from qbwc_service.ledger.order_search import OrderFilter
from qbwc_service.messages import CATALOGUE
from qbwc_service.planning.money import amount_typed, shown
from qbwc_service.planning.order_status import PaidState

_LONGEST_SEARCH = 100
_LONGEST_SUBJECT = 200


def order_filter(args: Mapping[str, str]) -> OrderFilter:
    status, paid = args.get("status", ""), args.get("paid", "")
    cause = args.get("cause", "")
    return OrderFilter(
        status=OrderStatus(status) if status in set(OrderStatus) else None,
        text=searched(args.get("q", "")),
        since=day_from(args.get("from", "")),
        until=day_from(args.get("to", "")),
        cause=cause if cause in CATALOGUE else "",
        subject=args.get("subject", "")[:_LONGEST_SUBJECT].replace("\0", ""),
        paid=PaidState(paid) if paid in set(PaidState) else None,
        product=searched(args.get("product", "")),
        least=amount_typed(args.get("least", "")),
        most=amount_typed(args.get("most", "")),
        has_refund=args.get("refund") == "yes",
    )


def query_of(wanted: OrderFilter) -> dict[str, Any]:
    """The same as a query string, without what is empty."""
    query = {
        "status": wanted.status,
        "q": wanted.text,
        "from": wanted.since,
        "to": wanted.until,
        "cause": wanted.cause,
        "subject": wanted.subject,
        "paid": wanted.paid,
        "product": wanted.product,
        "least": "" if wanted.least is None else shown(wanted.least),
        "most": "" if wanted.most is None else shown(wanted.most),
        "refund": "yes" if wanted.has_refund else "",
    }
    return {key: str(value) for key, value in query.items() if value}


def searched(text: str) -> str:
    """What somebody typed to search for, in one line that a database takes."""
    printable = "".join(character for character in text if character.isprintable())
    return printable.strip()[:_LONGEST_SEARCH]
