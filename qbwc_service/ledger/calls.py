"""When a Web Connector calls: how often, learned from its calls, because people can change it there
unseen; and when it is to leave QuickBooks alone."""

from datetime import datetime, timedelta

from qbwc_service.ledger.models import Connection
from qbwc_service.settings import QuietHours, quiet_hours

#: shorter pauses are calls that a person made by hand
_SHORTEST = timedelta(minutes=1)
_LONGEST = timedelta(days=1)


def note_call(connection: Connection, now: datetime) -> None:
    """A Web Connector has just begun to call: note when, and how long it had been silent.

    The length follows by at most half or twice at a time, so that neither a night with the
    computer off nor one press of Update Selected makes much of a difference.
    """
    last = connection.last_contact_at
    connection.last_contact_at = now
    pause = now - last if last is not None else timedelta(0)
    if not _SHORTEST <= pause <= _LONGEST:
        return
    seconds = int(pause.total_seconds())
    known = connection.calls_every
    connection.calls_every = min(max(seconds, known // 2), known * 2) if known else seconds


def quiet_hours_of(connection: Connection) -> QuietHours | None:
    """The quiet hours of a connection, by the time of its Keap account; None where it has none."""
    written = str(connection.settings.get("quiet_hours", ""))
    zone = str(connection.settings.get("time_zone") or connection.time_zone)
    return quiet_hours(written, zone) if written else None
