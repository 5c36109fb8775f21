"""Inputs that look like HTTP requests, called on a WSGI application without a network.

POST /qbwc/acme?x=y text/xml; charset=utf-8
Cookie: a=b
                                (an empty line)
the body
"""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from tests.fuzz.target import demand

Application = Callable[..., Iterable[bytes]]
_MOST_HEADERS = 20


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


def environ_of(data: bytes) -> dict[str, Any]:
    """The environment that a server would make of it; odd methods and headers are kept."""
    head, _, body = data.replace(b"\r\n\r\n", b"\n\n", 1).partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    method, _, rest = first.partition(" ")
    address, _, content_type = rest.partition(" ")
    path, _, query = address.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method.strip()[:20] or "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/" + unquote_to_bytes(path.encode("latin-1")).decode("latin-1").lstrip("/"),
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type.strip(),
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.7",
        "HTTP_HOST": "localhost:8000",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for line in lines[:_MOST_HEADERS]:
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip().upper().replace("-", "_")
            bare = key in {"CONTENT_LENGTH", "CONTENT_TYPE", "REMOTE_ADDR"}
            environ[key if bare else f"HTTP_{key}"] = value.strip()
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        # As servers hand it over: without a length, a stream that ends.
        environ |= {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}
    return environ


def call(application: Application, data: bytes) -> Reply:
    """The whole answer. Raises what the application raises; Defect where it breaks WSGI."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _info: Any = None) -> Any:
        begun.append((status, headers))
        return lambda _text: None

    body = application(environ_of(data), start_response)
    try:
        content = b"".join(body)
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()
    demand(begun, "start_response was not called")
    status, headers = begun[-1]
    for name, value in headers:
        demand("\n" not in value and "\r" not in value, f"a header is split: {name}")
    named = {name.lower(): value for name, value in headers}
    return Reply(int(status.split(" ", 1)[0]), named, content)
