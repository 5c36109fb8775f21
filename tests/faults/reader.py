"""One reading of Keap as a program that is to be killed: `python -m tests.faults.reader`.

It is `qbwc-service sync` but for time: it never sleeps, gives up an answer after `--patience`
seconds, and lives so many days later. Says on one line that it begins, on the next how it ended:
what it read, or why it could not come to the end (exit code 3).
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx

from qbwc_service.clock import utc_now
from qbwc_service.collector import collect_seldom
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.keap_access.access import Access
from qbwc_service.staging.failures import SyncFailed
from qbwc_service.staging.sync import sync
from tests.staging.installation import NAME

#: an exit code that no mistake of Python has
FAILED = 3


class Impatient(httpx.HTTPTransport):
    """Waits for an answer no longer than that, whatever its client would do."""

    def __init__(self, patience: float) -> None:
        super().__init__()
        self._patience = patience

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        timeout = request.extensions["timeout"] | {"read": self._patience}
        request.extensions = {**request.extensions, "timeout": timeout}
        return super().handle_request(request)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patience", type=float, default=75.0, metavar="SECONDS")
    parser.add_argument("--days-later", type=int, default=0)
    options = parser.parse_args(arguments)
    collect_seldom()
    config = Config.from_environment()
    database = Database(config.database_url)

    def clock() -> datetime:
        return utc_now() + timedelta(days=options.days_later)

    access = Access(
        database,
        config.secrecy(),
        config,
        clock,
        Impatient(options.patience),
        sleep=lambda seconds: None,
    )
    print("reading", flush=True)
    try:
        reading = sync(access, NAME)
    except SyncFailed as failed:
        print(json.dumps({"failed": failed.message}))
        return FAILED
    finally:
        database.close()
    print(json.dumps({"orders": reading.orders, "payments": reading.payments}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
