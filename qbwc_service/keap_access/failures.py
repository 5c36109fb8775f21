"""Why a connection cannot be fed from Keap, beside what Keap itself says (keap.KeapError).

KeapUnusable
├── KeapNotConnected     neither a sign-in nor a key on file
├── KeapKeyMalformed     what is on file cannot be a key
└── ClientNotConfigured  a sign-in is on file, but this service was started without a client id
"""


class KeapUnusable(Exception):
    """Keap answered or could, but this connection must not be fed from it."""


class KeapNotConnected(KeapUnusable):
    """The connection has neither a sign-in nor a key on file."""

    def __init__(self) -> None:
        super().__init__("There is no Keap login on file.")


class KeapKeyMalformed(KeapUnusable):
    """What is on file cannot be sent as a key."""

    def __init__(self) -> None:
        super().__init__("The Keap key on file is not one word of letters, digits and signs.")


class ClientNotConfigured(KeapUnusable):
    """Tokens cannot be renewed without the client id that they were given to."""

    def __init__(self) -> None:
        super().__init__("This service was started without KEAP_CLIENT_ID.")
