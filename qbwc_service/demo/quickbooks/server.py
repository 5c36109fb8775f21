"""The simulated QuickBooks on a socket, so that it can die like a program of its own.

POST   /session {"company_file"}   BeginSession -> {"ticket", "company_file"}
POST   /process, X-Session         qbXML in, qbXML out
DELETE /session, X-Session         EndSession
POST   /file-id {"owner_id", "file_id"}
POST   /human   {"action", ...}    one act of a Person -> {"result"}
GET    /books                      the books, as JSON
A refusal is HTTP 409 with {"hresult", "message"} or, from a person's act, {"error"}.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Final, cast

from .books import read_books
from .company import Company
from .errors import HResult, QuickBooksError
from .human import Person
from .port import InProcessQuickBooks

_ACTIONS: Final = frozenset(
    name for name in dir(Person) if not name.startswith("_") and callable(getattr(Person, name))
)


class CompanyServer(HTTPServer):
    """Serves one company on 127.0.0.1, one call after the other as QuickBooks does."""

    def __init__(self, company: Company, port: int = 0) -> None:
        self.company = company
        self.quickbooks = InProcessQuickBooks(company)
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: CompanyServer

    def do_GET(self) -> None:
        if self.path != "/books":
            self._answer(404, {"error": self.path})
            return
        self._answer(200, asdict(read_books(self.server.company)))

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/process":
            self._guarded(lambda: self._process(content.decode("utf-8", "replace")))
            return
        routes: Mapping[str, Callable[[Mapping[str, Any]], None]] = {
            "/session": self._begin_session,
            "/file-id": self._write_file_id,
            "/human": self._act,
        }
        if self.path not in routes:
            self._answer(404, {"error": self.path})
            return
        self._guarded(lambda: routes[self.path](json.loads(content or b"{}")))

    def do_DELETE(self) -> None:
        self.server.quickbooks.end_session(self.headers.get("X-Session", ""))
        self._answer(200, {})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: standard output belongs to the JSON line, standard error to trouble."""

    def _begin_session(self, arguments: Mapping[str, Any]) -> None:
        session = self.server.quickbooks.begin_session(str(arguments.get("company_file", "")))
        self._answer(200, asdict(session))

    def _process(self, text: str) -> None:
        ticket = self.headers.get("X-Session", "")
        self._send(200, "text/xml", self.server.quickbooks.process(ticket, text))

    def _write_file_id(self, arguments: Mapping[str, Any]) -> None:
        self.server.quickbooks.write_file_id(arguments["owner_id"], arguments["file_id"])
        self._answer(200, {})

    def _act(self, arguments: Mapping[str, Any]) -> None:
        values = dict(arguments)
        action = str(values.pop("action", ""))
        if action not in _ACTIONS:
            self._answer(404, {"error": f"no such action: {action}"})
            return
        act = cast("Callable[..., object]", getattr(Person(self.server.company), action))
        self._answer(200, {"result": act(**values)})

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except HResult as refusal:
            self._answer(409, {"hresult": refusal.text, "message": refusal.message})
        except (QuickBooksError, KeyError, TypeError, ValueError) as error:
            self._answer(409, {"error": f"{type(error).__name__}: {error}"})

    def _answer(self, status: int, value: object) -> None:
        self._send(status, "application/json", json.dumps(value, default=str))

    def _send(self, status: int, content_type: str, text: str) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
