"""Who may come in, to which connections, and what they did there."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.blotting import blotted_json, blotted_sentence
from qbwc_service.ledger.columns import Base, MaskedJson, MaskedText, RowId, text_enum


class Role(StrEnum):
    """What a person may do; each may all that the one before may."""

    #: reads what a viewer reads, with people blotted out; each page is in the audit
    SUPPORT = "support"
    VIEWER = "viewer"
    BOOKKEEPER = "bookkeeper"
    OWNER = "owner"

    def may(self, needed: "Role") -> bool:
        """Whether this role is enough for what that one may do."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


class Person(Base):
    """Someone who may sign in to the admin."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    email: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    #: the password was made by somebody else: the first page asks for one of their own
    password_is_one_time: Mapped[bool] = mapped_column(default=False)
    role: Mapped[Role] = mapped_column(text_enum(Role), default=Role.VIEWER)
    #: all connections, those to come too; else those of PersonConnection
    sees_all: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class PersonConnection(Base):
    """A connection that a person may see."""

    __tablename__ = "person_connection"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)


class Invitation(Base):
    """A link by which one person may join once; what they become is fixed in it."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    #: of the 256 random bits in the link, which are nowhere kept
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[Role] = mapped_column(text_enum(Role))
    #: all connections, those to come too; else those of InvitationConnection
    sees_all: Mapped[bool] = mapped_column(default=False)
    invited_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class InvitationConnection(Base):
    """A connection that the invited person will see."""

    __tablename__ = "invitation_connection"

    invitation_id: Mapped[int] = mapped_column(
        ForeignKey("invitation.id", ondelete="CASCADE"), primary_key=True
    )
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)


class AuditEntry(Base):
    """One thing that a person did, or tried: a press of a button, a command, a sign-in."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_at", "at", "id"),
        Index("ix_audit_entry_connection", "connection_id", "at", "id"),
        Index("ix_audit_entry_who", "who", "at", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(80))
    #: None: about the service as a whole
    connection_id: Mapped[int | None] = mapped_column(ForeignKey("connection.id"))
    what: Mapped[str] = mapped_column(MaskedText(blotted_sentence))
    #: what was asked for and what came of it; secrets are masked before they get here
    details: Mapped[dict[str, Any]] = mapped_column(MaskedJson(blotted_json), default=dict)
    #: where the browser was; "" for a command
    address: Mapped[str] = mapped_column(String(45), default="")
