"""Quiet hours at the Web Connector: it is told that there is nothing, and to come back later.

One thing is done all the same: what was sent and never answered is looked up in QuickBooks. Until
that is settled nobody can say whether an order is there, and the longer it waits, the more people
change in QuickBooks what would have proved it. Looking up writes nothing; whatever it releases
waits until the quiet hours end.
"""

from datetime import datetime, timedelta

from qbwc_service.ledger.calls import quiet_hours_of
from qbwc_service.ledger.models import Connection

#: so that quiet hours that are changed meanwhile are noticed, and the computer shows that it runs
_COME_BACK_WITHIN = timedelta(hours=1)
#: noted of a call in quiet hours
RESULT = "Quiet hours."


def are_on(connection: Connection, now: datetime) -> bool:
    hours = quiet_hours_of(connection)
    return hours is not None and hours.until(now) is not None


def nothing_for_now(connection: Connection, now: datetime) -> list[str]:
    """What authenticate answers where there is nothing to do; in quiet hours with the seconds after
    which to call again (Programmer's Guide p. 62, third element)."""
    hours = quiet_hours_of(connection)
    end = hours.until(now) if hours is not None else None
    if end is None:
        return ["", "none"]
    seconds = min(end - now, _COME_BACK_WITHIN).total_seconds()
    return ["", "none", str(max(1, int(seconds)))]
