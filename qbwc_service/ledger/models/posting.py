"""The queue, which is also the ledger: one record to be made in QuickBooks a row."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.blotting import blotted_details, blotted_json, blotted_number
from qbwc_service.ledger.columns import Base, MaskedJson, MaskedString, RowId, text_enum
from qbwc_service.ledger.states import State


class Kind(StrEnum):
    """What a posting does in QuickBooks, in the order in which answers are applied: a record that
    others refer to comes before them."""

    CUSTOMER = "customer"
    #: other contact details for a customer that QuickBooks has; it makes no record
    CUSTOMER_UPDATE = "customer-update"
    ITEM = "item"
    #: an order is one of these three
    INVOICE = "invoice"
    SALES_RECEIPT = "sales-receipt"
    SALES_ORDER = "sales-order"
    PAYMENT = "payment"
    CREDIT_MEMO = "credit-memo"
    CARD_REFUND = "card-refund"
    CHECK_REFUND = "check-refund"
    #: applies a credit memo to an invoice; QuickBooks may make no record for it
    CREDIT_USE = "credit-use"
    #: other lines for a form of ours; it makes no record
    SALE_UPDATE = "sale-update"
    #: custom fields of a form of ours; it makes no record
    CUSTOM_FIELDS = "custom-fields"
    #: a transaction of ours is deleted or voided
    REMOVAL = "removal"

    @property
    def is_sale(self) -> bool:
        """The form that an order becomes."""
        return self in SALES

    @property
    def is_name(self) -> bool:
        """A member of a list, made one message before it is used."""
        return self in {Kind.CUSTOMER, Kind.ITEM}

    @property
    def is_change(self) -> bool:
        """It changes records that are there and makes none of its own."""
        return self in _CHANGES


SALES = (Kind.INVOICE, Kind.SALES_RECEIPT, Kind.SALES_ORDER)
REFUNDS = frozenset({Kind.CARD_REFUND, Kind.CHECK_REFUND})
#: what uses up a credit memo
OF_MEMOS = REFUNDS | {Kind.CREDIT_USE}
#: made from one payment row of Keap, whose key is their source key
OF_PAYMENT_ROWS = (
    Kind.PAYMENT,
    Kind.CREDIT_MEMO,
    Kind.CARD_REFUND,
    Kind.CHECK_REFUND,
    Kind.CREDIT_USE,
)
_CHANGES = frozenset(
    {
        Kind.CUSTOMER_UPDATE,
        Kind.CREDIT_USE,
        Kind.SALE_UPDATE,
        Kind.CUSTOM_FIELDS,
        Kind.REMOVAL,
    }
)
#: the updates of customers that wait: by how many there are of them, not of all postings
READY_UPDATES = "kind = 'customer-update' AND state = 'ready'"


class Posting(Base):
    """One record to be made in QuickBooks. The queue is this table; so is the ledger."""

    __tablename__ = "posting"
    __table_args__ = (
        UniqueConstraint("connection_id", "kind", "source_key", "generation"),
        # With what orders are added up by: the rows are kilobytes wide. Partial, so that no
        # question about states reads all orders in it.
        Index(
            "ix_posting_order",
            *("connection_id", "order_id", "kind", "state", "amount"),
            sqlite_where=text("order_id IS NOT NULL"),
            postgresql_where=text("order_id IS NOT NULL"),
        ),
        Index("ix_posting_name", "connection_id", "kind", "number_key"),
        Index("ix_posting_set", "message_set_id"),
        Index("ix_posting_record", "connection_id", "record_id"),
        Index(
            "ix_posting_ready_update",
            "connection_id",
            "id",
            sqlite_where=text(READY_UPDATES),
            postgresql_where=text(READY_UPDATES),
        ),
        Index(
            "ix_posting_newest",
            "connection_id",
            "posted_at",
            "id",
            sqlite_where=text("posted_at IS NOT NULL"),
            postgresql_where=text("posted_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    kind: Mapped[Kind] = mapped_column(text_enum(Kind))
    #: the source row: order id, "payment id/order id", contact id, "contact id/digest", item name
    source_key: Mapped[str] = mapped_column(String(120))
    generation: Mapped[int] = mapped_column(default=1)
    #: {uuid5 of connection, kind, source key, generation}: what makes the record ours; no two rows
    #: share one, so that many are inserted in one statement and each is told its id
    external_guid: Mapped[str] = mapped_column(String(38), insert_sentinel=True)
    #: Keap's order id for invoices and payments; None for customers, their updates and items
    order_id: Mapped[int | None] = mapped_column(BigInteger)

    state: Mapped[State] = mapped_column(text_enum(State), default=State.READY)
    cause: Mapped[str] = mapped_column(String(60), default="")
    details: Mapped[dict[str, Any]] = mapped_column(MaskedJson(blotted_details), default=dict)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]

    #: RefNumber or name as QuickBooks will hold it, and the same case-folded; for the update of a
    #: customer its name, and the contact's id
    number: Mapped[str] = mapped_column(MaskedString(blotted_number, 160), default="")
    number_key: Mapped[str] = mapped_column(String(160), default="")
    amount: Mapped[int] = mapped_column(BigInteger, default=0)
    #: the planned record (planning.plan) as JSON; empty while it is held unplanned
    payload: Mapped[dict[str, Any]] = mapped_column(MaskedJson(blotted_json), default=dict)
    #: content hash of the source that the payload was planned from; "" where it is not compared
    planned_hash: Mapped[str] = mapped_column(String(64), default="")
    #: the last set that carried it; it waits for that set while it is `sent`
    message_set_id: Mapped[int | None] = mapped_column(ForeignKey("message_set.id"))

    #: TxnID or ListID
    record_id: Mapped[str] = mapped_column(String(40), default="")
    edit_sequence: Mapped[str] = mapped_column(String(40), default="")
    #: QuickBooks had it already; a person or another tool made it
    linked: Mapped[bool] = mapped_column(default=False)
    #: what a person found right although it is not what was meant (ledger.reconcile.agreed)
    agreed: Mapped[dict[str, Any]] = mapped_column(
        MaskedJson(blotted_json), default=dict, server_default=text("'{}'")
    )
    created_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]
