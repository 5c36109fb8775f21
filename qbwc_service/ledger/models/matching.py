"""What of Keap goes to which record of a QuickBooks list."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.blotting import blotted_name
from qbwc_service.ledger.columns import Base, MaskedText, RowId, text_enum


class ContactCustomer(Base):
    """The customer of QuickBooks that the orders of a contact go to, as they were planned last."""

    __tablename__ = "contact_customer"
    __table_args__ = (
        UniqueConstraint("connection_id", "contact_id"),
        Index("ix_contact_customer_record", "connection_id", "list_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    contact_id: Mapped[str] = mapped_column(String(40))
    list_id: Mapped[str] = mapped_column(String(40))


class MappingKind(StrEnum):
    """What of Keap is mapped, and so which list of QuickBooks it is mapped to."""

    #: a contact, by its id -> Customer
    CUSTOMER = "customer"
    #: a product, by its SKU or name -> Item
    ITEM = "item"
    #: a payment type or card brand -> PaymentMethod
    PAYMENT_METHOD = "payment-method"
    #: the same -> Account
    DEPOSIT_ACCOUNT = "deposit-account"
    #: a tax by its label, rate or state -> Item
    TAX_ITEM = "tax-item"


class Mapping(Base):
    """One thing of Keap and the record of a QuickBooks list that a person chose for it."""

    __tablename__ = "mapping"
    __table_args__ = (
        UniqueConstraint("connection_id", "kind", "key"),
        Index("ix_mapping_record", "connection_id", "list_name", "list_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    kind: Mapped[MappingKind] = mapped_column(text_enum(MappingKind))
    #: what it is looked up by (matching.keys), and the same as a person reads it
    key: Mapped[str] = mapped_column(String(200))
    shown: Mapped[str] = mapped_column(MaskedText(blotted_name), default="")
    list_name: Mapped[str] = mapped_column(String(40))
    #: "" where a new record is to be made
    list_id: Mapped[str] = mapped_column(String(40), default="")
    #: what the record was called when it was chosen
    full_name: Mapped[str] = mapped_column(MaskedText(blotted_name), default="")
    made_by: Mapped[str] = mapped_column(String(80), default="")
    made_at: Mapped[datetime]


class ProductState(StrEnum):
    """What becomes of the lines that sell a product."""

    #: its orders are held until somebody chooses an item
    NEEDS_MATCH = "needs-match"
    #: they go to the unknown item
    TO_UNKNOWN = "to-unknown"
    MATCHED = "matched"
    #: to an item that this service makes or made for it
    MADE_BY_US = "made-by-us"


class KeapProduct(Base):
    """A product that orders sell, and which item its lines go to; filled when they are planned."""

    __tablename__ = "keap_product"
    __table_args__ = (
        UniqueConstraint("connection_id", "key"),
        Index("ix_keap_product_state", "connection_id", "state", "key"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    #: matching.keys.product_key: by its SKU, else by its name
    key: Mapped[str] = mapped_column(String(120))
    sku: Mapped[str] = mapped_column(Text, default="")
    name: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ProductState] = mapped_column(text_enum(ProductState))
    #: the rule of matching.reasons that found its item, or the cause of the hold, with its details
    rule: Mapped[str] = mapped_column(String(60), default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: full name of the item; "" while it needs a match
    item: Mapped[str] = mapped_column(Text, default="")


class KeapOrderProduct(Base):
    """An order sells a product; `rule` says how its item was found when it was planned last."""

    __tablename__ = "keap_order_product"
    __table_args__ = (Index("ix_keap_order_product_key", "connection_id", "key", "rule"),)

    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    rule: Mapped[str] = mapped_column(String(60), default="")
