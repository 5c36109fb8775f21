"""Numbers, payments, credits, refunds and totals."""

from qbwc_service.messages.entry import Message

ENTRIES = (
    Message(
        "number-taken",
        "The number {number} is already used in QuickBooks",
        "QuickBooks has {number} for {other_customer}, {other_total}, {other_date}. Order {order} "
        "was not posted.",
        "If it is the same sale, link it. If not, post it with a prefix of its own, or skip it.",
        found_by=("Invoice XX could already exist under another customer.",),
    ),
    Message(
        "made-as-another-form",
        "{thing} was not made: QuickBooks has order {order} as {other}",
        "This service made it there ({other_date}) by other settings than those of now, and was "
        "put back to an older backup of its own since. Nothing was posted.",
        "Choose in the settings what was chosen then: what an order becomes, or how refunds are "
        "made. Then requeue the order. Or skip it here, if the record in QuickBooks is to stay as "
        "it is.",
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
        "Your settings leave refunds to you. QuickBooks was not changed.",
        "Enter the refund in QuickBooks, then skip it here.",
    ),
    Message(
        "credit-not-cash",
        "A credit of {amount} on order {order} waits ({keap_type})",
        "Keap records credits and adjustments as payments, but they are not money received, and "
        "there is no invoice that it could be applied to. QuickBooks was not changed.",
        "Enter a credit memo in QuickBooks, then skip it here.",
    ),
    Message(
        "payment-over-several-orders",
        "A payment of {amount} belongs to several orders ({orders})",
        "Keap does not say how much of it belongs to each. The payment was not posted.",
        "Enter the payment in QuickBooks, then skip it here.",
    ),
    Message(
        "payment-unclear",
        'A payment of {amount} on order {order} has the status "{keap_status}" in Keap',
        "It does not say whether the money came in, for example because the customer disputes it. "
        "The payment was not posted.",
        "Compare with the bank. If the money is there, enter the payment in QuickBooks. Then skip "
        "it here.",
        about="keap_status",
    ),
    Message(
        "payment-more-than-due",
        "A payment of {amount} on order {order} is more than is due",
        "Open on {number}: {open_amount}. The payment was not posted.",
        "Compare with the bank. Enter the right amount in QuickBooks, then skip it here.",
        found_by=("You cannot pay more than the amount due.",),
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
        "payment-not-applied-yet",
        "{other_customer} has a payment of {amount} in QuickBooks that is applied to no invoice",
        "Its date is {other_date}, its reference {reference}. It may be the payment of order "
        "{order}, typed by hand, so that one was not posted.",
        "If it is the same payment, apply it to the invoice in QuickBooks and skip it here. If it "
        "is another one, apply it in QuickBooks to what it is for, then press Requeue.",
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
        found_by=(
            "Invoice XX has a $0 balance. System will skip payment.",
            "You cannot pay more than the amount due.",
        ),
    ),
    Message(
        "credit-item-not-chosen",
        "A credit of {amount} on order {order} waits for its item ({keap_type})",
        "It becomes a credit memo on {number}, and no item is chosen for that. QuickBooks was not "
        "changed.",
        "Choose the item for credits in the settings; it then goes by itself.",
        about="keap_type",
    ),
    Message(
        "credit-more-than-due",
        "A credit of {amount} on order {order} is more than is due",
        "Open on {number}: {open_amount}. The credit was not posted.",
        "Compare with Keap. Enter what is right in QuickBooks, then skip it here.",
    ),
    Message(
        "credit-used-elsewhere",
        "Credit memo {memo} has only {open_amount} left in QuickBooks",
        "{amount} of it was to be applied to {number} for order {order}. Somebody has used it "
        "elsewhere. Nothing was applied.",
        "Look what it was used for in QuickBooks, then skip it here.",
    ),
    Message(
        "credit-memo-void",
        "Credit memo {memo} was made void in QuickBooks",
        "{amount} of it was to be applied to {number} for order {order}. Nothing was applied.",
        "If the credit is still due, enter it in QuickBooks. Then skip it here.",
    ),
    Message(
        "credit-applied-in-part",
        "Credit memo {memo} is applied only in part",
        "{applied} of {amount} is applied to the invoice of order {order}. Nothing more was done.",
        "Apply the rest in QuickBooks, then skip it here.",
    ),
    Message(
        "memo-number-taken",
        "{thing} cannot have the number {number}: QuickBooks has it",
        "It is used for {other_customer}, {other_total}, {other_date}. Nothing was posted for the "
        "credit or refund of order {order}.",
        "If that is this credit or refund, skip it here. If not, change the number of the other "
        "one in QuickBooks, then requeue the order.",
    ),
    Message(
        "refund-of-overpayment",
        "The refund of {amount} for order {order} gives back money that was paid too much",
        "{unused} of what was paid for it is a credit of the customer in QuickBooks. A credit memo "
        "would lower your income as well, so nothing was posted for the refund.",
        "Give the customer's credit back in QuickBooks, then skip the refund here.",
    ),
    Message(
        "refund-to-approve",
        "A refund of {amount} for order {order} waits for your approval",
        "The first refunds are shown to you before they are posted. QuickBooks was not changed.",
        "Compare it with Keap, then press Approve on the page of the order.",
    ),
    Message(
        "refund-item-not-chosen",
        "A refund of {amount} for order {order} waits for its item",
        "It gives back a part of {number}, and no item is chosen for such credit memos. QuickBooks "
        "was not changed.",
        "Choose the item for refunds of a part in the settings; it then goes by itself.",
        about="keap_type",
    ),
    Message(
        "receivable-not-chosen",
        "No accounts-receivable account is chosen for the refund of {amount}, order {order}",
        "A cheque uses up a credit memo, which is booked on an accounts-receivable account. A "
        "sales receipt is not, and your company file has several. Nothing was posted.",
        "Choose the accounts-receivable account in the settings (ar_account). The refund then goes "
        "by itself.",
    ),
    Message(
        "refund-account-not-chosen",
        "A refund of {amount} for order {order} waits for its bank account",
        "It becomes a cheque, and no account is chosen for those. QuickBooks was not changed.",
        "Choose the account for refunds in the settings; it then goes by itself.",
        about="keap_type",
    ),
    Message(
        "refund-more-than-paid",
        "A refund of {amount} for order {order} is more than was paid",
        "Paid and not given back yet: {paid}. QuickBooks was not changed.",
        "Compare the payments of the order in Keap. Enter the refund in QuickBooks, then skip it "
        "here.",
    ),
    Message(
        "refunds-do-not-add-up",
        "The refunds of order {order} come to {refunds}, but Keap says {refund_total}",
        "A refund may be missing or was changed in Keap. Nothing of it was posted.",
        "Compare the refunds of the order in Keap with those shown here. If these are right, press "
        "Looks right.",
    ),
    Message(
        "refund-without-order",
        "A refund of {amount} belongs to no order that we sent (order: {order})",
        "The order is from before the start date, was skipped, or waits itself. The refund was not "
        "posted.",
        "Send the order first, by its number; the refund then follows. If it does not belong in "
        "QuickBooks, skip it here.",
    ),
    Message(
        "card-refund-us-only",
        "A refund of {amount} for order {order} cannot be a card refund",
        "QuickBooks has card refunds in its US edition only, and this is {country}. Nothing was "
        "posted.",
        "Choose cheques or credit memos for refunds in the settings; it then goes by itself.",
        about="country",
    ),
    Message(
        "payment-voided-in-keap",
        "A payment of order {order} was voided in Keap after it was sent",
        "QuickBooks still has {posted_amount} under {reference}. QuickBooks was not changed.",
        "Delete the payment in QuickBooks; the next update notices it.",
    ),
    Message(
        "receipt-with-credit",
        "Order {order} is settled with a credit, which a sales receipt cannot show",
        "Total {total}, paid {paid}, credit {credit}. Nothing was posted.",
        "Make an invoice of it: change the transaction in the settings or by a rule, then requeue "
        "the order.",
    ),
    Message(
        "receipt-paid-too-much",
        "More was paid or credited for order {order} than its total",
        "Total {total}, paid {paid}, credit {credit}. A sales receipt cannot show that. Nothing "
        "was posted.",
        "Compare with Keap. Make an invoice of it in the settings or by a rule, then requeue the "
        "order.",
    ),
    Message(
        "receipt-into-several-accounts",
        "Order {order} was paid into several accounts",
        "A sales receipt has one deposit account, and its payments have several here. Nothing was "
        "posted.",
        "Make an invoice of it in the settings or by a rule, then requeue the order.",
    ),
    Message(
        "sales-tax-off",
        "Sales tax is switched off in QuickBooks",
        "Order {order} has {tax} of sales tax, which QuickBooks is to reckon. Nothing was posted.",
        "Switch sales tax on in QuickBooks, or let the tax be a line of its own in the settings.",
        about="tax",
    ),
    Message(
        "tax-item-not-chosen",
        'No tax item of QuickBooks is chosen for "{tax}"',
        "Order {order} goes to {state}, and QuickBooks is to reckon its tax. Nothing was posted.",
        "Choose the tax item under Accounts and payments; the order is then tried again.",
        about="tax",
    ),
    Message(
        "tax-would-differ",
        "The tax of order {order} would differ: Keap {tax}, QuickBooks {quickbooks_tax}",
        "QuickBooks reckons it on {base} with the tax item that is chosen. Nothing was posted.",
        "Check the rate of the tax item and which products are taxed. Or post such orders with the "
        "tax as a line (setting If the tax would differ).",
    ),
)
