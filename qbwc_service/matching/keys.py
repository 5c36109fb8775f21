"""What names, e-mail addresses and numbers are compared by. Pure.

Two strictnesses: `name_key` is how QuickBooks itself tells two names of a list apart (letter case
and blanks do not), `loose_key` is how a person does (nor do accents, punctuation, "&" for "and").
"""

import hashlib
import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

_OUR_SUFFIX = re.compile(r"\s*\(K\d+\)$")
_APOSTROPHES = str.maketrans("", "", "'’‘`´")
_NOT_WORD = re.compile(r"[^\w]+|_+")
#: letters that Unicode does not take apart
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)


#: what the keys of products fit into: the source key of a posting
_KEY_LIMIT = 120


#: characters of a text that are searched
SEARCHED = 80
#: texts whose keys are kept: an order asks for the same ones again and again
_REMEMBERED = 4096


class KeyKind(StrEnum):
    """By what else than its name a record of a QuickBooks list is found."""

    EMAIL = "email"
    PERSON = "person"
    COMPANY = "company"
    PART_NUMBER = "part-number"
    BARCODE = "barcode"
    CUSTOM_FIELD = "custom-field"
    #: the ListID of the record above it: how the mirror finds jobs and sub-items
    PARENT = "parent"


def name_key(name: str) -> str:
    """Names compare as QuickBooks compares them: without regard to case and outer blanks."""
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def search_key(text: str) -> str:
    """What a person's search is compared with: `name_key`, cut to what an index holds."""
    return name_key(text)[:SEARCHED].rstrip()


@lru_cache(_REMEMBERED)
def loose_key(text: str) -> str:
    """As people compare names: "Jones & Co." = "jones and co", "José" = "Jose". "" is no name."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = plain.translate(_APOSTROPHES).replace("&", " and ")
    return _NOT_WORD.sub(" ", plain).strip()


def email_keys(text: str) -> tuple[str, ...]:
    """Every address in an e-mail field; QuickBooks takes several, with commas between."""
    parts = re.split(r"[\s,;<>()]+", text.casefold().replace("mailto:", ""))
    return tuple(dict.fromkeys(part for part in parts if "@" in part.strip("@")))


def person_key(first_name: str, last_name: str) -> str:
    return loose_key(f"{first_name} {last_name}")


def person_keys(name: str, first_name: str, last_name: str) -> frozenset[str]:
    """Who a customer may be: by its first and last name, and by what the list calls it."""
    listed = _OUR_SUFFIX.sub("", name)
    last, comma, first = listed.partition(",")
    as_listed = loose_key(f"{first} {last}") if comma else loose_key(listed)
    return frozenset({person_key(first_name, last_name), as_listed}) - {""}


def company_keys(name: str, company: str) -> frozenset[str]:
    """Which business a customer may be: by its company name, and by what the list calls it."""
    return frozenset({loose_key(company), loose_key(_OUR_SUFFIX.sub("", name))}) - {""}


def customer_keys(
    name: str, *, first_name: str = "", last_name: str = "", company: str = "", email: str = ""
) -> frozenset[tuple[KeyKind, str]]:
    """All that a customer is found by; `name` is the last part of its full name."""
    persons = person_keys(name, first_name, last_name)
    return frozenset(
        {(KeyKind.EMAIL, key) for key in email_keys(email)}
        | {(KeyKind.PERSON, key) for key in persons}
        | {(KeyKind.COMPANY, key) for key in company_keys(name, company)}
    )


def custom_field_key(field_name: str, value: str) -> str:
    """Of one custom field of an item: both parts, so that fields do not mix."""
    return f"{name_key(field_name)}={name_key(value)}"


def product_key(sku: str, name: str) -> str:
    """Which product a line sells: by its SKU, else by its name; "" where it has neither."""
    if sku.strip():
        return _bounded(f"sku:{name_key(sku)}")
    return _bounded(f"name:{name_key(name)}") if name.strip() else ""


def tax_key(name: str) -> str:
    """Which tax a line is, by its label."""
    return _bounded(f"label:{loose_key(name)}")


def short_digest(text: str) -> str:
    """Six characters that tell two long texts apart."""
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def _bounded(key: str) -> str:
    """A key that is too long to be stored keeps its beginning and tells the rest by a digest."""
    if len(key) <= _KEY_LIMIT:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    return f"{key[: _KEY_LIMIT - 17]}~{digest}"
