"""What QuickBooks says to one record: which of these is told decides webconnector/refusals.py."""

from qbwc_service.messages.entry import Message, Who

_AFTER_REQUEUE = "On the page of the order press Requeue."
_PERMISSION = (
    "Sign in to QuickBooks as Admin.",
    "Open Company, Users, Set Up Users and Passwords, Set Up Users.",
    "Choose the QuickBooks user of this link, press Edit User, and give it all areas.",
    _AFTER_REQUEUE,
)

#: nothing was saved, and it is tried again
TRIED_AGAIN = (
    Message(
        "quickbooks-busy",
        "QuickBooks could not save {thing} just now",
        'It gives this reason: "{reason}" Nothing of it was saved.',
        "Nothing; it is tried again by itself.",
        Who.ITSELF,
    ),
    Message(
        "record-in-use",
        "{thing} could not be saved: somebody has a record of it open in QuickBooks",
        'It gives this reason: "{reason}" Nothing of it was saved.',
        "Nothing; it is tried again by itself. Closing the window of that customer or form in "
        "QuickBooks helps.",
        Who.ITSELF,
    ),
    Message(
        "quickbooks-not-ready",
        "QuickBooks was not ready for {thing}",
        'It gives this reason: "{reason}" Nothing of it was saved.',
        "Nothing; it is tried again by itself. Leaving the company file open helps.",
        Who.ITSELF,
    ),
    Message(
        "not-tried-yet",
        "QuickBooks did not come to {thing}",
        "Something before it in the same message was refused, so QuickBooks left it out. Nothing "
        "of it was saved.",
        "Nothing; it is tried again by itself.",
        Who.ITSELF,
    ),
    Message(
        "changed-meanwhile",
        "{thing} was changed in QuickBooks a moment ago",
        "Our change was made for the record as it was before. It was not saved.",
        "Nothing; it is read again, then tried again by itself.",
        Who.ITSELF,
    ),
    Message(
        "name-looked-up-again",
        "{thing} could not be made: QuickBooks has that name already",
        'It gives this reason: "{reason}" Nothing of it was saved. Its lists are read again to see '
        "who has the name.",
        "Nothing; it is tried again by itself.",
        Who.ITSELF,
    ),
    Message(
        "lists-read-again",
        "{thing} names something that QuickBooks does not have any more",
        'It gives this reason: "{reason}" Nothing of it was saved. Its lists are read again to see '
        "what became of it.",
        "Nothing; it is tried again by itself.",
        Who.ITSELF,
    ),
    Message(
        "no-answer-came",
        "{thing} is sent again: no answer came the last time",
        "We have looked, and QuickBooks has not done it. Nothing is there twice.",
        "Nothing; it is tried again by itself. If it happens with the same order every time, open "
        "QuickBooks and run File, Utilities, Verify Data.",
        Who.ITSELF,
    ),
    Message(
        "waits-for-name",
        "{thing} waits: its customer or an item has to be made first",
        "That did not work just now, and is tried again. {thing} was not sent.",
        "Nothing; it follows by itself.",
        Who.ITSELF,
    ),
)

#: held until a person acts
_NAMES = (
    Message(
        "name-in-use",
        "{thing} could not be made: QuickBooks has that name already",
        "A customer, vendor, employee, other name or item has it, perhaps an inactive one. It "
        'gives this reason: "{reason}" Nothing was posted.',
        "Look who has the name, and change one of the two in QuickBooks or Keap. Then requeue the "
        "order.",
        steps=(
            "In QuickBooks, look for the name among customers, vendors, employees, other names.",
            "Tick Include inactive there, too.",
            "If it is the same person, make the customer active: it is then found.",
            "If it is a vendor or an employee, add a letter to that name, for example Ann Lee (V).",
            _AFTER_REQUEUE,
        ),
    ),
    Message(
        "customer-not-there",
        "QuickBooks does not find the customer of {thing}",
        'It was deleted, merged or made inactive. It gives this reason: "{reason}" Nothing was '
        "posted.",
        "Requeue the order: its customer is then looked for anew. Where several fit, the page of "
        "the order asks you.",
    ),
    Message(
        "item-not-there",
        "QuickBooks does not find an item of {thing}",
        'It was deleted, renamed or made inactive. It gives this reason: "{reason}" Nothing was '
        "posted.",
        "Choose the item on the page Products, or make it active in QuickBooks. Then requeue the "
        "order.",
    ),
    Message(
        "account-not-there",
        "QuickBooks does not find an account of {thing}",
        "It is chosen in the settings, but was deleted, renamed or made inactive. QuickBooks gives "
        'this reason: "{reason}" Nothing was posted.',
        "Choose another under Accounts and payments, then requeue the order.",
    ),
    Message(
        "tax-entry-not-there",
        "QuickBooks does not find the tax code or tax item of {thing}",
        "It is chosen in the settings, or comes from the customer or the item, and was deleted or "
        'made inactive. QuickBooks gives this reason: "{reason}" Nothing was posted.',
        "Choose another under Accounts and payments, or make it active in QuickBooks. Then requeue "
        "the order.",
    ),
    Message(
        "list-entry-not-there",
        "QuickBooks does not find an entry of its lists for {thing}",
        "A class, terms, payment method, sales rep or template was deleted, renamed or made "
        'inactive. It gives this reason: "{reason}" Nothing was posted.',
        "Choose another under Accounts and payments, or make it active in QuickBooks. Then requeue "
        "the order.",
    ),
    Message(
        "parent-not-there",
        "QuickBooks does not find what {thing} belongs under",
        'The customer or item above it was deleted. It gives this reason: "{reason}" Nothing was '
        "posted.",
        "Make it anew in QuickBooks, then requeue the order.",
    ),
    Message(
        "several-entries-fit",
        "Several entries of QuickBooks fit {thing}",
        'It does not know which one is meant, and gives this reason: "{reason}" Nothing was '
        "posted.",
        "Choose the entry anew under Accounts and payments or on the page Products. Then requeue "
        "the order.",
    ),
    Message(
        "entry-inactive",
        "{thing} needs something that is inactive in QuickBooks",
        'It gives this reason: "{reason}" Nothing was posted.',
        "Make it active in QuickBooks, or choose another. Then requeue the order.",
        steps=(
            (
                "In QuickBooks, open the list (for example Customers or Items) and tick "
                "Include inactive."
            ),
            "Click the cross before the name: it is active again.",
            _AFTER_REQUEUE,
        ),
    ),
    Message(
        "list-full",
        "QuickBooks has no room for {thing}: a list is full",
        'It gives this reason: "{reason}" Inactive ones count too. Nothing was posted.',
        "Delete or merge entries that nothing uses, then requeue the order. To need no new "
        "customers, put new buyers under one customer in the settings.",
    ),
    Message(
        "posting-account-missing",
        "An item of {thing} has no account in QuickBooks",
        'It gives this reason: "{reason}" Nothing was posted.',
        "Open the item in QuickBooks and choose its income account. Then requeue the order.",
    ),
    Message(
        "item-kind-refused",
        "An item of {thing} is of a kind that QuickBooks does not take there",
        'It gives this reason: "{reason}" Nothing was posted.',
        "Choose another item on the page Products or in the settings. Then requeue the order.",
    ),
)

_MONEY = (
    Message(
        "pays-more-than-open",
        "{thing} is more than is still open on its invoice in QuickBooks",
        "Somebody may have paid or credited it there already, in part or in full. QuickBooks gives "
        'this reason: "{reason}" The payment was not posted.',
        "Open the invoice in QuickBooks and look what was applied to it. If the payment is already "
        "there, skip it here. If not, enter it by hand, then skip it here.",
        found_by=(
            "You cannot pay more than the amount due.",
            "Error 3210 : While trying to Add a(n) ReceivePayment",
        ),
    ),
    Message(
        "more-than-is-left",
        "{thing} is more than is left of the credit in QuickBooks",
        'Somebody may have used it up there already. It gives this reason: "{reason}" Nothing was '
        "posted.",
        "Open the credit memo in QuickBooks and look what it was used for. Then skip it here, or "
        "requeue the order.",
    ),
    Message(
        "value-refused",
        "QuickBooks does not take a value of {thing}",
        'It gives this reason: "{reason}" Nothing was posted.',
        "Correct that value in Keap or QuickBooks, then requeue the order.",
    ),
    Message(
        "total-below-zero",
        "{thing} would have a total below 0.00",
        'QuickBooks takes no such form, and gives this reason: "{reason}" Nothing was posted.',
        "Enter it in QuickBooks by hand, for example as a credit memo. Then skip it here.",
    ),
    Message(
        "amount-too-large",
        "An amount of {thing} is larger than QuickBooks takes",
        'It gives this reason: "{reason}" Nothing was posted.',
        "Check the quantities and prices of the order in Keap. If they are right, split the order "
        "there, then requeue it here.",
    ),
    Message(
        "credit-limit-exceeded",
        "{thing} goes over the credit limit of its customer in QuickBooks",
        'It gives this reason: "{reason}" Nothing was posted.',
        "Raise the limit of the customer in QuickBooks (Edit Customer, Payment Settings), then "
        "requeue the order. Or enter it by hand and skip it here.",
    ),
    Message(
        "linked-record-gone",
        "What {thing} belongs to is no longer in QuickBooks",
        'It gives this reason: "{reason}" Nothing was posted.',
        "Look at the order in QuickBooks: the form that it refers to was deleted. Requeue the "
        "order to look again, or skip it here.",
    ),
)

_ALLOWED = (
    Message(
        "feature-off",
        "QuickBooks does not offer what {thing} needs",
        "It is switched off, or your edition lacks it: classes, sales tax, inventory or several "
        'currencies. It gives this reason: "{reason}" Nothing was posted.',
        "Switch it on under Edit, Preferences in QuickBooks, or leave it empty in the "
        "settings here. Then requeue the order.",
        Who.SET_UP,
    ),
    Message(
        "sales-orders-not-offered",
        "This QuickBooks has no sales orders, so {thing} could not be made",
        "Pro lacks them; in Premier and Enterprise they may be switched off. It gives this reason: "
        '"{reason}" Nothing was posted.',
        "Switch sales orders on (Edit, Preferences, Sales & Customers), or let orders become "
        "invoices in the settings. Then requeue the order.",
        Who.SET_UP,
    ),
    Message(
        "permission-missing",
        "The QuickBooks user of this link may not make {thing}",
        'It gives this reason: "{reason}" Nothing was posted.',
        "Give that user the rights in QuickBooks, then requeue the order.",
        Who.SET_UP,
        steps=_PERMISSION,
    ),
    Message(
        "personal-data-not-allowed",
        "QuickBooks keeps personal data from this link, so {thing} could not be made",
        'It gives this reason: "{reason}" Nothing was posted.',
        "Allow it in QuickBooks, then requeue the order.",
        Who.SET_UP,
        steps=(
            "Sign in to QuickBooks as Admin, in single-user mode.",
            "Open Edit, Preferences, Integrated Applications, Company Preferences.",
            "Choose the line of this link, press Properties.",
            "Tick the line that allows personal data, press OK.",
            _AFTER_REQUEUE,
        ),
    ),
    Message(
        "single-user-needed",
        "{thing} needs QuickBooks in single-user mode",
        'It gives this reason: "{reason}" Nothing was posted.',
        "When nobody else is in the company file, choose File, Switch to Single-user Mode. Then "
        "requeue the order.",
        Who.SET_UP,
    ),
    Message(
        "quickbooks-set-up",
        "QuickBooks does not allow {thing}",
        'It gives this reason: "{reason}" Nothing was posted.',
        "Give the QuickBooks user of this link the permission, or switch the feature on in "
        "QuickBooks, then requeue the order.",
        Who.SET_UP,
    ),
)

_OTHER = (
    Message(
        "text-refused",
        "QuickBooks does not take a text of {thing}",
        'It is too long, or has a character that is not allowed there. It gives this reason: "'
        '{reason}" Nothing was posted.',
        "Shorten or correct the text in Keap, then requeue the order. Please tell whoever looks "
        "after this service too: we should have seen it before.",
        Who.DEFECT,
    ),
    Message(
        "message-not-understood",
        "QuickBooks did not understand a part of {thing}",
        'It gives this reason: "{reason}" Nothing was posted. This is our mistake, not yours.',
        "Make a support file on the page of the order and send it to whoever looks after this "
        "service. You can enter the order by hand and skip it here.",
        Who.DEFECT,
    ),
    Message(
        "quickbooks-refused",
        "QuickBooks did not accept {thing}",
        'It gives this reason: "{reason}" Nothing was posted.',
        "Remove the reason in QuickBooks or Keap, then requeue the order. If the reason makes no "
        "sense, run File, Utilities, Verify Data in QuickBooks first.",
    ),
)

ENTRIES = (*TRIED_AGAIN, *_NAMES, *_MONEY, *_ALLOWED, *_OTHER)
