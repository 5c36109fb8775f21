"""Which entries of the error log are asked for: by the query of its page, as conditions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, Text, and_, cast, or_

from qbwc_service.admin.addresses import day_from, id_from, start_of
from qbwc_service.ledger.columns import any_of
from qbwc_service.ledger.models import ErrorEntry
from qbwc_service.messages import CATALOGUE, Level

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class ErrorFilter:
    """`about`: the id of the only message to show. `text`: an order number, or words. Days are
    those of the connection's time zone, both included. What is empty asks for everything."""

    solved: bool = False
    about: str = ""
    level: Level | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "ErrorFilter":
        """What no filter can be is passed over."""
        level = query.get("level", "")
        return cls(
            solved=query.get("show") == "solved",
            about=_text(query.get("about", ""))[:60],
            level=Level(level) if level in set(Level) else None,
            text=_text(query.get("q", ""))[:_LONGEST],
            since=day_from(query.get("from", "")),
            until=day_from(query.get("to", "")),
        )

    def query(self) -> dict[str, Any]:
        """The same as a query string, without what is empty."""
        query = {
            "show": "solved" if self.solved else "",
            "about": self.about,
            "level": self.level or "",
            "q": self.text,
            "from": self.since or "",
            "to": self.until or "",
        }
        return {key: str(value) for key, value in query.items() if value}

    @property
    def narrows(self) -> bool:
        """Whether it asks for less than all open or all solved ones."""
        return bool(self.query().keys() - {"show"})

    def conditions(self, connection_id: int, zone: ZoneInfo) -> tuple[ColumnElement[bool], ...]:
        """To be joined by AND."""
        solved_at = ErrorEntry.solved_at
        found: list[ColumnElement[bool]] = [
            ErrorEntry.connection_id == connection_id,
            solved_at.is_not(None) if self.solved else solved_at.is_(None),
        ]
        if self.about:
            found.append(ErrorEntry.message == self.about)
        if self.level is not None:
            of_level = [entry.id for entry in CATALOGUE.values() if entry.level is self.level]
            found.append(ErrorEntry.message.in_(of_level))
        if self.text:
            found.append(_has(self.text, connection_id))
        if self.since is not None:
            found.append(ErrorEntry.at >= start_of(self.since, zone))
        if self.until is not None and self.until < date.max:
            found.append(ErrorEntry.at < start_of(self.until + timedelta(days=1), zone))
        return tuple(found)


def _text(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


def _has(text: str, connection_id: int) -> ColumnElement[bool]:
    """The order of that number; else a message with all the words, or a detail with the text."""
    order_id = id_from(text.removeprefix("#"))
    if order_id is not None:
        of_order = and_(ErrorEntry.connection_id == connection_id, ErrorEntry.order_id == order_id)
        # By the index of orders: ordered by id, SQLite would walk through the whole log.
        return any_of(ErrorEntry.id, of_order)
    words = text.casefold().split()
    messages = [
        entry.id
        for entry in CATALOGUE.values()
        if all(word in f"{entry.id} {entry.title} {entry.why}".casefold() for word in words)
    ]
    # Details are stored as JSON, where some signs are written in another way.
    as_stored = msgspec.json.encode(text).decode()[1:-1]
    return or_(
        ErrorEntry.message.in_(messages),
        cast(ErrorEntry.details, Text).icontains(as_stored, autoescape=True),
    )
