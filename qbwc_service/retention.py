"""How long what is no longer needed is kept: for the whole service, by environment variables.

Nothing here reaches what the promises rest on: postings with their TxnIDs, orders, payments, and
messages whose outcome is not known are kept for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Ages:
    """Days, by what is kept so long."""

    #: texts of settled messages; that they were sent, when and with what outcome stays
    messages: int = 90
    #: updates that sent nothing and met no trouble, with their messages
    updates: int = 90
    #: alerts that were delivered or given up
    alerts: int = 180
    #: entries of the error log, from when they were solved
    errors: int = 730
    #: notes of the service about no order: lists read, sign-ins renewed
    notes: int = 730
    #: the history of orders, what people did, and who did it
    history: int = 3650


@dataclass(frozen=True, slots=True)
class Limits:
    """The variable, and the least and most that may be chosen."""

    variable: str
    least: int
    most: int = 36_500


LIMITS: Final[Mapping[str, Limits]] = {
    # A Web Connector that was away for weeks may bring an answer, and who helps looks back so far.
    "messages": Limits("QBWC_KEEP_MESSAGES_DAYS", 30),
    "updates": Limits("QBWC_KEEP_UPDATES_DAYS", 30),
    "alerts": Limits("QBWC_KEEP_ALERTS_DAYS", 30),
    "errors": Limits("QBWC_KEEP_ERRORS_DAYS", 30),
    "notes": Limits("QBWC_KEEP_NOTES_DAYS", 30),
    # Books are looked at again a year later, whoever looks.
    "history": Limits("QBWC_KEEP_HISTORY_DAYS", 400),
}
USUAL: Final = Ages()
