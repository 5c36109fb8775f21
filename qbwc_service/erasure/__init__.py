"""Erasing: one connection with all that was kept for it.

Exception
  NotPaused    the connection still reads and sends
"""


class NotPaused(Exception):
    """It still reads and sends; nothing was erased."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f'"{name}" still reads Keap and sends to QuickBooks. Nothing was erased. First: '
            f"qbwc-service connection pause {name}"
        )
