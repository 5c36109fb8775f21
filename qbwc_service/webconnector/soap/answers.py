"""What may go into an answer: the Web Connector fails on null, Spyne on text that XML refuses."""

import re
from typing import Final

# XML 1.0 production 2, Char: everything but most control characters, surrogates, U+FFFE, U+FFFF.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: object) -> str:
    """`value` without the characters that XML 1.0 cannot carry; TypeError for anything but str."""
    if not isinstance(value, str):
        raise TypeError(f"a str is needed, not {type(value).__name__}")
    return _NOT_XML.sub("", value)


def strings(value: object) -> list[str]:
    """Two to four clean strings; TypeError or ValueError otherwise.

    Fewer end the session with QBWC1012 (Programmer's Guide p. 62).
    """
    if not isinstance(value, list | tuple):
        raise TypeError(f"a list of str is needed, not {type(value).__name__}")
    if not 2 <= len(value) <= 4:
        raise ValueError(f"2 to 4 strings are needed, not {len(value)}")
    return [text(item) for item in value]


def number(value: object) -> int:
    """`value`; TypeError for anything but int (a decimal makes the Web Connector fail)."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"an int is needed, not {type(value).__name__}")
    return value
