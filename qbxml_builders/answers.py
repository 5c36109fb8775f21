"""Answers of QuickBooks: text to responses and records, read leniently, never validated.

Real answers break the schema (comma decimals, unknown enum values, newer elements); none of that
may stop a session. Only text that is no qbXML answer at all raises AnswerUnreadable.
"""

import re
from dataclasses import dataclass

from lxml import etree

from qbxml_builders.errors import AnswerUnreadable as AnswerUnreadable
from qbxml_builders.fields import Fields
from qbxml_builders.readers import read, read_response
from qbxml_builders.records import CompanyRecord, HostRecord, PreferencesRecord, Record

INTERNAL_ERROR = 1000
NOTHING_FOUND = (1, 500)
LAST_WARNING = 999

# Control characters that QuickBooks lets through from memos, raw or as references; and references
# to halves of surrogate pairs, which libxml2 takes over where it recovers and then cannot read.
ILLEGAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    "|&#x0*(?:[0-8BCEF]|1[0-9A-F]|D[89A-F][0-9A-F]{2}|FFF[EF]);"
    "|&#0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45]"
    "|5529[6-9]|55[3-9][0-9]{2}|56[0-9]{3}|57[0-2][0-9]{2}|573[0-3][0-9]|5734[0-3]);",
    re.IGNORECASE,
)
REFERENCE = re.compile("&#(?:x[0-9A-F]*|[0-9]*)(?P<end>;?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ErrorRecovery:
    """What QuickBooks kept of a write of an earlier message set: identity, no amounts."""

    list_id: str
    txn_id: str
    edit_sequence: str
    external_guid: str


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to one request. ``kind`` is the request's name: "InvoiceAdd".

    A missing statusCode reads as 0; where it is garbled, or the severity is Error, as 1000 (outcome
    unclear).
    """

    kind: str
    request_id: str
    status_code: int
    severity: str
    message: str
    iterator_id: str = ""
    iterator_remaining: int | None = None
    records: tuple[Record, ...] = ()
    recovery: ErrorRecovery | None = None

    @property
    def ok(self) -> bool:
        """Whether the request was done, if with a warning: a code up to 999, or Info, or Warn."""
        return self.status_code <= LAST_WARNING or self.severity in ("Info", "Warn")

    @property
    def empty(self) -> bool:
        """Whether a query found nothing, or not everything that it asked for by key."""
        return self.status_code in NOTHING_FOUND


@dataclass(frozen=True, slots=True)
class Answer:
    """An answered message set; its own status code is "" where no message set ids were sent."""

    message_set_status_code: str
    new_message_set_id: str
    responses: tuple[Response, ...]


@dataclass(frozen=True, slots=True)
class HostCompanyPreferences:
    """What a session's first call brings along (strHCPResponse); ``damaged``: it was malformed."""

    host: HostRecord | None = None
    company: CompanyRecord | None = None
    preferences: PreferencesRecord | None = None
    damaged: bool = False


def parse(text: str) -> Answer:
    """The answer in the text. Raises AnswerUnreadable, and nothing else."""
    root = _root(text)
    message_set = root.find("QBXMLMsgsRs") if root.tag == "QBXML" else None
    if message_set is None:
        raise AnswerUnreadable(f"no QBXMLMsgsRs in the answer; it begins {text[:60]!r}")
    return Answer(
        message_set.get("messageSetStatusCode", "").strip(),
        message_set.get("newMessageSetID", "").strip(),
        tuple(map(_response, message_set)),
    )


def parse_hcp(text: str) -> HostCompanyPreferences:
    """Host, company and preferences, as far as they can be found. Never raises.

    Blank text, as on every call but a session's first, finds nothing and is not damaged.
    """
    if not text.strip():
        return HostCompanyPreferences()
    try:
        return _host_company_preferences(_root(text), damaged=False)
    except AnswerUnreadable:
        return _host_company_preferences(_recovered(text), damaged=True)


def _host_company_preferences(
    root: etree._Element | None, *, damaged: bool
) -> HostCompanyPreferences:
    host, company, preferences = None, None, None
    for element in () if root is None else root.iter("HostRet", "CompanyRet", "PreferencesRet"):
        record = read(element)
        if isinstance(record, HostRecord):
            host = host or record
        elif isinstance(record, CompanyRecord):
            company = company or record
        elif isinstance(record, PreferencesRecord):
            preferences = preferences or record
    return HostCompanyPreferences(host, company, preferences, damaged)


def _root(text: str) -> etree._Element:
    """The root element. A control character, which XML forbids, is dropped on a second attempt."""
    try:
        return _parsed(text)
    except etree.XMLSyntaxError as error:
        repaired = ILLEGAL.sub("", text)
        if repaired == text:
            raise AnswerUnreadable(f"not well-formed: {error.msg}") from None
    try:
        return _parsed(repaired)
    except etree.XMLSyntaxError as error:
        raise AnswerUnreadable(f"not well-formed: {error.msg}") from None


def _parsed(text: str, *, recover: bool = False) -> etree._Element:
    if "<!DOCTYPE" in text:
        raise AnswerUnreadable("it declares a document type, which QuickBooks never does")
    try:
        content = text.lstrip("\ufeff \t\r\n").encode("utf-8")
    except UnicodeEncodeError as error:
        raise AnswerUnreadable(f"not text: {error.reason}") from None
    return etree.fromstring(content, _parser(recover=recover))


def _parser(*, recover: bool) -> etree.XMLParser[etree._Element]:
    return etree.XMLParser(
        encoding="utf-8",  # whatever the declaration says: the text is decoded already
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=True,
        recover=recover,
        remove_comments=True,
        remove_pis=True,
    )


def _recovered(text: str) -> etree._Element | None:
    try:
        return _parsed(REFERENCE.sub(_sound, ILLEGAL.sub("", text)), recover=True)
    except (etree.XMLSyntaxError, AnswerUnreadable):
        return None


def _sound(reference: re.Match[str]) -> str:
    """A whole reference as it is; what a recovering parser would make of a broken one cannot be
    read, so a mark takes its place. Nothing may close up around it into a new one."""
    is_whole = reference["end"] and not ILLEGAL.fullmatch(reference[0])
    return reference[0] if is_whole else "\ufffd"


def _response(element: etree._Element) -> Response:
    recovery = element.find("ErrorRecovery")
    severity = element.get("statusSeverity", "").strip()
    remaining = element.get("iteratorRemainingCount", "").strip()
    return Response(
        kind=str(element.tag).removesuffix("Rs"),
        request_id=element.get("requestID", ""),
        status_code=_status_code(element.get("statusCode", "").strip(), severity),
        severity=severity,
        message=element.get("statusMessage", ""),
        iterator_id=element.get("iteratorID", ""),
        iterator_remaining=int(remaining) if _is_digits(remaining) else None,
        records=read_response(element),
        recovery=None if recovery is None else _recovery(Fields(recovery)),
    )


def _status_code(text: str, severity: str) -> int:
    if _is_digits(text):
        return int(text)
    return INTERNAL_ERROR if text or severity == "Error" else 0


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _recovery(fields: Fields) -> ErrorRecovery:
    return ErrorRecovery(
        list_id=fields.text("ListID"),
        txn_id=fields.text("TxnID"),
        edit_sequence=fields.text("EditSequence"),
        external_guid=fields.text("ExternalGUID"),
    )
