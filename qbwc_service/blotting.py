"""Blots out what is nobody else's business: people and their words, in texts, JSON and qbXML.

What is kept is listed; what nobody has listed is blotted out. Pure.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from lxml import etree

BLOT: Final = "***"

#: elements whose text tells when, how much or which record, and never who
_KEPT: Final = re.compile(
    r"\w*(TxnID|ListID|TxnLineID)|RefNumber\w*|EditSequence|Time\w+|\w*Date|Is\w+|Use\w+|Include\w+"
    r"|\w*Amount|\w*Subtotal|\w*Total|\w*Balance\w*|\w*Rate|Quantity\w*|\w*Percent\w*|ExternalGUID"
    r"|OwnerID|MaxReturned|MaxCapacity|ActiveStatus|\w*Type|ProductName|M(ajor|inor)Version|Country"
    r"|SupportedQBXMLVersion|TxnNumber|Sublevel|MatchCriterion"
)
#: within these nothing is kept
_PERSONAL: Final = re.compile(r"\w*(Address|CreditCard|Contact|Additional|Phone|Notes)\w*")
#: whose names are names of people; other lists name goods, accounts and the like
_PEOPLE: Final = re.compile(
    r"(Customer|Vendor|Employee|OtherName|Entity|PayeeEntity|SalesRepEntity|SalesRep|Parent|PrefVendor"
    r"|TaxVendor|CustomerMsg)Ref"
)
_THINGS: Final = re.compile(
    r"\w+Ref|(Item\w*|Account|Class|\w*Terms|PaymentMethod|SalesTaxCode|Template)(Ret|Add|Mod)"
)
_NAMES: Final = frozenset({"Name", "FullName"})
#: shorter ones would blot out half of the words
_SHORTEST_SECRET: Final = 6
_ATTRIBUTES: Final = frozenset(
    {
        *("requestID", "statusCode", "statusSeverity", "onError", "metaData", "retCount"),
        *("iterator", "iteratorID", "iteratorRemainingCount", "defMacro", "useMacro"),
        *("newMessageSetID", "oldMessageSetID", "messageSetID", "messageSetStatusCode"),
    }
)
_TEXTS: Final = (
    re.compile(r'"[^"]*"|“[^”]*”|&quot;.*?&quot;'),
    re.compile(r"[^\s<>\"']+@[^\s<>\"']+"),
    re.compile(r"[A-Za-z]:\\[^\"<>|\n]*|\\\\[^\"<>|\n]+"),
    # Keys, tokens and card numbers.
    re.compile(r"\b[A-Za-z0-9_\-+/=.]*[A-Za-z][A-Za-z0-9_\-+/=.]{23,}"),
    re.compile(r"(?<![\w-])(?![0-9A-F]{1,8}-\d{10}\b)\d(?:[ -]?\d){8,}\b"),
)
#: details of error entries that name no person, and sentences that may
_PLAIN_DETAILS: Final = frozenset(
    {
        *("order", "code", "setting", "date", "closing_date", "amount", "total", "posted_total"),
        *("number", "sku", "item", "list", "resource", "record", "version", "lists", "kind"),
        *("missing", "asked", "open_amount", "keap_status", "keap_type", "line_type", "currency"),
    }
)
#: 'Chosen for "Ada": Ada Example'
_NAMED_LAST: Final = re.compile(r'("[^"]*": ).+', re.DOTALL)
_SENTENCES: Final = frozenset({"reason", "meaning", "advice", "evidence"})
#: fields of stored JSON whose texts are ids, choices, goods and the like
_PLAIN_FIELDS: Final = re.compile(
    r"id|ids|\w+_ids?|\w*(kind|type|status|state|form|field|comparison|rule|cause|key|made_by)|method"
    r"|source|currency\w*|sku|name|number|\w+Type|outcome|promo_code"
)
#: within these nothing is kept but ids, and no name is that of goods
_PERSONAL_FIELDS: Final = re.compile(
    r"buyer|customer\w*|contact\w*|bill_to|ship_to|wanted|before|shipping\w*|\w*address\w*|e?mail\w*"
    r"|phone\w*|fax\w*|note\w*|memo|custom_fields|fields|company\w*",
    re.IGNORECASE,
)
_ID_FIELDS: Final = re.compile(r"id|\w*_id")
#: days, times, amounts, GUIDs, TxnIDs; a telephone number looks no different, but for its field
_FIGURES: Final = re.compile(r"[\d.,:TZ+-]+|[0-9A-Fa-f{}-]{6,}")
#: a number of an order or payment, and no name
_NUMBER: Final = re.compile(r"(?=.*\d)[A-Z0-9#_/-]{1,30}", re.IGNORECASE)
_DECLARATION: Final = re.compile(r"\A\s*<\?xml\b[^>]*\?>")
#: in characters; longer ones are left out
LONGEST_MESSAGE: Final = 100_000


def blotted_text(text: str) -> str:
    """A sentence without what stands in quotes, addresses, paths, long numbers and long keys."""
    for pattern in _TEXTS:
        text = pattern.sub(BLOT, text)
    return text


def blotted_xml(text: str) -> str:
    """A qbXML message, indented, with ids, days, amounts and names of goods, and nothing of people.
    Of what is no XML only the tags are kept; of what is too long, nothing."""
    if len(text) > LONGEST_MESSAGE:
        return f"<!-- more than {LONGEST_MESSAGE:,} characters: too long for this file -->"
    parser = etree.XMLParser(
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=False,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    try:
        root = etree.fromstring(_DECLARATION.sub("", text), parser)
    except etree.XMLSyntaxError:
        return _only_tags(text)
    for element in root.iter(etree.Element):
        _blot(element)
    return etree.tostring(root, pretty_print=True, encoding="unicode")


def blotted_details(details: Mapping[str, Any]) -> dict[str, str]:
    """What is stored with a message of the catalogue."""
    return {key: _detail(key, str(value)) for key, value in details.items()}


def blotted_json(value: Any) -> Any:
    """A stored JSON value of the same shape: ids, days, amounts, choices and names of goods."""
    return _blotted_value("", value, is_personal=False)


def blotted_json_text(text: str) -> str:
    """The same for a text of JSON; of what is none, nothing."""
    try:
        return json.dumps(blotted_json(json.loads(text, parse_float=str)))
    except ValueError:
        return BLOT


def blotted_sentence(text: str) -> str:
    """As `blotted_text`, and without what stands at the end, behind something in quotes."""
    return blotted_text(_NAMED_LAST.sub(rf"\1{BLOT}", text))


def blotted_number(text: str) -> str:
    """The number of an order or payment as it is; the name of a customer blotted out."""
    return text if not text or _NUMBER.fullmatch(text) else BLOT


def blotted_name(text: str) -> str:
    return BLOT if text else ""


def _blotted_value(field: str, value: Any, *, is_personal: bool) -> Any:
    match value:
        case dict():
            return {
                name: _blotted_value(
                    name, each, is_personal=is_personal or bool(_PERSONAL_FIELDS.fullmatch(name))
                )
                for name, each in value.items()
            }
        case list():
            return [_blotted_value(field, each, is_personal=is_personal) for each in value]
        case str() if value:
            return value if _is_kept_text(field, value, is_personal=is_personal) else BLOT
        case _:
            return value


def _is_kept_text(field: str, text: str, *, is_personal: bool) -> bool:
    if is_personal:
        return bool(_ID_FIELDS.fullmatch(field))
    return bool(_PLAIN_FIELDS.fullmatch(field) or _FIGURES.fullmatch(text))


def mark(personal: str) -> str:
    """Six letters, the same for the same text, so that two can be told apart; "" for none."""
    return hashlib.sha256(personal.encode()).hexdigest()[:6] if personal else ""


def without(text: str, secrets: Iterable[str]) -> str:
    """The text without these values, wherever they stand."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, BLOT)
    return text


def _detail(key: str, value: str) -> str:
    if key in _PLAIN_DETAILS:
        return value
    return blotted_text(value) if key in _SENTENCES else BLOT


def _blot(element: etree._Element) -> None:
    for name, value in element.attrib.items():
        if name not in _ATTRIBUTES:
            element.attrib[name] = blotted_text(value) if name == "statusMessage" else BLOT
    element.tail = None
    if element.text and element.text.strip() and not _is_kept(element):
        element.text = BLOT


def _is_kept(element: etree._Element) -> bool:
    above = [etree.QName(each).localname for each in element.iterancestors()]
    if any(_PERSONAL.fullmatch(name) for name in above):
        return False
    name = etree.QName(element).localname
    if name in _NAMES:
        parent = above[0] if above else ""
        return bool(_THINGS.fullmatch(parent)) and not _PEOPLE.fullmatch(parent)
    return bool(_KEPT.fullmatch(name))


def _only_tags(text: str) -> str:
    tags = re.findall(r"</?([A-Za-z][A-Za-z0-9]{0,40})", text)
    return f"<!-- no XML, {len(text):,} characters; its tags: {' '.join(tags[:2000])} -->"
