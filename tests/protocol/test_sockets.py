"""The same over real sockets: an independent SOAP client, a raw one, many at once."""

import io
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import zeep
from requests import Session
from waitress import wasyncore
from waitress.server import create_server
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server
from zeep.transports import Transport

from qbwc_service.webconnector.contract import Caller
from qbwc_service.webconnector.soap import MOUNT, create_endpoint
from tests.protocol.exchange import (
    GOLDEN,
    RecordingService,
    desk,
    envelope,
    intuit_wsdl,
    result,
)

HERE = Caller("acme", "127.0.0.1")
HCP = '<?xml version="1.0" ?>\n<QBXML>\n<a b="c">&amp; é 🦁</a>\n</QBXML>'


@contextmanager
def werkzeug_server(service: RecordingService) -> Iterator[str]:
    """The address of the connection "acme" on a server that is stopped afterwards."""
    server = make_server("127.0.0.1", 0, NotFound(), threaded=True)
    site = f"http://127.0.0.1:{server.port}"
    server.app = DispatcherMiddleware(
        NotFound(), {MOUNT: create_endpoint(service, public_url=site)}
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"{site}{MOUNT}/acme"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@contextmanager
def waitress_server(service: RecordingService) -> Iterator[int]:
    """The port of a waitress server, which runs 60 s at most and is stopped afterwards."""
    endpoint = create_endpoint(service, public_url="http://localhost")
    application = DispatcherMiddleware(NotFound(), {MOUNT: endpoint})
    sockets: dict[int, object] = {}
    server = create_server(application, map=sockets, host="127.0.0.1", port=0, threads=2)
    stop = threading.Event()

    def serve() -> None:
        for _ in range(1200):
            if stop.is_set():
                break
            wasyncore.loop(timeout=0.05, map=sockets, count=1)

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


@pytest.fixture(params=["Intuit's WSDL", "our WSDL"])
def web_connector(request) -> Iterator[tuple[zeep.proxy.ServiceProxy, RecordingService]]:
    """A proxy that zeep built, and the service it talks to."""
    service = RecordingService()
    with werkzeug_server(service) as address, Session() as session:
        transport = Transport(session=session)
        if request.param == "our WSDL":
            yield zeep.Client(f"{address}?wsdl", transport=transport).service, service
        else:
            client = zeep.Client(str(intuit_wsdl()), transport=transport)
            binding = "{http://developer.intuit.com/}TroubleshootWebServiceFSSoap"
            yield client.create_service(binding, address), service


def test_an_independent_client_walks_all_eight_operations(web_connector):
    proxy, service = web_connector
    answers = [
        proxy.serverVersion(),
        proxy.clientVersion("2.3.0.215"),
        proxy.authenticate("acme-7f3c", "p<w"),
        proxy.sendRequestXML("t", HCP, "C:\\a & b.qbw", "US", 13, 0),
        proxy.receiveResponseXML("t", HCP, "", None),
        proxy.connectionError("t", "0x80040400", "m"),
        proxy.getLastError("t"),
        proxy.closeConnection("t"),
    ]
    # zeep reads an empty element as None; the stored answers show that it is there.
    assert answers == [
        "Keap Orders 1.0",
        None,
        ["57f3b9b1-86f1", None],
        '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML>&amp; &#233;</QBXML>',
        42,
        "done",
        "Order 1048 waits: it has no customer.",
        "12 sent, 1 waits for you",
    ]
    assert service.calls == [
        ("server_version", HERE),
        ("client_version", HERE, "2.3.0.215"),
        ("authenticate", HERE, "acme-7f3c", "p<w"),
        ("send_request_xml", HERE, "t", HCP, "C:\\a & b.qbw", "US", 13, 0),
        ("receive_response_xml", HERE, "t", HCP, "", ""),
        ("connection_error", HERE, "t", "0x80040400", "m"),
        ("get_last_error", HERE, "t"),
        ("close_connection", HERE, "t"),
    ]


def request_head(*headers: str) -> bytes:
    lines = (
        f"POST {MOUNT}/acme HTTP/1.1",
        "Host: evil.example",
        "Content-Type: text/xml; charset=utf-8",
        'SOAPAction: "http://developer.intuit.com/getLastError"',
        *headers,
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def read_answer(stream: io.BufferedReader) -> tuple[bytes, bytes]:
    """Status line and body of one answer with a Content-Length."""
    status = stream.readline().rstrip()
    length = 0
    while line := stream.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return status, stream.read(length)


def test_a_client_that_waits_for_100_continue_is_told_to_go_on():
    body = (GOLDEN / "getLastError.request.xml").read_bytes()
    service = RecordingService()
    with (
        waitress_server(service) as port,
        socket.create_connection(("127.0.0.1", port), timeout=20) as connection,
        connection.makefile("rb") as stream,
    ):
        connection.sendall(request_head(f"Content-Length: {len(body)}", "Expect: 100-continue"))
        assert read_answer(stream) == (b"HTTP/1.1 100 Continue", b"")
        connection.sendall(body)
        answer = (GOLDEN / "getLastError.response.xml").read_bytes()
        assert read_answer(stream) == (b"HTTP/1.1 200 OK", answer)
    assert service.calls == [("get_last_error", HERE, "57f3b9b1-86f1")]


def test_a_chunked_request_is_read_whole_over_a_connection_that_stays_open():
    body = (GOLDEN / "getLastError.request.xml").read_bytes()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:100], body[100:], b""))
    service = RecordingService()
    with (
        waitress_server(service) as port,
        socket.create_connection(("127.0.0.1", port), timeout=20) as connection,
        connection.makefile("rb") as stream,
    ):
        answer = (GOLDEN / "getLastError.response.xml").read_bytes()
        for _ in range(2):
            connection.sendall(request_head("Transfer-Encoding: chunked") + chunks)
            assert read_answer(stream) == (b"HTTP/1.1 200 OK", answer)
    assert service.calls == [("get_last_error", HERE, "57f3b9b1-86f1")] * 2


class EchoingService(RecordingService):
    def close_connection(self, caller, ticket):
        return f"{caller.connection} {ticket}"


def test_calls_on_many_threads_never_mix():
    interval = sys.getswitchinterval()
    here = desk(service=EchoingService())

    def talk(number: int) -> list[str]:
        return [
            result(
                here.post(
                    envelope("closeConnection", f"<ticket>{number}-{turn}</ticket>"), f"/c{number}"
                )
            ).text
            for turn in range(40)
        ]

    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as threads:
            said = list(threads.map(talk, range(8)))
    finally:
        sys.setswitchinterval(interval)
    assert said == [[f"c{number} {number}-{turn}" for turn in range(40)] for number in range(8)]
