"""What happened to an order, in sentences: its timeline, and the audit of what people did."""

from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_service.ledger.models import Event

SERVICE = "service"


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
