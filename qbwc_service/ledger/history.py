"""What happened to an order, in sentences: its timeline, and the audit of what people did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_service.ledger.columns import rows_of
from qbwc_service.ledger.models import Event

SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of an order's timeline; None where it is no order's."""

    order_id: int | None
    text: str


def note(
    db: Session,
    connection_id: int,
    text: str,
    *,
    now: datetime,
    order_id: int | None = None,
    who: str = SERVICE,
) -> None:
    """Add one line. `who` is a person's name or the service itself."""
    db.add(Event(connection_id=connection_id, order_id=order_id, at=now, who=who, text=text))


def note_all(
    db: Session, connection_id: int, happened: Sequence[Happened], *, now: datetime
) -> None:
    """As `note` does, many lines of the service itself in one statement."""
    rows = [
        {
            "connection_id": connection_id,
            "order_id": each.order_id,
            "at": now,
            "who": SERVICE,
            "text": each.text,
        }
        for each in happened
    ]
    if rows:
        db.execute(rows_of(Event), rows)
