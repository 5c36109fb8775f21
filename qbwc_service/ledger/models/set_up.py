"""What a person did in the set-up of a connection, as far as nothing else tells it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.ledger.columns import Base, RowId


class SetUp(Base):
    """One row a connection, from the first thing done in its set-up on."""

    __tablename__ = "set_up"

    connection_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("connection.id"), primary_key=True, autoincrement=False
    )
    #: values of ledger.set_up.Tick
    ticks: Mapped[list[Any]] = mapped_column(default=list)
    file_downloaded_at: Mapped[datetime | None]
    password_made_at: Mapped[datetime | None]
    #: place of the company file of which a person said that it is the right one
    right_company_file: Mapped[str] = mapped_column(Text, default="")
    #: figures of the last 30 days (planning.last_days), no names of customers
    last_days: Mapped[dict[str, Any]] = mapped_column(default=dict)
    last_days_read_at: Mapped[datetime | None]
