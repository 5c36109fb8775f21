"""The technical part of the pages of an order and of an update: messages in both directions,
readable, secrets masked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from lxml import etree
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import message_sets
from qbwc_service.ledger.models import MessageSet, Posting, UpdateSession

_SETS_SHOWN = 6
_LONGEST_TEXT = 60_000
_MASK = "*****"
#: the text is decoded already, whatever encoding it still declares
_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*\?>")
#: qbXML elements and Keap keys whose content is nobody's business on a page
_SECRET_ELEMENTS = frozenset(
    {"CreditCardNumber", "CreditCardSecurityCode", "SSN", "SocialSecurityNumber", "Password"}
)
_SECRET_KEYS = re.compile(
    r'("[^"\\]*(?:token|password|secret|api_?key|card_number|cvv|verification_code)[^"\\]*"\s*:\s*)'
    r'(?:"(?:[^"\\]|\\.)*"|[-0-9.eE+]+)',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message set and its answer, indented; `answer` is "" while there is none."""

    phase: str
    sent_at: datetime | None
    answered_at: datetime | None
    set_id: str
    hresult: str
    problem: str
    request: str
    answer: str


def exchanges(db: Session, connection_id: int, postings: Iterable[Posting]) -> tuple[Exchange, ...]:
    """The message sets that carried these postings last, newest first."""
    set_ids = {posting.message_set_id for posting in postings} - {None}
    found = db.scalars(
        select(MessageSet)
        .where(MessageSet.connection_id == connection_id, MessageSet.id.in_(set_ids))
        .order_by(MessageSet.id.desc())
        .limit(_SETS_SHOWN)
    )
    return tuple(_exchange(message_set) for message_set in found)


def exchange_of(db: Session, session: UpdateSession, set_id: int) -> Exchange | None:
    """One message of an update session; None where it has no such message."""
    found = db.scalars(
        select(MessageSet).where(
            MessageSet.connection_id == session.connection_id,
            MessageSet.session_id == session.id,
            MessageSet.id == set_id,
        )
    ).first()
    return _exchange(found) if found is not None else None


def _exchange(message_set: MessageSet) -> Exchange:
    request, answer = readable_xml(message_set.request), readable_xml(message_set.answer or "")
    if (removed_at := message_set.texts_removed_at) is not None:
        request = answer = message_sets.texts_removed(message_set.prepared_at, removed_at)
    return Exchange(
        message_set.phase,
        message_set.sent_at,
        message_set.answered_at,
        message_set.new_message_set_id,
        message_set.hresult,
        message_set.message,
        request,
        answer,
    )


def readable_xml(text: str) -> str:
    """Indented and masked; what is no XML is shown as it is. At most 60,000 characters."""
    parser = etree.XMLParser(
        remove_blank_text=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        root = etree.fromstring(_DECLARATION.sub("", text), parser)
    except etree.XMLSyntaxError:
        return _cut(text)
    for element in root.iter(etree.Element):
        if etree.QName(element).localname in _SECRET_ELEMENTS:
            element.text = _MASK
    return _cut(etree.tostring(root.getroottree(), pretty_print=True, encoding="unicode"))


def readable_json(text: str) -> str:
    """Indented and masked, numbers as they were written; what is no JSON is shown as it is."""
    try:
        indented = msgspec.json.format(text, indent=2)
    except msgspec.DecodeError:
        indented = text
    return _cut(_SECRET_KEYS.sub(rf'\1"{_MASK}"', indented))


def _cut(text: str) -> str:
    if len(text) <= _LONGEST_TEXT:
        return text
    left_out = len(text) - _LONGEST_TEXT
    return f"{text[:_LONGEST_TEXT]}\n... {left_out:,} more characters are not shown here"
