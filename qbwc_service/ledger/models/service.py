"""What belongs to the service, not to one connection: leases, wrong log-ins, a drain."""

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


class CompanyFileLease(Base):
    """Which connection is at work on the company file of a connection, or was last.

    It is in force while the holder has a session that is not silent (ledger.company_file_leases).
    No foreign keys: to check one, PostgreSQL would wait for the row of the other connection, whose
    call may be waiting for this row.
    """

    __tablename__ = "company_file_lease"

    connection_id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    holder_id: Mapped[int] = mapped_column(RowId)


class Drain(Base):
    """The one row that is there while no new session may begin."""

    __tablename__ = "drain"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    began_at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(80))


class LoginFailure(Base):
    """Wrong passwords by user name and address; slows the next try from there."""

    __tablename__ = "login_failure"

    #: "admin" or "web-connector", then from where, who, or both: see login_failures
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
