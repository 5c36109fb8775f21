"""Finding a page of Help: by a code, by a sentence that another program showed, by words.

Pure. A code is looked up in the tables of codes; words are compared with all that an entry says.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from qbwc_service.messages import CATALOGUE, Message
from qbwc_service.webconnector import refusals
from qbxml_builders import hresults, statuses

LONGEST_QUERY = 300
_MOST = 12
#: an entry has to have this share of what the words of the query weigh
_SHARE = 0.45
#: so much of the words of a saying has to be in the query
_OF_A_SAYING = 0.75
#: with fewer letters beside what is filled in, a title fits nearly every sentence
_LETTERS_OF_A_TITLE = 12
_WORD = re.compile(r"[a-z0-9$_]+")
_CODE = re.compile(r"qbwc\s?-?\s?(\d{4})|(?:0x)?(8[0-9a-f]{7})\b|\b(\d{3,4})\b", re.IGNORECASE)
#: words that tell no message from another
_COMMON: Final = frozenset(
    {
        *("a", "an", "and", "are", "as", "at", "be", "by", "can", "could", "do", "error", "for"),
        *("from", "has", "have", "how", "i", "if", "in", "is", "it", "its", "me", "my", "n", "no"),
        *("not", "of", "on", "one", "or", "quickbooks", "that", "the", "there", "this", "to"),
        *("was", "what", "when", "why", "will", "with", "x", "xx", "you", "your"),
    }
)
#: codes that have an entry by what is then done, not by a table of refusals
_BESIDE: Final[Mapping[int, str]] = MappingProxyType(
    {
        3161: "closed-period",
        3171: "closed-period",
        3121: "custom-field-refused",
        3160: "undo-refused",
        3185: "void-refused",
        1000: "outcome-unknown",
        510: "outcome-unknown",
        570: "payment-not-applied",
    }
)


@dataclass(frozen=True, slots=True)
class Code:
    """A code of QuickBooks or the Web Connector, and what it means ("" = only the entry says)."""

    code: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The best first."""

    codes: Sequence[Code]
    entries: Sequence[Message]


def found(query: str) -> Found:
    """What a person may mean by this: a code, a sentence of an error, or words."""
    codes: list[Code] = []
    by_code: list[str] = []
    for web_connector, hresult, status in _CODE.findall(query):
        if web_connector:
            by_code += _of_web_connector(f"QBWC{web_connector}")
        elif hresult:
            known = hresults.hresult(hresult)
            codes.append(Code(known.code, known.meaning))
            by_code += _of_hresult(known.code)
        elif (number := int(status)) in statuses.KNOWN:
            codes.append(Code(status, statuses.KNOWN[number].meaning))
            by_code += [*refusals.told_for(number), *_beside(number)]
    ids = dict.fromkeys([*_by_title(query), *by_code, *_by_sayings(query), *_by_words(query)])
    return Found(tuple(dict.fromkeys(codes)), [CATALOGUE[each] for each in [*ids][:_MOST]])


def codes_of(entry: Message) -> tuple[Code, ...]:
    """The codes under which an entry is found, for its page."""
    lines = (*refusals.HELD, *refusals.TRIED_AGAIN)
    numbers = {code for line in lines if line.cause == entry.id for code in line.codes}
    numbers |= {code for code, cause in _BESIDE.items() if cause == entry.id}
    opened = sorted(code for code, cause in refusals.NOT_OPENED.items() if cause == entry.id)
    return (
        *(Code(str(code), statuses.KNOWN[code].meaning) for code in sorted(numbers)),
        *(Code(code, hresults.KNOWN[code].meaning) for code in opened),
        *(Code(text) for text in entry.found_by if text.startswith("QBWC")),
    )


def _beside(code: int) -> list[str]:
    return [_BESIDE[code]] if code in _BESIDE else []


def _of_hresult(code: str) -> list[str]:
    """Before the update began, and in the middle of it."""
    begun = code in hresults.NOTHING_RAN
    return [refusals.not_opened(code), "message-unreadable" if begun else "session-broken"]


def _of_web_connector(code: str) -> list[str]:
    return [entry.id for entry in CATALOGUE.values() if code in entry.found_by]


def _by_title(query: str) -> list[str]:
    """Entries whose title was copied, with whatever stood in it; the longest title first."""
    text = " ".join(query.split())
    found = [entry_id for entry_id, title in _titles().items() if title.search(text)]
    return sorted(found, key=lambda entry_id: -len(CATALOGUE[entry_id].title))


@cache
def _titles() -> Mapping[str, re.Pattern[str]]:
    """Of entries whose title says enough without what is filled in."""
    parts = {entry.id: re.split(r"\{\w+\}", entry.title) for entry in CATALOGUE.values()}
    return {
        entry_id: re.compile(".+?".join(map(re.escape, fixed)), re.IGNORECASE)
        for entry_id, fixed in parts.items()
        if len("".join(fixed)) >= _LETTERS_OF_A_TITLE
    }


def _by_sayings(query: str) -> list[str]:
    """Entries with a saying of another program that the query repeats, whatever names and numbers
    stand in it."""
    wanted = _words(query)
    shares = {
        entry.id: max((_share(_words(saying), wanted) for saying in entry.found_by), default=0)
        for entry in CATALOGUE.values()
    }
    repeated = [entry_id for entry_id, share in shares.items() if share >= _OF_A_SAYING]
    return sorted(repeated, key=lambda entry_id: -shares[entry_id])


def _share(words: frozenset[str], wanted: frozenset[str]) -> float:
    return len(words & wanted) / len(words) if words else 0


def _by_words(query: str) -> list[str]:
    """Entries with the most telling words of the query; a rare word tells more than a usual one,
    and one of the title more than one of the text."""
    wanted = _words(query)
    weights = {word: 1 / _how_often()[word] for word in wanted if word in _how_often()}
    least = max(sum(weights.values()) * _SHARE, 1e-9)
    scores: dict[str, float] = {}
    for entry_id, words in _words_of_entries().items():
        score = sum(weights.get(word, 0) for word in words)
        if score >= least:
            titled = _words(f"{entry_id} {CATALOGUE[entry_id].title}")
            scores[entry_id] = score + sum(weights.get(word, 0) for word in titled)
    return sorted(scores, key=lambda entry_id: (-scores[entry_id], len(CATALOGUE[entry_id].title)))


@cache
def _words_of_entries() -> Mapping[str, frozenset[str]]:
    return {
        entry.id: _words(
            " ".join((entry.id, entry.title, entry.why, entry.do, *entry.steps, *entry.found_by))
        )
        for entry in CATALOGUE.values()
    }


@cache
def _how_often() -> Counter[str]:
    return Counter(word for words in _words_of_entries().values() for word in words)


def _words(text: str) -> frozenset[str]:
    """Letter case and a plural s make no difference; `{details}` are no words."""
    bare = re.sub(r"\{\w+\}", " ", text.casefold())
    words = frozenset(_WORD.findall(bare)) - _COMMON
    return frozenset(word.rstrip("s") or word for word in words)
