"""How the simulated QuickBooks says no.

QuickBooksError
├── HResult         the request processor refuses a whole message, or a session
├── Refused         one request gets an error status; the others of its set go on
├── NotSupported    real qbXML that this simulator does not play
└── SimulatedCrash  QuickBooks dies at a kill point (in-process stand-in for SIGKILL)
"""

from typing import Final

PARSE_ERROR: Final = 0x80040400
SERVER_DIED: Final = 0x80040402
WRONG_FILE_OPEN: Final = 0x8004040A
NO_SESSION: Final = 0x8004040C
ROLLBACK_NOT_SUPPORTED: Final = 0x80040413
UNKNOWN_VERSION: Final = 0x80040423

_TEXTS: Final[dict[int, str]] = {
    PARSE_ERROR: "QuickBooks found an error when parsing the provided XML text stream.",
    SERVER_DIED: "Unexpected error. Check the qbsdklog.txt file for possible additional "
    "information.",
    WRONG_FILE_OPEN: "A QuickBooks company data file is already open and it is different from "
    "the one requested.",
    NO_SESSION: 'The "BeginSession" method has not been called or it did not succeed.',
    ROLLBACK_NOT_SUPPORTED: 'QuickBooks does not support "rollbackOnError".',
    UNKNOWN_VERSION: "The version of QBXML that was requested is not supported or is unknown.",
}


class QuickBooksError(Exception):
    """Everything that this package raises on purpose."""


class HResult(QuickBooksError):
    """A refusal by the request processor: nothing of the message was run.

    `detail` is what qbsdklog.txt would say; QuickBooks itself never sends it to the caller.
    """

    def __init__(self, code: int, message: str = "", *, detail: str = "") -> None:
        self.code = code
        self.message = message or _TEXTS.get(code, "QuickBooks refused the call.")
        self.detail = detail
        super().__init__(f"{self.text} {self.message}" + (f" ({detail})" if detail else ""))

    @property
    def text(self) -> str:
        """The code as the Web Connector writes it, for example "0x80040400"."""
        return f"0x{self.code:08X}"


class Refused(QuickBooksError):
    """One request is refused with a status code of qbXML."""

    def __init__(self, status_code: int, message: str) -> None:
        self.status_code = status_code
        self.message = message
        super().__init__(f"{status_code} {message}")


class NotSupported(QuickBooksError):
    """The request or element exists in qbXML, but this simulator does not know what it does."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"the simulated QuickBooks does not support {what}")


class SimulatedCrash(QuickBooksError):
    """QuickBooks is gone at this point; what was committed stays, nothing is answered."""

    def __init__(self, point: str) -> None:
        self.point = point
        super().__init__(f"simulated crash at {point}")
