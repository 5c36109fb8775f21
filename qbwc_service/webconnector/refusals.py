"""Which entry of the message catalogue says what QuickBooks answered.

By status code, kind of record and QuickBooks' own text: one code stands for several things (3140
for every kind of reference, 3180 for every refused save). Only the words are chosen here; what is
then done decides the reaction (qbxml_builders/statuses.py) in webconnector/outcome.py.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from qbwc_service.ledger.models import REFUNDS, Kind
from qbxml_builders.hresults import hresult
from qbxml_builders.statuses import BY_TEXT, TABLE, Reaction, classify

#: where no line of a table fits
AGAIN: Final = "quickbooks-busy"
SET_UP: Final = "quickbooks-set-up"
REFUSED: Final = "quickbooks-refused"
UNREACHABLE: Final = "cannot-reach-quickbooks"

_DEFECTS: Final = frozenset(code for code, _, _ in TABLE[Reaction.DEFECT])
_TEXTS: Final = frozenset({3070, 3080, 3090, 3205})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: `text` is looked for in QuickBooks' own words, letter case ignored."""

    cause: str
    codes: frozenset[int]
    kinds: frozenset[Kind] = frozenset()
    text: str = ""

    def fits(self, code: int, kind: Kind, message: str) -> bool:
        return (
            code in self.codes
            and (not self.kinds or kind in self.kinds)
            and re.search(self.text, message, re.IGNORECASE) is not None
        )


def _line(cause: str, *codes: int, kinds: frozenset[Kind] = frozenset(), text: str = "") -> Line:
    return Line(cause, frozenset(codes), kinds, text)


def _reference(what: str) -> str:
    return rf"invalid reference to QuickBooks [^\"]*{what}"


#: what is tried again by itself; the first line that fits counts
TRIED_AGAIN: Final = (
    _line("name-looked-up-again", 3100),
    _line("lists-read-again", 3140),
    _line("changed-meanwhile", 3120, 3200),
    _line("quickbooks-not-ready", 1010),
    _line("not-tried-yet", 3231),
    _line("record-in-use", 3175, 3176, 3177, *BY_TEXT),
)
#: what waits for a person; the first line that fits counts
HELD: Final = (
    _line("name-in-use", 3100),
    _line("entry-inactive", 3140, *BY_TEXT, text=r"\binactive\b"),
    _line("tax-entry-not-there", 3140, text=_reference("tax")),
    _line("customer-not-there", 3140, text=_reference("(customer|entity)")),
    _line("item-not-there", 3140, text=_reference("item")),
    _line("account-not-there", 3140, text=_reference("account")),
    _line("list-entry-not-there", 3140, text=_reference("")),
    _line("parent-not-there", 3130),
    _line("several-entries-fit", 3141),
    _line("linked-record-gone", 3000, 3120),
    _line("credit-limit-exceeded", 3180, text="credit limit"),
    _line("total-below-zero", 3180, text="must be positive|negative|below zero"),
    _line("pays-more-than-open", 3210, kinds=frozenset({Kind.PAYMENT}), text="amount due"),
    _line("more-than-is-left", 3210, kinds=REFUNDS | {Kind.CREDIT_USE}),
    _line("value-refused", 3210),
    _line("amount-too-large", 3101),
    _line("list-full", 3310),
    _line("sales-orders-not-offered", 1030, 3250, kinds=frozenset({Kind.SALES_ORDER})),
    _line("feature-off", 1030, 3250),
    _line("permission-missing", 3220, 3260),
    _line("personal-data-not-allowed", 3261),
    _line("single-user-needed", 3162),
    _line("posting-account-missing", 3270),
    _line("item-kind-refused", 3280),
    _line("text-refused", *_TEXTS),
    _line("message-not-understood", *(_DEFECTS - _TEXTS)),
)
#: why QuickBooks could not be opened, by HRESULT
NOT_OPENED: Final[Mapping[str, str]] = MappingProxyType(
    {
        f"0x{0x80040000 + number if number < 0x10000 else number:08X}": cause
        for cause, numbers in (
            ("quickbooks-did-not-start", (0x401, 0x408, 0x424, 0x42D)),
            ("other-company-file-open", (0x40A, 0x80010105)),
            ("no-company-file-open", (0x416, 0x417)),
            ("company-file-not-opened", (0x403, 0x406, 0x409, 0x439)),
            ("wrong-user-mode", (0x410, 0x422, 0x436)),
            ("window-open-in-quickbooks", (0x414,)),
            (
                "link-not-allowed",
                (0x418, 0x419, 0x41A, 0x41D, 0x41E, 0x420, 0x42C, 0x430, 0x435),
            ),
            ("quickbooks-user-elsewhere", (0x437,)),
            ("several-quickbooks-open", (0x438,)),
            ("windows-users-differ", (0x80070005,)),
            ("quickbooks-not-installed-right", (0x404, 0x405, 0x407, 0x41F, 0x427, 0x80040154)),
            ("company-file-password", (0x440,)),
        )
        for number in numbers
    }
)
#: every entry that says why QuickBooks could not be opened
CAUSES_NOT_OPENED: Final = frozenset({UNREACHABLE, *NOT_OPENED.values()})


def again(code: int, kind: Kind, message: str) -> str:
    """The id of the entry for what QuickBooks refused and is tried again."""
    return _first(TRIED_AGAIN, code, kind, message) or AGAIN


def held(code: int, kind: Kind, message: str) -> str:
    """The id of the entry for what QuickBooks refused and waits for a person; a closed period, an
    undoing and a custom field have entries of their own."""
    found = _first(HELD, code, kind, message)
    if found:
        return found
    return SET_UP if classify(code, message).reaction is Reaction.SETUP else REFUSED


def not_opened(text: str) -> str:
    """The id of the entry for an HRESULT of connectionError."""
    return NOT_OPENED.get(hresult(text).code, UNREACHABLE)


def told_for(code: int) -> tuple[str, ...]:
    """The ids of all entries that a status code may lead to, for the search in Help."""
    causes = [line.cause for line in (*HELD, *TRIED_AGAIN) if code in line.codes]
    if classify(code, "").reaction in {Reaction.PERSON, Reaction.SETUP}:
        causes.append(held(code, Kind.INVOICE, ""))
    return tuple(dict.fromkeys(causes))


def _first(lines: tuple[Line, ...], code: int, kind: Kind, message: str) -> str:
    return next((line.cause for line in lines if line.fits(code, kind, message)), "")
