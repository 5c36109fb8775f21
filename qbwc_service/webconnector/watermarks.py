"""From when on a list of QuickBooks is followed.

The watermark of a list is the newest TimeModified that QuickBooks returned in it, or showed us
anywhere before the reading began, less two hours (its local time goes back by one in autumn), sent
without offset: never our clock, whose offset from QuickBooks' is unknown. A row that comes twice is
harmless, but a hundred thousand of them at every session are not: where the watermark was old
already when the list was read, only what is newer is asked for. A list that was not read for 60
days is read from its start, because QuickBooks tells deletions for 90 days only (qbXML OSR:
ListDeletedQuery).
"""

from datetime import datetime, timedelta

from qbwc_service.ledger.models import MirrorList
from qbwc_service.webconnector.mirrored_lists import MirroredList

FRESH_LOAD_AFTER = timedelta(days=60)
OVERLAP = timedelta(hours=2)
#: more than our clock and QuickBooks' local time can differ (14 hours), and the overlap
SETTLED_AFTER = timedelta(hours=36)


def followed_since(each: MirroredList, state: MirrorList | None, now: datetime) -> str:
    """From when on the list is followed; "" reads it from its start."""
    if each.always_whole or state is None or state.loaded_at is None or not state.watermark:
        return ""
    if now - state.loaded_at > FRESH_LOAD_AFTER:
        return ""
    newest = datetime.fromisoformat(state.watermark[:19])
    if state.loaded_at.replace(tzinfo=None) - newest > SETTLED_AFTER:
        # Whatever was changed since that reading bears a later time, clocks put back included.
        return (newest + timedelta(seconds=1)).isoformat(timespec="seconds")
    return less_overlap(state.watermark)


def less_overlap(text: str) -> str:
    """A time as QuickBooks wrote it, less two hours, without offset; "" stays ""."""
    if not text:
        return ""
    return (datetime.fromisoformat(text[:19]) - OVERLAP).isoformat(timespec="seconds")
