"""The envelope: one qbXML message in, one out."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from lxml import etree

from .errors import PARSE_ERROR, ROLLBACK_NOT_SUPPORTED, UNKNOWN_VERSION, HResult, NotSupported
from .grammar import Element, Malformed, TooLong, Version, children, parse_version
from .real_requests import REAL_REQUESTS
from .request_shapes import GRAMMAR, ITERABLE, SUPPORTED, WITHOUT_META_DATA

QBXML_VERSIONS: Final = (
    *("1.0", "1.1", "2.0", "2.1", "3.0", "4.0", "4.1", "5.0", "6.0", "7.0", "8.0", "9.0"),
    *("10.0", "11.0", "12.0", "13.0", "14.0", "15.0", "16.0"),
)
_ITERATOR_STEPS: Final = frozenset({"Start", "Continue", "Stop"})
_META_DATA: Final = frozenset({"NoMetaData", "MetaDataOnly", "MetaDataAndResponseData"})


class OnError(StrEnum):
    STOP = "stopOnError"
    CONTINUE = "continueOnError"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, already checked against the schema; `too_long` refuses it with 3070."""

    element: Element
    too_long: TooLong | None

    @property
    def name(self) -> str:
        """Without "Rq", for example "InvoiceAdd"."""
        return str(self.element.tag).removesuffix("Rq")

    @property
    def request_id(self) -> str | None:
        return self.element.get("requestID")


@dataclass(frozen=True, slots=True)
class MessageSet:
    """A whole QBXMLMsgsRq. `digest` names the content of its requests, for error recovery."""

    requests: tuple[Request, ...]
    on_error: OnError
    new_id: str
    old_id: str
    include_data: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One response. `recovery` is what the message set memory keeps of an Add or Mod."""

    status_code: int = 0
    severity: str = "Info"
    message: str = "Status OK"
    content: tuple[Element, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    recovery: Mapping[str, str] | None = None


def read_message(text: str, highest_version: Version) -> MessageSet:
    """Parses and checks a message; raises HResult where QuickBooks would refuse all of it."""
    root = _parse(text)
    version = _version(root, highest_version)
    sets = children(root)
    if root.tag != "QBXML" or root.attrib or len(sets) != 1 or sets[0].tag != "QBXMLMsgsRq":
        raise HResult(PARSE_ERROR, detail="one QBXMLMsgsRq in QBXML is wanted")
    message = sets[0]
    on_error = _on_error(message)
    requests = tuple(_request(element, version) for element in children(message))
    return MessageSet(
        requests,
        on_error,
        new_id=message.get("newMessageSetID", ""),
        old_id=message.get("oldMessageSetID", ""),
        include_data=message.get("responseData", "includeAll") != "includeNone",
        digest=_digest(request.element for request in requests),
    )


def write_message(answers: Sequence[Element], set_attributes: Mapping[str, str]) -> str:
    """The answer as QuickBooks writes it: no encoding, no qbxml instruction, pure ASCII."""
    root = etree.Element("QBXML")
    message = etree.SubElement(root, "QBXMLMsgsRs", dict(set_attributes))
    message.extend(answers)
    etree.indent(root, space="")
    return '<?xml version="1.0" ?>\n' + etree.tostring(root, encoding="us-ascii").decode("ascii")


def response_element(request: Request, answer: Answer, *, include_data: bool) -> Element:
    attributes = {} if request.request_id is None else {"requestID": request.request_id}
    attributes |= {
        "statusCode": str(answer.status_code),
        "statusSeverity": answer.severity,
        "statusMessage": answer.message,
        **answer.attributes,
    }
    response = etree.Element(f"{request.name}Rs", attributes)
    if include_data:
        response.extend(answer.content)
    return response


def _parse(text: str) -> Element:
    if not text.isascii():
        raise HResult(PARSE_ERROR, detail="raw non-ASCII characters")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(text.encode("ascii"), parser)
    except etree.XMLSyntaxError as error:
        raise HResult(PARSE_ERROR, detail=f"not well-formed: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise HResult(PARSE_ERROR, detail="document type declaration")
    return root


def _version(root: Element, highest: Version) -> Version:
    for node in root.itersiblings(preceding=True):
        if isinstance(node, etree._ProcessingInstruction) and node.target == "qbxml":
            text = (node.attrib.get("version") or "").strip()
            if text not in QBXML_VERSIONS or parse_version(text) > highest:
                raise HResult(UNKNOWN_VERSION, detail=f"version {text!r}")
            return parse_version(text)
    raise HResult(PARSE_ERROR, detail="no qbxml instruction")


def _on_error(message: Element) -> OnError:
    known = {"onError", "newMessageSetID", "oldMessageSetID", "responseData"}
    if unknown := {str(name) for name in message.attrib} - known:
        raise HResult(PARSE_ERROR, detail=f"attribute {min(unknown)} on QBXMLMsgsRq")
    if message.get("responseData", "includeAll") not in {"includeAll", "includeNone"}:
        raise HResult(PARSE_ERROR, detail="responseData")
    value = message.get("onError")
    if value == "rollbackOnError":
        raise HResult(ROLLBACK_NOT_SUPPORTED)
    if value not in set(OnError):
        raise HResult(PARSE_ERROR, detail=f"onError {value!r}")
    return OnError(value)


def _request(element: Element, version: Version) -> Request:
    name = str(element.tag)
    if name not in SUPPORTED:
        if name in REAL_REQUESTS:
            raise NotSupported(name)
        raise HResult(PARSE_ERROR, detail=f"unknown request {name}")
    try:
        _check_attributes(element)
        return Request(element, GRAMMAR.check(element, version))
    except Malformed as error:
        raise HResult(PARSE_ERROR, detail=str(error)) from error


def _check_attributes(element: Element) -> None:
    name = str(element.tag)
    for attribute, value in element.attrib.items():
        known = (
            attribute == "requestID"
            or (attribute == "iterator" and name in ITERABLE and value in _ITERATOR_STEPS)
            or (attribute == "iteratorID" and name in ITERABLE)
            or (attribute == "metaData" and _may_have_meta_data(name) and value in _META_DATA)
        )
        if not known:
            raise Malformed(f"attribute {attribute!s}={value!s} on {name}")


def _may_have_meta_data(name: str) -> bool:
    return name.endswith("QueryRq") and name not in WITHOUT_META_DATA


def _digest(requests: Iterable[Element]) -> str:
    content = hashlib.sha256()
    for element in requests:
        content.update(etree.tostring(element, encoding="us-ascii", with_tail=False))
    return content.hexdigest()
