"""What belongs to the service, not to one connection: leases and people."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.ledger.columns import Base, RowId


class Lease(Base):
    """Who may do a piece of work alone, and until when."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    expires_at: Mapped[datetime]


class Person(Base):
    """Someone who may sign in to the admin."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]


class LoginFailure(Base):
    """Wrong passwords by user name and address; slows the next try from there."""

    __tablename__ = "login_failure"

    #: "admin" or "web-connector", then from where, who, or both: see login_failures
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
