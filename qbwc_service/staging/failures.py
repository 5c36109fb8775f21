"""Why a reading did not happen, or ended early. Loads quickly, for the command line.

Exception
├── Stopping        the service stops
├── SyncBusy        another process reads this connection
├── SyncFailed      Keap or its login; told in the error log as well
└── LoginRefused    Keap does not accept a login that was tried; told in the error log as well
"""

from collections.abc import Mapping
from datetime import datetime

from qbwc_service import messages


class Stopping(Exception):
    """The service stops: the reading ends between two pages; the rest is read next time."""


class SyncBusy(Exception):
    """`owner` (host:process:random) reads this connection, at the latest until `until` (UTC)."""

    def __init__(self, connection: str, owner: str, until: datetime) -> None:
        self.connection = connection
        self.owner = owner
        self.until = until
        host, _, rest = owner.partition(":")
        process = rest.partition(":")[0]
        super().__init__(
            f"Keap is being read for {connection} already (process {process} on {host}). "
            "Nothing was done; try again in a minute."
        )


class SyncFailed(Exception):
    """`message` is an id of the catalogue; `retry_after` in seconds where Keap named a time."""

    def __init__(
        self,
        connection: str,
        message: str,
        details: Mapping[str, str],
        retry_after: float | None = None,
    ) -> None:
        self.connection = connection
        self.message = message
        self.details = dict(details)
        self.retry_after = retry_after
        told = messages.message(message, details)
        super().__init__(f"{told.title}. {told.why} {told.do}")


class LoginRefused(Exception):
    """`message` is an id of the catalogue."""

    def __init__(self, message: str, details: Mapping[str, str]) -> None:
        self.message = message
        self.details = dict(details)
        told = messages.message(message, details)
        super().__init__(f"{told.title}. {told.why} {told.do}")
