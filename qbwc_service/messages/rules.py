"""What the rules of a connection keep from being sent."""

from qbwc_service.messages.entry import Message, Who

ENTRIES = (
    Message(
        "held-by-rule",
        'Order {order} is held by the rule "{rule}"',
        "It has what this rule looks for, and the rule holds such orders. Nothing was posted.",
        "To send it all the same, press Looks right; to send all of them, change the rule under "
        "Rules.",
        about="rule",
    ),
    Message(
        "skipped-by-rule",
        'Order {order} is left out by the rule "{rule}"',
        "It has what this rule looks for, and the rule leaves such orders out. Nothing was posted.",
        "Nothing. To send it all the same, send it by its number.",
        Who.ITSELF,
    ),
)
