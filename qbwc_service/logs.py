"""The log: one line a record on standard error, with what it is about behind the text.

Whoever logs says what it is about by `extra={"connection": ..., "order": ..., "posting": ...}`
or once for many lines by `about(...)`. Secrets are never handed to the log; addresses with a
query string, which may carry a key, are cut by the libraries' own loggers being kept quiet.
"""

import logging
import sys
import textwrap
import time
from collections.abc import MutableMapping
from typing import Any

FIELDS = ("connection", "session", "set", "order", "posting")

# httpx tells every address with its query, waitress every slow client: not below a warning.
_QUIET = ("httpx", "httpcore", "apscheduler", "alembic", "waitress.queue", "spyne")


class OneLine(logging.Formatter):
    """2026-11-23T10:00:00Z WARNING qbwc_service.staging: text connection=acme order=101."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        self.converter = time.gmtime

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        fields = [f"{name}={record.__dict__[name]}" for name in FIELDS if name in record.__dict__]
        line = " ".join([super().formatMessage(record), *fields])
        # What came from outside must not be able to write a second line.
        return line.replace("\r", "\\r").replace("\n", "\\n")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        # A record begins at the left: what an exception says cannot look like one.
        return textwrap.indent(super().formatException(ei).replace("\r", "\\r"), "    ")


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


def set_up_logging(level: str) -> None:
    """For a program's start; called again it replaces what it set up before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    root = logging.getLogger()
    for old in list(root.handlers):
        if isinstance(old.formatter, OneLine):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
