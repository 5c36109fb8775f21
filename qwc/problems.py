"""What the Web Connector would refuse in a .qwc file, in sentences.

    Exception
      QwcInvalid    a file that must not be handed out, or cannot be read

Source: Web Connector Programmer's Guide p. 35-39 and appendix A (the QBWC codes).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final
from urllib.parse import SplitResult, urlsplit

from qwc.file import ELEMENTS, QwcFile

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GUID: Final = re.compile(r"\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
_NUMBER: Final = re.compile("[0-9]+|0x[0-9a-f]*")
_MAX_DESCRIPTION: Final = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an element.

    `code` is the number of the QBWC message that a user would meet, None where none is known.
    """

    element: str
    code: int | None
    sentence: str

    def __str__(self) -> str:
        return self.sentence if self.code is None else f"QBWC{self.code}: {self.sentence}"


class QwcInvalid(Exception):
    """A .qwc file with at least one problem."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(map(str, problems)))
        self.problems = problems


def check(file: QwcFile) -> tuple[Problem, ...]:
    """Everything that keeps the Web Connector from adding `file`; empty where it is good."""
    return (
        *_texts(file),
        *_app_url(file),
        *_app_support(file),
        *_cert_url(file),
        *_guid("OwnerID", file.owner_id, 1039),
        *_guid("FileID", file.file_id, 1026),
        *_schedule(file),
    )


def _texts(file: QwcFile) -> Iterator[Problem]:
    for field in fields(file):
        value = getattr(file, field.name)
        if isinstance(value, str) and _NOT_XML.search(value):
            element = ELEMENTS[field.name]
            yield Problem(element, None, f"{element} has a character that XML cannot carry.")
    for element, value in (("AppName", file.app_name), ("UserName", file.user_name)):
        if not value.strip():
            yield Problem(element, 1039, f"{element} is empty.")
    if len(file.app_description) > _MAX_DESCRIPTION:
        sentence = f"AppDescription is longer than {_MAX_DESCRIPTION} characters."
        yield Problem("AppDescription", None, sentence)


def _app_url(file: QwcFile) -> Iterator[Problem]:
    address = _address(file.app_url)
    if address is None:
        yield _no_address("AppURL", file.app_url)
        return
    if not _is_safe(address):
        yield Problem("AppURL", 1010, "AppURL must begin with https://, except on localhost.")
    if _is_ip(_host(address)):
        yield Problem("AppURL", 1001, "AppURL must name its host, not give an IP address.")
    if not file.cert_url:
        yield from _login("AppURL", address)


def _app_support(file: QwcFile) -> Iterator[Problem]:
    address, app = _address(file.app_support), _address(file.app_url)
    if address is None:
        yield _no_address("AppSupport", file.app_support)
        return
    if not _is_safe(address):
        sentence = "AppSupport must begin with https://, except on localhost."
        yield Problem("AppSupport", None, sentence)
    if _is_ip(_host(address)):
        yield Problem("AppSupport", 1002, "AppSupport must name its host, not give an IP address.")
    if app is not None and _host(app) not in ("localhost", _host(address)):
        sentence = (
            f"AppURL and AppSupport must have the same host: {_host(app)} and {_host(address)}."
        )
        yield Problem("AppSupport", 1000, sentence)


def _cert_url(file: QwcFile) -> Iterator[Problem]:
    if not file.cert_url:
        return
    address = _address(file.cert_url)
    if address is None:
        yield _no_address("CertURL", file.cert_url)
        return
    if not _is_safe(address):
        sentence = "CertURL must begin with https://, except on localhost."
        yield Problem("CertURL", 1048, sentence)
    yield from _login("CertURL", address)


def _guid(element: str, value: str, code: int) -> Iterator[Problem]:
    """No source tells the code of a malformed GUID: it is that of the step that uses the GUID."""
    if not _GUID.fullmatch(value):
        example = "{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}"
        sentence = f"{element} must be a GUID in braces like {example}, not {value!r}."
        yield Problem(element, code, sentence)


def _schedule(file: QwcFile) -> Iterator[Problem]:
    if file.run_every_minutes < 1:
        element = ELEMENTS["run_every_minutes"]
        yield Problem(element, None, "RunEveryNMinutes must be 1 or more.")


def _no_address(element: str, value: str) -> Problem:
    return Problem(element, None, f"{element} is not a web address: {value!r}.")


def _login(element: str, address: SplitResult) -> Iterator[Problem]:
    if "@" in address.netloc:
        yield Problem(element, 1048, f"{element} must be readable without a login.")


def _address(url: str) -> SplitResult | None:
    # urlsplit would drop line ends and tabs, and keep the blanks and backslashes that .NET mends.
    if not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        address = urlsplit(url)
        usable = address.scheme in ("http", "https") and address.hostname and address.port != 0
    except ValueError:
        return None
    return address if usable else None


def _host(address: SplitResult) -> str:
    return (address.hostname or "").rstrip(".")


def _is_safe(address: SplitResult) -> bool:
    return address.scheme == "https" or _host(address) == "localhost"


def _is_ip(host: str) -> bool:
    # A host whose last label is a number is an IPv4 address, also as 127.1 or 0x7f000001.
    return ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]) is not None
