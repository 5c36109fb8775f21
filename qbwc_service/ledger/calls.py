"""How often a Web Connector calls, learned from its calls: people can change it there, unseen."""

from datetime import datetime, timedelta

from qbwc_service.ledger.models import Connection

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
