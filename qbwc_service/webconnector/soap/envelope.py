"""From a POST to the element of one operation, or to a Fault: nothing else leaves this module.

Spyne's own reader lets an empty request, an unknown charset or an empty Body escape as
StopIteration, LookupError or AttributeError, resolves ``href`` references between elements
(some without end), and cuts a parameter's text silently at an entity or a child element.
"""

import re
from typing import Any, Final

from lxml import etree
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.wsgi import get_input_stream

from qbwc_service.webconnector.soap.spyne_compat import Fault, Soap11

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_UTF8: Final = re.compile("(utf-?8)?", re.IGNORECASE)
#: an envelope has some hundred bytes of tags, and its payload is escaped
MOST_MARKUP_BYTES: Final = 1024 * 1024


class Refused(Fault):  # type: ignore[misc]
    """A request that is not answered by an operation: a SOAP fault with its own HTTP status."""

    def __init__(self, status: str, sentence: str) -> None:
        super().__init__("Client", sentence)
        self.status = status


class StrictSoap11(Soap11):  # type: ignore[misc]
    """Soap11 that reads a request from the WSGI environment itself and refuses what is unclear."""

    def __init__(self, max_body_bytes: int) -> None:
        super().__init__()
        self._max_body_bytes = max_body_bytes

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        """Spyne's hook: body bytes to a tree in ctx.in_document."""
        ctx.in_document = parse(read_body(ctx.transport.req_env, self._max_body_bytes))

    def decompose_incoming_envelope(self, ctx: Any, message: str = Soap11.REQUEST) -> None:
        """Spyne's hook: the tree to an operation's element. SOAP headers are not looked at."""
        ctx.in_header_doc = None
        ctx.in_body_doc = operation(ctx.in_document)
        ctx.method_request_string = ctx.in_body_doc.tag
        if not self.get_call_handles(ctx):
            raise Refused("400 Bad Request", "There is no such operation.")

    def fault_to_http_response_code(self, fault: Any) -> str:
        """400 for every fault that names no status: the request was at fault, not the service."""
        return fault.status if isinstance(fault, Refused) else "400 Bad Request"


def read_body(environ: dict[str, Any], max_bytes: int) -> bytes:
    """The whole body, at most `max_bytes` long, chunked or not; Refused for what is not UTF-8."""
    encoding = environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise Refused("415 Unsupported Media Type", "A compressed request is not accepted.")
    charset = parse_options_header(environ.get("CONTENT_TYPE", ""))[1].get("charset", "")
    if not _UTF8.fullmatch(charset):
        raise Refused("400 Bad Request", "The request must be UTF-8.")
    try:
        # One byte more: where no length was announced, the stream just ends at its limit.
        body = get_input_stream(environ, max_content_length=max_bytes + 1).read()
    except RequestEntityTooLarge as error:
        raise _too_long(max_bytes) from error
    except ClientDisconnected as error:
        raise Refused("400 Bad Request", "The request ended early.") from error
    if len(body) > max_bytes:
        raise _too_long(max_bytes)
    return body


def _too_long(max_bytes: int) -> Refused:
    return Refused("413 Content Too Large", f"The request is longer than {max_bytes} bytes.")


def parse(body: bytes) -> etree._Element:
    """The root element; Refused where `body` is not well-formed UTF-8 XML or has a DOCTYPE.

    Without a DOCTYPE there are no entities. Text of any length is read (a QuickBooks answer of
    many megabytes is one text), depth ends at 2048. Tags and attributes may have a megabyte in
    all: as a tree they take thirty times their bytes, and seconds of the processor.
    """
    # Only UTF-8 is read, so a DOCTYPE is these bytes; payloads come escaped and cannot hold them.
    if b"<!DOCTYPE" in body:
        raise Refused("400 Bad Request", "A DOCTYPE is not allowed.")
    if len(body) > MOST_MARKUP_BYTES and _has_too_much_markup(body):
        raise Refused("413 Content Too Large", "The request has too many elements.")
    parser = etree.XMLParser(
        encoding="utf-8",
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        resolve_entities=False,
    )
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Refused("400 Bad Request", "The request is not well-formed XML.") from error


def _has_too_much_markup(body: bytes) -> bool:
    """Whether more than MOST_MARKUP_BYTES stand between `<` and `>`."""
    left, place = MOST_MARKUP_BYTES, body.find(b"<")
    while place >= 0:
        end = body.find(b">", place)
        left -= (end if end >= 0 else len(body)) - place + 1
        if left < 0:
            return True
        place = body.find(b"<", end)
    return False


def operation(envelope: etree._Element) -> etree._Element:
    """The operation's element in a SOAP 1.1 Body, its parameters plain text without attributes.

    Attributes say nothing here (href, id, xsi:type) except xsi:nil, which makes the text empty.
    """
    if envelope.tag != f"{{{SOAP}}}Envelope":
        raise Refused("400 Bad Request", "The request is not a SOAP 1.1 envelope.")
    called = envelope.find(f"{{{SOAP}}}Body/*")
    if called is None:
        raise Refused("400 Bad Request", "The SOAP Body names no operation.")
    called.attrib.clear()
    for parameter in called:
        if len(parameter):
            raise Refused("400 Bad Request", "A parameter must be text, not elements.")
        if parameter.get(_NIL, "").strip() in ("true", "1"):
            parameter.text = None
        parameter.attrib.clear()
    return called
