"""The server on real sockets: slow, huge and countless callers, and the others meanwhile."""

import contextlib
import io
import os
import resource
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from waitress import wasyncore
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from qbwc_service import web_server
from qbwc_service.webconnector.soap import MOUNT, create_endpoint
from tests.protocol.exchange import GOLDEN, RecordingService

BODY = (GOLDEN / "getLastError.request.xml").read_bytes()
ANSWER = (GOLDEN / "getLastError.response.xml").read_bytes()
HEAD = f"POST {MOUNT}/acme HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n".encode()
GOOD = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
#: no test waits longer
PATIENCE = 30


@contextlib.contextmanager
def serving(idle_seconds: int = 60) -> Iterator[int]:
    """The port of a server that looks for idle callers all the time, and stops by itself."""
    endpoint = create_endpoint(RecordingService(), public_url="http://localhost")
    application = DispatcherMiddleware(NotFound(), {MOUNT: endpoint})
    listening = socket.create_server(("127.0.0.1", 0))
    sockets: dict[int, object] = {}
    server = web_server.create_server(
        application,
        listening,
        behind_proxies=False,
        idle_seconds=idle_seconds,
        map=sockets,
        cleanup_interval=0,
    )
    stop = threading.Event()

    def serve() -> None:
        use_poll = server.adj.asyncore_use_poll
        for _ in range(20 * 60):
            if stop.is_set():
                break
            wasyncore.loop(timeout=0.05, map=sockets, count=1, use_poll=use_poll)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.effective_port
    finally:
        stop.set()
        thread.join(10)
        server.task_dispatcher.shutdown()
        server.close()
        wasyncore.close_all(sockets)


@contextlib.contextmanager
def caller(port: int) -> Iterator[tuple[socket.socket, io.BufferedReader]]:
    with (
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection,
        connection.makefile("rb") as stream,
    ):
        yield connection, stream


def is_served(port: int) -> bool:
    with caller(port) as (connection, stream):
        connection.sendall(GOOD)
        status, body = answered(stream)
        return (status, body) == (b"HTTP/1.1 200 OK", ANSWER)


def answered(stream: io.BufferedReader) -> tuple[bytes, bytes]:
    status, length = stream.readline().rstrip(), 0
    while line := stream.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return status, stream.read(length)


def was_closed(connection: socket.socket, drip: bytes = b"") -> bool:
    """Whether the server closes a connection on which a drip comes now and then."""
    connection.settimeout(0.05)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if drip:
                connection.sendall(drip)
            if connection.recv(1000) == b"":
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


DRIPS = {
    "a method": (b"P", b"O"),
    "headers": (HEAD + b"X: ", b"x"),
    "a body": (HEAD + b"Content-Length: 1000000\r\n\r\n", b"x"),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "a second request": (GOOD + b"P", b"O"),
}


@pytest.mark.parametrize("name", DRIPS)
def test_who_drips_is_cut_off_and_holds_nobody_else_up(name: str) -> None:
    begin, drip = DRIPS[name]
    with serving(idle_seconds=1) as port, contextlib.ExitStack() as open_ones:
        drippers = [open_ones.enter_context(caller(port)) for _ in range(20)]
        for connection, stream in drippers:
            connection.sendall(begin)
            if begin.startswith(GOOD):
                assert answered(stream)[0] == b"HTTP/1.1 200 OK"
        assert is_served(port)
        assert was_closed(drippers[0][0], drip)
        assert is_served(port)


def test_who_sends_fast_enough_may_take_longer_than_an_idle_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web_server, "SLOWEST_BYTES_A_SECOND", 10)
    with serving(idle_seconds=1) as port, caller(port) as (connection, stream):
        for start in range(0, len(GOOD), 30):
            connection.sendall(GOOD[start : start + 30])
            time.sleep(0.1)
        assert answered(stream) == (b"HTTP/1.1 200 OK", ANSWER)


def test_a_hundred_megabytes_are_refused_at_their_announcement() -> None:
    with serving() as port, caller(port) as (connection, stream):
        connection.sendall(HEAD + b"Content-Length: 100000000\r\n\r\n")
        assert answered(stream)[0] == b"HTTP/1.1 413 Request Entity Too Large"
        assert stream.read() == b""
        assert is_served(port)


def test_chunks_without_end_are_refused_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "MAX_BODY_BYTES", 100_000)
    with serving() as port:
        with caller(port) as (connection, _):
            connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
            assert was_closed(connection, b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
        assert is_served(port)


def test_a_head_without_end_is_refused_at_the_limit() -> None:
    with serving() as port:
        with caller(port) as (connection, _):
            connection.sendall(HEAD + b"X: ")
            assert was_closed(connection, b"x" * 4000)
        assert is_served(port)


@pytest.mark.parametrize(
    "wrong",
    [b"Content-Length: 5\r\nContent-Length: 6\r\n", b"Content-Length: -1\r\n", b"X Y\r\n"],
)
def test_a_head_that_cannot_be_read_is_refused_and_the_connection_closed(wrong: bytes) -> None:
    with serving() as port, caller(port) as (connection, stream):
        connection.sendall(HEAD + wrong + b"\r\n")
        assert answered(stream)[0].endswith(b"400 Bad Request")
        assert stream.read() == b""
        assert is_served(port)


def test_a_connection_with_a_number_over_1023_is_served() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2048:
        pytest.skip("this process may not open so many files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (2048, hard))
    spare = [os.open(os.devnull, os.O_RDONLY)]
    try:
        while spare[-1] < 1024:
            spare.append(os.dup(spare[0]))
        with serving() as port:
            assert is_served(port)
    finally:
        for number in spare:
            os.close(number)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
