"""How long what is no longer needed is kept: for the whole service, by environment variables.

Nothing here reaches what the promises rest on: postings with their TxnIDs, orders, payments, and
messages whose outcome is not known are kept for ever.
"""

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


USUAL: Final = Ages()
