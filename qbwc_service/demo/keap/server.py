"""The simulated Keap on a socket of this machine."""

import contextlib
import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from qbwc_service.demo.keap.answers import Answer
from qbwc_service.demo.keap.api import KeapApi, Request
from qbwc_service.demo.keap.faults import Faults
from qbwc_service.demo.keap.hooks import SECRET_HEADER, Hooks
from qbwc_service.demo.keap.oauth import AUTHORIZE_PATH, TOKEN_PATH, SignIn
from qbwc_service.demo.keap.quota import DEFAULT_LIMITS, Limits
from qbwc_service.demo.keap.shop import Shop

DEFAULT_KEY = "KeapAK-simulated"
DEFAULT_CLIENT_ID = "simulated-client"
DEFAULT_CLIENT_SECRET = "simulated-client-secret"  # noqa: S105 - opens nothing but a simulation
_LONGEST_BODY = 10_000_000


class SimulatedKeap:
    """Serves a shop over HTTP until it is stopped; a context manager starts and stops it.

    `requests` are method and target of what was asked, oldest first; `after` is called after every
    request that may have changed the shop.
    """

    def __init__(
        self,
        shop: Shop,
        *,
        key: str = DEFAULT_KEY,
        host: str = "127.0.0.1",
        port: int = 0,
        after: Callable[[Shop], object] = lambda shop: None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        """Port 0 takes a free one."""
        self.shop = shop
        self.key = key
        self.faults = Faults()
        self.requests: list[str] = []
        self.sign_in = SignIn(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, shop, self.faults)
        self.hooks = Hooks()
        shop.heard = lambda act, outcome: self.hooks.heard(act, outcome, shop.clock())
        self._api = KeapApi(shop, self.faults, key, limits, self.sign_in.access, self.hooks)
        self._address = (host, port)
        self._after = after
        self._stopping = threading.Event()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The base URL, what stands before /rest/v2. Raises RuntimeError before `start`."""
        return f"{self._origin}/crm"

    @property
    def token_url(self) -> str:
        """Where tokens are asked for. Raises RuntimeError before `start`."""
        return f"{self._origin}{TOKEN_PATH}"

    @property
    def authorize_url(self) -> str:
        """The page that asks a person. Raises RuntimeError before `start`."""
        return f"{self._origin}{AUTHORIZE_PATH}"

    @property
    def _origin(self) -> str:
        if self._server is None:
            raise RuntimeError("the simulated Keap is not started")
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> str:
        """Begins to answer; gives `url`."""
        self._stopping.clear()
        self._server = _Server(self._address, self._answer, self._stopping)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="simulated Keap"
        )
        self._thread.start()
        self.hooks.start()
        return self.url

    def stop(self) -> None:
        """Answers no more; returns when every thread has ended. Harmless when not started."""
        if self._server is None or self._thread is None:
            return
        self._stopping.set()
        self.hooks.stop()
        self._server.shutdown()
        self._thread.join()
        self._server.end_connections()
        self._server.server_close()
        self._server = self._thread = None

    def __enter__(self) -> Self:
        """Started."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stopped."""
        self.stop()

    def _answer(self, request: Request, target: str) -> Answer:
        self.requests.append(f"{request.method} {target}")
        if self.sign_in.takes(request.path):
            return self.sign_in.answer(request)
        answer = self._api.answer(request)
        if request.method != "GET":
            self._after(self.shop)
        return answer


class _Server(ThreadingHTTPServer):
    """One thread a connection, all of them waited for at the end."""

    daemon_threads = False

    def __init__(
        self,
        address: tuple[str, int],
        answer: Callable[[Request, str], Answer],
        stopping: threading.Event,
    ) -> None:
        super().__init__(address, _Handler)
        self.answer = answer
        self.stopping = stopping
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """A new connection, remembered before its thread begins."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """The end of a connection."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed between two requests is no error of the server."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def end_connections(self) -> None:
        """Nothing more is read from any: one that waits ends, one that answers does so first."""
        with self._lock:
            for connection in self._connections:
                # It may have been closed by its own thread a moment ago.
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)


class _Handler(BaseHTTPRequestHandler):
    """HTTP/1.1: a connection serves many requests, and is closed when it waits too long."""

    server: _Server
    timeout = 10
    protocol_version = "HTTP/1.1"
    # Headers and body are two writes: without this the second waits for the first's receipt.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        length = min(int(self.headers.get("content-length") or 0), _LONGEST_BODY)
        authorization = self.headers.get("authorization", "")
        scheme, _, key = authorization.partition(" ")
        request = Request(
            method=self.command,
            path=parts.path,
            parameters=dict(parse_qsl(parts.query, keep_blank_values=True)),
            bearer=key if scheme.lower() == "bearer" else "",
            body=self.rfile.read(length),
            authorization=authorization,
            hook_secret=self.headers.get(SECRET_HEADER, ""),
        )
        self._send(self.server.answer(request, self.path))
        if self.server.stopping.is_set():
            self.close_connection = True

    do_POST = do_DELETE = do_PUT = do_PATCH = do_GET  # noqa: N815

    def _send(self, answer: Answer) -> None:
        if answer.delay:
            self.server.stopping.wait(answer.delay)
        try:
            # The Date header is the shop's own, not that of this machine.
            self.send_response_only(answer.status)
            headers = {"content-type": "application/json"} | dict(answer.headers)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: len(answer.body) // 2] if answer.is_cut else answer.body)
            self.close_connection = self.close_connection or answer.is_cut
        except ConnectionError:
            # The client did not wait; nobody is left to tell.
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Standard output belongs to the caller; `SimulatedKeap.requests` has the log."""
