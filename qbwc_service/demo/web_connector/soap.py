"""SOAP 1.1 as .NET writes it, byte for byte, and its answers as .NET reads them.

SoapFailed  the call did not come back with a well-formed answer of its method
"""

from collections.abc import Mapping
from typing import Final

import httpx
from lxml import etree

NAMESPACE: Final = "http://developer.intuit.com/"
_ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_USER_AGENT: Final = (
    "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)"
)
_HEAD: Final = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
)
_TAIL: Final = "</soap:Body></soap:Envelope>"


class SoapFailed(Exception):
    """What .NET would throw: `reason` is its text."""

    def __init__(self, method: str, reason: str) -> None:
        self.method = method
        self.reason = reason
        super().__init__(f"{method}: {reason}")


def envelope(method: str, arguments: Mapping[str, str]) -> bytes:
    """The body of a call: default namespace on the method, empty values as `<hresult />`."""
    start = f'<{method} xmlns="{NAMESPACE}"'
    inner = "".join(_parameter(name, value) for name, value in arguments.items())
    call = f"{start}>{inner}</{method}>" if inner else f"{start} />"
    return f"{_HEAD}{call}{_TAIL}".encode()


def _parameter(name: str, value: str) -> str:
    if not value:
        return f"<{name} />"
    text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = text.replace("\r", "&#xD;")
    return f"<{name}>{text}</{name}>"


class SoapClient:
    """Calls one AppURL."""

    def __init__(self, url: str, http: httpx.Client) -> None:
        self._url = url
        self._http = http

    def call(self, method: str, arguments: Mapping[str, str]) -> str | None:
        """The result as text; None where the answer has no result element (a null)."""
        result = self._result(method, arguments)
        return None if result is None else "".join(result.itertext())

    def call_for_list(self, method: str, arguments: Mapping[str, str]) -> tuple[str, ...]:
        """The strings of an ArrayOfString; none where the result is null."""
        result = self._result(method, arguments)
        if result is None:
            return ()
        return tuple(string.text or "" for string in result.iterfind(f"{{{NAMESPACE}}}string"))

    def _result(self, method: str, arguments: Mapping[str, str]) -> etree._Element | None:
        root = self._post(method, envelope(method, arguments))
        response = root.find(f"{{{_ENVELOPE}}}Body/{{{NAMESPACE}}}{method}Response")
        if response is None:
            raise SoapFailed(method, "the answer is not a response of this method")
        return response.find(f"{{{NAMESPACE}}}{method}Result")

    def _post(self, method: str, content: bytes) -> etree._Element:
        request = httpx.Request(
            "POST",
            self._url,
            headers={
                "User-Agent": _USER_AGENT,
                "Content-Type": "text/xml; charset=utf-8",
                "SOAPAction": f'"{NAMESPACE}{method}"',
                "Expect": "100-continue",
            },
            content=content,
        )
        try:
            response = self._http.send(request)
        except httpx.HTTPError as error:
            raise SoapFailed(method, f"the connection failed: {error}") from error
        return _read(method, response)


def _read(method: str, response: httpx.Response) -> etree._Element:
    kind = response.headers.get("Content-Type", "")
    if not kind.startswith("text/xml"):
        raise SoapFailed(
            method,
            f"Client found response content type of '{kind}', but expected 'text/xml' "
            f"(HTTP {response.status_code}).",
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(response.content, parser)
    except etree.XMLSyntaxError as error:
        raise SoapFailed(method, f"Response is not well-formed XML: {error}") from error
    if response.status_code != httpx.codes.OK:
        fault = root.findtext(f".//{{{_ENVELOPE}}}Fault/faultstring") or root.findtext(
            ".//faultstring"
        )
        raise SoapFailed(method, f"HTTP {response.status_code}: {fault or 'no fault text'}")
    return root
