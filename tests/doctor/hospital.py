"""The real service on a socket with a certificate, and proxies in front that somebody set up."""

import logging
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from werkzeug.serving import make_server

from qbwc_service.app import create_app
from qbwc_service.config import Config
from qbwc_service.connections import add_connection, find_connection, qwc_file
from qbwc_service.database import Database
from qbwc_service.doctor import Finding, Target, examine
from qbwc_service.secrecy import Secrecy
from qwc import QwcFile, build
from tests.databases import url_with_tables

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NOW = datetime.now(UTC)
KEY = bytes(range(32))


@dataclass(frozen=True)
class Signer:
    """An authority, or a server with its certificate."""

    name: str
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def sign(
        self, name: str, *, is_authority: bool = False, ends: datetime | None = None
    ) -> "Signer":
        return _signed(name, self, is_authority, ends or NOW + timedelta(days=90))

    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def root() -> Signer:
    """An authority that signed itself."""
    return _signed("Root", None, True, NOW + timedelta(days=900))


def self_signed(name: str) -> Signer:
    return _signed(name, None, False, NOW + timedelta(days=90))


def _signed(name: str, by: Signer | None, is_authority: bool, ends: datetime) -> Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer = by.certificate.subject if by else subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=900))
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if not is_authority:
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        builder = builder.add_extension(names, critical=False)
    return Signer(name, key, builder.sign(by.key if by else key, hashes.SHA256()))


@dataclass(frozen=True)
class Files:
    """What lies on the QuickBooks computer."""

    qwc: Path
    password: Path
    trusted: Path


Proxy = Callable[["WSGIApplication"], "WSGIApplication"]


def answers(
    status: str, *, below: str = "/", only: str = "", headers: Sequence[tuple[str, str]] = ()
) -> Proxy:
    """A proxy that answers by itself what comes below that path (with that method)."""

    def proxy(service: "WSGIApplication") -> "WSGIApplication":
        def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
            path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
            if not path.startswith(below) or (only and method != only):
                return service(environ, start)
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start(status, [("Content-Type", "text/html"), *headers])
            return [b"<html>proxy</html>"]

        return answer

    return proxy


def takes_at_most(most: int) -> Proxy:
    """As nginx does by itself with 1 MB."""

    def proxy(service: "WSGIApplication") -> "WSGIApplication":
        def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
            length = int(environ.get("CONTENT_LENGTH") or 0)
            if length <= most:
                return service(environ, start)
            environ["wsgi.input"].read(length)
            start("413 Request Entity Too Large", [("Content-Type", "text/html")])
            return [b"<html>413</html>"]

        return answer

    return proxy


class Hospital:
    """One connection "acme", its service on https://localhost, and who trusts whom."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = root()
        self.between = self.root.sign("Between", is_authority=True)
        self.server = self.between.sign("localhost")
        self.chain = [self.server, self.between]
        self.proxy: Proxy = lambda service: service
        self.is_tls = True
        self.minimum = ssl.TLSVersion.TLSv1_2
        self.scheme = "https"
        #: what the service believes its address to be; "": the right one
        self.public_url = ""
        self.password = ""
        self.change: Callable[[QwcFile], QwcFile] = lambda file: file
        #: how far the clock of the computer that looks is ahead
        self.clock_off = timedelta()

    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.root.pem().decode())

    def examined(self, *, log_in: bool = True) -> list[Finding]:
        """What the doctor finds."""
        with self._running() as (file, password):
            chosen = self.password or (password if log_in else "")
            return list(
                examine(
                    Target(_written(file), chosen, self.trusted()),
                    datetime.now(UTC) + self.clock_off,
                )
            )

    @contextmanager
    def written(self) -> Iterator["Files"]:
        """The same as files, while the service answers."""
        files = Files(*(self.folder / name for name in ("acme.qwc", "password", "root.pem")))
        files.trusted.write_bytes(self.root.pem())
        with self._running() as (file, password):
            files.qwc.write_bytes(_written(file))
            files.password.write_text(password, encoding="ascii")
            yield files

    @contextmanager
    def _running(self) -> Iterator[tuple[QwcFile, str]]:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = make_server(
            "127.0.0.1", 0, lambda *_: [], threaded=True, ssl_context=self._context()
        )
        url = f"{self.scheme}://localhost:{server.server_port}"
        config = Config(
            database_url=url_with_tables(self.folder),
            public_url=self.public_url or url,
            keap_api_url="http://localhost:1/crm",
            log_level="INFO",
            secret_key=KEY,
        )
        database, secrecy = Database(config.database_url), Secrecy(KEY)
        with database.writing("test") as db:
            password = add_connection(
                db,
                secrecy,
                name="acme",
                keap_account="",
                keap_key="",
                company_file="",
                start_date=None,
                clock=lambda: NOW,
            ).password
            file = qwc_file(find_connection(db, "acme"), replace(config, public_url=url))
        app = create_app(config, database, secrecy)
        app.wsgi_app = self.proxy(app.wsgi_app)  # type: ignore[method-assign]
        server.app = app
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self.change(file), password
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            database.close()

    def _context(self) -> ssl.SSLContext | None:
        if not self.is_tls:
            return None
        (self.folder / "chain.pem").write_bytes(b"".join(each.pem() for each in self.chain))
        (self.folder / "key.pem").write_bytes(self.chain[0].key_pem())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = self.minimum
        context.load_cert_chain(self.folder / "chain.pem", self.folder / "key.pem")
        return context


def _written(file: QwcFile) -> bytes:
    """As a person may have it: also what `build` would refuse to write."""
    safe = replace(
        file,
        app_url="https://a.b/qbwc",
        app_support="https://a.b/support",
        cert_url="https://a.b/c",
    )
    text = build(safe).decode()
    for before, after in (
        (safe.app_url, file.app_url),
        (safe.app_support, file.app_support),
        (f">{safe.cert_url}<", f">{file.cert_url}<"),
    ):
        text = text.replace(before, after)
    return text.encode()
