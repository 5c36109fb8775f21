"""What people are told by e-mail when something has changed; also shown on the page Alerts."""

from qbwc_service.messages.entry import Message, Who

ENTRIES = (
    Message(
        "needs-you-now",
        "{number} {need} you",
        "{causes}",
        "Open Needs you: one fix releases everything that waits for the same reason.",
    ),
    Message(
        "nothing-needs-you",
        "Nothing needs you any more",
        "Everything that waited for you is settled.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "no-contact",
        "We have not heard from the QuickBooks computer since {since}",
        "It usually calls every {every}. {waiting} Nothing is lost by that.",
        "Is that computer on and signed in, the Web Connector open and Auto-Run ticked? Then press "
        "Update Selected there.",
        Who.SET_UP,
    ),
    Message(
        "contact-again",
        "The QuickBooks computer calls again",
        "What waited is sent with the next updates.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "many-silent",
        "{silent} of {watched} QuickBooks computers have stopped calling",
        "So many at once are seldom switched off; more likely this service cannot be reached from "
        "outside. Nothing is lost by that. You are told this once, not once for each of them.",
        "Check that {address} can be reached from outside: name, certificate, proxy, firewall.",
        Who.OPERATOR,
    ),
    Message(
        "many-call-again",
        "Most QuickBooks computers call again",
        "Those that still do not are told of one by one.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "keap-sign-in-ends",
        "The sign-in with Keap ends on {day}",
        "It is renewed by itself as a rule, but that has failed for weeks. Until then Keap is read "
        "as usual.",
        "On the connection page press Update login, then Sign in with Keap.",
    ),
    Message(
        "keap-login-fine-again",
        "The login to Keap works again",
        "What was missed is read now.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "company-file-fine-again",
        "The right company file is in use again",
        "What waited is sent with the next updates.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "again-and-again",
        "{times} times in a row: {what}",
        "{why}",
        "{do}",
    ),
    Message(
        "works-again",
        "It works again",
        "What had failed several times in a row went through.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "daily-digest",
        "Yesterday: {sent} sent ({amount}), {held} {need} you, {skipped} skipped",
        "{lines}",
        "{todo}",
    ),
    Message(
        "test-alert",
        "This is a test",
        "Alerts of the connection {connection} reach you here.",
        "Nothing.",
        Who.ITSELF,
    ),
)
