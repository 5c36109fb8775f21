"""The SOAP endpoint: any bytes in any headers, with tickets that live, ended or were guessed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from qbwc_service.ledger import queue
from qbwc_service.ledger.models import Posting
from qbwc_service.ledger.states import State
from qbwc_service.webconnector.contract import Caller
from qbwc_service.webconnector.soap import create_endpoint
from tests.fuzz.listening import listening
from tests.fuzz.lived_in import lived_in
from tests.fuzz.snapshots import Snapshots
from tests.fuzz.target import NEXT, Run, Target, demand, parts
from tests.fuzz.wire import Reply, call
from tests.protocol.exchange import GOLDEN, SOAP, envelope
from tests.world import World

_CALLS = (
    b"serverVersion clientVersion authenticate sendRequestXML receiveResponseXML connectionError "
    b"getLastError closeConnection"
).split()
_WORDS = (
    *_CALLS,
    *(b"<%s/>" % name for name in _CALLS),
    *b"{ticket} {ended} {user} {password} ticket strUserName strPassword strHCPResponse".split(),
    *b"strCompanyFileName qbXMLCountry qbXMLMajorVers qbXMLMinorVers response hresult".split(),
    *b"message strVersion soap:Envelope soap:Body soap:Header xsi:nil href POST GET HEAD".split(),
    *b"text/xml utf-8 utf-16 chunked gzip Content-Length Transfer-Encoding ?wsdl".split(),
    b'xmlns="http://developer.intuit.com/"',
    b'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"',
    b' xsi:nil="true"',
    b"0x80040400",
    b"&lt;QBXML>&lt;QBXMLMsgsRs>",
    NEXT,
)
_MOST_CALLS = 6
_HEAD = b"POST /qbwc/acme text/xml; charset=utf-8\n\n"


@contextmanager
def _open(folder: Path) -> Iterator[Run]:
    with lived_in(folder) as world:
        caller = Caller("acme", "192.0.2.7")
        ended = world.service.authenticate(caller, world.new.username, world.new.password)[0]
        world.service.close_connection(caller, ended)
        ticket = world.service.authenticate(caller, world.new.username, world.new.password)[0]
        assert ended
        assert ticket
        world.service.send_request_xml(caller, ticket, "", "", "US", 13, 0)
        snapshots = Snapshots(folder / "service.db")
        baseline = snapshots.take()
        real = {
            b"{ticket}": ticket.encode(),
            b"{ended}": ended.encode(),
            b"{user}": world.new.username.encode(),
            b"{password}": world.new.password.encode(),
        }
        endpoint = create_endpoint(world.service, public_url="http://localhost:8000")

        def run(data: bytes) -> None:
            snapshots.put_back(baseline)
            for request in parts(data, _MOST_CALLS):
                for name, value in real.items():
                    request = request.replace(name, value)
                with listening() as heard:
                    reply = _mounted(endpoint, request)
                demand(not heard, "".join(heard))
                _check(reply, request.split(b" ", 1)[0])
            if snapshots.was_written():
                _check_ledger(world)

        try:
            yield run
        finally:
            snapshots.put_back(baseline)
            snapshots.close()


def _mounted(endpoint: object, request: bytes) -> Reply:
    def application(environ: dict[str, object], start_response: object) -> object:
        path = str(environ["PATH_INFO"])
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = "/qbwc", path.removeprefix("/qbwc")
        return endpoint(environ, start_response)  # type: ignore[operator]

    return call(application, request)  # type: ignore[arg-type]


def _check(reply: Reply, method: bytes) -> None:
    demand(reply.status < 500, f"status {reply.status}")
    demand(b"<html" not in reply.body.lower(), "an HTML page")
    if method.strip() != b"POST":
        return
    demand(reply.headers["content-type"] == "text/xml; charset=utf-8", "no XML was answered")
    root = etree.fromstring(reply.body, etree.XMLParser(huge_tree=True))
    body = root.find(f"{SOAP}Body")
    demand(body is not None and len(body) == 1, "no SOAP Body with one element")
    assert body is not None
    if reply.status != 200:
        demand(body[0].findtext("faultstring"), "a fault without a sentence")
        return
    demand(body[0].tag.endswith("Response") and len(body[0]) == 1, "no result")
    result = body[0][0]
    for element in result.iter():
        nil = element.get("{http://www.w3.org/2001/XMLSchema-instance}nil")
        demand(nil is None, "a null answer")
    if result.tag.endswith("receiveResponseXMLResult"):
        progress = int(result.text or "")
        demand(progress == -1 or 1 <= progress <= 100, f"progress {progress}")
    if result.tag.endswith("authenticateResult"):
        demand(2 <= len(result) <= 4, f"{len(result)} strings")


def _check_ledger(world: World) -> None:
    """Nothing is posted without an id, and what is sent belongs to an unresolved set."""
    with world.database.reading() as db:
        unresolved = {row.id for row in queue.unresolved_sets(db, 1)}
        for posting in db.query(Posting):
            demand(posting.state is not State.POSTED or posting.record_id, "posted without an id")
            demand(
                posting.state is not State.SENT or posting.message_set_id in unresolved,
                "sent in a set that counts as settled",
            )


def _seeds(_folder: Path) -> Iterator[bytes]:
    for path in sorted(GOLDEN.glob("*.request.xml")):
        body = path.read_bytes().replace(b"57f3b9b1-86f1", b"{ticket}")
        yield _HEAD + body
        yield _HEAD + body.replace(b"{ticket}", b"{ended}")
    signed_in = envelope(
        "authenticate",
        "<strUserName>{user}</strUserName><strPassword>{password}</strPassword>",
    )
    answer = envelope("receiveResponseXML", "<ticket>{ticket}</ticket><response>{a}</response>")
    ask = envelope("sendRequestXML", "<ticket>{ticket}</ticket>")
    last = envelope("getLastError", "<ticket>{ticket}</ticket>")
    close = envelope("closeConnection", "<ticket>{ticket}</ticket>")
    failed = envelope(
        "connectionError", "<ticket>{ticket}</ticket><hresult>0x8004040A</hresult><message/>"
    )
    yield _HEAD + signed_in
    yield NEXT.join(_HEAD + body for body in (answer, ask, answer, last, close))
    yield NEXT.join(_HEAD + body for body in (failed, ask, last, close))
    yield NEXT.join(_HEAD + body for body in (close, answer, signed_in, ask))
    guessed = envelope(
        "authenticate", "<strUserName>{user}</strUserName><strPassword>x</strPassword>"
    )
    yield NEXT.join([_HEAD + guessed] * 3 + [_HEAD + signed_in])
    yield _HEAD.replace(b"\n\n", b"\nTransfer-Encoding: chunked\n\n") + ask
    yield _HEAD.replace(b"\n\n", b"\nContent-Encoding: gzip\nContent-Length: 9\n\n") + ask
    yield b"GET /qbwc/acme?wsdl \n\n"
    yield b"HEAD /qbwc/acme \n\n"
    yield _HEAD.replace(b"utf-8", b"utf-16") + last.decode().encode("utf-16")


TARGET = Target("soap", _open, _seeds, _WORDS)
