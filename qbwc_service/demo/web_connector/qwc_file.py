"""Reading a .qwc file as strictly as the Web Connector does (Programmer's Guide, chapter 3).

QwcRefused  the file, or the server it names, is not accepted; carries a QBWC error code
"""

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

from lxml import etree

_GUID: Final = re.compile(r"\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
_REQUIRED: Final = (
    "AppName",
    "AppURL",
    "AppDescription",
    "AppSupport",
    "UserName",
    "OwnerID",
    "FileID",
    "QBType",
)


class QwcRefused(Exception):
    """Why the application is not added; `code` as in appendix A of the guide, "QBWC1048"."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        self.text = text
        super().__init__(f"{code}: {text}")


@dataclass(frozen=True, slots=True)
class QwcFile:
    """A .qwc file that passed the checks. `run_every_seconds` is 0 without a Scheduler."""

    app_name: str
    app_url: str
    app_support: str
    cert_url: str
    user_name: str
    owner_id: str
    file_id: str
    is_read_only: bool
    run_every_seconds: int

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises QwcRefused for what the Web Connector would not add."""
        return cls.parse(path.read_bytes())

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """As `read`, from the bytes of the file."""
        values = _values(content)
        _check_urls(values["AppURL"], values["AppSupport"])
        for name in ("OwnerID", "FileID"):
            if _GUID.fullmatch(values[name]) is None:
                raise QwcRefused("QBWC1039", f"{name} is not a GUID in braces: {values[name]}")
        if values["QBType"] not in {"QBFS", "QBPOS"}:
            raise QwcRefused("QBWC1039", f"QBType {values['QBType']}")
        return cls(
            values["AppName"],
            values["AppURL"],
            values["AppSupport"],
            values.get("CertURL") or values["AppURL"],
            values["UserName"],
            values["OwnerID"],
            values["FileID"],
            values.get("IsReadOnly", "false").lower() == "true",
            _run_every(values),
        )


def _values(content: bytes) -> dict[str, str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise QwcRefused("QBWC1039", f"not well-formed: {error}") from error
    if root.tag != "QBWCXML":
        raise QwcRefused("QBWC1039", f"the root element is {root.tag!s}, not QBWCXML")
    values = {str(e.tag): (e.text or "").strip() for e in root.iterdescendants("*")}
    missing = [name for name in _REQUIRED if not values.get(name)]
    if "AppID" not in values:
        missing.append("AppID")
    if missing:
        raise QwcRefused("QBWC1039", f"{missing[0]} is missing")
    return values


def _check_urls(app_url: str, support_url: str) -> None:
    app, support = urlsplit(app_url), urlsplit(support_url)
    for url, code in ((app, "QBWC1001"), (support, "QBWC1002")):
        if _is_ip_address(url.hostname or ""):
            raise QwcRefused(code, f"the URL is an IP address: {url.geturl()}")
    if app.hostname != support.hostname:
        raise QwcRefused("QBWC1000", "AppURL and AppSupport are on different hosts")
    for url in (app, support):
        _check_https(url)


def _check_https(url: SplitResult) -> None:
    if url.scheme != "https" and not (url.scheme == "http" and url.hostname == "localhost"):
        raise QwcRefused("QBWC1010", f"only https is allowed: {url.geturl()}")


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _run_every(values: dict[str, str]) -> int:
    for name, seconds in (("RunEveryNMinutes", 60), ("RunEveryNSeconds", 1)):
        if name in values:
            if not values[name].isdecimal() or int(values[name]) < 1:
                raise QwcRefused("QBWC1039", f"{name} is not a positive integer: {values[name]}")
            return int(values[name]) * seconds
    return 0
