"""What people look up in Help although nothing waits with it."""

from qbwc_service.messages.entry import Message, Who

ENTRIES = (
    Message(
        "web-connector-silent",
        "The Web Connector has not called for a while",
        "It calls every few minutes while it runs. Orders wait, and nothing is lost.",
        "Look at the QuickBooks computer.",
        Who.SET_UP,
        steps=(
            "Is the computer on, awake, and is its Windows user signed in?",
            "Is the Web Connector open? It shows beside the clock; else start it.",
            "Is the line of the link ticked, and is Auto-Run ticked with 15 minutes or so?",
            "Press Update Selected. What is wrong then stands in its Status column.",
        ),
    ),
    Message(
        "number-not-found",
        "A number is neither an order number nor an invoice number in this Keap account",
        "Keap gives orders and invoices numbers of their own, and deleted orders leave gaps, so "
        "the two drift apart. Nothing was sent.",
        "In Keap, open the All Sales Itemized report and compare its column with the invoice "
        "numbers. Then send that number.",
    ),
    Message(
        "card-charge-failed",
        "A card charge failed in Keap, but the order is sent",
        "The order is owed whether it was paid or not, so its invoice is sent without a payment. "
        "The failed charge itself is not sent.",
        "Nothing. To send only what is paid, change which orders are sent in the settings.",
        Who.ITSELF,
    ),
    Message(
        "no-limit-of-orders",
        "There is no limit to the number of orders",
        "Other programs say that you have exceeded the orders of your plan. This one has no such "
        "limit; nothing is ever left out for it.",
        "Nothing.",
        Who.ITSELF,
        found_by=("You have exceeded the number of orders your plan allows",),
    ),
    Message(
        "payment-follows-invoice",
        "A payment waits for its invoice",
        "QuickBooks did not accept the invoice, so there is nothing yet to apply the payment to. "
        "The payment was not posted.",
        "Do what the order says; the payment then follows by itself.",
        Who.ITSELF,
    ),
)
