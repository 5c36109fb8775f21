"""Our copy of the lists of QuickBooks."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.blotting import blotted_json, blotted_name
from qbwc_service.ledger.columns import Base, MaskedJson, MaskedText, RowId, text_enum
from qbwc_service.matching.keys import KeyKind


class MirrorRecord(Base):
    """Our copy of one record of a QuickBooks list."""

    __tablename__ = "mirror_record"
    __table_args__ = (
        UniqueConstraint("connection_id", "list_name", "list_id"),
        Index("ix_mirror_record_full_name", "connection_id", "list_name", "full_name_key"),
        Index("ix_mirror_record_name", "connection_id", "list_name", "name_key"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    list_name: Mapped[str] = mapped_column(String(40))
    list_id: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(MaskedText(blotted_name))
    full_name: Mapped[str] = mapped_column(MaskedText(blotted_name))
    name_key: Mapped[str] = mapped_column(MaskedText(blotted_name))
    full_name_key: Mapped[str] = mapped_column(MaskedText(blotted_name))
    is_active: Mapped[bool] = mapped_column(default=True)
    edit_sequence: Mapped[str] = mapped_column(String(40), default="")
    time_modified: Mapped[str] = mapped_column(String(40), default="")
    #: the update session that saw it last in a list read from the start; who is not seen is gone
    seen_in: Mapped[int] = mapped_column(BigInteger, default=0)
    #: what else matching reads: kind, company, city, account type ...
    details: Mapped[dict[str, Any]] = mapped_column(MaskedJson(blotted_json), default=dict)


class MirrorKey(Base):
    """What else a mirrored record is found by: e-mail addresses, people, part numbers ...

    Made from the record by `matching.keys` when it is stored, and gone with it.
    """

    __tablename__ = "mirror_key"
    __table_args__ = (Index("ix_mirror_key_record", "connection_id", "list_name", "list_id"),)

    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    list_name: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[KeyKind] = mapped_column(text_enum(KeyKind), primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    list_id: Mapped[str] = mapped_column(String(40), primary_key=True)


class MirrorList(Base):
    """How far our copy of one QuickBooks list goes."""

    __tablename__ = "mirror_list"
    __table_args__ = (UniqueConstraint("connection_id", "list_name"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    list_name: Mapped[str] = mapped_column(String(40))
    #: newest TimeModified returned in that list, QuickBooks' own text without offset
    watermark: Mapped[str] = mapped_column(String(40), default="")
    #: when the whole list was last known complete (UTC)
    loaded_at: Mapped[datetime | None]
    #: when it was asked for last, with or without success (UTC)
    read_at: Mapped[datetime | None]
