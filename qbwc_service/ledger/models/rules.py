"""Rules of a connection, and the orders that they matched."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.ledger.columns import Base, RowId


class Rule(Base):
    """One rule; those of a connection go from the smallest position up."""

    __tablename__ = "rule"
    __table_args__ = (Index("ix_rule_position", "connection_id", "position", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    is_on: Mapped[bool] = mapped_column(default=True)
    #: planning.rule.Condition and Action
    conditions: Mapped[list[Any]] = mapped_column(default=list)
    actions: Mapped[list[Any]] = mapped_column(default=list)
    made_by: Mapped[str] = mapped_column(String(80), default="")
    made_at: Mapped[datetime]


class RuleHit(Base):
    """A rule matched an order when it was planned last; `at` is when it did so first."""

    __tablename__ = "rule_hit"
    __table_args__ = (
        UniqueConstraint("rule_id", "order_id"),
        Index("ix_rule_hit_at", "connection_id", "at", "rule_id"),
        Index("ix_rule_hit_order", "connection_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    #: no foreign key: a rule may be deleted while orders are planned by it
    rule_id: Mapped[int] = mapped_column(BigInteger)
    order_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
