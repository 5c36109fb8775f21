"""The simulated Web Connector as a program: one JSON line a session."""

import argparse
import json
import sys
import time
from pathlib import Path

import httpx

from qbwc_service.demo.quickbooks import Crash
from qbwc_service.demo.quickbooks.crash import kill_process
from qbwc_service.demo.quickbooks.remote import RemoteQuickBooks

from .connector import WebConnector
from .faults import ConnectorCrashPoint
from .outcome import UpdateResult
from .qwc_file import QwcFile
from .registration import add_application

_TIMEOUT = 100.0


def main(arguments: list[str] | None = None) -> int:
    """Runs update sessions until --max-sessions are done; 0 always: errors are in the lines."""
    options = _options(arguments)
    qwc = QwcFile.read(options.qwc)
    password = options.password_file.read_text(encoding="utf-8").strip()
    crash = Crash.parse(options.crash_at, ConnectorCrashPoint, strike=kill_process)
    with (
        httpx.Client(timeout=_TIMEOUT, trust_env=False) as http,
        RemoteQuickBooks(options.quickbooks, timeout=_TIMEOUT) as quickbooks,
    ):
        if options.add:
            add_application(qwc, quickbooks, http)
        connector = WebConnector(qwc, password, quickbooks, http, crash=crash)
        for session in range(1 if options.once else options.max_sessions):
            if session:
                time.sleep(options.every)
            _report(connector.update())
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="web-connector", description=__doc__)
    parser.add_argument("--qwc", type=Path, required=True)
    parser.add_argument("--password-file", type=Path, required=True)
    parser.add_argument("--quickbooks", required=True, help="URL of the simulated QuickBooks")
    parser.add_argument("--add", action="store_true", help="add the application first (FileID)")
    parser.add_argument("--once", action="store_true", help="one session, the same as 1 at most")
    parser.add_argument("--every", type=float, default=60.0, help="seconds between sessions")
    parser.add_argument("--max-sessions", type=int, default=sys.maxsize)
    parser.add_argument("--crash-at", default="", help="point:n, for tests")
    return parser.parse_args(arguments)


def _report(result: UpdateResult) -> None:
    line = {
        "ended": result.ended,
        "authenticate": result.authenticate[1:],
        "round_trips": result.round_trips,
        "messages_with_writes": result.messages_with_writes,
        "status": result.status,
        "errors": result.errors,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
