"""The log: one line a record on standard error, as text or as JSON, with what it is about.

Whoever logs says what it is about by `extra={"connection": ..., "order": ..., "posting": ...}`
or once for many lines by `about(...)`. What happens to the records of an order is told by
`ledger.trail`, under one `trace`. Secrets and people are never handed to the log; what another
library puts into its texts (addresses with their query, e-mail addresses, keys) is masked here.
"""

import json
import logging
import re
import sys
import textwrap
import time
from collections.abc import MutableMapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

FIELDS: Final = ("trace", "connection", "session", "set", "order", "posting", "record")

# httpx tells every address with its query, waitress every slow client: not below a warning.
_QUIET = ("httpx", "httpcore", "apscheduler", "alembic", "waitress.queue", "spyne")

#: characters of one text; an exception may repeat what a caller sent
LONGEST: Final = 20_000

_MASK: Final = "***"
_MASKED: Final = (
    # The value behind a telling name, as in a header, a form or a repr; to the end of its quotes.
    (
        re.compile(
            r"""(?i)\b((?:api|access|client|refresh|service)?[ _-]?"""
            r"""(?:password|passwd|secret|token|ticket|key|authorization|cookie)["']?\s{0,9}[=:]\s{0,9})"""
            r"""(?:"[^"\n]*"?|'[^'\n]*'?|(?:bearer|basic|token)\s+[^\s"'&,;)]+|[^\s"'&,;)]+)"""
        ),
        rf"\1{_MASK}",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {_MASK}"),
    # The query of an address, and who is in front of its host.
    (re.compile(r"(?i)(\bhttps?://[^\s?\"'<>]{0,2000})\?[^\s\"'<>]*"), rf"\1?{_MASK}"),
    (re.compile(r"(://)[^\s/@]{1,500}@"), rf"\1{_MASK}@"),
    (re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}"), _MASK),
    # The values that PostgreSQL tells of a row that was refused.
    (re.compile(r"(?i)(\bkey \([^)\n]{0,500}\))=\(.*\)"), rf"\1=({_MASK})"),
    (re.compile(r"(?i)(\bfailing row contains )\(.*"), rf"\1({_MASK})"),
    # Numbers of cards and of bank accounts; a TxnID has letters or a hyphen.
    (re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])"), _MASK),
)


class Format(StrEnum):
    """How a record is written."""

    TEXT = "text"
    JSON = "json"


def masked(text: str) -> str:
    """Without keys, passwords, queries of addresses, e-mail addresses and numbers of cards; what is
    very long is cut."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]} [and {len(text) - LONGEST:,} characters more]"
    for pattern, put in _MASKED:
        text = pattern.sub(put, text)
    return text


def _known_fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}


class OneLine(logging.Formatter):
    """2026-11-23T10:00:00Z WARNING qbwc_service.staging: text connection=acme order=101."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        self.converter = time.gmtime

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        fields = [f"{name}={value}" for name, value in _known_fields(record).items()]
        line = " ".join([masked(super().formatMessage(record)), *fields])
        # What came from outside must not be able to write a second line.
        return line.replace("\r", "\\r").replace("\n", "\\n")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        # A record begins at the left: what an exception says cannot look like one.
        return textwrap.indent(masked(super().formatException(ei)).replace("\r", "\\r"), "    ")


class OneObject(logging.Formatter):
    """The same as an object of JSON on a line of its own; a trace of an exception is a text in it.

    {"time": "2026-11-23T10:00:00.123Z", "level": "WARNING", "logger": "...", "message": "...",
    "connection": "acme", "order": 101}
    """

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
            **_known_fields(record),
        }
        if record.exc_info:
            told["exception"] = masked(self.formatException(record.exc_info))
        if record.stack_info:
            told["stack"] = record.stack_info
        return json.dumps(told, default=str)


_FORMATTERS: Final = {Format.TEXT: OneLine, Format.JSON: OneObject}


class About(logging.LoggerAdapter[logging.Logger]):
    """A logger whose every line says what it is about."""

    def process(
        self, msg: Any, kwargs: MutableMapping[str, Any]
    ) -> tuple[Any, MutableMapping[str, Any]]:
        own = kwargs.get("extra") or {}
        return msg, {**kwargs, "extra": {**(self.extra or {}), **own}}


def about(logger: logging.Logger, **fields: str | int) -> About:
    """`fields`: any of FIELDS."""
    return About(logger, fields)


def set_up_logging(level: str, form: Format = Format.TEXT) -> None:
    """For a program's start; called again it replaces what it set up before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_FORMATTERS[form]())
    root = logging.getLogger()
    for old in list(root.handlers):
        if isinstance(old.formatter, OneLine | OneObject):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
