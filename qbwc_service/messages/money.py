"""Numbers, payments, credits, refunds and totals."""

from qbwc_service.messages.entry import Message

ENTRIES = (
    Message(
        "number-taken",
        "The number {number} is already used in QuickBooks",
        "QuickBooks has {number} for {other_customer}, {other_total}, {other_date}. Order {order} "
        "was not posted.",
        "If it is the same sale, link it. If not, set a number prefix in the settings and requeue "
        "the order, or skip it.",
    ),
    Message(
        "number-of-another-order",
        "Order {order} would get the number {number}, which order {other_order} has",
        "Two invoices with one number cannot be told apart. Nothing was posted.",
        "Change the number prefix in the settings, then requeue the order.",
    ),
    Message(
        "refund-by-hand",
        "A refund of {amount} for order {order} waits",
        "Refunds are not entered by themselves. QuickBooks was not changed.",
        "Enter the refund in QuickBooks, then skip it here.",
    ),
    Message(
        "credit-not-cash",
        "A credit of {amount} on order {order} waits ({keap_type})",
        "Keap records credits and adjustments as payments, but they are not money received. "
        "QuickBooks was not changed.",
        "Enter a credit memo in QuickBooks, then skip it here.",
    ),
    Message(
        "payment-over-several-orders",
        "A payment of {amount} belongs to several orders ({orders})",
        "A payment over several orders is not divided by itself. The payment was not posted.",
        "Enter the payment in QuickBooks, then skip it here.",
    ),
    Message(
        "payment-more-than-due",
        "A payment of {amount} on order {order} is more than is due",
        "Open on {number}: {open_amount}. The payment was not posted.",
        "Compare with the bank. Enter the right amount in QuickBooks, then skip it here.",
    ),
    Message(
        "payment-without-order",
        "A payment of {amount} belongs to no order that we sent (order: {order})",
        "The order is from before the start date, was skipped, or could not be read. The payment "
        "was not posted.",
        "If the payment belongs in QuickBooks, enter it there by hand. Then skip it here.",
    ),
    Message(
        "payment-edited-after-sending",
        "A payment of order {order} was changed in Keap after it was sent",
        "Keap now says {amount}; QuickBooks has {posted_amount}. QuickBooks was not changed.",
        "Correct the payment in QuickBooks to match.",
    ),
    Message(
        "payment-typed-by-hand",
        "A payment of {amount} on {number} is already in QuickBooks",
        "Somebody may have typed it by hand (reference {reference}). The payment of order {order} "
        "was not posted a second time.",
        "If it is the same payment, skip it here. If not, enter it in QuickBooks.",
    ),
    Message(
        "payment-reference-taken",
        "The payment reference {reference} is already used in QuickBooks",
        "QuickBooks has it with {other_amount}; Keap says {amount} for order {order}. Nothing was "
        "posted.",
        "Compare the two. If it is the same payment, skip it here.",
    ),
    Message(
        "invoice-paid-already",
        "{number} has only {open_amount} open in QuickBooks",
        "The payment of {amount} for order {order} does not fit, so it was not posted.",
        "Look who paid or credited the invoice. If the payment is already there, skip it here.",
    ),
)
