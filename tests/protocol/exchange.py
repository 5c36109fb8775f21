"""Builders: envelopes as .NET writes them, a service that records, a client in front of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from lxml import etree
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, TestResponse

from qbwc_service.webconnector.contract import Caller
from qbwc_service.webconnector.soap import MOUNT, create_endpoint
from tests.reference import REFERENCE

GOLDEN = Path(__file__).parent / "golden"
PUBLIC_URL = "https://sync.example.com"
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
INTUIT = "{http://developer.intuit.com/}"
ACME = Caller("acme", "192.0.2.7")

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
)
TAIL = "</soap:Body></soap:Envelope>"


def envelope(name: str, parameters: str = "", *, before: str = "") -> bytes:
    """A request for one operation; `before` stands between the declaration and the root."""
    head = HEAD.replace("?>", "?>" + before, 1)
    return f'{head}<{name} xmlns="{INTUIT[1:-1]}">{parameters}</{name}>{TAIL}'.encode()


@dataclass
class RecordingService:
    """WebConnectorService that notes each call and gives the answer it was built with.

    An answer that is an exception is raised.
    """

    answers: Mapping[str, object] = field(default_factory=dict)
    calls: list[tuple[object, ...]] = field(default_factory=list)

    def _answer(self, default: object, method: str, caller: Caller, *arguments: object) -> object:
        self.calls.append((method, caller, *arguments))
        answer = self.answers.get(method, default)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def server_version(self, caller):
        return self._answer("Keap Orders 1.0", "server_version", caller)

    def client_version(self, caller, version):
        return self._answer("", "client_version", caller, version)

    def authenticate(self, caller, user_name, password):
        answer = ["57f3b9b1-86f1", ""]
        return self._answer(answer, "authenticate", caller, user_name, password)

    def send_request_xml(self, caller, *arguments):
        qbxml = '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML>&amp; &#233;</QBXML>'
        return self._answer(qbxml, "send_request_xml", caller, *arguments)

    def receive_response_xml(self, caller, ticket, response, hresult, message):
        given = (ticket, response, hresult, message)
        return self._answer(42, "receive_response_xml", caller, *given)

    def connection_error(self, caller, ticket, hresult, message):
        return self._answer("done", "connection_error", caller, ticket, hresult, message)

    def get_last_error(self, caller, ticket):
        sentence = "Order 1048 waits: it has no customer."
        return self._answer(sentence, "get_last_error", caller, ticket)

    def close_connection(self, caller, ticket):
        return self._answer("12 sent, 1 waits for you", "close_connection", caller, ticket)


@dataclass
class Desk:
    """The endpoint, mounted as in the application, and a client at its address."""

    service: RecordingService
    client: Client

    def post(
        self,
        body: bytes,
        path: str = "/acme",
        *,
        content_type: str = "text/xml; charset=utf-8",
        headers: Mapping[str, str] | None = None,
        environ: Mapping[str, object] | None = None,
    ) -> TestResponse:
        """POST to the connection of `path`; `environ` is what the server would hand over."""
        return self.client.post(
            MOUNT + path,
            data=body,
            content_type=content_type,
            headers=headers,
            environ_overrides={"REMOTE_ADDR": ACME.remote_address, **(environ or {})},
        )


def desk(
    *,
    service: RecordingService | None = None,
    public_url: str = PUBLIC_URL,
    max_body_bytes: int = 64 * 2**20,
    **answers,
) -> Desk:
    """A desk whose service gives `answers`, by method name."""
    service = service or RecordingService(answers)
    endpoint = create_endpoint(service, public_url=public_url, max_body_bytes=max_body_bytes)
    return Desk(service, Client(DispatcherMiddleware(NotFound(), {MOUNT: endpoint})))


def result(answer: TestResponse) -> etree._Element:
    """The <...Result> element of a good answer."""
    assert (answer.status_code, answer.content_type) == (200, "text/xml; charset=utf-8")
    return etree.fromstring(answer.data)[0][0][0]


def fault(answer: TestResponse) -> str:
    """The sentence of a refusal, which is a readable SOAP fault; an error if it is not one."""
    assert answer.content_type == "text/xml; charset=utf-8"
    root = etree.fromstring(answer.data)
    assert (root.tag, root[0].tag, root[0][0].tag) == (
        SOAP + "Envelope",
        SOAP + "Body",
        SOAP + "Fault",
    )
    return root[0][0].findtext("faultstring")


def intuit_wsdl() -> Path:
    """Intuit's own WSDL, which is no part of this repository; skips where it is absent."""
    path = REFERENCE / "soap" / "QBWebConnectorSvc.wsdl"
    if not path.exists():
        pytest.skip("Intuit's WSDL is not at hand (QBWC_REFERENCE)")
    return path
