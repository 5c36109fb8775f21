"""The message catalogue: one entry for everything a person may have to read or do.

An entry says what happened, why, and the one thing to do. `{braces}` are filled from the details
stored with the order, posting or error entry. Style: start with the thing; no code, no blame; say
what was not changed; say when it goes on by itself. The id is stable: pages, help and scripts use
it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Who makes it go on."""

    ITSELF = "goes on by itself"
    PERSON = "needs you"
    SET_UP = "needs the QuickBooks computer"
    OPERATOR = "needs whoever runs this service"
    DEFECT = "our mistake"


@dataclass(frozen=True, slots=True)
class Message:
    """One entry; `rendered` fills in the details."""

    id: str
    title: str
    why: str
    do: str
    who: Who = Who.PERSON
    #: the detail that tells what it is about: what one fix releases together ("" = each by itself)
    about: str = ""

    def rendered(self, details: Mapping[str, object]) -> "Message":
        shown = _Blanks({key: str(value) for key, value in details.items()})
        return Message(
            self.id,
            self.title.format_map(shown),
            self.why.format_map(shown),
            self.do.format_map(shown),
            self.who,
            self.about,
        )


class _Blanks(dict[str, str]):
    """A detail that an older row lacks leaves a blank instead of an error page."""

    def __missing__(self, key: str) -> str:
        return "..."


_ENTRIES = (
    # -- what Keap told us -----------------------------------------------------------------------
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
        "edited-after-sending",
        "Order {order} was changed in Keap after it was sent",
        "Keap now says {total}; QuickBooks has {posted_total} on {number}. QuickBooks was not "
        "changed.",
        "Compare the two. Correct the invoice in QuickBooks, then press Looks right.",
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
    # -- skipped by settings -------------------------------------------------------------------
    Message(
        "zero-total",
        "Order {order} has a total of 0.00",
        "Orders of 0.00 are not sent; this is a setting, not an error.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "test-order",
        "Order {order} is a test",
        "It was paid through a merchant account that is in test mode in Keap, so no money came in.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "test-payment",
        "A payment of {amount} is a test",
        "It went through a merchant account that is in test mode in Keap, so no money came in.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "came-from-quickbooks",
        "Order {order} came to Keap from QuickBooks",
        "It is in QuickBooks already, so it is not sent back.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "before-start-date",
        "Order {order} is from before the start date {start_date}",
        "Only orders from the start date on are sent.",
        "To send it all the same, send it by its number, or set an earlier start date.",
        Who.ITSELF,
    ),
    Message(
        "order-status",
        "Order {order} does not have an order status that you send",
        "Only orders of these statuses are sent: {order_status}. This is a setting, not an error.",
        "Nothing; it goes by itself once it has one of them. To send it all the same, send it by "
        "its number.",
        Who.ITSELF,
    ),
    Message(
        "not-a-payment",
        "A payment of order {order} was not completed in Keap ({keap_status})",
        "Failed, pending and voided payments are not sent.",
        "Nothing.",
        Who.ITSELF,
    ),
    # -- matching ------------------------------------------------------------------------------
    Message(
        "item-not-in-quickbooks",
        'QuickBooks has no item "{sku}"',
        'Line "{line}" of order {order} has this SKU, and no item bears that name. Nothing was '
        "posted.",
        "Choose its item on the page Products, or add it in QuickBooks; the order is then tried "
        "again.",
        about="sku",
    ),
    Message(
        "no-item-by-field",
        'No QuickBooks item has "{sku}" as its {field}',
        'Line "{line}" of order {order} has this SKU, and your settings compare it with that field '
        "of the items. Nothing was posted.",
        "Choose its item on the page Products, or complete the field in QuickBooks; the order is "
        "then tried again.",
        about="sku",
    ),
    Message(
        "item-name-ambiguous",
        'QuickBooks has more than one item called "{sku}"',
        "The SKU of order {order} does not say which one is meant: {choices}. Nothing was posted.",
        "Choose the right one on the page Products, or write its full name, for example "
        "Tools:Hammer, as the SKU in Keap.",
        about="sku",
    ),
    Message(
        "item-field-ambiguous",
        'More than one QuickBooks item has "{sku}" as its {field}',
        "The SKU of order {order} does not say which one is meant: {choices}. Nothing was posted.",
        "Choose the right one on the page Products.",
        about="sku",
    ),
    Message(
        "item-inactive",
        'The item "{item}" is inactive in QuickBooks',
        "Order {order} needs it, but QuickBooks takes no line for an inactive item. Nothing was "
        "posted.",
        "Make the item active in QuickBooks, or choose another for the product on the page "
        "Products; the order is then tried again.",
        about="item",
    ),
    Message(
        "item-kind-unusable",
        '"{item}" is {kind} in QuickBooks',
        "Order {order} would go to it, but an invoice line with an amount of its own cannot use an "
        "item of that kind. Nothing was posted.",
        "Choose another item: for a product on the page Products, else in the settings.",
        about="item",
    ),
    Message(
        "mapped-item-gone",
        'The item "{item}" that you chose for "{product}" {state}',
        "It was deleted, merged or made inactive in QuickBooks. Order {order} was not posted.",
        "Choose another item on the page Products, or make it active again; the order is then "
        "tried again.",
        about="product",
    ),
    Message(
        "customer-not-updated",
        "{customer} did not get the {fields} that Keap has",
        "{reason}. The customer was not changed in QuickBooks. Order {order} goes on without it.",
        "If what Keap has is right, change the customer in QuickBooks by hand.",
    ),
    Message(
        "unknown-item-used",
        'Line "{line}" of order {order} went to the item {item}',
        "The line has no {missing} in Keap, so no QuickBooks item could be found for it.",
        "Choose its item on the page Products, or complete item name and SKU in Keap. Correct the "
        "item on the invoice in QuickBooks.",
    ),
    Message(
        "unknown-item-for-sku",
        'Line "{line}" of order {order} went to the item {item}',
        'No QuickBooks item has its SKU "{sku}", and your settings use this item then.',
        "Choose its item on the page Products. Correct the item on the invoice in QuickBooks.",
    ),
    Message(
        "line-without-sku",
        'Line "{line}" of order {order} has no {missing} in Keap',
        "Your settings hold such orders. Nothing was posted.",
        "Choose its item on the page Products; the order is then tried again. Or complete the item "
        "name and the SKU in Keap, then requeue the order here.",
        about="line",
    ),
    Message(
        "customers-fit-equally",
        'More than one customer in QuickBooks may be "{customer}"',
        "Order {order} is for {email} (Keap contact {contact}), and these fit equally well: "
        "{choices}. Nothing was posted.",
        "Choose the right one on the page of the order; the choice is remembered for this contact.",
        about="contact",
    ),
    Message(
        "customer-email-of-another",
        "The e-mail address {email} belongs to another customer in QuickBooks",
        "Order {order} is for {customer} (Keap contact {contact}). The customer with that address, "
        "{choices}, is known as Keap contact {other}, who has another name. Nothing was posted.",
        "Choose that customer, or a new one, on the page of the order; the choice is remembered.",
        about="contact",
    ),
    Message(
        "customer-name-of-another",
        'QuickBooks has a customer "{customer}" who may be somebody else',
        "Order {order} is for {email} (Keap contact {contact}); the customer in QuickBooks "
        "{difference}. Nothing was posted, so that it does not land on the wrong person.",
        "Choose that customer, or a new one, on the page of the order; the choice is remembered. "
        "Or write the same e-mail address in Keap and in QuickBooks.",
        about="contact",
    ),
    Message(
        "customer-inactive",
        'The customer "{customer}" is inactive in QuickBooks',
        "Order {order} belongs to this customer, but QuickBooks takes no invoice for an inactive "
        "one. Nothing was posted.",
        "Make the customer active in QuickBooks; the order is then tried again. Or choose another "
        "customer on the page of the order.",
        about="contact",
    ),
    Message(
        "customer-not-found",
        'QuickBooks has no customer "{customer}"',
        "Order {order} is for {email} (Keap contact {contact}), and your settings say that no "
        "customers are made. Nothing was posted.",
        "Add the customer in QuickBooks with that e-mail address, or choose one on the page of the "
        "order.",
        about="contact",
    ),
    Message(
        "chosen-customer-gone",
        'The customer that you chose for "{customer}" is no longer in QuickBooks',
        "It was deleted or merged into another. Order {order} (Keap contact {contact}) was not "
        "posted.",
        "Choose another customer on the page of the order.",
        about="contact",
    ),
    Message(
        "name-taken-by-other-kind",
        'The name "{customer}" belongs to a {other_kind} in QuickBooks',
        "QuickBooks allows each name once among customers, vendors, employees and other names. "
        "Order {order} was not posted.",
        "Change one of the two names (for example add a letter to the vendor's), then requeue "
        "the order. Or choose the customer on the page of the order.",
        about="contact",
    ),
    Message(
        "account-not-chosen",
        "No account is chosen for {purpose}",
        "Order {order} needs the item {item}, and it cannot be made without an account. Nothing "
        "was posted.",
        "Choose the account in the settings ({setting}).",
        about="setting",
    ),
    Message(
        "account-not-in-quickbooks",
        'QuickBooks has no account "{account}"',
        "The settings name it as {setting}. What needs it for order {order} was not posted.",
        "Choose an account that exists in the settings ({setting}).",
        about="account",
    ),
    Message(
        "list-entry-not-in-quickbooks",
        'QuickBooks has no active {list} "{entry}"',
        "It is chosen here ({setting}), but was deleted or made inactive in QuickBooks. What needs "
        "it for order {order} was not posted, so that nothing goes elsewhere.",
        "Make it active in QuickBooks again, or choose another under Accounts and payments. All "
        "that waits for it then goes by itself.",
        about="entry",
    ),
    Message(
        "chosen-entry-gone",
        'QuickBooks has no active {list} "{entry}" any more',
        "It is chosen here ({setting}), but was deleted, renamed or made inactive in QuickBooks. "
        "{hint}Until this is settled, what needs it is held and not posted.",
        "Choose another under {page}, or make it active in QuickBooks again.",
    ),
    Message(
        "no-deposit-account",
        'Payments cannot be deposited to the account "{account}"',
        "It is chosen here ({setting}), but it is neither a bank account nor another current "
        "asset. The payment of order {order} was not posted.",
        "Choose another account under Accounts and payments. The payments that wait for it then go "
        "by themselves.",
        about="account",
    ),
    # -- numbers and payments --------------------------------------------------------------------
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
    # -- what QuickBooks answered ----------------------------------------------------------------
    Message(
        "quickbooks-refused",
        "QuickBooks did not accept {thing}",
        'It gives this reason: "{reason}" Nothing was posted.',
        "Remove the reason in QuickBooks or Keap, then requeue the order.",
    ),
    Message(
        "quickbooks-busy",
        "QuickBooks could not save {thing} just now",
        'It gives this reason: "{reason}" Usually the record is open in a window.',
        "Nothing; it is tried again by itself. Closing that window helps.",
        Who.ITSELF,
    ),
    Message(
        "quickbooks-set-up",
        "QuickBooks does not allow {thing}",
        'It gives this reason: "{reason}" Nothing was posted.',
        "Give the QuickBooks user of this link the permission, or switch the feature on in "
        "QuickBooks, then requeue the order.",
        Who.SET_UP,
    ),
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
        "customer-differs",
        "{thing} is in QuickBooks under another customer",
        "It was meant for the customer we chose, but QuickBooks shows {posted_customer}.",
        "Open it in QuickBooks and correct the customer, then press Looks right.",
    ),
    Message(
        "payment-not-applied",
        "{thing} is in QuickBooks, but not applied in full",
        "{unused} of it is not applied to the invoice.",
        "Apply it in QuickBooks, then press Looks right.",
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
    # -- the connection --------------------------------------------------------------------------
    Message(
        "keap-key-refused",
        "Keap does not accept the API key",
        "Please obtain an API key from Infusionsoft and replace the one we have on file. Keap ends "
        "its old application keys and the old interface (XML-RPC) on 2026-12-31. No orders were "
        "read; QuickBooks is untouched.",
        "On the connection page press Update login. Then sign in with Keap, or enter a new Service "
        "Account Key: in Keap, Settings, API Settings. An old application key does not work any "
        "more.",
    ),
    Message(
        "keap-sign-in-again",
        "Somebody has to sign in with Keap again",
        "Keap does not accept the sign-in any more: it was taken back in Keap, was not used for 45 "
        "days, or its renewal was interrupted. No orders were read; QuickBooks is untouched.",
        "On the connection page press Update login, then Sign in with Keap.",
    ),
    Message(
        "keap-client-refused",
        "Keap does not know this service",
        "{reason} Sign in with Keap needs the client id and secret of this service. No orders were "
        "read; QuickBooks is untouched.",
        "Tell whoever looks after this service to check KEAP_CLIENT_ID and KEAP_CLIENT_SECRET_FILE "
        "against keys.developer.keap.com. An API key works meanwhile.",
        Who.OPERATOR,
    ),
    Message(
        "keap-permission-missing",
        "The Keap login may not read {resource}",
        "It belongs to a user with fewer rights. No orders were read.",
        "Sign in with Keap as an administrator, or make a Service Account Key as one and enter it "
        "here.",
    ),
    Message(
        "keap-not-answering",
        "Keap is not answering",
        "{reason} Sending to QuickBooks goes on.",
        "Nothing; we try again by ourselves.",
        Who.ITSELF,
    ),
    Message(
        "keap-no-walk",
        "Keap does not take our usual question for {resource}",
        "We ask for the last days instead, so that nothing is lost: what is typed late can come a "
        "day later than usual. Sending to QuickBooks goes on.",
        "Nothing; we try the usual question again every day.",
        Who.ITSELF,
    ),
    Message(
        "keap-shows-fewer-orders",
        "Keap shows {missing} orders fewer than before",
        "So many are seldom deleted at once; more likely the key may not see all of them any more. "
        "They are not taken for deleted, and QuickBooks was not changed.",
        "Enter a Service Account Key made by an administrator. If they were all deleted on "
        "purpose, skip them here.",
    ),
    Message(
        "keap-shows-fewer-payments",
        "Keap shows {missing} payments fewer than before",
        "So many are seldom deleted at once; more likely the key may not see all of them any more. "
        "They are not taken for deleted, and QuickBooks was not changed.",
        "Enter a Service Account Key made by an administrator. If they were all deleted on "
        "purpose, skip them here.",
    ),
    Message(
        "test-accounts-unknown",
        "Keap does not show us which merchant accounts are in test mode",
        "Until it does, a test payment looks like a real one. Everything else is read as usual.",
        "Use a Service Account Key made by an administrator, or skip test orders by hand.",
    ),
    Message(
        "keap-slow-down",
        "Keap asks us to slow down",
        "The key has used its share of calls. We go on by ourselves later.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "keap-calls-low",
        "Most of the calls that Keap allows for today are used",
        "What is left is kept for new orders and payments. Older orders, and ranges of days, are "
        "read when Keap starts counting anew, at midnight UTC as a rule.",
        "Nothing. If it happens often, look which other programs use this Keap account.",
        Who.ITSELF,
    ),
    Message(
        "keap-calls-used-up",
        "All calls that Keap allows for today are used",
        "Nothing can be read until Keap starts counting anew, at midnight UTC as a rule. Nothing "
        "is lost by that.",
        "Nothing. If it happens often, look which other programs use this Keap account.",
        Who.ITSELF,
    ),
    Message(
        "keap-other-account",
        "The Keap login opens {tenant}, but this connection belongs to {pinned}",
        "Nothing was read or changed, so that two companies do not mix.",
        "Use a login of {pinned}, or add a connection for {tenant}.",
    ),
    Message(
        "keap-refused-request",
        "Keap refused a request",
        "{reason} This may be a change on Keap's side.",
        "Tell whoever looks after this service; it may need a newer version.",
        Who.DEFECT,
    ),
    Message(
        "keap-not-connected",
        "No Keap account is connected",
        "There is neither a sign-in nor a key on file, so nothing can be read.",
        "On the connection page press Connect Keap.",
    ),
    Message(
        "secret-key-changed",
        "The stored Keap login cannot be opened",
        "The service runs with another secret key (QBWC_SECRET_KEY_FILE) than the one the login "
        "was stored with. Nothing was read, and nothing was changed.",
        "Start it with the old secret key, or sign in with Keap again or enter the key again.",
        Who.SET_UP,
    ),
    Message(
        "reading-broke-off",
        "The reading broke off because of a mistake of ours",
        "What was read until then is kept. The other readings go on.",
        "Tell whoever looks after this service; the log says more. Then ask for it again.",
        Who.DEFECT,
    ),
    Message(
        "web-connector-password",
        "The Web Connector called with a wrong password",
        "It called as {user}. Nothing was read or sent.",
        "Paste the password of this connection into the Web Connector again, or make a new one.",
        Who.SET_UP,
    ),
    Message(
        "wrong-company-file",
        "Another company file is open in QuickBooks",
        "This link belongs to {expected}; open is {found}. Nothing was sent.",
        "Open {expected} in QuickBooks, then press Update Selected in the Web Connector.",
        Who.SET_UP,
    ),
    Message(
        "company-file-moved",
        "The company file is at a new place",
        "It used to be {expected}; now it is {found}. We read, but send nothing until you confirm.",
        "If it is the same company, confirm the new place on the connection page.",
        Who.PERSON,
    ),
    Message(
        "company-file-restored",
        "QuickBooks is missing records that we made",
        "{missing} of the newest {asked} records are not in this company file. It may be a backup "
        "or a copy, so nothing is sent.",
        "Say which it is with one of the two buttons of the connection page.",
        Who.PERSON,
    ),
    Message(
        "cannot-reach-quickbooks",
        "The Web Connector could not reach QuickBooks",
        "{meaning} Nothing was sent.",
        "{advice}",
        Who.SET_UP,
    ),
    Message(
        "session-broken",
        "QuickBooks stopped during the update",
        "{meaning} We check what was saved before anything else is sent.",
        "{advice}",
        Who.ITSELF,
    ),
    Message(
        "answer-unreadable",
        "The answer of QuickBooks could not be read",
        "{reason}. We check what was saved before anything else is sent.",
        "Nothing; it is checked at the next update.",
        Who.ITSELF,
    ),
    Message(
        "check-refused",
        "QuickBooks did not answer our question about the last message",
        'It gives this reason: "{reason}" Until it answers, nothing more is sent, so that nothing '
        "is there twice.",
        "Give the QuickBooks user of this link the permission to see sales; we ask again at the "
        "next update.",
        Who.SET_UP,
    ),
    Message(
        "answer-came-late",
        "An answer of QuickBooks came after it was given up",
        "{thing} may be in QuickBooks twice.",
        "Look for it in QuickBooks and delete the second one.",
    ),
    Message(
        "quickbooks-too-old",
        "This QuickBooks is too old",
        "It knows version {version} of what we send; 13.0 (QuickBooks 2014) is needed. Nothing was "
        "sent.",
        "Use QuickBooks 2014 or later.",
        Who.SET_UP,
    ),
    Message(
        "nothing-to-do",
        "Nothing is left to send",
        "Everything that was ready has been sent.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "waiting-for-other-computer",
        "Another computer may still be working on the last message",
        "It was sent to {address}. This update reads, but sends nothing yet.",
        "Nothing; it goes on at the next update after 10 minutes. Run the link on one PC only.",
        Who.ITSELF,
    ),
    Message(
        "held-by-you",
        "You hold order {order}",
        "It is not sent until you requeue it.",
        "Requeue it when it may go.",
    ),
)

CATALOGUE: Mapping[str, Message] = {entry.id: entry for entry in _ENTRIES}


def subject(message_id: str, details: Mapping[str, object]) -> str:
    """What the trouble is about: all with the same cause and subject are released by one fix."""
    entry = CATALOGUE.get(message_id)
    return str(details.get(entry.about, "")) if entry and entry.about else ""


def message(message_id: str, details: Mapping[str, object] | None = None) -> Message:
    """The entry with its details filled in; KeyError for an id that no entry has."""
    return CATALOGUE[message_id].rendered(details or {})
