"""The tables. Every row but a lease and a person belongs to one connection.

Amounts are integer minor units (cents) of the row's currency. Times are aware UTC. TimeModified
texts of QuickBooks are kept as QuickBooks wrote them: their offsets are wrong around summer time.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.ledger.columns import Base, RowId, text_enum
from qbwc_service.ledger.states import State
from qbwc_service.matching.keys import KeyKind
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


class Kind(StrEnum):
    """What a posting makes in QuickBooks; the value begins with the qbXML record name."""

    CUSTOMER = "customer"
    #: other contact details for a customer that QuickBooks has; it makes no record
    CUSTOMER_UPDATE = "customer-update"
    ITEM = "item"
    INVOICE = "invoice"
    PAYMENT = "payment"

    @property
    def is_transaction(self) -> bool:
        return self in {Kind.INVOICE, Kind.PAYMENT}


#: the updates of customers that wait: by how many there are of them, not of all postings
READY_UPDATES = "kind = 'customer-update' AND state = 'ready'"


class Connection(Base):
    """One Keap account joined to one QuickBooks company file."""

    __tablename__ = "connection"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    #: part of every ExternalGUID, so it never changes and is never shared
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    created_at: Mapped[datetime]
    paused: Mapped[bool] = mapped_column(default=False)
    #: settings that differ from their defaults (see qbwc_service.settings)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)

    user_name: Mapped[str] = mapped_column(String(80), unique=True)
    password_digest: Mapped[str] = mapped_column(String(64))
    #: which of the service's secret keys made the digest (Secrecy.key_id)
    password_key: Mapped[str] = mapped_column(String(16), default="")
    owner_id: Mapped[str] = mapped_column(String(38))
    file_id: Mapped[str] = mapped_column(String(38))

    keap_account: Mapped[str] = mapped_column(String(120), default="")
    keap_key: Mapped[str] = mapped_column(Text, default="")
    #: the account that has to answer, as Keap names it: ab103.infusionsoft.com
    keap_tenant: Mapped[str] = mapped_column(String(120), default="")
    #: the name of the business, as Keap shows it
    keap_account_name: Mapped[str] = mapped_column(Text, default="")
    #: merchant accounts in test mode: their payments are no money
    test_merchants: Mapped[list[Any]] = mapped_column(default=list)
    #: unit of the amounts of /orders/*/payments, which Keap leaves open: "major", "minor", ""
    order_payment_unit: Mapped[str] = mapped_column(String(5), default="")
    #: when the account itself (name, zone, currency, merchants) was read last
    account_read_at: Mapped[datetime | None]
    #: the row of keap_pace that its calls count to ("" = Keap was never asked)
    keap_pace: Mapped[str] = mapped_column(String(80), default="")
    time_zone: Mapped[str] = mapped_column(String(60), default="")
    currency: Mapped[str] = mapped_column(String(3), default="")
    #: orders modified up to here were read and committed
    orders_watermark: Mapped[datetime | None]
    #: payments up to this id were read and committed
    payments_watermark: Mapped[int] = mapped_column(BigInteger, default=0)
    next_sync_at: Mapped[datetime | None]
    last_sync_at: Mapped[datetime | None]
    last_sync_trouble: Mapped[str] = mapped_column(String(60), default="")

    #: learned at the first session, then pinned ("" = none yet)
    company_file: Mapped[str] = mapped_column(Text, default="")
    company_name: Mapped[str] = mapped_column(Text, default="")
    #: what QuickBooks said of itself at the last session: product, version, preferences
    quickbooks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: newest TimeModified QuickBooks has shown us, its own text without the offset
    quickbooks_clock: Mapped[str] = mapped_column(String(40), default="")
    #: plans made before this time are made anew when their order's turn comes
    plans_stale_since: Mapped[datetime | None]
    #: cause for which nothing is written to QuickBooks until a person decides ("" = none)
    write_block: Mapped[str] = mapped_column(String(60), default="")
    write_block_details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    last_contact_at: Mapped[datetime | None]
    last_contact_result: Mapped[str] = mapped_column(Text, default="")


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
            sqlite_where=text("has_work AND is_checked"),
            postgresql_where=text("has_work AND is_checked"),
        ),
        Index(
            "ix_keap_order_unchecked",
            "connection_id",
            "keap_id",
            sqlite_where=text("NOT is_checked"),
            postgresql_where=text("NOT is_checked"),
        ),
        Index("ix_keap_order_contact", "connection_id", "contact_id"),
        Index("ix_keap_order_cause", "connection_id", "cause", "subject"),
        Index("ix_keap_order_invoice", "connection_id", "invoice_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    keap_id: Mapped[int] = mapped_column(BigInteger)
    invoice_id: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(Text, default="")
    order_date: Mapped[date | None]
    modified_at: Mapped[datetime | None]
    contact_id: Mapped[str] = mapped_column(String(40), default="")
    customer_name: Mapped[str] = mapped_column(Text, default="")
    currency: Mapped[str] = mapped_column(String(3), default="")
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    #: None where Keap does not tell
    total_paid: Mapped[int | None] = mapped_column(BigInteger)
    #: Keap's own text, and the same as planning.order.SalesOrder
    raw: Mapped[str] = mapped_column(Text)
    sale: Mapped[dict[str, Any]]
    #: of all that would change the record in QuickBooks; payments are not part of it
    content_hash: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[datetime]

    status: Mapped[OrderStatus] = mapped_column(text_enum(OrderStatus), default=OrderStatus.NEW)
    cause: Mapped[str] = mapped_column(String(60), default="")
    #: what the cause is about (a SKU, a contact, an account): what one fix releases together
    subject: Mapped[str] = mapped_column(String(200), default="")
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


class KeapPayment(Base):
    """One order-payment row: the part of a Keap payment or refund that belongs to one order."""

    __tablename__ = "keap_payment"
    __table_args__ = (
        UniqueConstraint("connection_id", "payment_id", "order_id"),
        Index("ix_keap_payment_order", "connection_id", "order_id"),
        Index("ix_keap_payment_status", "connection_id", "status"),
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
    raw: Mapped[str] = mapped_column(Text)
    received: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[datetime]
    status: Mapped[PaymentStatus] = mapped_column(
        text_enum(PaymentStatus), default=PaymentStatus.NEW
    )
    cause: Mapped[str] = mapped_column(String(60), default="")
    #: why settings leave it out ("" = they do not)
    skip: Mapped[str] = mapped_column(String(60), default="")


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
    raw: Mapped[str] = mapped_column(Text)
    read_at: Mapped[datetime]


class KeapWalk(Base):
    """How far one walk through a list of Keap has come: in the order of ids, page by page."""

    __tablename__ = "keap_walk"
    __table_args__ = (UniqueConstraint("connection_id", "name"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    name: Mapped[str] = mapped_column(String(30))
    #: what the list is restricted to: changed since then (None: everything)
    since: Mapped[datetime | None]
    #: all ids up to this one were read and committed
    above: Mapped[int] = mapped_column(BigInteger, default=0)
    #: Keap's clock when the walk began
    began_at: Mapped[datetime]
    #: None while it goes on
    ended_at: Mapped[datetime | None]


class SignInState(StrEnum):
    """A sign-in is in force once a person has said that it is the right account."""

    PENDING = "pending"
    IN_FORCE = "in-force"


class KeapSignIn(Base):
    """The tokens of a "Sign in with Keap", encrypted. The refresh token is good for one use."""

    __tablename__ = "keap_sign_in"
    __table_args__ = (UniqueConstraint("connection_id", "state"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    state: Mapped[SignInState] = mapped_column(text_enum(SignInState))
    access_token: Mapped[str] = mapped_column(Text)
    refresh_token: Mapped[str] = mapped_column(Text)
    #: the one before, for whoever has to find out why the chain broke
    previous_refresh_token: Mapped[str] = mapped_column(Text, default="")
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    signed_in_by: Mapped[str] = mapped_column(String(80), default="")
    tenant: Mapped[str] = mapped_column(String(120), default="")
    account_name: Mapped[str] = mapped_column(Text, default="")
    #: since when Keap refuses the refresh token: somebody has to sign in again
    broken_at: Mapped[datetime | None]


class KeapSignInTry(Base):
    """A "Sign in with Keap" that was begun; the browser has to bring its state back, once."""

    __tablename__ = "keap_sign_in_try"

    state_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    begun_by: Mapped[str] = mapped_column(String(80))
    #: of PKCE, encrypted
    verifier: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime]


class KeapPace(Base):
    """How fast one key, one client id or one account may ask; shared by all processes.

    See keap.allowance.Allowance.
    """

    __tablename__ = "keap_pace"

    #: "key|", "client|" or "tenant|" and a digest
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    #: when the calls taken so far are used up at an even pace
    free_at: Mapped[datetime]
    slow_until: Mapped[datetime | None]
    #: Keap named the time before which it wants no call
    closed_until: Mapped[datetime | None]
    #: as the newest answer said
    day_limit: Mapped[int | None]
    day_available: Mapped[int | None]
    day_ends_at: Mapped[datetime | None]
    minute_limit: Mapped[int | None]
    minute_available: Mapped[int | None]
    told_at: Mapped[datetime | None]
    #: calls counted by ourselves on this day (UTC)
    counted_on: Mapped[date | None]
    counted: Mapped[int] = mapped_column(default=0)


class ManualSyncState(StrEnum):
    """A manual sync waits for its turn, runs, and ends one way or the other."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ManualSync(Base):
    """One "Manually sync": what was asked for, by whom, and what was found for each number."""

    __tablename__ = "manual_sync"
    __table_args__ = (Index("ix_manual_sync_connection", "connection_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(80))
    #: numbers, or the two days, and whether settings that would skip it are passed over
    wanted: Mapped[dict[str, Any]]
    state: Mapped[ManualSyncState] = mapped_column(text_enum(ManualSyncState))
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    #: how many numbers, or orders, were read so far
    done: Mapped[int] = mapped_column(default=0)
    #: for days: all their orders up to this id were read
    above: Mapped[int] = mapped_column(BigInteger, default=0)
    #: after trouble that passes by itself: not before this time (UTC)
    not_before: Mapped[datetime | None]
    #: what was found, number by number; for days: orders of other days that were changed on them
    found: Mapped[list[Any]] = mapped_column(default=list)
    #: a message of the catalogue with its details, where it failed
    trouble: Mapped[str] = mapped_column(String(60), default="")
    trouble_details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class KeapContact(Base):
    """A Keap contact as last read."""

    __tablename__ = "keap_contact"
    __table_args__ = (UniqueConstraint("connection_id", "contact_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    contact_id: Mapped[str] = mapped_column(String(40))
    #: Keap's own text, and the same as planning.order.Buyer
    raw: Mapped[str] = mapped_column(Text)
    buyer: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[datetime]


class UnreadableRecord(Base):
    """A record of Keap that could not be read; it is shown until it can."""

    __tablename__ = "unreadable_record"
    __table_args__ = (UniqueConstraint("connection_id", "resource", "record_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    resource: Mapped[str] = mapped_column(String(40))
    #: Keap's id, or a digest of the text where the id itself is unreadable
    record_id: Mapped[str] = mapped_column(String(80))
    raw: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    read_at: Mapped[datetime]
    readable_since: Mapped[datetime | None]


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
    name: Mapped[str] = mapped_column(Text)
    full_name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text)
    full_name_key: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True)
    edit_sequence: Mapped[str] = mapped_column(String(40), default="")
    time_modified: Mapped[str] = mapped_column(String(40), default="")
    #: the update session that saw it last in a list read from the start; who is not seen is gone
    seen_in: Mapped[int] = mapped_column(BigInteger, default=0)
    #: what else matching reads: kind, company, city, account type ...
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


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
    shown: Mapped[str] = mapped_column(Text, default="")
    list_name: Mapped[str] = mapped_column(String(40))
    #: "" where a new record is to be made
    list_id: Mapped[str] = mapped_column(String(40), default="")
    #: what the record was called when it was chosen
    full_name: Mapped[str] = mapped_column(Text, default="")
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


class Posting(Base):
    """One record to be made in QuickBooks. The queue is this table; so is the ledger."""

    __tablename__ = "posting"
    __table_args__ = (
        UniqueConstraint("connection_id", "kind", "source_key", "generation"),
        Index("ix_posting_order", "connection_id", "order_id"),
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
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    kind: Mapped[Kind] = mapped_column(text_enum(Kind))
    #: the source row: order id, "payment id/order id", contact id, "contact id/digest", item name
    source_key: Mapped[str] = mapped_column(String(120))
    generation: Mapped[int] = mapped_column(default=1)
    #: {uuid5 of connection, kind, source key, generation}: what makes the record ours
    external_guid: Mapped[str] = mapped_column(String(38))
    #: Keap's order id for invoices and payments; None for customers, their updates and items
    order_id: Mapped[int | None] = mapped_column(BigInteger)

    state: Mapped[State] = mapped_column(text_enum(State), default=State.READY)
    cause: Mapped[str] = mapped_column(String(60), default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]

    #: RefNumber or name as QuickBooks will hold it, and the same case-folded; for the update of a
    #: customer its name, and the contact's id
    number: Mapped[str] = mapped_column(String(160), default="")
    number_key: Mapped[str] = mapped_column(String(160), default="")
    amount: Mapped[int] = mapped_column(BigInteger, default=0)
    #: the planned record (planning.plan) as JSON; empty while it is held unplanned
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: content hash of the source that the payload was planned from; "" where it is not compared
    planned_hash: Mapped[str] = mapped_column(String(64), default="")
    #: the last set that carried it; it waits for that set while it is `sent`
    message_set_id: Mapped[int | None] = mapped_column(ForeignKey("message_set.id"))

    #: TxnID or ListID
    record_id: Mapped[str] = mapped_column(String(40), default="")
    edit_sequence: Mapped[str] = mapped_column(String(40), default="")
    #: QuickBooks had it already; a person or another tool made it
    linked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]


class MessageSet(Base):
    """One qbXML message handed to the Web Connector, frozen, with its answer."""

    __tablename__ = "message_set"
    __table_args__ = (
        Index("ix_message_set_session", "session_id", "id"),
        Index(
            "ix_message_set_unresolved",
            "connection_id",
            sqlite_where=text("writes AND resolved_at IS NULL"),
            postgresql_where=text("writes AND resolved_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("update_session.id"))
    phase: Mapped[str] = mapped_column(String(20))
    #: newMessageSetID; "" for a set that writes nothing
    new_message_set_id: Mapped[str] = mapped_column(String(23), default="")
    writes: Mapped[bool] = mapped_column(default=False)
    request: Mapped[str] = mapped_column(Text)
    prepared_at: Mapped[datetime]
    #: handed out; a set never handed out has changed nothing
    sent_at: Mapped[datetime | None]
    #: where and to which file it went, and QuickBooks' clock then: what recovery needs
    remote_address: Mapped[str] = mapped_column(String(60), default="")
    company_file: Mapped[str] = mapped_column(Text, default="")
    clock_before: Mapped[str] = mapped_column(String(40), default="")
    answer: Mapped[str | None] = mapped_column(Text)
    hresult: Mapped[str] = mapped_column(String(40), default="")
    message: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    #: the answer was read into the ledger
    applied_at: Mapped[datetime | None]
    #: no posting waits for this set any more
    resolved_at: Mapped[datetime | None]
    #: what receiveResponseXML answered, for a delivery that comes twice
    progress: Mapped[int | None]


class UpdateSession(Base):
    """One run of the Web Connector, from authenticate to closeConnection."""

    __tablename__ = "update_session"
    __table_args__ = (Index("ix_update_session_connection", "connection_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    ticket_digest: Mapped[str] = mapped_column(String(64), unique=True)
    remote_address: Mapped[str] = mapped_column(String(60))
    client_version: Mapped[str] = mapped_column(String(40), default="")
    company_file: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime]
    last_call_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    phase: Mapped[str] = mapped_column(String(20), default="identify")
    #: the phases' own notes, by phase name
    notes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: reads go on, nothing is written in this session
    read_only: Mapped[bool] = mapped_column(default=False)
    round_trips: Mapped[int] = mapped_column(default=0)
    posted: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    #: catalogue id and details of what getLastError tells
    trouble: Mapped[str] = mapped_column(String(60), default="")
    trouble_details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[str] = mapped_column(Text, default="")


class ErrorEntry(Base):
    """One entry of the error log; its words come from the message catalogue."""

    __tablename__ = "error_entry"
    __table_args__ = (
        Index("ix_error_entry_connection", "connection_id", "id"),
        Index("ix_error_entry_open", "connection_id", "order_id", "message"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    at: Mapped[datetime]
    order_id: Mapped[int | None] = mapped_column(BigInteger)
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    #: id in the message catalogue
    message: Mapped[str] = mapped_column(String(60))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    times: Mapped[int] = mapped_column(default=1)
    solved_at: Mapped[datetime | None]


class Event(Base):
    """One line of an order's history: what happened and who did it."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_order", "connection_id", "order_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    order_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)


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

    #: "admin|web-connector", user name and address
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
