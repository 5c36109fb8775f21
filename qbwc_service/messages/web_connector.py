"""What the Web Connector itself shows on the QuickBooks computer, by its own codes.

Nothing of ours waits with these: they are looked up in Help. Source of the codes: Intuit's Web
Connector Programmer's Guide, appendix A, and what later versions were seen to say.
"""

from qbwc_service.messages.entry import Message, Who

_UPDATE = "Tick the link in the Web Connector and press Update Selected."

ENTRIES = (
    Message(
        "web-connector-sign-in-failed",
        "The Web Connector says that the user name or password is not right",
        "Its password is not the one of this connection, or our address did not answer. Nothing "
        "was read or sent.",
        "Paste the password into the Web Connector once more.",
        Who.SET_UP,
        steps=(
            "On the connection page here, press New password, and copy what is shown.",
            "In the Web Connector, click into the Password column of the link and paste it.",
            "Answer Yes when it asks whether to save the password.",
            _UPDATE,
            "If it fails again: see whether our address opens in a browser on that computer.",
        ),
        found_by=("QBWC1012", "QBWC1040", "Authentication failed"),
    ),
    Message(
        "web-connector-password-missing",
        "The Web Connector has no password for this link",
        "It was never entered, or Windows could not keep it. Nothing was read or sent.",
        "Enter the password in the Web Connector, and let it be saved.",
        Who.SET_UP,
        steps=(
            "In the Web Connector, click into the Password column of the link.",
            "Paste the password; a new one is made on the connection page here.",
            "Answer Yes when it asks whether to save it.",
            _UPDATE,
        ),
        found_by=("QBWC1028", "QBWC1029", "QBWC1030", "QBWC1038"),
    ),
    Message(
        "web-connector-link-added-before",
        "The Web Connector cannot add the link, because it was added before",
        "QuickBooks remembers a link of the same kind on this company file, or an older file of it "
        "was used. Nothing was changed.",
        "Remove the old line, then add the newest file.",
        Who.SET_UP,
        steps=(
            "In the Web Connector, press Remove beside the old line of this link.",
            "Open the company file in QuickBooks as Admin, in single-user mode.",
            "In Edit, Preferences, Integrated Applications, Company Preferences, remove its line.",
            "Save the connection file (.qwc) anew from the connection page here.",
            "In the Web Connector press Add an Application and choose that file.",
        ),
        found_by=(
            *("QBWC1025", "QBWC1026", "QBWC1027", "QBWC1034", "QBWC1039"),
            "Unique OwnerID/FileID pair value required",
        ),
    ),
    Message(
        "web-connector-address-not-trusted",
        "The QuickBooks computer does not reach or trust our address",
        "Our address did not answer it, or its certificate was not accepted. Nothing was read or "
        "sent.",
        "Open our address in a browser on that computer, and look what it says.",
        Who.SET_UP,
        steps=(
            "On the QuickBooks computer, open the address of this page in a browser.",
            "If it warns of the certificate, set the date and time of that computer right.",
            "If it does not open, look whether a firewall or virus scanner is in the way.",
            "If it opens without a warning, start the Web Connector again.",
            _UPDATE,
        ),
        found_by=("QBWC1003", "QBWC1004", "QBWC1048"),
    ),
    Message(
        "web-connector-address-refused",
        "The Web Connector does not accept the addresses in the connection file",
        "They have to be secure, bear a name instead of a number, and be the same twice. "
        "Nothing was added.",
        "Tell whoever runs this service to set its public address (QBWC_PUBLIC_URL), then save the "
        "connection file anew.",
        Who.OPERATOR,
        found_by=(
            *("QBWC1000", "QBWC1001", "QBWC1002", "QBWC1010", "QBWC1035", "QBWC1051"),
            "Only SSL (https) based applications are allowed",
        ),
    ),
    Message(
        "web-connector-quickbooks-not-opened",
        "The Web Connector could not open QuickBooks",
        "QuickBooks was closed, busy with a window, or did not let the link in. Nothing was sent. "
        "Where the Web Connector could tell us, the error log of the connection says which.",
        "Open QuickBooks and the company file on that computer, then update once more.",
        Who.SET_UP,
        steps=(
            "Open QuickBooks and the company file, and close all small windows in it.",
            "See that QuickBooks and the Web Connector run as the same Windows user.",
            _UPDATE,
        ),
        found_by=(
            *("QBWC1007", "QBWC1008", "QBWC1009", "QBWC1013", "QBWC1014"),
            *("QBWC1021", "QBWC1022", "QBWC1023", "QBWC1024"),
        ),
    ),
    Message(
        "web-connector-did-not-start",
        "The Web Connector does not start, or cannot write its own log",
        "Windows does not let it write where its log is, or the disk is full. Nothing was sent.",
        "Start the Web Connector once as administrator.",
        Who.SET_UP,
        steps=(
            "Close the Web Connector, also in the corner beside the clock.",
            "Give its log file QWCLog.txt another name, so that it begins a new one.",
            "Click the Web Connector with the right button, Run as administrator, once.",
            "Close it, and start it again in the usual way.",
        ),
        found_by=("QBWC1005", "QBWC1006", "QBWC1033", "QBWC1085"),
    ),
    Message(
        "web-connector-list-out-of-date",
        "The line of the link in the Web Connector is out of date, or was not chosen",
        "It was removed while the Web Connector was open, or no line is ticked. Nothing was sent.",
        "Close the Web Connector, also in the corner beside the clock, start it again, tick the "
        "link and press Update Selected.",
        Who.SET_UP,
        found_by=("QBWC1011", "QBWC1016", "QBWC1018", "QBWC1019", "QBWC1020", "QBWC1032"),
    ),
    Message(
        "web-connector-call-failed",
        "The Web Connector lost touch with us in the middle of an update",
        "Our answer did not reach it: the line broke, or this service was being restarted. What "
        "was under way is checked first, so that nothing is in QuickBooks twice.",
        "Nothing; the next update goes on by itself. If it comes back every time, make a support "
        "file on this page.",
        Who.ITSELF,
        found_by=(
            *("QBWC1015", "QBWC1036", "QBWC1037", "QBWC1041", "QBWC1042"),
            *("QBWC1043", "QBWC1044", "QBWC1045", "QBWC1046"),
        ),
    ),
    Message(
        "web-connector-some-error",
        "The Web Connector says that the update was completed with some error",
        "This stands below the real reason, which it shows above, or which the error log of the "
        "connection here tells. What QuickBooks took is in the books, and nothing was lost.",
        "Open the error log of the connection, and do what its newest entry says.",
        found_by=("QBWC1017", "QBWC1031"),
    ),
)
