"""What QuickBooks answered."""

from qbwc_service.messages.entry import Message, Who

ENTRIES = (
    Message(
        "list-not-readable",
        "QuickBooks does not show this list to us: {lists}",
        'It gives this reason: "{reason}" What needs the list waits; everything else goes on. '
        "Customers, items and accounts are needed for every order.",
        "Give the QuickBooks user of this link the permission, or switch the feature on in "
        "QuickBooks. The list is read at one of the next updates by itself.",
        Who.SET_UP,
    ),
    Message(
        "list-nearly-full",
        "A list in QuickBooks is nearly full",
        "Your company file has {filled}. Inactive ones count too. When the list is full, "
        "QuickBooks refuses new ones, and the orders that need them are held.",
        "{advice}",
        nothing_waits=True,
    ),
    Message(
        "message-unreadable",
        "QuickBooks could not read what we sent for order {order}",
        "Nothing was posted. This is our mistake, not yours.",
        "Tell whoever looks after this service. You can enter the order by hand and skip it here.",
        Who.DEFECT,
    ),
    Message(
        "closed-period",
        "{date} is in a closed period",
        "The books are closed up to {closing_date}, and order {order} is dated {date}. Nothing "
        "was posted.",
        "Ask who keeps the books: reopen the period, enter it by hand, or skip it.",
    ),
    Message(
        "total-differs",
        "{thing} is in QuickBooks with {posted_total} instead of {total}",
        "QuickBooks calculated another amount than Keap. The record is there; it was not changed "
        "again.",
        "Open it in QuickBooks and correct it, then press Looks right.",
    ),
    Message(
        "tax-differs",
        "{thing} is in QuickBooks with {posted_tax} of sales tax instead of {tax}",
        "QuickBooks calculated another tax than Keap; the total is {posted_total}. The record is "
        "there; it was not changed again.",
        "Open it in QuickBooks and correct it, then press Looks right.",
    ),
    Message(
        "balance-differs",
        "{thing} is in QuickBooks with {posted_balance} still due instead of {balance}",
        "Its total of {posted_total} is right, but QuickBooks shows another open balance. The "
        "record is there; it was not changed again.",
        "Open it in QuickBooks, see what was applied to it and correct that, then press Looks "
        "right.",
    ),
    Message(
        "customer-differs",
        "{thing} is in QuickBooks under another customer",
        "It was meant for the customer we chose, but QuickBooks shows {posted_customer}. It was "
        "not changed again.",
        "Open it in QuickBooks and correct the customer, then press Looks right.",
    ),
    Message(
        "payment-not-applied",
        "{thing} is in QuickBooks, but not applied in full",
        "{unused} of it is not applied to the invoice.",
        "Apply it in QuickBooks, then press Looks right.",
    ),
    Message(
        "refund-not-applied",
        "{thing} is in QuickBooks, but the credit memo that it used up was gone",
        "The credit memo of order {order} is made anew and has {amount} left. {thing} was not "
        "changed, and nothing is given back a second time.",
        "Have it use the new credit memo in QuickBooks, then press Looks right.",
    ),
    Message(
        "outcome-unknown",
        "We cannot tell whether QuickBooks has {thing}",
        "It was sent, no answer came, and {evidence}. Nothing more was sent, so that it is not "
        "there twice.",
        "Look for it in QuickBooks. If it is there, link it. If not, requeue it.",
    ),
    Message(
        "gone-from-quickbooks",
        "{thing} is no longer in QuickBooks",
        "We made it, but QuickBooks does not have it any more. We never make it again by "
        "ourselves.",
        "If it was deleted on purpose, skip it. If it is to be there, requeue it.",
    ),
)
