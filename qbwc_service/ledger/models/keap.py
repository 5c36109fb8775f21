"""What was read from Keap: orders, payments, contacts, and what could not be read."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.blotting import blotted_json, blotted_json_text, blotted_name, blotted_sentence
from qbwc_service.ledger.columns import Base, MaskedJson, MaskedString, MaskedText, RowId, text_enum
from qbwc_service.matching.keys import SEARCHED, search_key
from qbwc_service.planning.order import PaymentKind


class OrderStatus(StrEnum):
    """The ten statuses a bookkeeper sees; each order is in exactly one."""

    NEW = "new"
    HELD = "held"
    READY = "ready"
    SENT = "sent"
    POSTED = "posted"
    POSTED_PAYMENT_OPEN = "posted-payment-open"
    SKIPPED_BY_SETTINGS = "skipped-by-settings"
    SKIPPED_BY_YOU = "skipped-by-you"
    WILL_RETRY = "will-retry"
    UNDONE = "undone"


class PaymentStatus(StrEnum):
    """Where one payment or refund row stands; each is in exactly one."""

    NEW = "new"
    WAITING = "waiting"
    SENT = "sent"
    POSTED = "posted"
    HELD = "held"
    WILL_RETRY = "will-retry"
    SKIPPED_BY_SETTINGS = "skipped-by-settings"
    SKIPPED_BY_YOU = "skipped-by-you"
    UNDONE = "undone"


def _searched_name(context: Any) -> str:
    """Of a row that is inserted without its own."""
    return search_key(context.get_current_parameters().get("customer_name") or "")


class KeapOrder(Base):
    """One Keap order as read, and where it stands."""

    __tablename__ = "keap_order"
    __table_args__ = (
        UniqueConstraint("connection_id", "keap_id"),
        Index("ix_keap_order_status", "connection_id", "status", "keap_id"),
        Index(
            "ix_keap_order_work",
            "connection_id",
            "next_try_at",
            "keap_id",
            # SQLite takes the index only where the query says it in the same words.
            sqlite_where=text("has_work = 1 AND is_checked = 1"),
            postgresql_where=text("has_work AND is_checked"),
        ),
        Index(
            "ix_keap_order_unchecked",
            "connection_id",
            "keap_id",
            sqlite_where=text("is_checked = 0"),
            postgresql_where=text("NOT is_checked"),
        ),
        Index("ix_keap_order_contact", "connection_id", "contact_id"),
        Index("ix_keap_order_cause", "connection_id", "cause", "subject"),
        Index("ix_keap_order_invoice", "connection_id", "invoice_id"),
        # All that the list of orders filters and adds up: its rows are kilobytes wide.
        Index(
            "ix_keap_order_listed",
            "connection_id",
            "keap_id",
            "status",
            "order_date",
            "currency",
            "total",
            "total_paid",
            "cause",
            "skip",
            "contact_id",
            "invoice_id",
            "search_name",
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    keap_id: Mapped[int] = mapped_column(BigInteger)
    invoice_id: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(MaskedText(blotted_name), default="")
    order_date: Mapped[date | None]
    modified_at: Mapped[datetime | None]
    contact_id: Mapped[str] = mapped_column(String(40), default="")
    customer_name: Mapped[str] = mapped_column(MaskedText(blotted_name), default="")
    #: matching.keys.search_key of the name
    search_name: Mapped[str] = mapped_column(
        String(SEARCHED), default=_searched_name, server_default=""
    )
    currency: Mapped[str] = mapped_column(String(3), default="")
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    #: None where Keap does not tell
    total_paid: Mapped[int | None] = mapped_column(BigInteger)
    #: Keap's own text, and the same as planning.order.SalesOrder
    raw: Mapped[str] = mapped_column(MaskedText(blotted_json_text))
    sale: Mapped[dict[str, Any]] = mapped_column(MaskedJson(blotted_json))
    #: of all that would change the record in QuickBooks; payments are not part of it
    content_hash: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[datetime]

    status: Mapped[OrderStatus] = mapped_column(text_enum(OrderStatus), default=OrderStatus.NEW)
    cause: Mapped[str] = mapped_column(String(60), default="")
    #: what the cause is about (a SKU, a contact, an account): what one fix releases together
    subject: Mapped[str] = mapped_column(MaskedString(blotted_sentence, 200), default="")
    #: why settings leave it out ("" = they do not)
    skip: Mapped[str] = mapped_column(String(60), default="")
    #: something about it has to be planned or sent (kept by ledger.standing alone)
    has_work: Mapped[bool] = mapped_column(default=True)
    needs_plan: Mapped[bool] = mapped_column(default=True)
    planned_at: Mapped[datetime | None]
    #: not before this time (UTC); the epoch when at once
    next_try_at: Mapped[datetime]
    #: after a set was refused unread: how many orders may share a message with this one
    group_limit: Mapped[int | None]
    #: its payments were read after it, and held against what it says was paid; until then it is
    #: neither planned nor sent
    is_checked: Mapped[bool] = mapped_column(default=True)
    #: unpaid when read: not sent before this time (UTC), so that its payment can come along
    settles_at: Mapped[datetime | None]
    #: since when Keap does not have it any more
    deleted_at: Mapped[datetime | None]
    #: what a person said goes for this order whatever the rules say (planning.order.Override)
    overrides: Mapped[list[Any]] = mapped_column(default=list)
    #: a person gave this order a prefix of its own, because its number was taken ("" = none)
    own_prefix: Mapped[str] = mapped_column(String(6), default="", server_default="")
    #: the content hash with which a person approved it ("" = nobody did)
    approved_hash: Mapped[str] = mapped_column(String(64), default="", server_default="")

    @property
    def is_approved(self) -> bool:
        """As it is in Keap now: edited since, it is not."""
        return self.approved_hash == self.content_hash


class KeapPayment(Base):
    """One order-payment row: the part of a Keap payment or refund that belongs to one order."""

    __tablename__ = "keap_payment"
    __table_args__ = (
        UniqueConstraint("connection_id", "payment_id", "order_id"),
        Index("ix_keap_payment_order", "connection_id", "order_id"),
        Index("ix_keap_payment_status", "connection_id", "status"),
        # All that the list of payments filters and adds up.
        Index(
            "ix_keap_payment_listed",
            "connection_id",
            "paid_on",
            "id",
            "kind",
            "status",
            "amount",
            "order_id",
            "method",
            "gateway",
            "search_reference",
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    payment_id: Mapped[int] = mapped_column(BigInteger)
    #: Keap's order id; 0 where the payment names none
    order_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date | None]
    kind: Mapped[PaymentKind] = mapped_column(text_enum(PaymentKind), default=PaymentKind.CASH)
    #: the payment names several orders; this row is the part of one of them
    is_shared: Mapped[bool] = mapped_column(default=False)
    #: Keap's own text, and the same as planning.order.ReceivedPayment
    raw: Mapped[str] = mapped_column(MaskedText(blotted_json_text))
    received: Mapped[dict[str, Any]] = mapped_column(MaskedJson(blotted_json))
    #: what it is filtered and searched by (ledger.payment_search.found_by)
    method: Mapped[str] = mapped_column(String(SEARCHED), default="", server_default="")
    gateway: Mapped[str] = mapped_column(String(SEARCHED), default="", server_default="")
    search_reference: Mapped[str] = mapped_column(String(SEARCHED), default="", server_default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[datetime]
    status: Mapped[PaymentStatus] = mapped_column(
        text_enum(PaymentStatus), default=PaymentStatus.NEW
    )
    cause: Mapped[str] = mapped_column(String(60), default="")
    #: why settings leave it out ("" = they do not)
    skip: Mapped[str] = mapped_column(String(60), default="")
    #: a person said that this refund may be posted
    approved_at: Mapped[datetime | None]


class KeapOrderPayment(Base):
    """What a payment gave to one order, as Keap's list of that order's payments says.

    Read only where the feed of payments does not tell: several orders, refunds, sums that differ.
    """

    __tablename__ = "keap_order_payment"
    __table_args__ = (
        UniqueConstraint("connection_id", "row_id"),
        Index("ix_keap_order_payment_order", "connection_id", "order_id"),
        Index("ix_keap_order_payment_payment", "connection_id", "payment_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    #: Keap's id of the row itself
    row_id: Mapped[int] = mapped_column(BigInteger)
    order_id: Mapped[int] = mapped_column(BigInteger)
    payment_id: Mapped[int] = mapped_column(BigInteger)
    #: exactly as sent; its unit is Connection.order_payment_unit
    amount: Mapped[str] = mapped_column(String(40))
    pay_status: Mapped[str] = mapped_column(String(40), default="")
    #: Keap's own text
    raw: Mapped[str] = mapped_column(MaskedText(blotted_json_text))
    read_at: Mapped[datetime]


class KeapContact(Base):
    """A Keap contact as last read."""

    __tablename__ = "keap_contact"
    __table_args__ = (
        UniqueConstraint("connection_id", "contact_id"),
        Index("ix_keap_contact_email", "connection_id", "search_email", "contact_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    contact_id: Mapped[str] = mapped_column(String(40))
    #: Keap's own text, and the same as planning.order.Buyer
    raw: Mapped[str] = mapped_column(MaskedText(blotted_json_text))
    buyer: Mapped[dict[str, Any]] = mapped_column(MaskedJson(blotted_json))
    #: matching.keys.search_key of its e-mail address
    search_email: Mapped[str] = mapped_column(String(SEARCHED), default="", server_default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[datetime]
    #: since when nothing that tells of the person is kept, whatever is read
    erased_at: Mapped[datetime | None]


class UnreadableRecord(Base):
    """A record of Keap that could not be read; it is shown until it can."""

    __tablename__ = "unreadable_record"
    __table_args__ = (UniqueConstraint("connection_id", "resource", "record_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    resource: Mapped[str] = mapped_column(String(40))
    #: Keap's id, or a digest of the text where the id itself is unreadable
    record_id: Mapped[str] = mapped_column(String(80))
    raw: Mapped[str] = mapped_column(MaskedText(blotted_json_text))
    reason: Mapped[str] = mapped_column(MaskedText(blotted_sentence))
    read_at: Mapped[datetime]
    readable_since: Mapped[datetime | None]
