"""Who is told: a mail server and a program at a web address, real ones on loopback sockets."""

import email
import email.policy
import hashlib
import hmac
import json
import socketserver
import ssl
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, cast

#: no conversation of a test is longer
_LINES = 2000


@dataclass
class MailSink:
    """A mail server that keeps what it takes. `refuses`: answers to MAIL, RCPT or DATA instead of
    yes. `drops_after_data`: takes the mail, and the line breaks before it can say so."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    signed_in: list[tuple[str, str]] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    drops_after_data: int = 0
    secure: ssl.SSLContext | None = None

    def texts(self) -> list[str]:
        return [mail.get_content() for mail in self.mails]

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]


class _Conversation(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self) -> None:
        sink = cast("Any", self.server).sink
        self.is_encrypted = False
        self._say("220 sink")
        for _ in range(_LINES):
            line = self.rfile.readline(1000).decode("ascii").strip()
            verb = line.split(":")[0].split(" ")[0].upper()
            if not line or verb == "QUIT":
                self._say("221 bye")
                return
            if verb in sink.refuses:
                self._say(sink.refuses[verb])
            elif verb == "EHLO":
                offers = ["sink", "AUTH PLAIN"]
                offers += ["STARTTLS"] if sink.secure and not self.is_encrypted else []
                for offer in offers[:-1]:
                    self._say(f"250-{offer}")
                self._say(f"250 {offers[-1]}")
            elif verb == "STARTTLS":
                self._say("220 go on")
                if not self._encrypt(sink):
                    return
            elif verb == "AUTH":
                _, user, password = b64decode(line.split(" ")[2]).decode().split("\0")
                sink.signed_in.append((user, password))
                self._say("235 welcome")
            elif verb == "DATA":
                if not self._take_mail(sink):
                    return
            else:
                self._say("250 ok")

    def _encrypt(self, sink: MailSink) -> bool:
        """False where the other side does not trust the certificate."""
        assert sink.secure is not None
        secure = sink.secure.wrap_socket(
            self.request, server_side=True, do_handshake_on_connect=False
        )
        self.request, self.rfile = secure, secure.makefile("rb")
        try:
            secure.do_handshake()
        except OSError:
            return False
        self.is_encrypted = True
        return True

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def _take_mail(self, sink: MailSink) -> bool:
        self._say("354 go on")
        lines = []
        for _ in range(_LINES):
            line = self.rfile.readline(2000)
            if line in {b".\r\n", b""}:
                break
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        sink.mails.append(cast("EmailMessage", mail))
        sink.was_encrypted.append(self.is_encrypted)
        if sink.drops_after_data:
            sink.drops_after_data -= 1
            return False
        self._say("250 taken")
        return True

    def _say(self, line: str) -> None:
        self.request.sendall(f"{line}\r\n".encode())


@contextmanager
def mail_sink(secure: ssl.SSLContext | None = None) -> Iterator[MailSink]:
    sink = MailSink(secure=secure)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Conversation) as server:
        server.daemon_threads = True
        cast("Any", server).sink = sink
        sink.port = server.server_address[1]
        with _running(server):
            yield sink


@dataclass(frozen=True)
class Posted:
    """One call that came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    def is_signed_with(self, key: str) -> bool:
        stamp, _, digest = self.headers["Qbwc-Signature"].partition(",v1=")
        text = stamp.removeprefix("t=").encode() + b"." + self.body
        return hmac.compare_digest(hmac.new(key.encode(), text, hashlib.sha256).hexdigest(), digest)


@dataclass
class Program:
    """A program at a web address; `answers` in turn, then 204."""

    port: int = 0
    calls: list[Posted] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    seconds_a_byte: float = 0.0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/alerts?from=us"


class _Handler(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self) -> None:
        program = cast("Any", self.server).program
        body = self.rfile.read(int(self.headers["Content-Length"]))
        program.calls.append(Posted(self.path, dict(self.headers), body))
        if program.seconds_a_byte:
            self._drip(program.seconds_a_byte)
            return
        status = program.answers.pop(0) if program.answers else 204
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()

    def _drip(self, seconds: float) -> None:
        for _ in range(100):
            try:
                self.wfile.write(b"H")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(seconds)

    def log_message(self, *_arguments: object) -> None:
        """Not on the test's output."""


@contextmanager
def program() -> Iterator[Program]:
    made = Program()
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        cast("Any", server).program = made
        made.port = server.server_address[1]
        with _running(server):
            yield made


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(10)
