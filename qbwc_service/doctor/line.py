"""The way to the service: its name, its port, its certificate."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509

from qbwc_service.doctor.finding import Finding, good, ill, weak

SECONDS: Final = 10.0
_DAYS_LEFT: Final = 14
#: what OpenSSL calls what is wrong with a certificate (its manual: X509_STORE_CTX_get_error)
_NOT_YET_VALID: Final = 9
_EXPIRED: Final = 10
_WRONG_NAME: Final = 62
_SELF_SIGNED: Final = frozenset({18, 19})
_NO_ISSUER: Final = frozenset({20, 21})


@dataclass(frozen=True, slots=True)
class Place:
    """Where the service is. `trusted` says whose certificates are believed."""

    host: str
    port: int
    is_tls: bool
    trusted: ssl.SSLContext


def examine_line(place: Place, now: datetime) -> Iterator[Finding]:
    """Up to the first thing that is ill; what comes after it cannot be seen then."""
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # the latter for what can be no name at all
        yield ill(
            "name",
            f"The name {place.host} is not known.",
            "Make a DNS entry for it, or correct QBWC_PUBLIC_URL and download the .qwc file anew.",
            1048,
        )
        return
    yield good("name", f"{place.host} is {found[0][4][0]}.")
    try:
        socket.create_connection((place.host, place.port), SECONDS).close()
    except OSError:
        yield ill(
            "port",
            f"Nothing answers at {place.host}, port {place.port}.",
            "Start the service or the proxy in front of it, and let the firewall pass that port.",
            1048,
        )
        return
    yield good("port", f"Port {place.port} answers.")
    if place.is_tls:
        yield from _examine_certificate(place, now)


def _examine_certificate(place: Place, now: datetime) -> Iterator[Finding]:
    try:
        certificate = _shown(place, place.trusted)
    except ssl.SSLCertVerificationError as error:
        yield _not_believed(place, error.verify_code)
        return
    except (OSError, ValueError):
        yield ill(
            "certificate",
            f"Port {place.port} of {place.host} does not speak TLS.",
            "Let the proxy answer https there, with a certificate, or correct the port in "
            "QBWC_PUBLIC_URL.",
            1048,
        )
        return
    ends = certificate.not_valid_after_utc
    if (ends - now).days < _DAYS_LEFT:
        yield weak(
            "certificate",
            f"The certificate ends on {ends:%Y-%m-%d}; from then on the Web Connector refuses it.",
            "Renew it, and see why it does not renew itself.",
        )
    else:
        yield good("certificate", f"The certificate is believed, until {ends:%Y-%m-%d}.")
    if not _speaks_1_2(place):
        yield weak(
            "tls",
            "Only TLS 1.3 is spoken: an older Windows knows 1.2 at most.",
            "Let the proxy speak TLS 1.2 too.",
        )


def _shown(place: Place, context: ssl.SSLContext) -> x509.Certificate:
    """The certificate that the server shows; raises ssl.SSLError and OSError."""
    with (
        socket.create_connection((place.host, place.port), SECONDS) as line,
        context.wrap_socket(line, server_hostname=place.host) as safe,
    ):
        shown = safe.getpeercert(binary_form=True)
    if shown is None:
        raise ValueError("no certificate")
    return x509.load_der_x509_certificate(shown)


def _not_believed(place: Place, code: int) -> Finding:
    in_time = "Renew it; if its dates are right, set the clock of this computer."
    told = {
        _NOT_YET_VALID: ("The certificate is not valid yet.", in_time),
        _EXPIRED: ("The certificate is no longer valid.", in_time),
        _WRONG_NAME: (
            f"The certificate is not for {place.host}.",
            f"Get one that names {place.host}.",
        ),
        **dict.fromkeys(
            _SELF_SIGNED,
            (
                "The certificate is signed by nobody that Windows knows (self-signed).",
                "Get one from a public authority, for example with Caddy or certbot.",
            ),
        ),
        **dict.fromkeys(
            _NO_ISSUER,
            (
                "The certificate comes without the one that it was signed with.",
                "Let the proxy send the whole chain (fullchain.pem, not cert.pem).",
            ),
        ),
    }
    unknown = (
        f"The certificate is not believed (OpenSSL code {code}).",
        "Get another one from a public authority.",
    )
    return ill("certificate", *told.get(code, unknown), 1048)


def _speaks_1_2(place: Place) -> bool:
    context = ssl.create_default_context()
    # What it shows was looked at already: here only the version counts.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        _shown(place, context)
    except (OSError, ValueError):
        return False
    return True
