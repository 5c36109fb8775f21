"""What goes wrong with qbXML on our side of the wire.

QbxmlError
├── QbxmlInvalid       a request or message set that QuickBooks would refuse; nothing was rendered
└── AnswerUnreadable   text from QuickBooks that is no qbXML answer
"""


class QbxmlError(Exception):
    """Base of every error that this package raises on purpose."""


class QbxmlInvalid(QbxmlError):
    """A request breaks a rule of qbXML. ``path`` names the element, ``reason`` is a sentence."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class AnswerUnreadable(QbxmlError):
    """The text is not a qbXML answer: what it may report is unknown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
