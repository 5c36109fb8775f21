"""Requests to text: one message set, checked before it is written, the same bytes every time."""

import re
from collections.abc import Sequence
from enum import StrEnum

from lxml import etree

from qbxml_builders.elements import Element as Element
from qbxml_builders.elements import Request as Request
from qbxml_builders.errors import QbxmlInvalid as QbxmlInvalid
from qbxml_builders.schema import check

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="{version}"?>\n'

# Intuit's sample code speaks of 24 characters, the SDK text of 23: the smaller one is safe.
MESSAGE_SET_ID = re.compile(r"[A-Za-z0-9_.-]{1,23}")
VERSION = re.compile(r"[0-9]{1,2}\.[0-9]")


class OnError(StrEnum):
    """What QuickBooks does with the rest of a set after a failed request.

    rollbackOnError is in the schema but refused by QuickBooks Desktop (0x80040413).
    """

    CONTINUE = "continueOnError"
    STOP = "stopOnError"


def render(
    requests: Sequence[Request],
    *,
    version: str = "13.0",
    on_error: OnError = OnError.CONTINUE,
    new_message_set_id: str = "",
    old_message_set_id: str = "",
) -> str:
    """The message set as pure ASCII text, ready to be handed to the Web Connector.

    No requests and both ids the same is the recovery question: what became of that set?
    Raises QbxmlInvalid for whatever QuickBooks would refuse as a whole (0x80040400).
    """
    if not VERSION.fullmatch(version):
        raise QbxmlInvalid("QBXML", f"{version!r} is not a qbXML version such as 13.0.")
    _check_request_ids(requests)
    for request in requests:
        check(request, version)
    root = etree.Element("QBXML")
    message_set = etree.SubElement(root, "QBXMLMsgsRq", {"onError": on_error.value})
    for name, value in (
        ("oldMessageSetID", old_message_set_id),
        ("newMessageSetID", new_message_set_id),
    ):
        if value:
            message_set.set(name, _message_set_id(name, value))
    for request in requests:
        _append(message_set, request.element, (("requestID", request.request_id),))
    # us-ascii makes lxml write numeric references: QuickBooks fails on raw non-ASCII bytes.
    body = etree.tostring(root, encoding="us-ascii", pretty_print=True, xml_declaration=False)
    return HEAD.format(version=version) + body.decode("ascii")


def _check_request_ids(requests: Sequence[Request]) -> None:
    seen: set[str] = set()
    for position, request in enumerate(requests, 1):
        if request.request_id in seen:
            raise QbxmlInvalid(
                f"{request.element.tag}[{position}]",
                f"The requestID {request.request_id!r} is used twice in this message set.",
            )
        seen.add(request.request_id)


def _message_set_id(name: str, value: str) -> str:
    if not MESSAGE_SET_ID.fullmatch(value):
        raise QbxmlInvalid(
            "QBXMLMsgsRq",
            f"{name} {value!r} is not 1 to 23 letters, digits, dots, dashes or underscores.",
        )
    return value


def _append(
    parent: etree._Element, element: Element, extra: tuple[tuple[str, str], ...] = ()
) -> None:
    node = etree.SubElement(parent, element.tag, dict((*extra, *element.attributes)))
    if isinstance(element.content, str):
        node.text = element.content or None
    else:
        for child in element.content:
            _append(node, child)
