"""The error log and the history of orders."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.blotting import blotted_details, blotted_sentence
from qbwc_service.ledger.columns import Base, MaskedJson, MaskedText, RowId


class ErrorEntry(Base):
    """One entry of the error log; its words come from the message catalogue."""

    __tablename__ = "error_entry"
    __table_args__ = (
        Index("ix_error_entry_connection", "connection_id", "id"),
        Index("ix_error_entry_at", "connection_id", "at", "id"),
        Index("ix_error_entry_open", "connection_id", "order_id", "message"),
        Index("ix_error_entry_message", "connection_id", "message", "solved_at", "id"),
        Index(
            "ix_error_entry_solved",
            "connection_id",
            "solved_at",
            sqlite_where=text("solved_at IS NOT NULL"),
            postgresql_where=text("solved_at IS NOT NULL"),
        ),
        Index(
            "ix_error_entry_posting",
            "connection_id",
            "posting_id",
            sqlite_where=text("posting_id IS NOT NULL"),
            postgresql_where=text("posting_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    at: Mapped[datetime]
    order_id: Mapped[int | None] = mapped_column(BigInteger)
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    #: id in the message catalogue
    message: Mapped[str] = mapped_column(String(60))
    details: Mapped[dict[str, Any]] = mapped_column(MaskedJson(blotted_details), default=dict)
    times: Mapped[int] = mapped_column(default=1)
    solved_at: Mapped[datetime | None]


class Event(Base):
    """One line of an order's history: what happened and who did it."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_order", "connection_id", "order_id", "id"),
        Index("ix_event_at", "connection_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    order_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(MaskedText(blotted_sentence))
