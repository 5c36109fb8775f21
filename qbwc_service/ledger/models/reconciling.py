"""What QuickBooks has, transaction by transaction, as it was last read; and the readings."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.blotting import blotted_name
from qbwc_service.ledger.columns import Base, MaskedText, RowId, text_enum
from qbwc_service.ledger.models.posting import Kind


class QuickbooksTxn(Base):
    """The thin row of one transaction in QuickBooks, whoever made it, as it was last read."""

    __tablename__ = "quickbooks_txn"
    __table_args__ = (
        UniqueConstraint("connection_id", "kind", "txn_id"),
        Index("ix_quickbooks_txn_date", "connection_id", "txn_date"),
        Index("ix_quickbooks_txn_number", "connection_id", "number_key"),
        Index("ix_quickbooks_txn_guid", "connection_id", "external_guid"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    kind: Mapped[Kind] = mapped_column(text_enum(Kind))
    txn_id: Mapped[str] = mapped_column(String(40))
    #: RefNumber as QuickBooks has it, and the same case-folded
    ref_number: Mapped[str] = mapped_column(String(40), default="")
    number_key: Mapped[str] = mapped_column(String(40), default="")
    #: ListID and full name
    customer_list_id: Mapped[str] = mapped_column(String(40), default="")
    customer_name: Mapped[str] = mapped_column(MaskedText(blotted_name), default="")
    txn_date: Mapped[date | None]
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    #: what of it is open: due on an invoice, unused of a payment or credit; None where it is never
    remaining: Mapped[int | None] = mapped_column(BigInteger)
    edit_sequence: Mapped[str] = mapped_column(String(40), default="")
    #: in lower case; QuickBooks gives it back as it likes
    external_guid: Mapped[str] = mapped_column(String(40), default="")
    memo: Mapped[str] = mapped_column(MaskedText(blotted_name), default="")
    #: the update session that saw it last, which ties it to one unbroken reading
    seen_in: Mapped[int] = mapped_column(BigInteger, default=0)


class ReconciliationState(StrEnum):
    """Where a reading of the period stands."""

    ASKED = "asked"
    READING = "reading"
    DONE = "done"
    #: it was begun several times and never came to its end
    GIVEN_UP = "given-up"


class Reconciliation(Base):
    """One reading of a period from QuickBooks, held against the ledger."""

    __tablename__ = "reconciliation"
    __table_args__ = (Index("ix_reconciliation_connection", "connection_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    #: TxnDates, both inclusive
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[ReconciliationState] = mapped_column(text_enum(ReconciliationState))
    asked_at: Mapped[datetime]
    #: who pressed the button; "nightly" where nobody had to
    asked_by: Mapped[str] = mapped_column(String(80))
    #: the last time that it was begun, from its start, and how often that was
    began_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    #: rows read, by kind
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: kinds that QuickBooks did not let us read, with its reason
    unread: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: postings that were compared, found changed, found gone
    compared: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    gone: Mapped[int] = mapped_column(default=0)
