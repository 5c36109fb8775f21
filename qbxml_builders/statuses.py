"""What a status code means and how the queue reacts.

Codes: 0-499 done, 500-999 done with a warning, 1000 and more refused; 9100-9199 are about macros;
600 and 9001-9005 are about a whole message set. Source: qbXML Onscreen Reference, status codes.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from qbxml_builders.hresults import Effect as Effect
from qbxml_builders.hresults import HResult as HResult
from qbxml_builders.hresults import hresult as hresult


class Reaction(StrEnum):
    """What the queue does next. Only RETRY and PARTNER may send the same thing again unasked."""

    DONE = "done"
    EMPTY = "empty"  # a query that found nothing, or not everything
    RETRY = "retry"  # by itself, later: nothing was saved
    PARTNER = "partner"  # failed because another request of the set failed: takes its class
    PERSON = "person"  # a person decides about this record
    SETUP = "setup"  # something must be set up in QuickBooks or in our settings first
    DEFECT = "defect"  # our fault: the same request fails for ever
    NAME_TAKEN = "name taken"
    STALE = "stale"  # read the record again, then decide again
    CLOSED_PERIOD = "closed period"
    ITERATOR_LOST = "iterator lost"  # start the list again
    UNKNOWN_OUTCOME = "unknown outcome"  # look it up under its own key before anything else


@dataclass(frozen=True, slots=True)
class Status:
    """A status code in our words; ``advice`` is what a person does about it, "" for nothing."""

    code: int
    meaning: str
    reaction: Reaction
    advice: str = ""


# Catch-all codes: only the text behind them tells a lock from a refusal.
BY_TEXT = frozenset({3160, 3170, 3180, 3185})
TRANSIENT_TEXTS = ("modified by another user", "could not be locked", "in use by another user")
MACRO_CODES = range(9100, 9200)
LAST_INFO, LAST_WARNING = 499, 999
SIGN_ON_CODES = range(2000, 3000)


def classify(code: int, message: str) -> Status:
    """The status of a code; the message decides only where one code stands for many things.

    A code that nobody has described is judged by its range, and a refusal goes to a person.
    """
    status = KNOWN.get(code) or _by_range(code)
    if code in BY_TEXT:
        return _by_text(status, message.casefold())
    return status


def _by_text(status: Status, message: str) -> Status:
    if any(text in message for text in TRANSIENT_TEXTS):
        return replace(
            status,
            meaning="QuickBooks could not save: another user or program holds the record.",
            reaction=Reaction.RETRY,
            advice="Close the record in QuickBooks; it is tried again by itself.",
        )
    if "closing date" in message:
        return replace(status, reaction=Reaction.CLOSED_PERIOD)
    return status


def _by_range(code: int) -> Status:
    if code in MACRO_CODES:
        return Status(code, "The request that this one refers to failed.", Reaction.PARTNER)
    if code in SIGN_ON_CODES:
        return Status(code, "A sign-on code of QuickBooks Online Edition.", Reaction.DEFECT)
    if code <= LAST_INFO:
        return Status(code, "Done.", Reaction.DONE)
    if code <= LAST_WARNING:
        return Status(code, "Done, with a warning.", Reaction.DONE, "Read the warning.")
    return Status(
        code,
        "QuickBooks refused the request.",
        Reaction.PERSON,
        "Read QuickBooks' own text and correct what it names.",
    )


REPORT = "Report it: the message is stored with its answer."
READ = "Read QuickBooks' own text and correct what it names."
SETTINGS = "Correct it in QuickBooks or in the settings, then retry."

# Reaction, then code, meaning and advice. 3000-3099 are format errors: our checks let none through.
TABLE: dict[Reaction, tuple[tuple[int, str, str], ...]] = {
    Reaction.DONE: (
        (0, "Done.", ""),
        (501, "A record cannot be shown in this qbXML version.", READ),
        (530, "Done without a field that this edition lacks.", READ),
        (531, "Done without a value that this edition lacks.", READ),
        (540, "QuickBooks Online Edition cut the list.", ""),
        (550, "Saved, but its note was not.", "Add the note by hand where it matters."),
        (560, "Done with a field that may disappear one day.", ""),
        (570, "Saved, but not linked to a closed transaction.", "Link it by hand if needed."),
    ),
    Reaction.EMPTY: (
        (1, "No record matches.", ""),
        (500, "Not every record that was asked for exists.", ""),
    ),
    Reaction.RETRY: (
        (1010, "QuickBooks is not available now.", "Leave the company file open."),
        (3175, "The record is in use.", "Close its window in QuickBooks."),
        (3176, "A record that this one names is in use.", "Close its window in QuickBooks."),
        (3177, "The transaction is locked.", "Close its window in QuickBooks."),
        (3231, "Not tried, because an earlier request of the set failed.", ""),
    ),
    Reaction.UNKNOWN_OUTCOME: (
        (510, "Saved, but not returned.", ""),
        (600, "QuickBooks keeps no answer under that message set id.", ""),
        (1000, "QuickBooks failed inside.", "If it repeats, run Verify Data."),
        (9001, "The message set id was used for another content.", ""),
        (9002, "QuickBooks keeps no answer for that message set.", ""),
        (9003, "A reserved code for a message set.", ""),
        (9004, "The message set id is too long.", ""),
        (9005, "The answer of the message set could not be kept.", "Check the file's disk."),
    ),
    Reaction.NAME_TAKEN: (
        (
            3100,
            "The name is in use, perhaps by a vendor, an employee or an inactive record.",
            "Link the record that bears the name, or choose another name.",
        ),
    ),
    Reaction.STALE: ((3200, "The record changed since it was read.", ""),),
    Reaction.CLOSED_PERIOD: (
        (3161, "A transaction of a closed period cannot be deleted.", "Ask the bookkeeper."),
        (
            3171,
            "The date is on or before the closing date.",
            "Change the date, or lift the closing date for the moment, then retry.",
        ),
    ),
    Reaction.ITERATOR_LOST: ((3391, "The list being read page by page is gone.", ""),),
    Reaction.PERSON: (
        (3000, "A stored id is malformed, or its record is gone.", "Link the record again."),
        (3101, "An amount would be too large.", "Split the order."),
        (3120, "The record is gone from QuickBooks.", "Link it again, or post it as new."),
        (3130, "The parent does not exist.", "Create the parent first."),
        (
            3160,
            "The record is used by another one, and so cannot be deleted.",
            "Remove what is linked to it in QuickBooks; make a list member inactive instead.",
        ),
        (3162, "It needs single-user mode.", "Do it when nobody else is in the file."),
        (3170, "The change was refused.", READ),
        (3180, "Saving was refused.", READ),
        (3185, "Voiding was refused.", READ),
        (
            3210,
            "A value breaks a rule: perhaps more is paid than is due, or refunded than is left.",
            "Compare the balance in QuickBooks with the amount of the payment or refund.",
        ),
        (3300, "The list refuses the entry.", READ),
        (3310, "The list is full.", "Condense the list, or use a larger edition."),
        (3390, "There are too many of something.", READ),
        (3420, "QuickBooks refused the request.", READ),
        (3500, "Merging was refused.", "Merge by hand in QuickBooks."),
    ),
    Reaction.SETUP: (
        (1030, "This QuickBooks does not know the request.", "Switch the feature off."),
        (3121, "The custom field is not defined.", "Define the custom field in QuickBooks."),
        (
            3140,
            "A customer, item, account or another name does not exist in the file.",
            "Create it in QuickBooks or correct the mapping, then retry.",
        ),
        (3141, "A name fits several records.", "Choose the record from the list again."),
        (3220, "The application or its user may not do this.", SETTINGS),
        (
            3250,
            "The feature is off, or not in this edition.",
            "Turn it on in QuickBooks, or turn the option off here.",
        ),
        (3260, "The QuickBooks user lacks the right.", "Give that user the right."),
        (3261, "Sensitive data is not allowed.", "Allow it in Integrated Applications."),
        (3262, "It needs a payroll subscription.", SETTINGS),
        (3264, "It needs a merchant services subscription.", SETTINGS),
        (3270, "A posting account is missing.", "Set the account on the item."),
        (3280, "The kind of item does not fit here.", "Map another item."),
        (3351, "The custom field does not exist for such records.", SETTINGS),
    ),
    Reaction.DEFECT: (
        (1060, "The request id is longer than 50 characters.", REPORT),
        (3010, "A switch is neither true nor false.", REPORT),
        (3020, "A date is malformed or out of range.", REPORT),
        (3030, "A date range ends before it begins.", REPORT),
        (3031, "A name or number range ends before it begins.", REPORT),
        (3035, "A time interval is malformed.", REPORT),
        (3040, "An amount is malformed.", REPORT),
        (3045, "A price has too many digits or decimals.", REPORT),
        (3050, "A percentage is malformed.", REPORT),
        (3060, "A quantity is malformed.", REPORT),
        (3065, "A GUID is malformed.", REPORT),
        (3070, "A text is longer than its field.", REPORT),
        (3080, "A text holds what its field refuses.", REPORT),
        (3085, "A number is malformed.", REPORT),
        (3090, "A list name holds a colon.", REPORT),
        (3110, "A value is not among those that its field knows.", REPORT),
        (3150, "A required element is missing.", REPORT),
        (3151, "Elements exclude each other, or one of a pair is missing.", REPORT),
        (3153, "Elements contradict each other.", REPORT),
        (3190, "An element was emptied that must be filled.", REPORT),
        (3205, "An address is too long or mixes its two forms.", REPORT),
        (3230, "The request was rolled back.", REPORT),
        (3240, "The creation time does not match the record.", REPORT),
    ),
}

KNOWN: dict[int, Status] = {
    code: Status(code, meaning, reaction, advice)
    for reaction, rows in TABLE.items()
    for code, meaning, advice in rows
}
