"""What people were told by e-mail or web address, and what still has to be told."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.blotting import blotted_sentence
from qbwc_service.ledger.columns import Base, MaskedText, RowId, text_enum

#: in place of a connection: what is told to whoever runs the service
SERVICE_ITSELF = 0
_WAITING = "state = 'waiting'"


class AlertKind(StrEnum):
    """What an alert is about."""

    NEEDS_YOU = "needs-you"
    NO_CONTACT = "no-contact"
    SIGN_IN = "sign-in"
    COMPANY_FILE = "company-file"
    FAILURES = "failures"
    MANY_SILENT = "many-silent"
    DIGEST = "digest"
    TEST = "test"


class Channel(StrEnum):
    """How somebody is told."""

    EMAIL = "e-mail"
    WEBHOOK = "webhook"


class DeliveryState(StrEnum):
    """A delivery waits until it is taken, and is given up after days in which it never was."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given-up"


class AlertState(Base):
    """What was told last of one kind: it is told again only when that changes.

    No foreign key: SERVICE_ITSELF is no connection.
    """

    __tablename__ = "alert_state"

    connection_id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    kind: Mapped[AlertKind] = mapped_column(text_enum(AlertKind), primary_key=True)
    #: what was wrong then, by short names; empty: all was well
    told: Mapped[list[Any]] = mapped_column(default=list)
    told_at: Mapped[datetime]


class Alert(Base):
    """One alert as it was written: never changed, told once to each who is to be told."""

    __tablename__ = "alert"
    __table_args__ = (Index("ix_alert_connection", "connection_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    #: a connection's, or SERVICE_ITSELF
    connection_id: Mapped[int] = mapped_column(RowId)
    kind: Mapped[AlertKind] = mapped_column(text_enum(AlertKind))
    #: whether it says that all is well again
    is_over: Mapped[bool] = mapped_column(default=False)
    #: names this alert to whoever is told: the same at every try
    key: Mapped[str] = mapped_column(String(36), unique=True)
    at: Mapped[datetime]
    title: Mapped[str] = mapped_column(MaskedText(blotted_sentence))
    text: Mapped[str] = mapped_column(MaskedText(blotted_sentence))
    link: Mapped[str] = mapped_column(Text)


class AlertDelivery(Base):
    """One alert on its way to one address."""

    __tablename__ = "alert_delivery"
    __table_args__ = (
        UniqueConstraint("alert_id", "channel", "target"),
        Index(
            "ix_alert_delivery_waiting",
            "next_try_at",
            # SQLite takes the index only where the query says it in the same words.
            sqlite_where=text(_WAITING),
            postgresql_where=text(_WAITING),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    channel: Mapped[Channel] = mapped_column(text_enum(Channel))
    target: Mapped[str] = mapped_column(Text)
    state: Mapped[DeliveryState] = mapped_column(text_enum(DeliveryState))
    tries: Mapped[int] = mapped_column(default=0)
    #: written before a try, so that a process that dies in it is followed by another try
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    #: why the last try failed, as a sentence
    problem: Mapped[str] = mapped_column(Text, default="")
