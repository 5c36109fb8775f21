"""HRESULTs that the Web Connector reports in place of an answer: what ran, and who repairs it.

Source: string table of QBXMLRP2.dll 13.0; the meaning and advice are in our words.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

HEX = re.compile(r"(?:0x)?([0-9a-f]{8})", re.IGNORECASE)


class Effect(StrEnum):
    """What may have happened to the message set.

    A wrong UNKNOWN costs one question; a wrong NOTHING_RAN makes a second invoice. So only
    codes that refuse a set before its first request are NOTHING_RAN.
    """

    NOTHING_RAN = "nothing ran"
    UNKNOWN = "unknown"


class Fixer(StrEnum):
    """Who can repair it."""

    ITSELF = "itself"  # goes away; the next run tries again
    USER = "user"  # whoever sits at the QuickBooks computer
    ADMINISTRATOR = "administrator"  # the company file's Admin, or who installs software there
    PROGRAM = "program"  # us


@dataclass(frozen=True, slots=True)
class HResult:
    """``code`` is written "0x80040400"; texts that are no HRESULT keep their own wording."""

    code: str
    meaning: str
    effect: Effect
    advice: str
    fixer: Fixer


# qbXML not parsed, rollbackOnError, and qbXML versions that are not supported.
NOTHING_RAN = frozenset({"0x80040400", "0x80040413", "0x80040423", "0x80040428"})

PREFERENCES = "Edit > Preferences > Integrated Applications > Company Preferences"

TABLE: dict[Fixer, dict[int, tuple[str, str]]] = {
    Fixer.ITSELF: {
        0x401: ("QuickBooks could not be reached.", "Check that QuickBooks starts on that PC."),
        0x408: ("QuickBooks did not start.", "Open QuickBooks and the company file."),
        0x40B: ("The name of the open file is not known.", "Open the company file again."),
        0x40C: ("No session with QuickBooks was open.", "Restart the Web Connector."),
        0x40D: ("The session with QuickBooks had ended.", "Nothing, unless it happens often."),
        0x40E: ("QuickBooks ran out of memory.", "Restart QuickBooks."),
        0x411: ("A session was begun twice.", "Restart the Web Connector."),
        0x412: ("A connection was opened twice.", "Restart the Web Connector."),
        0x41B: ("The record of permissions was locked.", "Nothing, unless it happens often."),
        0x424: ("QuickBooks was still starting.", "Wait until it has started."),
    },
    Fixer.USER: {
        0x402: (
            "QuickBooks failed in an unexpected way, perhaps by a crash.",
            "Restart QuickBooks; what was being written is looked up first.",
        ),
        0x403: ("The company file could not be opened.", "Check its path and that it opens."),
        0x40A: ("Another company file is open.", "Open the right company file."),
        0x410: (
            "The file is open in the other mode, single-user or multi-user.",
            "Switch the mode in the File menu.",
        ),
        0x414: ("A dialog is open in QuickBooks.", "Close the dialog."),
        0x416: (
            "QuickBooks is closed and no company file was named.",
            "Open the company file, or name it in the connection's settings.",
        ),
        0x417: ("No company file is open and none was named.", "Open the company file."),
        0x41C: ("QuickBooks failed inside.", "Restart QuickBooks, then run Verify Data."),
        0x421: ("QuickBooks answered with a text of its own.", "Read the text."),
        0x422: (
            "Single-user mode is needed, and another program shares the file.",
            "Close the other program.",
        ),
        0x42D: (
            "QuickBooks did not finish opening the file; it may wait for a login.",
            "Log in to QuickBooks.",
        ),
        0x438: ("Several QuickBooks are running on that PC.", "Leave only one running."),
        0x439: ("The file is a read-only shared copy.", "Open the working copy."),
        0x80010105: (
            "QuickBooks failed inside a call; seen where another file is open.",
            "Restart QuickBooks.",
        ),
    },
    Fixer.ADMINISTRATOR: {
        0x404: ("This QuickBooks is too old for qbXML.", "Use QuickBooks 2013 or later."),
        0x405: ("Parts of QuickBooks for qbXML are missing.", "Install QuickBooks again."),
        0x406: ("The file needs a newer QuickBooks.", "Open it with the newer QuickBooks."),
        0x407: ("QuickBooks is not completely installed.", "Repair the installation."),
        0x409: ("This QuickBooks cannot work with that file.", "Use the right QuickBooks year."),
        0x418: (
            "The first access needs the QuickBooks Admin.",
            "Log in as Admin in single-user mode and allow the application.",
        ),
        0x419: ("The application's certificate is not valid.", "Allow the application again."),
        0x41A: ("The application may not use this file.", f"Allow it in {PREFERENCES}."),
        0x41D: (
            "The application may not log in by itself.",
            f"Tick automatic login in its properties in {PREFERENCES}.",
        ),
        0x41E: (
            "The application's certificate has expired.",
            "Log in to QuickBooks and answer its question with Allow Always.",
        ),
        0x41F: ("This edition takes no requests.", "Use Pro, Premier or Enterprise."),
        0x420: ("Access was denied in QuickBooks.", f"Allow the application in {PREFERENCES}."),
        0x426: ("Scripts may not call QuickBooks.", "Use the Web Connector."),
        0x427: ("QuickBooks is not registered.", "Register QuickBooks."),
        0x42A: (
            "QuickBooks takes no calls from another computer.",
            "Run the Web Connector on the QuickBooks computer.",
        ),
        0x42B: ("This QuickBooks lacks the call.", "Use a newer QuickBooks."),
        0x42C: ("The application's certificate was revoked.", "Ask whoever runs this service."),
        0x430: (
            "Logging in by itself failed although it may be allowed.",
            f"Take the permission away in {PREFERENCES}, save, and give it again.",
        ),
        0x435: (
            "The configuration changed since automatic login was allowed.",
            f"Allow it again in {PREFERENCES}.",
        ),
        0x436: ("This edition has no multi-user mode.", "Use single-user mode."),
        0x437: (
            "The QuickBooks user of this application is logged in on another PC.",
            "Give the application a QuickBooks user of its own.",
        ),
        0x440: (
            "Sensitive data needs a company file with a strong password.",
            "Set a strong password on the company file.",
        ),
        0x80040154: (
            "The QuickBooks request processor is not registered, or of another bitness.",
            "Repair QuickBooks and the Web Connector.",
        ),
        0x80070005: (
            "Windows denied access: QuickBooks and the Web Connector run as different users.",
            "Run both as the same Windows user, both or neither as administrator.",
        ),
    },
    Fixer.PROGRAM: {
        0x400: (
            "QuickBooks could not read the message, and ran nothing of it.",
            "The message is stored: report it with its text.",
        ),
        0x40F: ("No connection to QuickBooks was open.", "Restart the Web Connector."),
        0x413: ("The message asked for a roll-back, which QuickBooks lacks.", "Report it."),
        0x415: ("The application has no name.", "Download the .qwc file again and add it."),
        0x423: ("This QuickBooks does not know the qbXML version.", "Report it."),
        0x425: ("QuickBooks was called with a wrong parameter.", "Report it."),
        0x428: (
            "The request processor does not support the qbXML version.",
            "Update the Web Connector, or report it.",
        ),
        0x429: ("The message does not belong to this kind of call.", "Report it."),
        0x42E: ("A call is not allowed inside a session.", "Restart the Web Connector."),
        0x42F: ("The kind of connection is not known.", "Report it."),
        0x431: ("The application refuses Simple Start.", "Use Pro, Premier or Enterprise."),
        0x432: ("The application refuses Pro.", "Download the .qwc file again and add it."),
        0x433: ("The application refuses Premier.", "Download the .qwc file again and add it."),
        0x434: ("The application refuses Enterprise.", "Download the .qwc file again and add it."),
    },
}


def hresult(text: str) -> HResult:
    """The HRESULT in the text, in any case, with or without 0x; unknown ones may have run."""
    match = HEX.fullmatch(text.strip())
    code = f"0x{match.group(1).upper()}" if match else text.strip()
    return KNOWN.get(code) or HResult(
        code,
        "QuickBooks or the Web Connector reported an error that is not described.",
        Effect.UNKNOWN,
        "Read the Web Connector's log; what was being written is looked up first.",
        Fixer.USER,
    )


def _known() -> dict[str, HResult]:
    known: dict[str, HResult] = {}
    for fixer, rows in TABLE.items():
        for number, (meaning, advice) in rows.items():
            # Short numbers are those of the string table: HRESULT = 0x80040000 + its id.
            code = f"0x{number if number > 0xFFFF else 0x80040000 + number:08X}"
            effect = Effect.NOTHING_RAN if code in NOTHING_RAN else Effect.UNKNOWN
            known[code] = HResult(code, meaning, effect, advice, fixer)
    return known


KNOWN = _known()
