"""What is changed after it was posted: undone, voided, edited."""

from qbwc_service.messages.entry import Message, Who

ENTRIES = (
    Message(
        "edited-after-sending",
        "Order {order} was changed in Keap after it was sent",
        "Now in Keap: {changes}. {number} in QuickBooks has {posted_total} and was not changed: "
        "{reason}.",
        "Compare the two. Correct {number} in QuickBooks, then press Looks right.",
    ),
    Message(
        "being-undone",
        "Order {order} is being taken back from QuickBooks",
        "Being undone: it goes with the next update of the Web Connector, the payments first.",
        "Nothing. To keep it after all, press Keep it in QuickBooks on the page of the order "
        "before that update.",
        Who.ITSELF,
    ),
    Message(
        "undo-refused",
        "QuickBooks did not delete {thing}",
        'It gives this reason: "{reason}" {left}, and what of order {order} was not deleted before '
        "stays in QuickBooks.",
        "Remove the reason in QuickBooks, then press Undo again on the page of the order. To leave "
        "it there, press Keep it in QuickBooks.",
    ),
    Message(
        "undo-would-lose",
        "{thing} was not deleted: something of somebody else's would be lost",
        "{lost}. Order {order} stays in QuickBooks as it is.",
        "Look at it in QuickBooks. To delete it all the same, press Undo even so on the page of "
        "the order. To leave it there, press Keep it in QuickBooks.",
    ),
    Message(
        "undo-in-closed-period",
        "{thing} is in a closed period",
        "It is dated {date}, and the books are closed up to {closing_date}. It was not changed, "
        "and order {order} stays in QuickBooks.",
        "Ask who keeps the books to reopen the period, then press Undo again on the page of the "
        "order. To leave it there, press Keep it in QuickBooks.",
    ),
    Message(
        "void-refused",
        "QuickBooks did not void {thing}",
        'It gives this reason: "{reason}" {left}. The refund of order {order} is not in the books.',
        "Remove the reason in QuickBooks, then requeue the order. Or enter the refund by hand and "
        "skip it here.",
    ),
    Message(
        "void-would-lose",
        "{thing} was not voided: something is linked to it",
        "{lost}. It was not changed, and the refund of order {order} is not in the books.",
        "Look at it in QuickBooks. Enter the refund by hand, then skip it here.",
    ),
    Message(
        "custom-field-refused",
        "QuickBooks did not take the custom field {field} of {thing}",
        'It gives this reason: "{reason}" The rest of order {order} is in QuickBooks.',
        "Define the field {field} in QuickBooks, or correct its name in the settings. Then requeue "
        "the order: only the field is sent.",
        nothing_waits=True,
    ),
)
