"""Erasing for good: one connection with all that was kept for it, or one contact of Keap.

connection        every row of every table that is about a connection
contact           what tells of a person: name, addresses, numbers; ids and amounts stay
person_texts      the texts that tell of a person, and how they are taken out of others (pure)

Exception
  NotPaused             the connection still reads and sends
  ContactNotErasable    something of the contact is still to be sent; the sentence says what
"""


class NotPaused(Exception):
    """It still reads and sends; nothing was erased."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f'"{name}" still reads Keap and sends to QuickBooks. Nothing was erased. First: '
            f"qbwc-service connection pause {name}"
        )


class ContactNotErasable(Exception):
    """Something of the contact is still to be sent, or is unknown; nothing was erased."""
