"""Warns before a list of QuickBooks is full: then it refuses every new customer or item (3310).

Source: qbXML OSR, HostQuery with IncludeMaxCapacity; "Entity" is the one limit of customers,
vendors, employees and other names together, inactive ones too.
"""

from dataclasses import dataclass

from qbwc_service.ledger import error_log, mirror
from qbwc_service.ledger.company_slice import ITEM_LIST
from qbwc_service.webconnector.mirrored_lists import ALL_NAMES
from qbwc_service.webconnector.turn import Turn
from qbxml_builders.elements import Request
from qbxml_builders.records import HostRecord
from qbxml_builders.session import host_query

LIMITS_REQUEST = "limits"
#: in percent
NEARLY_FULL = 95
MESSAGE = "list-nearly-full"
#: keys of Connection.quickbooks: how many there may be, and how many there are
CAPACITY = "list_capacity"
SIZES = "list_sizes"


@dataclass(frozen=True, slots=True)
class LimitedList:
    """A limit that our own additions come up against."""

    name: str
    lists: tuple[str, ...]
    words: str
    advice: str


_LIMITED = (
    LimitedList(
        "Entity",
        ALL_NAMES,
        "names (customers, vendors, employees and other names)",
        "To need no new customers, put the orders of new buyers under one customer: set "
        "missing_customer to single-customer.",
    ),
    LimitedList(
        "Item",
        (ITEM_LIST,),
        "items",
        "Delete or merge items in QuickBooks that nothing uses; making them inactive does not "
        "help.",
    ),
)


def request() -> Request:
    """Asks how many members each list may have."""
    return host_query(LIMITS_REQUEST, capacity=True)


def learn(turn: Turn, host: HostRecord) -> None:
    """Keep the limits; an answer without them changes nothing."""
    limits = {
        each.name: host.capacity[each.name] for each in _LIMITED if each.name in host.capacity
    }
    if limits:
        turn.connection.quickbooks = turn.connection.quickbooks | {CAPACITY: limits}


def judge(turn: Turn) -> None:
    """Tell which lists are nearly full, in one entry; close it when none is."""
    limits = turn.connection.quickbooks.get(CAPACITY, {})
    counted = [each for each in _LIMITED if limits.get(each.name)]
    db, connection_id = turn.db, turn.connection.id
    sizes = {
        each.name: mirror.count(db, connection_id, each.lists)
        for each in counted
        if mirror.is_loaded(db, connection_id, each.lists)
    }
    turn.connection.quickbooks = turn.connection.quickbooks | {SIZES: sizes}
    full = [
        each for each in counted if sizes.get(each.name, 0) * 100 >= limits[each.name] * NEARLY_FULL
    ]
    if not full:
        error_log.solve(db, connection_id, now=turn.now, messages=[MESSAGE])
        return
    filled = [f"{sizes[e.name]:,} of at most {limits[e.name]:,} {e.words}" for e in full]
    details = {"filled": " and ".join(filled), "advice": " ".join(e.advice for e in full)}
    turn.tell(MESSAGE, details)
