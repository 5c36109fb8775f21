"""What one update session came to."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

_WRITE: Final = re.compile(r"<\w+(?:Add|Mod|Del|Void|Merge)Rq[\s>/]")


class Ended(StrEnum):
    """Why the session was over."""

    DONE = "done"
    NONE = "none"
    NVU = "nvu"
    BUSY = "busy"
    POSTPONED = "postponed"
    ERROR = "error"
    CLOSED = "closed"
    DROPPED = "dropped"
    NO_QUICKBOOKS = "no-quickbooks"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message: what the service sent, what it was told, and the progress it returned."""

    request: str
    response: str
    hresult: str
    progress: int | None

    @property
    def writes(self) -> bool:
        return _WRITE.search(self.request) is not None


@dataclass(slots=True)
class UpdateResult:
    """One session as the Web Connector's log would tell it; `status` is the Status column."""

    ended: Ended = Ended.DONE
    ticket: str = ""
    authenticate: tuple[str, ...] = ()
    status: str = ""
    errors: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def round_trips(self) -> int:
        """How many messages were carried."""
        return len(self.exchanges)

    @property
    def messages_with_writes(self) -> int:
        return sum(exchange.writes for exchange in self.exchanges)
