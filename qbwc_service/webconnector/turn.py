"""One call of the Web Connector while it is worked on: the rows it may touch, and the time."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from qbwc_service.ledger import error_log
from qbwc_service.ledger.models import Connection, MessageSet, Posting, UpdateSession
from qbxml_builders.answers import Answer
from qbxml_builders.elements import Request
from qbxml_builders.records import Record


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The next message of a phase: its requests, and the postings that it sends.

    `asks_about` makes it the recovery question about that set instead.
    """

    requests: tuple[Request, ...] = ()
    postings: tuple[Posting, ...] = ()
    asks_about: MessageSet | None = None


@dataclass(slots=True)
class Turn:
    """Everything a phase may read and change in one call; lives inside one write transaction."""

    db: Session
    connection: Connection
    session: UpdateSession
    now: datetime
    _stopped: bool = field(default=False)

    def notes(self, phase: str) -> dict[str, Any]:
        """A copy of what the phase noted in this session."""
        return copy.deepcopy(self.session.notes.get(phase, {}))

    def note(self, phase: str, notes: Mapping[str, Any]) -> None:
        """Replace what the phase noted."""
        self.session.notes = {**self.session.notes, phase: dict(notes)}

    def count_read(self, what: str, number: int) -> None:
        """So many more of these were read from QuickBooks in this session, in a person's words."""
        if number:
            counts = self.session.read_counts or {}
            self.session.read_counts = {**counts, what: counts.get(what, 0) + number}

    def stop(self, message: str, details: Mapping[str, object] | None = None) -> None:
        """End the session with a message of the catalogue, which is also told in the error log."""
        self._stopped = True
        self.session.trouble = message
        self.session.trouble_details = {k: str(v) for k, v in (details or {}).items()}
        self.tell(message, self.session.trouble_details)

    def is_stopped(self) -> bool:
        """Whether `stop` was called in this turn: no further message in this session."""
        return self._stopped

    def tell(
        self, message: str, details: Mapping[str, object], posting: Posting | None = None
    ) -> None:
        """Add to the error log, for the posting's order or for the connection."""
        error_log.tell(
            self.db,
            self.connection.id,
            message,
            details,
            now=self.now,
            order_id=posting.order_id if posting else None,
            posting_id=posting.id if posting else None,
        )

    def observe(self, records: Iterable[Record]) -> None:
        """Move our idea of QuickBooks' clock on to the newest TimeModified it has shown."""
        times = (getattr(record, "time_modified", "")[:19] for record in records)
        newest = max(times, default="")
        if newest > self.connection.quickbooks_clock:
            self.connection.quickbooks_clock = newest

    @property
    def may_write(self) -> bool:
        return not self.session.read_only and not self.connection.write_block


class Phase(Protocol):
    """A part of the update session. State lives in the session's notes, never in the object."""

    name: str

    def next_message(self, turn: Turn) -> Outgoing | None:
        """The next message, or None when the phase has nothing (more) to ask or send."""

    def take_answer(self, turn: Turn, message_set: MessageSet, answer: Answer) -> None:
        """Read the answer to a message of this phase into the ledger and the notes."""
