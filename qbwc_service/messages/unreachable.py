"""Why the Web Connector could not open QuickBooks: which is told decides webconnector/refusals.py.

`{meaning}` and `{advice}` are those of qbxml_builders/hresults.py.
"""

from qbwc_service.messages.entry import Message, Who

_THEN = "In the Web Connector, tick this link and press Update Selected."
_ALLOW = (
    "On the QuickBooks computer, sign in to QuickBooks as Admin, in single-user mode.",
    "Open Edit, Preferences, Integrated Applications, Company Preferences.",
    "Choose the line of this link and press Properties.",
    "Tick Allow this application to login automatically, and choose its QuickBooks user.",
    "If it was ticked already: untick it, press OK, then tick it again.",
    _THEN,
)

ENTRIES = (
    Message(
        "quickbooks-did-not-start",
        "QuickBooks could not be opened on its computer",
        "{meaning} Nothing was sent.",
        "Open QuickBooks and the company file there once by hand. The next update then goes by "
        "itself.",
        Who.SET_UP,
        steps=(
            "On the QuickBooks computer, start QuickBooks and open the company file.",
            "If it asks something (a password, an update, a backup), answer it.",
            "If QuickBooks does not start at all, restart the computer.",
            _THEN,
        ),
    ),
    Message(
        "other-company-file-open",
        "QuickBooks has another company file open than the one of this link",
        "{meaning} Nothing was sent.",
        "Open the right company file in QuickBooks, or close the other: the Web Connector then "
        "opens the right one by itself.",
        Who.SET_UP,
    ),
    Message(
        "no-company-file-open",
        "QuickBooks is closed, and the Web Connector does not know which company file to open",
        "{meaning} Nothing was sent.",
        "Open the company file in QuickBooks, then press Update Selected in the Web Connector. "
        "From then on it is remembered.",
        Who.SET_UP,
    ),
    Message(
        "company-file-not-opened",
        "The company file could not be opened",
        "{meaning} Nothing was sent.",
        "{advice} If it was moved, open it in QuickBooks at its new place and press Update "
        "Selected.",
        Who.SET_UP,
    ),
    Message(
        "wrong-user-mode",
        "QuickBooks is in the other mode than the link needs: single-user or multi-user",
        "{meaning} Nothing was sent.",
        "Switch the mode in the File menu of QuickBooks, or wait until the other person is done. "
        "The next update then goes by itself.",
        Who.SET_UP,
    ),
    Message(
        "window-open-in-quickbooks",
        "QuickBooks waits behind a small window",
        "A question is open there, for example the reminder of a backup or an update. Nothing was "
        "sent.",
        "Close that window in QuickBooks. The next update then goes by itself.",
        Who.SET_UP,
    ),
    Message(
        "link-not-allowed",
        "QuickBooks does not let this link in",
        "Its Admin has not allowed it yet, or the permission got lost. {meaning} Nothing was sent.",
        "Have the Admin of QuickBooks allow it under Integrated Applications.",
        Who.SET_UP,
        steps=_ALLOW,
    ),
    Message(
        "quickbooks-user-elsewhere",
        "The QuickBooks user of this link is signed in on another computer",
        "QuickBooks lets each user in once. Nothing was sent.",
        "Give the link a QuickBooks user of its own; it takes a seat during an update only.",
        Who.SET_UP,
        steps=(
            (
                "In QuickBooks as Admin, make a user for this link alone, with all areas and a "
                "password."
            ),
            "Open Edit, Preferences, Integrated Applications, Company Preferences.",
            "Choose the line of this link, press Properties, and choose that user.",
            _THEN,
        ),
    ),
    Message(
        "several-quickbooks-open",
        "Two copies of QuickBooks are open on that computer",
        "The Web Connector cannot tell which one is meant. Nothing was sent.",
        "Close one of them. The next update then goes by itself.",
        Who.SET_UP,
    ),
    Message(
        "windows-users-differ",
        "QuickBooks and the Web Connector run as two different Windows users",
        "{meaning} Nothing was sent.",
        "Start both as the same Windows user: both as administrator, or neither.",
        Who.SET_UP,
        steps=(
            "Close QuickBooks and the Web Connector.",
            "Start QuickBooks with a double click, not with Run as administrator.",
            "Start the Web Connector the same way.",
            _THEN,
        ),
    ),
    Message(
        "quickbooks-not-installed-right",
        "QuickBooks or the Web Connector is not completely installed",
        "{meaning} Nothing was sent.",
        "{advice}",
        Who.SET_UP,
    ),
    Message(
        "company-file-password",
        "QuickBooks wants a strong password on the company file first",
        "{meaning} Nothing was sent.",
        "Set a strong password for the Admin of the company file (Company, Set Up Users and "
        "Passwords). Then press Update Selected in the Web Connector.",
        Who.SET_UP,
    ),
    Message(
        "cannot-reach-quickbooks",
        "The Web Connector could not reach QuickBooks",
        "{meaning} Nothing was sent.",
        "{advice}",
        Who.SET_UP,
    ),
)
