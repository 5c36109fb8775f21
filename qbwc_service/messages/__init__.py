"""The message catalogue: one entry for everything a person may have to read or do.

An entry says what happened, why, and the one thing to do. `{braces}` are filled from the details
stored with the order, posting or error entry. Style: start with the thing; no code, no blame; say
what was not changed; say when it goes on by itself. The id is stable: pages, help and scripts use
it.
"""

from collections.abc import Mapping

from qbwc_service.messages import (
    alerts,
    changes,
    keap,
    link,
    matching,
    money,
    quickbooks,
    reconciling,
    rules,
    skips,
)
from qbwc_service.messages.entry import Message as Message
from qbwc_service.messages.entry import Who as Who

_ENTRIES = (
    *keap.ENTRIES,
    *skips.ENTRIES,
    *rules.ENTRIES,
    *matching.ENTRIES,
    *money.ENTRIES,
    *quickbooks.ENTRIES,
    *link.ENTRIES,
    *reconciling.ENTRIES,
    *changes.ENTRIES,
    *alerts.ENTRIES,
)

CATALOGUE: Mapping[str, Message] = {entry.id: entry for entry in _ENTRIES}


def subject(message_id: str, details: Mapping[str, object]) -> str:
    """What the trouble is about: all with the same cause and subject are released by one fix."""
    entry = CATALOGUE.get(message_id)
    return str(details.get(entry.about, "")) if entry and entry.about else ""


def message(message_id: str, details: Mapping[str, object] | None = None) -> Message:
    """The entry with its details filled in; KeyError for an id that no entry has."""
    return CATALOGUE[message_id].rendered(details or {})
