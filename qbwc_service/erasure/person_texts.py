"""The texts that tell of one person, and how they are taken out of texts about many. Pure.

A telling text (an e-mail address, a number, a full name, a street) marks a text as one about the
person. Only in such a one are the others (a first name, a town) taken out as well: alone they are
words that everybody uses.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from qbwc_service.planning.order import Buyer, PostalAddress
from qbxml_builders.text import to_quickbooks

ERASED: Final = "(erased)"
#: shorter ones would take out half of the words
_SHORTEST_TELLING: Final = 5
_SHORTEST_OTHER: Final = 2
_TELLING_KEYS: Final = re.compile(r"e?mail|phone|fax|line\d|street|addr\d", re.IGNORECASE)
_OTHER_KEYS: Final = re.compile(
    r"(given|family|first|last|middle|preferred|nick|maiden|company|spouse)_?name|company"
    r"|locality|city|postal_?code|zip\w*",
    re.IGNORECASE,
)
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+")
_PHONE: Final = re.compile(r"[+(]?\d[\d\s().+/-]{5,}\d(\s*x\s*\d+)?")


@dataclass(frozen=True)
class PersonTexts:
    """What tells of a person, as it was kept."""

    telling: frozenset[str]
    others: frozenset[str] = frozenset()

    def __or__(self, more: "PersonTexts") -> "PersonTexts":
        return PersonTexts(self.telling | more.telling, self.others | more.others)

    @cached_property
    def needles(self) -> tuple[str, ...]:
        """The telling texts in every way in which they may be written in a column."""
        return tuple(sorted(_variants(self.telling, _SHORTEST_TELLING)))

    @cached_property
    def _tells(self) -> re.Pattern[str] | None:
        return _any_of(self.needles)

    @cached_property
    def _all(self) -> re.Pattern[str] | None:
        return _any_of({*self.needles, *_variants(self.others, _SHORTEST_OTHER)})

    def cleaned(self, text: str) -> str:
        """The text without what tells of the person; as it is where nothing does."""
        if self._tells is None or self._all is None or not self._tells.search(text):
            return text
        return self._all.sub(ERASED, text)

    def cleaned_json(self, value: Any) -> Any:
        """The same for a JSON value; its keys stay."""
        if self._tells is None or not self._tells.search(json.dumps(value, ensure_ascii=False)):
            return value
        return self._without(value)

    def _without(self, value: Any) -> Any:
        match value:
            case str() if self._all is not None:
                return self._all.sub(ERASED, value)
            case dict():
                return {key: self._without(each) for key, each in value.items()}
            case list():
                return [self._without(each) for each in value]
            case _:
                return value


def of_buyer(buyer: Buyer) -> PersonTexts:
    """What planning knows of a contact."""
    first, last = buyer.first_name.strip(), buyer.last_name.strip()
    found = PersonTexts(
        frozenset({buyer.email, buyer.phone, *_full_names(first, last)}),
        frozenset({first, last, buyer.company}),
    )
    return found | of_address(buyer.bill_to) if buyer.bill_to else found


def of_address(address: PostalAddress) -> PersonTexts:
    others = frozenset({address.company, address.city, address.postal_code})
    return PersonTexts(frozenset({address.name, *address.street}), others)


def of_json(value: Any) -> PersonTexts:
    """What another program's record tells, by the names of its fields and the look of its texts."""
    telling, others = set(), set()
    for key, text in _leaves("", value):
        if _EMAIL.fullmatch(text) or _TELLING_KEYS.search(key) or _is_phone(key, text):
            telling.add(text)
        elif _OTHER_KEYS.fullmatch(key):
            others.add(text)
    return PersonTexts(frozenset(telling), frozenset(others))


def of_names(names: Iterable[str]) -> PersonTexts:
    """Whole names, as lists and pages show them."""
    return PersonTexts(frozenset(names))


def _is_phone(key: str, text: str) -> bool:
    return key.lower() in {"number", "value", "content"} and bool(_PHONE.fullmatch(text))


def _full_names(first: str, last: str) -> Iterator[str]:
    if first and last:
        yield from (f"{first} {last}", f"{last}, {first}", f"{last} {first}")


def _leaves(key: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case str() if value.strip():
            yield key, value.strip()
        case dict():
            for name, each in value.items():
                yield from _leaves(str(name), each)
        case list():
            for each in value:
                yield from _leaves(key, each)


def _variants(texts: Iterable[str], shortest: int) -> set[str]:
    """As it is, as QuickBooks holds it, as XML and as JSON write it."""
    found = set()
    for text in texts:
        clean = text.strip()
        if len(clean) < shortest:
            continue
        for each in {clean, to_quickbooks(clean).text.strip()}:
            found |= {each, html.escape(each, quote=False), _quoted(each)}
            # Letters that are written as numbers have no capitals that a search would know.
            for cased in (each, each.upper(), each.lower()) if not each.isascii() else (each,):
                found |= {_numbered(cased), json.dumps(cased)[1:-1]}
    return {each for each in found if len(each) >= shortest}


def _quoted(text: str) -> str:
    escaped = html.escape(text, quote=False)
    return escaped.replace("'", "&apos;").replace('"', "&quot;")


def _numbered(text: str) -> str:
    return "".join(c if c.isascii() else f"&#{ord(c)};" for c in _quoted(text))


def _any_of(texts: Iterable[str]) -> re.Pattern[str] | None:
    """Whole words, longest first."""
    longest = sorted(set(texts), key=len, reverse=True)
    if not longest:
        return None
    choices = "|".join(re.escape(each) for each in longest)
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)", re.IGNORECASE)
