"""All checks, in the order in which the Web Connector meets them."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import httpx

from qbwc_service.doctor.calls import examine_calls
from qbwc_service.doctor.finding import Finding, good, ill
from qbwc_service.doctor.line import Place, examine_line
from qbwc_service.doctor.pages import examine_pages
from qwc import QwcFile, QwcInvalid, read

_SECONDS: Final = 30.0
_CORRECT: Final = "Correct QBWC_PUBLIC_URL, and download the .qwc file anew."
_ANOTHER_FILE: Final = (
    "Name the .qwc file of the connection as the service wrote it, or download it anew."
)
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """The .qwc file as it was loaded, and the password of its connection ("": not tried).

    `trusted` says whose certificates are believed; by itself those of this computer.
    """

    qwc: bytes
    password: str = field(default="", repr=False)
    trusted: ssl.SSLContext = field(default_factory=ssl.create_default_context)


def examine(target: Target, now: datetime) -> Iterator[Finding]:
    """One finding after the other; what is ill ends it, because the rest cannot be seen then.

    Changes nothing but this: with a password an update of the Web Connector begins and is closed.
    """
    try:
        file = read(target.qwc)
    except QwcInvalid as invalid:
        for problem in invalid.problems:
            is_of_address = problem.element in ("AppURL", "AppSupport", "CertURL")
            fix = _CORRECT if is_of_address else _ANOTHER_FILE
            yield ill("qwc-file", problem.sentence, fix, problem.code)
        return
    yield good("qwc-file", "The .qwc file is as the Web Connector wants it.")
    with httpx.Client(verify=target.trusted, timeout=_SECONDS, trust_env=False) as http:
        for findings in (
            examine_line(_place(file, target.trusted), now),
            examine_pages(file, http, now),
            examine_calls(file, http, target.password),
        ):
            found = list(findings)
            yield from found
            if any(finding.is_ill for finding in found):
                return


def _place(file: QwcFile, trusted: ssl.SSLContext) -> Place:
    address = urlsplit(file.app_url)
    port = address.port or _PORTS[address.scheme]
    return Place(address.hostname or "", port, address.scheme == "https", trusted)
