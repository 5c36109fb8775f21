"""The kinds of values that variables take: each reads a text, or says what to write instead."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from qbwc_service.config.faults import Unusable
from qbwc_service.secrecy import KeysUnusable, read_keys
from qbwc_service.settings import is_email_address

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Check(Generic[T]):
    """`words` tell people the kind of value; `read` raises Unusable."""

    words: str
    read: Callable[[str], T]


def whole(least: int, most: int) -> Check[int]:
    """A whole number from `least` to `most`."""

    def read(text: str) -> int:
        is_number = text.isascii() and text.isdigit() and len(text) <= 9
        if not (is_number and least <= int(text) <= most):
            raise Unusable(f"write a whole number from {least} to {most}")
        return int(text)

    return Check(f"whole number, {least} to {most}", read)


def number_or_none(least: float, most: float, zero: str) -> Check[float]:
    """A number from `least` to `most`; or 0, which means `zero`."""

    def read(text: str) -> float:
        is_number = re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,3})?", text) is not None
        if not is_number or not (float(text) == 0 or least <= float(text) <= most):
            raise Unusable(f"write a number from {least:g} to {most:g}, or 0 for {zero}")
        return float(text)

    return Check(f"number, {least:g} to {most:g}, or 0", read)


def one_of(kind: type[E]) -> Check[E]:
    """One of a few words, in any letter case."""
    *first, last = [member.value for member in kind]
    words = f"{', '.join(first)} or {last}"

    def read(text: str) -> E:
        try:
            return kind(text.strip().lower())
        except ValueError:
            raise Unusable(f"write {words}") from None

    return Check(words, read)


def web_address(example: str) -> Check[str]:
    """An address of a web server, without a query."""

    def read(text: str) -> str:
        try:
            parts = urlsplit(text)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query
        except ValueError:
            usable = False
        if not usable:
            raise Unusable(f"{text!r} is not a web address like {example}")
        return text.rstrip("/")

    return Check("web address", read)


def own_address(example: str) -> Check[str]:
    """Our own address, as the Web Connector takes it: with a certificate, but for localhost."""
    read_any = web_address(example).read

    def read(text: str) -> str:
        address = urlsplit(read_any(text))
        if address.scheme == "http" and address.hostname != "localhost":
            raise Unusable(
                f"write https:// in place of http:// in {text!r}; the Web Connector accepts "
                "http:// for the name localhost alone"
            )
        return text.rstrip("/")

    return Check("web address", read)


def _database_url(text: str) -> str:
    if text.startswith("postgres://"):
        text = "postgresql://" + text.removeprefix("postgres://")
    if text.startswith("postgresql://"):
        text = "postgresql+psycopg://" + text.removeprefix("postgresql://")
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise Unusable("write sqlite:////path/to/service.db or postgresql+psycopg://user@host/name")
    try:
        make_url(text)
    except (ArgumentError, ValueError):
        raise Unusable("this is no address of a database") from None
    return text


def _log_level(text: str) -> str:
    level = text.upper()
    if level not in logging.getLevelNamesMapping():
        raise Unusable("write DEBUG, INFO, WARNING or ERROR")
    return level


def _emails(text: str) -> tuple[str, ...]:
    each = [part.strip() for part in text.split(",") if part.strip()]
    wrong = next((address for address in each if not is_email_address(address)), "")
    if wrong:
        raise Unusable(f"{wrong!r} is not an e-mail address like a@example.com")
    return tuple(dict.fromkeys(each))


def _email(text: str) -> str:
    if not is_email_address(text.strip()):
        raise Unusable("write one e-mail address, like sync@example.com")
    return text.strip()


def _hosts(text: str) -> frozenset[str]:
    hosts = frozenset(part.strip().lower() for part in text.split(",") if part.strip())
    if not all(re.fullmatch(r"[a-z0-9.:-]+", host) for host in hosts):
        raise Unusable("write names of hosts alone, with commas between")
    return hosts


def _host(text: str) -> str:
    host = text.strip()
    if not (host.isascii() and host.isprintable()) or set(host) & set("/@ "):
        raise Unusable("write the name of a mail server alone")
    return host


def _word(text: str) -> str:
    word = text.strip()
    if not (word.isascii() and word.isprintable()):
        raise Unusable("write it as it was given out, without other signs")
    return word


def _keys(text: str) -> tuple[bytes, ...]:
    try:
        return read_keys(text)
    except KeysUnusable as error:
        raise Unusable(error.reason) from None


DATABASE_URL = Check("address of a database", _database_url)
LOG_LEVEL = Check("DEBUG, INFO, WARNING or ERROR", _log_level)
EMAIL = Check("e-mail address", _email)
EMAILS = Check("e-mail addresses, with commas between", _emails)
HOST = Check("name of a host", _host)
HOSTS = Check("names of hosts, with commas between", _hosts)
WORD = Check("text", _word)
TEXT = Check("text", str.strip)
FILE = Check("file", Path)
KEYS = Check("64 hexadecimal digits, or several such with commas between", _keys)
