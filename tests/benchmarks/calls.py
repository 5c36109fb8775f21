"""Calls of a Web Connector without the Web Connector: as lean as can be, and timed."""

import http.client
import time
from urllib.parse import urlsplit

from qbwc_service.demo.web_connector.soap import envelope

SOAP_ACTION = "http://developer.intuit.com/"


class Line:
    """One connection to a server, kept open or made anew for each call."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._host = address.hostname or ""
        self._port = address.port or 80
        self._http = http.client.HTTPConnection(self._host, self._port, timeout=60)

    def close(self) -> None:
        self._http.close()

    def call(self, name: str, method: str, body: bytes) -> tuple[str, float]:
        """The answer to a call for the connection of that name, and its seconds; OSError where the
        server did not take it."""
        began = time.perf_counter()
        self._http.request(
            "POST",
            f"/qbwc/{name}",
            body,
            {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{SOAP_ACTION}{method}"'},
        )
        answer = self._http.getresponse().read().decode()
        return answer, time.perf_counter() - began


def authenticate(user: str, password: str) -> bytes:
    return envelope("authenticate", {"strUserName": user, "strPassword": password})


def close_connection(ticket: str = "") -> bytes:
    return envelope("closeConnection", {"ticket": ticket})
