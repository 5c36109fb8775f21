"""Whether an order that could be sent waits for somebody's word first. Pure.

The causes are holds like any other: an order that waits for a word is planned in full, shown in the
preview, and nothing of it goes to QuickBooks.
"""

#: `approve_before_sending` is on, and nobody has approved the order as it is in Keap now
APPROVAL = "waiting-for-approval"
#: the connection is being set up
SWITCH = "not-switched-on"
AWAITING = frozenset({APPROVAL, SWITCH})


def word_awaited(*, is_on: bool, wants_approval: bool, is_approved: bool) -> str:
    """The cause it is to be held for, or "". An approved order goes also before the connection is
    on: that is how the orders of the trial go."""
    if is_approved:
        return ""
    if not is_on:
        return SWITCH
    return APPROVAL if wants_approval else ""
