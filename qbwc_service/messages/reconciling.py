"""What differs between QuickBooks as it was read and what was posted."""

from qbwc_service.messages.entry import Message, Who

ENTRIES = (
    Message(
        "changed-in-quickbooks",
        "{thing} was changed in QuickBooks",
        "It was posted with {posted}. QuickBooks now shows {found}. Nothing was changed back.",
        "Open order {order} and compare: press Looks right to keep it as QuickBooks has it, or "
        "correct it in QuickBooks; the next reading then clears this by itself.",
    ),
    Message(
        "quickbooks-not-compared",
        "QuickBooks could not be compared with what was posted",
        "Reading the transactions of {first_day} to {last_day} was begun several times, and each "
        "update ended before it was done. Nothing was changed.",
        "Leave QuickBooks open for a while and press Read QuickBooks now on the page Reconcile.",
        Who.SET_UP,
        nothing_waits=True,
    ),
)
