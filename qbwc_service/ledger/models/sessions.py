"""Update sessions of the Web Connector and the messages that they carried."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.blotting import blotted_details, blotted_sentence, blotted_xml
from qbwc_service.ledger.columns import Base, MaskedJson, MaskedText, RowId

#: prepared and not handed out: one of a connection at most, among all there ever were
_UNSENT = "sent_at IS NULL AND resolved_at IS NULL"
_LIVE = "ended_at IS NULL"
#: messages that still have their texts, and updates that found nothing to tell of: what a clean-up
#: looks through (in these words, or SQLite does not take the indexes)
TEXTS_KEPT = text("message_set.texts_removed_at IS NULL")
IDLE_SESSIONS = text(
    "update_session.posted = 0 AND update_session.held = 0 AND update_session.trouble = '' "
    "AND update_session.ended_at IS NOT NULL"
)
_WITH_TEXTS = "texts_removed_at IS NULL"
_IDLE = "posted = 0 AND held = 0 AND trouble = '' AND ended_at IS NOT NULL"
#: QuickBooks sends ten characters; whatever comes is cut to this
LONGEST_HRESULT = 40


class MessageSet(Base):
    """One qbXML message handed to the Web Connector, frozen, with its answer."""

    __tablename__ = "message_set"
    __table_args__ = (
        Index("ix_message_set_session", "session_id", "id"),
        Index(
            "ix_message_set_unresolved",
            "connection_id",
            "id",
            # SQLite takes the index only where the query says it in the same words.
            sqlite_where=text("writes = 1 AND resolved_at IS NULL"),
            postgresql_where=text("writes AND resolved_at IS NULL"),
        ),
        Index(
            "ix_message_set_unsent",
            "connection_id",
            sqlite_where=text(_UNSENT),
            postgresql_where=text(_UNSENT),
        ),
        Index(
            "ix_message_set_written",
            "connection_id",
            "id",
            # Not those without an outcome: SQLite would look for them here, among all there were.
            sqlite_where=text("writes = 1 AND resolved_at IS NOT NULL"),
            postgresql_where=text("writes AND resolved_at IS NOT NULL"),
        ),
        Index(
            "ix_message_set_texts",
            "connection_id",
            "prepared_at",
            sqlite_where=text(_WITH_TEXTS),
            postgresql_where=text(_WITH_TEXTS),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("update_session.id"))
    phase: Mapped[str] = mapped_column(String(20))
    #: newMessageSetID; "" for a set that writes nothing
    new_message_set_id: Mapped[str] = mapped_column(String(23), default="")
    writes: Mapped[bool] = mapped_column(default=False)
    request: Mapped[str] = mapped_column(MaskedText(blotted_xml))
    prepared_at: Mapped[datetime]
    #: handed out; a set never handed out has changed nothing
    sent_at: Mapped[datetime | None]
    #: where and to which file it went, and QuickBooks' clock then: what recovery needs
    remote_address: Mapped[str] = mapped_column(String(60), default="")
    company_file: Mapped[str] = mapped_column(MaskedText(blotted_sentence), default="")
    clock_before: Mapped[str] = mapped_column(String(40), default="")
    answer: Mapped[str | None] = mapped_column(MaskedText(blotted_xml))
    hresult: Mapped[str] = mapped_column(String(LONGEST_HRESULT), default="")
    message: Mapped[str] = mapped_column(MaskedText(blotted_sentence), default="")
    answered_at: Mapped[datetime | None]
    #: the answer was read into the ledger
    applied_at: Mapped[datetime | None]
    #: no posting waits for this set any more
    resolved_at: Mapped[datetime | None]
    #: since when request and answer are empty, because they were old
    texts_removed_at: Mapped[datetime | None]
    #: what receiveResponseXML answered, for a delivery that comes twice
    progress: Mapped[int | None]


class UpdateSession(Base):
    """One run of the Web Connector, from authenticate to closeConnection."""

    __tablename__ = "update_session"
    __table_args__ = (
        Index("ix_update_session_connection", "connection_id", "id"),
        Index(
            "ix_update_session_live",
            "connection_id",
            "id",
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        Index(
            "ix_update_session_idle",
            "connection_id",
            "ended_at",
            sqlite_where=text(_IDLE),
            postgresql_where=text(_IDLE),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    ticket_digest: Mapped[str] = mapped_column(String(64), unique=True)
    remote_address: Mapped[str] = mapped_column(String(60))
    client_version: Mapped[str] = mapped_column(String(40), default="")
    company_file: Mapped[str] = mapped_column(MaskedText(blotted_sentence), default="")
    started_at: Mapped[datetime]
    last_call_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    phase: Mapped[str] = mapped_column(String(20), default="identify")
    #: the phases' own notes, by phase name
    notes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: reads go on, nothing is written in this session
    read_only: Mapped[bool] = mapped_column(default=False)
    round_trips: Mapped[int] = mapped_column(default=0)
    posted: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    #: how much of what was read from QuickBooks (Turn.count_read): {"customers": 3420}
    read_counts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    #: catalogue id and details of what getLastError tells
    trouble: Mapped[str] = mapped_column(String(60), default="")
    trouble_details: Mapped[dict[str, Any]] = mapped_column(
        MaskedJson(blotted_details), default=dict
    )
    result: Mapped[str] = mapped_column(MaskedText(blotted_sentence), default="")
