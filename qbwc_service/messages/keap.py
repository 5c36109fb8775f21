"""What Keap told us."""

from qbwc_service.messages.entry import Message

ENTRIES = (
    Message(
        "lines-do-not-add-up",
        "The lines of order {order} add up to {lines_total}, but its total is {total}",
        "Keap's own lines and total differ, so one of them is wrong. Nothing was posted.",
        "Open the order in Keap and correct it, then requeue it here.",
    ),
    Message(
        "no-lines",
        "Order {order} has no lines, but a total of {total}",
        "Without lines there is nothing to put on an invoice. Nothing was posted.",
        "Add the items to the order in Keap, then requeue it here.",
    ),
    Message(
        "line-type-unknown",
        'Order {order} has a line of the kind "{line_type}"',
        "This service does not know what that kind of line is in the books. Nothing was posted.",
        "Change the line in Keap, or enter this order by hand and skip it here.",
        about="line_type",
    ),
    Message(
        "draft-order",
        "Order {order} is still a draft in Keap",
        "Drafts are not sent, because they may still change. Nothing was posted.",
        "Finish the order in Keap; it is then sent by itself. Or skip it here.",
    ),
    Message(
        "other-currency",
        "Order {order} is in {currency}, but the books are in {home_currency}",
        "Orders in another currency are not sent. Nothing was posted.",
        "Enter it by hand in QuickBooks, then skip it here.",
        about="currency",
    ),
    Message(
        "no-customer",
        "Order {order} has no contact in Keap",
        "Without a contact there is no customer for the invoice. Nothing was posted.",
        "Choose the contact of the order in Keap, then requeue it here.",
    ),
    Message(
        "number-too-long",
        "The number {number} has more than 11 characters",
        "QuickBooks allows 11 characters in an invoice number. Nothing was posted.",
        "Choose a shorter number prefix in the settings.",
    ),
    Message(
        "unreadable-record",
        "Keap sent a record we cannot read ({resource} {record})",
        "It is kept as it came: {reason}. The other records were read.",
        "Open it in Keap and save it again; it is then read again. If it stays, tell whoever looks "
        "after this service.",
    ),
    Message(
        "payments-do-not-add-up",
        "The payments of order {order} come to {payments_total}, but Keap says {paid} was paid",
        "A payment may be missing or was changed in Keap. We have asked Keap again, and ask every "
        "night. Nothing more is posted until then.",
        "Compare the payments of the order in Keap with those shown here. If these are right, "
        "press Looks right.",
    ),
    Message(
        "deleted-in-keap",
        "Order {order} is no longer in Keap",
        "It was deleted there, and we asked for it a second time. QuickBooks was not changed.",
        "If it is not to be in the books, delete its invoice in QuickBooks where there is one, and "
        "skip it here. If it is, press Looks right.",
    ),
)
