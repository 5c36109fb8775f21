"""The connection: Web Connector, company file, Keap's sign-in, the service itself."""

from qbwc_service.messages.entry import Message, Who

ENTRIES = (
    Message(
        "keap-key-refused",
        "Keap does not accept the API key",
        "Please obtain an API key from Infusionsoft and replace the one we have on file. Keap ends "
        "its old application keys and the old interface (XML-RPC) on 2026-12-31. No orders were "
        "read; QuickBooks is untouched.",
        "On the connection page press Update login. Then sign in with Keap, or enter a new Service "
        "Account Key, from Keap under Settings, API Settings. An old application key does not work "
        "any more.",
        steps=(
            "On the connection page press Update login.",
            "Press Sign in with Keap, choose the account and allow it. That is all.",
            "Or in Keap, open Settings, API Settings, make a Service Account Key and copy it.",
            "Paste the key here with the name of the account, for example iq146, and press Save.",
        ),
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
        "keap-does-not-call",
        "Keap does not call at every change",
        "{reason} Keap is read {how_often} as before, so no order is lost; it only comes a little "
        "later. We try again by ourselves.",
        "If it stays, tell whoever looks after this service, or switch it off in the settings "
        "(keap_hooks).",
        Who.OPERATOR,
        nothing_waits=True,
    ),
    Message(
        "keap-shows-fewer-orders",
        "Keap shows {missing} orders fewer than before",
        "So many are seldom deleted at once; more likely the key may not see all of them any more. "
        "They are not taken for deleted, and QuickBooks was not changed.",
        "Enter a Service Account Key made by an administrator. If they were all deleted on "
        "purpose, skip them here.",
        nothing_waits=True,
    ),
    Message(
        "keap-shows-fewer-payments",
        "Keap shows {missing} payments fewer than before",
        "So many are seldom deleted at once; more likely the key may not see all of them any more. "
        "They are not taken for deleted, and QuickBooks was not changed.",
        "Enter a Service Account Key made by an administrator. If they were all deleted on "
        "purpose, skip them here.",
        nothing_waits=True,
    ),
    Message(
        "test-accounts-unknown",
        "Keap does not show us which merchant accounts are in test mode",
        "Until it does, a test payment looks like a real one. Everything else is read as usual.",
        "Use a Service Account Key made by an administrator, or skip test orders by hand.",
        nothing_waits=True,
    ),
    Message(
        "keap-slow-down",
        "Keap asks us to slow down",
        "The key has used its share of calls. We go on by ourselves later, and nothing is lost.",
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
        "{reason} This may be a change on Keap's side. Nothing was changed.",
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
        steps=(
            "On the connection page press New password, and copy what is shown.",
            "In the Web Connector, click into the Password column of the link and paste it.",
            "Answer Yes when it asks whether to save it.",
            "Tick the link and press Update Selected.",
        ),
        found_by=(
            "QBWC1040",
            "Authentication failed",
        ),
    ),
    Message(
        "wrong-company-file",
        "Another company file is open in QuickBooks",
        "This link belongs to {expected}; open is {found}. Nothing was sent.",
        "Open {expected} in QuickBooks, then press Update Selected in the Web Connector. If it is "
        "the right file all the same, press Moved or replaced on the connection page.",
        Who.SET_UP,
        steps=(
            "In QuickBooks choose File, Open or Restore Company, and open the file of this link.",
            "In the Web Connector, tick the link and press Update Selected.",
            "If the open file is the right one, press Moved or replaced on the connection page.",
        ),
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
        nothing_waits=True,
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
        "preferences-unknown",
        "QuickBooks did not tell its preferences",
        "Without them it is not known whether QuickBooks would add sales tax by itself, or which "
        "days are closed. Nothing was sent; the next update asks again.",
        "Nothing now. If it comes again: the QuickBooks user that the Web Connector signs in as "
        "must be allowed to see the company preferences.",
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
        "company-file-busy",
        "Another link is at work on this company file",
        "The link {link} is sending to the same company file just now. Two at once could use one "
        "number twice, so nothing was sent.",
        "Nothing; it goes on at the next update after that.",
        Who.ITSELF,
    ),
    Message(
        "two-computers",
        "Two computers run this link",
        "Both call from {address}, and one took the place of the other in the middle of an update. "
        "Nothing is lost, and nothing is there twice: what was under way is checked first.",
        "Remove the link from the Web Connector of one of the two computers.",
        Who.SET_UP,
        nothing_waits=True,
        steps=(
            "Choose the computer that is to run the link: the one where QuickBooks is open most.",
            "On the other one, press Remove beside the link in the Web Connector.",
        ),
    ),
    Message(
        "connection-suspended",
        "This connection is suspended",
        "{reason} Keap is not read, and nothing is sent to QuickBooks. Nothing is lost.",
        "Ask whoever runs this service. An owner lifts it on the page Connection.",
        Who.OPERATOR,
    ),
    Message(
        "held-by-you",
        "You hold order {order}",
        "It is not sent until you requeue it.",
        "Requeue it when it may go.",
    ),
    Message(
        "waiting-for-approval",
        "Order {order} waits for your approval",
        "Your settings send an order only after somebody has looked at it, and again when it was "
        "changed in Keap since. Nothing of it was sent.",
        "Look at the preview, then press Approve.",
    ),
    Message(
        "not-switched-on",
        "Order {order} waits until sending is switched on",
        "The set-up of this connection is not finished: orders are read and shown, and nothing is "
        "sent. QuickBooks was not changed.",
        "Finish the set-up and switch sending on; all that waits then goes.",
    ),
)
