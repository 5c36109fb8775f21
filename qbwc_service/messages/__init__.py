"""The message catalogue: one entry for everything a person may have to read or do.

An entry says what happened, why, and the one thing to do. `{braces}` are filled from the details
stored with the order, posting or error entry. Style: start with the thing; no code, no blame; say
what was not changed; say when it goes on by itself. The id is stable: pages, help and scripts use
it. Each entry has a page of its own under /help.
"""

from collections.abc import Mapping

from qbwc_service.messages import (
    alerts,
    changes,
    keap,
    link,
    looked_up,
    matching,
    money,
    quickbooks,
    reconciling,
    refusals,
    rules,
    skips,
    unreachable,
    web_connector,
)
from qbwc_service.messages.entry import Level as Level
from qbwc_service.messages.entry import Message as Message
from qbwc_service.messages.entry import Who as Who

#: the entries by what they are about, as Help shows them
GROUPS: Mapping[str, tuple[Message, ...]] = {
    "Orders as Keap has them": keap.ENTRIES,
    "Customers, items and accounts": matching.ENTRIES,
    "Numbers, payments, refunds and totals": money.ENTRIES,
    "What QuickBooks does not accept": refusals.ENTRIES,
    "What QuickBooks has": (*quickbooks.ENTRIES, *reconciling.ENTRIES),
    "Undo, and changes after sending": changes.ENTRIES,
    "Left out or held on purpose": (*skips.ENTRIES, *rules.ENTRIES),
    "Keap, the company file and the connection": link.ENTRIES,
    "The Web Connector cannot open QuickBooks": unreachable.ENTRIES,
    "What the Web Connector itself shows": web_connector.ENTRIES,
    "Alerts": alerts.ENTRIES,
    "Questions": looked_up.ENTRIES,
}

CATALOGUE: Mapping[str, Message] = {
    entry.id: entry for entries in GROUPS.values() for entry in entries
}
#: entries that only Help shows: nothing of ours waits with them
ONLY_IN_HELP = frozenset(entry.id for entry in (*web_connector.ENTRIES, *looked_up.ENTRIES))


def subject(message_id: str, details: Mapping[str, object]) -> str:
    """What the trouble is about: all with the same cause and subject are released by one fix."""
    entry = CATALOGUE.get(message_id)
    return str(details.get(entry.about, "")) if entry and entry.about else ""


def message(message_id: str, details: Mapping[str, object] | None = None) -> Message:
    """The entry with its details filled in; KeyError for an id that no entry has."""
    return CATALOGUE[message_id].rendered(details or {})


def told(message_id: str, details: Mapping[str, object] | None = None) -> Message:
    """As `message`, for an id that was stored: what a newer version wrote still gets a sentence."""
    if message_id in CATALOGUE:
        return message(message_id, details)
    return Message(
        message_id,
        "It waits for a reason that this version cannot explain",
        f'The reason is called "{message_id}".',
        "Ask whoever looks after this service to update it.",
    )
