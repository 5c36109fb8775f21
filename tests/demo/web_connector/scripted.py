"""Builders: a service that answers from a script, and a Web Connector in front of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import httpx
from lxml import etree

from qbwc_service.demo.quickbooks import InProcessQuickBooks
from qbwc_service.demo.web_connector import QwcFile, WebConnector

INTUIT = "{http://developer.intuit.com/}"
OWNER_ID = "{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}"
FILE_ID = "{00000000-0000-4000-8000-000000000001}"
LIST = {"authenticate"}


def qwc_text(**changes: str | None) -> bytes:
    """A good .qwc file; None leaves an element out."""
    values = {
        "AppName": "Orders",
        "AppID": "",
        "AppURL": "http://localhost:8000/qbwc/acme",
        "AppDescription": "Orders into QuickBooks",
        "AppSupport": "http://localhost:8000/support/acme",
        "UserName": "acme",
        "OwnerID": OWNER_ID,
        "FileID": FILE_ID,
        "QBType": "QBFS",
        "RunEveryNMinutes": "5",
        **changes,
    }
    inner = "".join(f"<{tag}>{text}</{tag}>" for tag, text in values.items() if text is not None)
    return f"<QBWCXML>{inner}</QBWCXML>".encode()


def reply(method: str, value: str | Sequence[str] | None) -> httpx.Response:
    result = ""
    if value is not None:
        inner = (
            escape(value)
            if isinstance(value, str)
            else "".join(f"<string>{escape(one)}</string>" for one in value)
        )
        result = f"<{method}Result>{inner}</{method}Result>"
    body = (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<{method}Response xmlns="http://developer.intuit.com/">{result}</{method}Response>'
        "</soap:Body></soap:Envelope>"
    )
    return httpx.Response(
        200, content=body.encode(), headers={"Content-Type": "text/xml; charset=utf-8"}
    )


@dataclass
class ScriptedService:
    """Gives the next scripted answer of each method, the last one again and again.

    An answer may be a text, a list (authenticate), None (a null) or a whole httpx.Response.
    """

    script: dict[str, list] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    _given: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    DEFAULTS = {  # noqa: RUF012 - read only
        "serverVersion": ["Orders 1.0"],
        "clientVersion": [""],
        "authenticate": [["ticket-1", ""]],
        "receiveResponseXML": ["100"],
        "connectionError": ["done"],
        "getLastError": ["something went wrong"],
        "closeConnection": ["OK"],
    }

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        body = etree.fromstring(request.content)[0]
        method = etree.QName(body[0]).localname
        self.calls.append((method, {etree.QName(e).localname: e.text or "" for e in body[0]}))
        answers = self.script.get(method) or self.DEFAULTS[method]
        answer = answers[min(self._given[method], len(answers) - 1)]
        self._given[method] += 1
        return answer if isinstance(answer, httpx.Response) else reply(method, answer)

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]

    def arguments(self, method: str) -> list[dict[str, str]]:
        return [arguments for called, arguments in self.calls if called == method]


def connector(service: ScriptedService, company, **more) -> WebConnector:
    """Its naps are noted in `naps` of the service."""
    more.setdefault("quickbooks", InProcessQuickBooks(company))
    quickbooks = more.pop("quickbooks")
    http = httpx.Client(transport=httpx.MockTransport(service))
    return WebConnector(QwcFile.parse(qwc_text()), "secret & <x>", quickbooks, http, **more)
