"""The HTTP side of the SOAP edge: which method gets what."""

from collections.abc import Iterable
from contextlib import nullcontext
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from werkzeug.wsgi import get_path_info

from qbwc_service.collector import collect_recent
from qbwc_service.webconnector.contract import Caller, WebConnectorService
from qbwc_service.webconnector.soap.description import wsdl
from qbwc_service.webconnector.soap.operations import CALL, Call, create_soap

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOUNT: Final = "/qbwc"
_GUARDS: Final = (("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"))
_ONLY_HTTPS: Final = ("Strict-Transport-Security", "max-age=31536000")
#: bodies above this are read one at a time: each may take ten times as much memory for a moment
_HUGE_BYTES: Final = 8 * 1024 * 1024


def create_endpoint(
    service: WebConnectorService, *, public_url: str, max_body_bytes: int = 64 * 1024 * 1024
) -> "WSGIApplication":
    """The WSGI application to mount at MOUNT; what follows in the path names the connection.

    `public_url` is the address of the whole site, e.g. https://sync.example.com: the WSDL and
    the text page are made from it, never from a Host header. POST answers with SOAP always (200,
    or a fault with 400, 413 or 415); GET answers 200, which the Web Connector wants of AppURL
    before it adds the application (QBWC1048).
    """
    return _Endpoint(service, public_url.rstrip("/"), max_body_bytes)


class _Endpoint:
    def __init__(self, service: WebConnectorService, public_url: str, max_body_bytes: int) -> None:
        self._service = service
        self._public_url = public_url
        self._soap = create_soap(max_body_bytes)
        self._one_huge = BoundedSemaphore()
        only_https = [_ONLY_HTTPS] if public_url.startswith("https://") else []
        self._guards = [*_GUARDS, *only_https]

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        connection = get_path_info(environ).strip("/")
        start_response = self._guarded(start_response)
        match environ["REQUEST_METHOD"]:
            case "POST":
                return self._answer(connection, environ, start_response)
            case "GET" | "HEAD" as method:
                body = self._read(connection, environ.get("QUERY_STRING", ""), start_response)
                return [body] if method == "GET" else []
            case _:
                body = b"Only GET, HEAD and POST are answered here.\n"
                headers = _headers("text/plain", body)
                start_response("405 Method Not Allowed", [*headers, ("Allow", "GET, HEAD, POST")])
                return [body]

    def _answer(
        self, connection: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        length = _length(environ)
        if length > 99_999:  # as a page of a list has
            collect_recent()
        caller = Caller(connection, environ.get("REMOTE_ADDR", ""))
        called = {**environ, CALL: Call(self._service, caller)}
        with self._one_huge if length > _HUGE_BYTES else nullcontext():
            answer: Iterable[bytes] = self._soap(called, start_response)
        return answer

    def _guarded(self, start_response: "StartResponse") -> "StartResponse":
        """No browser takes an answer for anything else than it says, or keeps it."""

        def start(status: str, headers: list[tuple[str, str]], /, *error: Any) -> Any:
            return start_response(status, [*headers, *self._guards], *error)

        return start

    def _read(self, connection: str, query: str, start_response: "StartResponse") -> bytes:
        path = f"/{quote(connection)}" if connection else ""
        if query.partition("=")[0].lower() == "wsdl":
            kind, body = "text/xml", wsdl(self._public_url + MOUNT + path)
        else:
            support = f"{self._public_url}/support{path}" if connection else f"{self._public_url}/"
            kind, body = "text/plain", _PAGE.format(support=support).encode()
        start_response("200 OK", _headers(kind, body))
        return body


def _length(environ: "WSGIEnvironment") -> int:
    """Of the body, as announced (waitress also measures chunked ones); any text may stand there."""
    length = environ.get("CONTENT_LENGTH", "")
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 16 else 0


_PAGE: Final = """\
This address is for the QuickBooks Web Connector, not for a browser.

Load the .qwc file of this connection in the Web Connector; it calls here by itself.
How the connection is doing: {support}
"""


def _headers(kind: str, body: bytes) -> list[tuple[str, str]]:
    return [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body)))]
